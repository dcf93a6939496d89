"""``maml-verify replay WITNESS.json``: recompute a stored case, certified."""

from __future__ import annotations

import argparse
import sys

from maml_verify.commands.output import finish
from maml_verify.witness import disagreements, located, replay


def add(parser: argparse.ArgumentParser) -> None:
    """The files."""
    parser.add_argument(
        "files", metavar="WITNESS.json", nargs="+", help="witness files, or names of shipped ones"
    )


def run(arguments: argparse.Namespace) -> int:
    """Replay each file; 1, too, where one says something else than its replay."""
    files = [located(name) for name in arguments.files]
    records = [replay(file) for file in files]
    code = finish(records, arguments)
    for name, file, record in zip(arguments.files, files, records, strict=True):
        for line in disagreements(file, record):
            print(f"{name}: {line}", file=sys.stderr)
            code = 1
    return code
