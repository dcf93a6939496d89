"""The command line."""

from __future__ import annotations

import argparse
import importlib
import os
import re
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from maml_verify import __version__
from maml_verify.commands.console.claims import added
from maml_verify.commands.console.imported import refuse_strangers
from maml_verify.commands.console.parser import Parser, seed
from maml_verify.reports.tables import FORMATS

__all__ = ["main"]

# Options that name a file which is written, and those that name files which are read.
OUTPUTS, INPUTS = ("output", "store", "checkpoint", "plot"), ("data", "files", "family", "claims", "function")
# Name, module in maml_verify.commands, help.
COMMANDS = (
    ("list", "list", "statements, editions and families, with where they are printed"),
    ("table", "table", "empirical against theoretical: the main job"),
    ("check", "check", "one statement on one family at stated parameters"),
    ("run", "run", "Algorithm 1 or 2, many independent runs at a time"),
    ("audit", "audit", "proof steps, each decided by machine, and the list of errata"),
    ("search", "search", "the worst case found in a time budget, certified"),
    ("replay", "replay", "recompute a stored case, certified"),
    ("sample", "sample", "random instances with exact left sides, until a number of comparisons"),
    ("tightness", "tightness", "the best instance known of each bound, and how its ratio moves"),
    ("mutate", "mutate", "planted wrong constants: which are refuted"),
    ("laws", "laws", "is a family what it says: derivatives, sampling, constants"),
    ("report", "report", "one page with tables and plots (HTML)"),
    ("conjecture", "conjecture", "a bound typed in: worst case, verdict, witness, and what would be seen"),
    ("constants", "constants", "every constant of the paper, beside what is measured of it"),
    ("gradient", "gradient", "is a meta gradient right, and if not, which error it looks like"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns
    -------
    int
        0 done and nothing unexpected; 1 a verdict other than the registered one; 2 bad usage or input; 3 an
        unexpected error of the program or its machine; 130 interrupted, or told to end.  What was done
        before an early end is shown.
    """
    if sys.stderr is None:
        # Closed: what is said is for nobody, and no file that is opened may take its place.
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    try:
        with _ended_by_signals(argv is None):
            try:
                return _run(list(sys.argv[1:] if argv is None else argv))
            finally:
                if sys.stdout is not None:
                    sys.stdout.flush()
    except BrokenPipeError:
        # The reader of the pipe has seen enough.
        _discard()
        return 0
    except (KeyboardInterrupt, Exception) as error:
        from maml_verify.commands.console.faults import code_of, tell  # late: most runs have no use for them

        tell(error)
        _discard()
        return code_of(error)


@contextmanager
def _ended_by_signals(own: bool) -> Iterator[None]:
    """Where the process is our own, what tells it to end is taken as Ctrl-C is."""
    names = ("SIGTERM", "SIGHUP") if own and threading.current_thread() is threading.main_thread() else ()
    kinds = [getattr(signal, name) for name in names if hasattr(signal, name)]
    kinds = [kind for kind in kinds if signal.getsignal(kind) is signal.SIG_DFL]
    for kind in kinds:
        signal.signal(kind, signal.default_int_handler)
    try:
        yield
    finally:
        for kind in kinds:
            signal.signal(kind, signal.SIG_DFL)


def _discard() -> None:
    """Let go of what standard output does not take, which the interpreter's end would try again."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(given: list[str]) -> int:
    refuse_strangers()
    # Before the other options: claims bring editions, and names that are looked up.
    early = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    early.add_argument("--claims", action="append", default=[])
    with added(early.parse_known_args(given)[0].claims):
        return _with_claims(given)


def _with_claims(given: list[str]) -> int:
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
        what = "claims of yours, known beside the paper's; repeatable"
        sub.add_argument("--claims", action="append", default=[], metavar="FILE.py", help=what)
    arguments, extras = parser.parse_known_args(given)
    if extras:
        parsers[arguments.command].unrecognised(extras)
    if arguments.jobs is not None:
        from problems.validation import count  # late: a stranger of that name would be in its place

        count("jobs", arguments.jobs)
    if sys.stdout is None and arguments.output is None:
        raise ValueError("output: standard output is closed; rule: --output FILE")
    from maml_verify.commands.console.files import apart, writable  # late, as the commands are

    # A long run whose result could not be written would be lost, and so would what it replaces.
    writable("output", arguments.output)
    apart(_named(arguments, OUTPUTS), _named(arguments, INPUTS))
    return modules[arguments.command].run(arguments)


def _named(arguments: argparse.Namespace, names: Sequence[str]) -> dict[str, list[str]]:
    values = {name: getattr(arguments, name, None) for name in names}
    lists = {name: [value] if isinstance(value, str) else list(value or ()) for name, value in values.items()}
    # What FILE.py:NAME names is in a file.
    return {name: [re.sub(r"(\.py):\w*$", r"\1", value) for value in found] for name, found in lists.items()}


if __name__ == "__main__":
    sys.exit(main())
