"""``maml-verify audit [ID|STEP ...]``: the ledger of proof steps, then the errata, ranked."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from maml_verify.commands.console.files import folder, write
from maml_verify.reports.tables import csv_table


def add(parser: argparse.ArgumentParser) -> None:
    """What to audit."""
    what = "step, display such as eq-48, result such as corollary-6, or statement id; default: all"
    parser.add_argument("ids", metavar="ID|STEP", nargs="*", help=what)
    anew = "decide every goal anew; default: check the certificates that ship with the project"
    parser.add_argument("--prove", action="store_true", help=anew)
    folder = (
        "write the certificates there, one JSON a step: python -m proofs_check.certificates DIR checks them"
    )
    parser.add_argument("--certificates", metavar="DIR", help=folder)


def run(arguments: argparse.Namespace) -> int:
    """Decide the steps and print them."""
    # sympy takes longer to import than the other commands to run.
    from proofs_check.audit import audit
    from proofs_check.pages.render import render

    folder("--certificates", arguments.certificates)
    if arguments.certificates is not None:
        return _write_certificates(arguments.ids, Path(arguments.certificates))
    steps = audit(arguments.ids, arguments.prove)
    text = csv_table(steps) if arguments.format == "csv" else render(steps, arguments.format)
    write(text, arguments.output, arguments.format)
    return 0


def _write_certificates(ids: list[str], place: Path) -> int:
    """One file a step that has a goal proved, and the counts."""
    from proofs_check.audit import certificates
    from proofs_check.certificates.kept import file_name
    from proofs_check.ledger import ledger

    goals = files = 0
    for step in ledger(tuple(ids)):
        out = certificates(step)
        if out["parts"]:
            write(json.dumps(out, ensure_ascii=False), str(place / file_name(step.id)), "json")
            goals, files = goals + len(out["parts"]), files + 1
    print(f"{files} steps, {goals} goals with a certificate")
    return 0
