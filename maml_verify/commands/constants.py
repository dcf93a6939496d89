"""``maml-verify constants [FAMILY]``: every constant of the paper, each edition, beside what is measured."""

from __future__ import annotations

import argparse
import math
from fractions import Fraction
from typing import Any

from maml_verify.commands.console.data import data_options
from maml_verify.commands.console.families import WHAT, one_family
from maml_verify.commands.console.options import fraction
from maml_verify.commands.console.output import progress_bar, write_rows
from maml_verify.reports.rows import Row
from maml_verify.studies.measured_constants import measured_constants
from maml_verify.theory.paper_constants import PAPER_CONSTANTS

DEFAULT = "cosine"
SIZES = ("S", "D", "T", "B", "C_beta")


def add(parser: argparse.ArgumentParser) -> None:
    """The family, N, the step size, batch sizes, and the budget."""
    what = f"{WHAT}, or --data FILE; default: {DEFAULT}"
    parser.add_argument("family", metavar="FAMILY", nargs="*", default=[], help=what)
    parser.add_argument("--steps", type=int, default=2, metavar="N", help="inner steps, default: 2")
    what = "inner step size times L, default: 1/(8NL)"
    parser.add_argument("--alpha-L", type=fraction, metavar="X", help=what)
    for name, what in zip("SDTB", ("inner batch", "Hessian batch", "outer batch", "task batch"), strict=True):
        usual = "1, or as the statement's conditions say"
        parser.add_argument(f"--{name}", type=int, help=f"size of the {what}, default: {usual}")
    parser.add_argument(
        "--C-beta", type=fraction, metavar="X", help="of the meta step size, default: by the theorem"
    )
    parser.add_argument(
        "--points", type=int, default=200, metavar="R", help="points of the family, default: 200"
    )
    parser.add_argument(
        "--evaluations", type=int, default=200, metavar="E", help="of a statement's search, default: 200"
    )
    parser.add_argument(
        "--seconds", type=float, default=20.0, metavar="T", help="of a statement's search, default: 20"
    )
    data_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """A row a constant and edition; 1 where one that a statement expected to hold needs is exceeded."""
    family = one_family(arguments, DEFAULT)
    alpha_L = arguments.alpha_L or Fraction(1, 8 * max(arguments.steps, 1))
    sizes = {name: getattr(arguments, name) for name in SIZES if getattr(arguments, name) is not None}
    budget = {"points": arguments.points, "evaluations": arguments.evaluations, "seconds": arguments.seconds}
    with progress_bar("statements") as progress:
        rows = measured_constants(
            family,
            steps=arguments.steps,
            alpha_L=alpha_L,
            sizes=sizes,
            rng=arguments.rng,
            **budget,
            progress=progress,
        )
    if all(math.isnan(row["ratio"]) for row in rows):
        reasons = "; ".join(dict.fromkeys(row["why"] for row in rows if row["why"]))
        raise ValueError(f"nothing was measured ({reasons}); rule: at least one constant")
    head = {"family": family.name, "N": arguments.steps, "alpha L": str(alpha_L)}
    write_rows(
        [_shown(row) for row in rows],
        arguments,
        head,
        _meaning(rows) if arguments.format in ("text", "markdown") else "",
    )
    return 1 if _exceeded(rows) else 0


def _shown(row: dict[str, Any]) -> Row:
    value = row["value"]
    empirical = {name: value * row[name] for name in ("family", "searched")}
    kept = {name: row[name] for name in ("constant", "where", "statement", "edition")}
    if row["constant"] in ("C_1", "theta"):
        # Where the largest serves, the share is that of the constant in it.
        empirical = {name: value / row[name] if row[name] else math.inf for name in empirical}
    told = {"value": value, "on the family": empirical["family"], "on instances": empirical["searched"]}
    return {**kept, **told, "ratio": row["ratio"], "lhs/rhs": row["together"]}


def _meaning(rows: list[dict[str, Any]]) -> str:
    """What a row says, under the table."""
    said: dict[str, list[str]] = {}
    for one in PAPER_CONSTANTS:
        said.setdefault(one.least, []).append(f"{one.name} {one.where}")
    lines = [f"{', '.join(dict.fromkeys(names))}: {text}." for text, names in said.items()]
    lines.append(
        "On the family: over its points. On instances: over searched ridge families with the same constants "
        "of the assumptions, of whose worst the statement speaks. nan: none has them, or the constant is 0 "
        "or infinite."
    )
    lines.append(
        "ratio: the larger of both as a share of the value; above 1 the statement does not hold with it. A 0 "
        "says that the others do without it. lhs/rhs: the worst of the statement, which is the share that "
        "serves where all its constants become smaller by one factor."
    )
    why = dict.fromkeys(f"{row['statement']} ({row['edition']}): {row['why']}" for row in rows if row["why"])
    return "\n" + "\n".join([*lines, *why]) + "\n"


def _exceeded(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    from maml_verify.claims import find_claim

    return [
        row
        for row in rows
        if row["ratio"] > 1 and find_claim(row["statement"]).expected[row["edition"]] == "holds"
    ]
