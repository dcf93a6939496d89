"""The command line."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from maml_verify.tables import FORMATS

__all__ = ["main"]

# Name, module in maml_verify.commands, help.
COMMANDS = (
    ("list", "listing", "statements, editions and families, with where they are printed"),
    ("table", "table", "empirical against theoretical: the main job"),
    ("check", "check", "one statement on one family at stated parameters"),
    ("run", "running", "Algorithm 1 or 2, many independent runs at a time"),
    ("audit", "auditing", "proof steps, each decided by machine, and the list of errata"),
    ("search", "searching", "the worst case found in a time budget, certified"),
    ("replay", "replaying", "recompute a stored case, certified"),
    ("sample", "sampling", "random instances with exact left sides, until a number of comparisons"),
    ("tightness", "tightness", "the best instance known of each bound, and how its ratio moves"),
    ("mutate", "mutating", "planted wrong constants: which are refuted"),
    ("report", "reporting", "one page with tables and plots (HTML)"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns
    -------
    int
        0 done and nothing unexpected; 1 a verdict other than the registered one; 2 bad usage or input.
    """
    given = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(
        prog="maml-verify", description="Checks the convergence theory of multi-step MAML."
    )
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    modules = {}
    for name, module, text in COMMANDS:
        sub = subparsers.add_parser(name, help=text, description=text)
        if name in given or not given:
            # Only the command that runs is imported: the others' libraries cost time.
            modules[name] = importlib.import_module(f"maml_verify.commands.{module}")
            modules[name].add(sub)
        formats = getattr(modules.get(name), "FORMATS", FORMATS)
        sub.add_argument("--format", default=formats[0], choices=formats, help=f"default: {formats[0]}")
        sub.add_argument("--output", metavar="FILE", help="default: standard output")
        sub.add_argument("--rng", type=int, default=0, metavar="SEED", help="seed, default 0")
        sub.add_argument("--jobs", type=int, metavar="J", help="worker processes, default: all cores")
    arguments = parser.parse_args(given)
    try:
        return modules[arguments.command].run(arguments)
    except BrokenPipeError:
        # The reader of the pipe has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ValueError, TypeError, ArithmeticError, OSError) as error:
        print(f"maml-verify: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
