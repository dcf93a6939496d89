"""``maml-verify audit [ID|STEP ...]``: the ledger of proof steps, then the errata, ranked."""

from __future__ import annotations

import argparse

from maml_verify.commands.console.files import write
from maml_verify.reports.tables import csv_table


def add(parser: argparse.ArgumentParser) -> None:
    """What to audit."""
    what = "step, display such as eq-48, result such as corollary-6, or statement id; default: all"
    parser.add_argument("ids", metavar="ID|STEP", nargs="*", help=what)


def run(arguments: argparse.Namespace) -> int:
    """Decide the steps and print them."""
    # sympy takes longer to import than the other commands to run.
    from proofs_check.audit import audit
    from proofs_check.pages.render import render

    steps = audit(arguments.ids)
    text = csv_table(steps) if arguments.format == "csv" else render(steps, arguments.format)
    write(text, arguments.output, arguments.format)
    return 0
