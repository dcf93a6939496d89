"""``maml-verify tightness [ID ...]``: the best instance known of each bound, and how its ratio moves."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from maml_verify.claims import all_claims, find_claim
from maml_verify.commands.console.options import editions
from maml_verify.commands.console.output import write_rows
from maml_verify.studies.tightness import tightness


def add(parser: argparse.ArgumentParser) -> None:
    """Statements, editions, and whether stored ratios are trusted."""
    known = sorted({edition for claim in all_claims() for edition in claim.editions})
    parser.add_argument("ids", metavar="ID", nargs="*", help="statement ids, default: all")
    parser.add_argument("--edition", choices=[*known, "all"], default="all", help="default: all")
    parser.add_argument("--replay", action="store_true", help="recompute every stored ratio, certified")
    parser.add_argument(
        "--seconds", type=float, default=20.0, metavar="T",
        help="time of the search of a claim that comes with no witness, default: 20",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """One row a witness; 1 where a verdict is not the registered one."""
    chosen = [find_claim(name).id for name in arguments.ids]
    given = {"replayed": arguments.replay, "seconds": arguments.seconds, "jobs": arguments.jobs}
    rows = tightness(chosen, editions(arguments), **given)
    if not rows:
        raise ValueError("no witness is known; rule: at least one statement that has the edition")
    if arguments.format in ("csv", "json"):
        write_rows(rows, arguments, {"witnesses": len(rows)})
    else:
        _write_apart(rows, arguments)
    wrong = [row for row in rows if find_claim(row["claim"]).expected[row["edition"]] != row["verdict"]]
    for row in wrong:
        print(f"unexpected: {row['claim']} ({row['edition']}) {row['verdict']}", file=sys.stderr)
    return 1 if wrong else 0


def _write_apart(rows: list[dict[str, Any]], arguments: argparse.Namespace) -> None:
    """Where each is attained comes below: a sentence is too wide for a column."""
    said = {f"{row['claim']} ({row['edition']})": row["attained"] for row in rows if row["attained"]}
    mark = {"markdown": "\n- ", "latex": "\n% "}.get(arguments.format, "\n")
    tail = "".join(f"{mark}{name}: {text}" for name, text in said.items()) + "\n" * bool(said)
    numbers = [{name: value for name, value in row.items() if name != "attained"} for row in rows]
    write_rows(numbers, arguments, {"witnesses": len(rows)}, tail)
