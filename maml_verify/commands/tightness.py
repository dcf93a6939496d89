"""``maml-verify tightness [ID ...]``: the best instance known of each bound, and how its ratio moves."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from maml_verify.claims import CLAIMS, find_claim
from maml_verify.commands.common import editions
from maml_verify.commands.files import write
from maml_verify.rows import render_rows
from maml_verify.tightness import tightness


def add(parser: argparse.ArgumentParser) -> None:
    """Statements, editions, and whether stored ratios are trusted."""
    known = sorted({edition for claim in CLAIMS for edition in claim.editions})
    parser.add_argument("ids", metavar="ID", nargs="*", help="statement ids, default: all")
    parser.add_argument("--edition", choices=[*known, "all"], default="all", help="default: all")
    parser.add_argument("--replay", action="store_true", help="recompute every stored ratio, certified")


def run(arguments: argparse.Namespace) -> int:
    """One row a witness; 1 where a verdict is not the registered one."""
    chosen = [find_claim(name).id for name in arguments.ids]
    rows = tightness(chosen, editions(arguments), replayed=arguments.replay)
    if not rows:
        raise ValueError("no witness is known; rule: at least one statement that has the edition")
    write(_rendered(rows, arguments.format), arguments.output)
    wrong = [row for row in rows if find_claim(row["claim"]).expected[row["edition"]] != row["verdict"]]
    for row in wrong:
        print(f"unexpected: {row['claim']} ({row['edition']}) {row['verdict']}", file=sys.stderr)
    return 1 if wrong else 0


def _rendered(rows: list[dict[str, Any]], style: str) -> str:
    head = {"witnesses": len(rows)}
    if style in ("csv", "json"):
        return render_rows(rows, style, head)
    # A sentence is too wide for a column.
    said = {f"{row['claim']} (sharp)": row["attained"] for row in rows if row["attained"]}
    table = render_rows([{k: v for k, v in row.items() if k != "attained"} for row in rows], style, head)
    mark = {"markdown": "\n- ", "latex": "\n% "}.get(style, "\n")
    return table + "".join(f"{mark}{name}: {text}" for name, text in said.items()) + "\n" * bool(said)
