"""The command line."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

from maml_verify import __version__
from maml_verify.commands import INTERRUPTED
from maml_verify.commands.imported import refuse_strangers
from maml_verify.commands.parser import Parser, seed
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
        0 done and nothing unexpected; 1 a verdict other than the registered one; 2 bad usage or input;
        130 interrupted (what was done by then is shown).
    """
    try:
        return _run(list(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:
        print("maml-verify: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of the pipe has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except MemoryError as error:
        print(f"maml-verify: {error or 'no memory is left'}; rule: what memory can hold", file=sys.stderr)
        return 2
    except (ValueError, TypeError, ArithmeticError, OSError) as error:
        print(f"maml-verify: {error}", file=sys.stderr)
        return 2


def _run(given: list[str]) -> int:
    refuse_strangers()
    parser = Parser(prog="maml-verify", description="Checks the convergence theory of multi-step MAML.")
    parser.add_argument("--version", action="version", version=f"maml-verify {__version__}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    modules, parsers = {}, {}
    for name, module, text in COMMANDS:
        sub = subparsers.add_parser(name, help=text, description=text)
        parsers[name] = sub
        if name in given or not given:
            # Only the command that runs is imported: the others' libraries cost time.
            modules[name] = importlib.import_module(f"maml_verify.commands.{module}")
            modules[name].add(sub)
        formats = getattr(modules.get(name), "FORMATS", FORMATS)
        sub.add_argument("--format", default=formats[0], choices=formats, help=f"default: {formats[0]}")
        sub.add_argument("--output", metavar="FILE", help="default: standard output")
        sub.add_argument("--rng", type=seed, default=0, metavar="SEED", help="seed, default: 0")
        sub.add_argument("--jobs", type=int, metavar="J", help="worker processes, default: all cores")
    arguments, extras = parser.parse_known_args(given)
    if extras:
        parsers[arguments.command].unrecognised(extras)
    if sys.stdout is None and arguments.output is None:
        raise ValueError("output: standard output is closed; rule: --output FILE")
    from maml_verify.commands.files import writable  # late, as the commands are

    # A long run whose result could not be written would be lost.
    writable("output", arguments.output)
    return modules[arguments.command].run(arguments)


if __name__ == "__main__":
    sys.exit(main())
