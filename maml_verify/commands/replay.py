"""``maml-verify replay WITNESS.json``: recompute a stored case, certified."""

from __future__ import annotations

import argparse

from maml_verify.checks.witness import disagreements, located, replay
from maml_verify.commands.console.faults import Ending, say
from maml_verify.commands.console.output import finish
from maml_verify.record import Record


def add(parser: argparse.ArgumentParser) -> None:
    """The files."""
    parser.add_argument(
        "files", metavar="WITNESS.json", nargs="+", help="witness files, or names of shipped ones"
    )


def run(arguments: argparse.Namespace) -> int:
    """Replay each file; 1, too, where one says something else than its replay."""
    records: list[Record] = []
    wrong: list[str] = []
    ending = Ending("files")
    with ending.keeps(records):
        for name in arguments.files:
            file = located(name)
            records.append(replay(file))
            wrong += [f"{name}: {line}" for line in disagreements(file, records[-1])]

    def shown() -> int:
        code = finish(records, arguments)
        for line in wrong:
            say(line)
        return 1 if wrong else code

    return ending.code(shown)
