"""``maml-verify replay WITNESS.json``: recompute a stored case, certified."""

from __future__ import annotations

import argparse

from maml_verify.commands.output import finish
from maml_verify.witness import replay


def add(parser: argparse.ArgumentParser) -> None:
    """The files."""
    parser.add_argument("files", metavar="WITNESS.json", nargs="+", help="witness files")


def run(arguments: argparse.Namespace) -> int:
    """Replay each file."""
    return finish([replay(path) for path in arguments.files], arguments)
