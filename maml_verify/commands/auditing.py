"""``maml-verify audit [ID|STEP ...]``: the ledger of proof steps, then the errata, ranked."""

from __future__ import annotations

import argparse

from maml_verify.commands.output import write


def add(parser: argparse.ArgumentParser) -> None:
    """What to audit."""
    what = "step, display such as eq-48, result such as corollary-6, or statement id; default: all"
    parser.add_argument("ids", metavar="ID|STEP", nargs="*", help=what)


def run(arguments: argparse.Namespace) -> int:
    """Decide the steps and print them."""
    # sympy takes longer to import than the other commands to run.
    from proofs_check.audit import audit
    from proofs_check.render import FORMATS, render

    if arguments.format not in FORMATS:
        raise ValueError(f"format = {arguments.format!r}; rule: one of {', '.join(FORMATS)}")
    write(render(audit(arguments.ids), arguments.format), arguments.output)
    return 0
