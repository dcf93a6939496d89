"""``maml-verify mutate [ID ...]``: planted wrong constants, and which are refuted."""

from __future__ import annotations

import argparse
import json

from maml_verify.commands.console.faults import Ending
from maml_verify.commands.console.files import write
from maml_verify.commands.console.output import progress_bar, write_rows
from maml_verify.reports.rows import render_rows
from maml_verify.studies.mutate import Mutant, mutate, summary, to_dict, without_power


def add(parser: argparse.ArgumentParser) -> None:
    """Statements and budget."""
    parser.add_argument("ids", metavar="ID", nargs="*", help="statement ids, default: all")
    parser.add_argument(
        "--evaluations",
        type=int,
        default=1500,
        metavar="M",
        help="budget of a search, of whole runs a twenty-fifth of it; default: 1500",
    )
    parser.add_argument(
        "--seconds", type=float, metavar="T", help="time of a search, in place of evaluations"
    )


def run(arguments: argparse.Namespace) -> int:
    """Plant, search and count; 1 where a true statement was refuted or a false one was not."""
    mutants: list[Mutant] = []
    ending = Ending("planted errors")
    with ending.keeps(mutants), progress_bar("planted errors") as progress:
        budget = {"evaluations": arguments.evaluations, "seconds": arguments.seconds}
        options = {"rng": arguments.rng, "jobs": arguments.jobs, "progress": progress}
        for mutant in mutate(arguments.ids, **budget, **options):
            mutants.append(mutant)
    without = [] if ending.early is not None else without_power(arguments.ids, mutants)
    if not mutants:
        what = f"nothing was planted, no measured power: {', '.join(without)}"
        raise ValueError(f"{what}; rule: at least one error that changes a bound")
    rows = summary(mutants)
    false, refuted = sum(row["false"] for row in rows), sum(row["refuted"] for row in rows)
    wrong = sum(row["true_refuted"] for row in rows)
    true = sum(row["true"] for row in rows)
    head = {
        "false mutants refuted by search": f"{refuted} of {false}",
        "true mutants refuted": f"{wrong} of {true}",
    }
    if without:
        head["no measured power"] = ", ".join(without)
    if arguments.format == "json":
        body = {"summary": head, "rows": json.loads(render_rows(rows, "json"))["rows"]}
        write(
            json.dumps({**body, "mutants": [to_dict(m) for m in mutants]}, indent=1) + "\n", arguments.output
        )
    else:
        missed = [m for m in mutants if (m.kind == "false" and not m.found) or (m.kind == "true" and m.found)]
        lines = [f"{m.kind}, {'' if m.found else 'not '}refuted: {m.claim}, {m.error}\n" for m in missed]
        write_rows(rows, arguments, head, "".join(lines) if arguments.format == "text" else "")
    return ending.code(lambda: 1 if wrong or refuted < false else 0)
