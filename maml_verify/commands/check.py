"""``maml-verify check ID``: one statement on one family at stated parameters."""

from __future__ import annotations

import argparse
from itertools import product
from typing import Any

from maml_verify.checks.check import check
from maml_verify.claims import find_claim
from maml_verify.commands.console.faults import Ending
from maml_verify.commands.console.options import (
    detect_option,
    editions,
    families,
    fraction,
    grid_options,
    point,
)
from maml_verify.commands.console.output import finish, known_constants, progress_bar
from maml_verify.record import Record
from maml_verify.settings import BUDGET, DELTA, POINTS, REPLICATES, RUNS
from problems import Family
from problems.known import Known
from problems.names import unknown
from problems.ridge_sums.named import COLUMNS

BY_THEOREM = "default: 1, or as the statement's conditions say"
PASSED = (
    *("variant", "S", "D", "T", "B", "K", "C_beta", "B_prime", "D_L", "runs"),
    *("points", "w", "u", "rng", "budget", "replicates", "delta", "detect"),
)


def add(parser: argparse.ArgumentParser) -> None:
    """Statement, family, parameters and batch sizes."""
    parser.add_argument("id", metavar="ID", help="statement id, see list")
    grid_options(parser)
    parser.add_argument(
        "--variant",
        type=int,
        metavar="K",
        help="which family of the table's column; default: one drawn by --rng",
    )
    for name, what in zip("SDTB", ("inner batch", "Hessian batch", "outer batch", "task batch"), strict=True):
        parser.add_argument(f"--{name}", type=int, help=f"size of the {what}, {BY_THEOREM}")
    parser.add_argument("--points", type=int, default=POINTS, help=f"points to draw, default: {POINTS}")
    for name in "wu":
        what = "x,y,..: a point, or several by repeating it; default: drawn by --rng"
        parser.add_argument(f"--{name}", type=point, action="append", metavar=name.upper(), help=what)
    whole = parser.add_argument_group("statements about a whole run")
    whole.add_argument("--K", type=int, help=f"meta iterations, {BY_THEOREM}")
    whole.add_argument("--C-beta", type=fraction, metavar="X", help=f"beta_k = 1/(C_beta Lhat), {BY_THEOREM}")
    whole.add_argument("--B-prime", type=int, help=f"size of the task batch of Lhat, {BY_THEOREM}")
    whole.add_argument("--D-L", type=int, help=f"size of the data batches of Lhat, {BY_THEOREM}")
    whole.add_argument(
        "--runs", type=int, default=RUNS, metavar="R", help=f"independent runs, default: {RUNS}"
    )
    estimates = parser.add_argument_group("expectations")
    fewer = f"of an estimate, default: {REPLICATES}, or as many as take seconds"
    numbers = {
        "budget": (int, BUDGET, f"paths above which they are estimated, default: {BUDGET}"),
        "replicates": (int, None, fewer),
        "delta": (float, DELTA, f"probability that an estimate's interval misses, default: {DELTA}"),
    }
    for name, (kind, usual, what) in numbers.items():
        estimates.add_argument(f"--{name}", type=kind, default=usual, metavar="X", help=what)
    detect_option(estimates)


def run(arguments: argparse.Namespace) -> int:
    """Check every edition asked for on every family asked for (default: all)."""
    claim = find_claim(arguments.id)
    wanted = [e for e in editions(arguments) if e in claim.editions]
    if not wanted:
        raise unknown("edition", arguments.edition, claim.editions)
    chosen = families(arguments) or list(COLUMNS)
    if arguments.alpha is None and arguments.alpha_L is None:
        raise ValueError("alpha: missing; rule: --alpha X or --alpha-L X")
    if arguments.steps is None:
        raise ValueError("steps: missing; rule: --steps N")
    given = {name: getattr(arguments, name) for name in PASSED}
    given |= {"alpha": arguments.alpha, "alpha_L": arguments.alpha_L, "steps": arguments.steps}
    known: dict[Any, Known] = {
        family: known_constants(claim, family) for family in chosen if isinstance(family, Family)
    }
    records: list[Record] = []
    ending = Ending("checks")
    with ending.keeps(records), progress_bar("both sides") as progress:
        for edition, family in product(wanted, chosen):
            total = len(wanted) * len(chosen)
            progress(len(records), total)

            def replicates(done: int, of: int, total: int = total) -> None:
                # Estimates are what takes long: of one check, the bar counts its replicates.
                progress(len(records) * of + done, total * of)

            given |= {"known": known.get(family), "progress": replicates}
            records.append(check(claim, family, edition=edition, **given))
    return ending.code(lambda: finish(records, arguments))
