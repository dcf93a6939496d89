"""``maml-verify replay WITNESS.json``: recompute a stored case, certified."""

from __future__ import annotations

import argparse
import sys

from maml_verify.commands.output import finish
from maml_verify.witness import disagreements, replay


def add(parser: argparse.ArgumentParser) -> None:
    """The files."""
    parser.add_argument("files", metavar="WITNESS.json", nargs="+", help="witness files")


def run(arguments: argparse.Namespace) -> int:
    """Replay each file; 1, too, where one says something else than its replay."""
    records = [replay(path) for path in arguments.files]
    code = finish(records, arguments)
    for path, record in zip(arguments.files, records, strict=True):
        for line in disagreements(path, record):
            print(f"{path}: {line}", file=sys.stderr)
            code = 1
    return code
