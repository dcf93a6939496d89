"""``maml-verify check ID``: one statement on one family at stated parameters."""

from __future__ import annotations

import argparse
from itertools import product

from maml_verify.checking import check
from maml_verify.claims import find_claim
from maml_verify.commands.common import editions, families, grid_options
from maml_verify.commands.output import constants, finish, progress_bar
from maml_verify.record import Record
from problems import FAMILIES, Ridge


def add(parser: argparse.ArgumentParser) -> None:
    """Statement, family, parameters and batch sizes."""
    parser.add_argument("id", metavar="ID", help="statement id, see list")
    grid_options(parser)
    for name, what in zip("SDTB", ("inner batch", "Hessian batch", "outer batch", "task batch"), strict=True):
        parser.add_argument(f"--{name}", type=int, default=1, help=f"size of the {what}, default 1")
    parser.add_argument("--points", type=int, default=6, help="points to draw, default 6")


def run(arguments: argparse.Namespace) -> int:
    """Check every edition asked for on every family asked for (default: all)."""
    claim = find_claim(arguments.id)
    wanted = [e for e in editions(arguments) if e in claim.editions]
    if not wanted:
        raise ValueError(f"edition = {arguments.edition!r}; rule: one of {', '.join(claim.editions)}")
    chosen = families(arguments) or list(FAMILIES)
    if arguments.alpha is None and arguments.alpha_L is None:
        raise ValueError("alpha: missing; rule: --alpha X or --alpha-L X")
    if arguments.steps is None:
        raise ValueError("steps: missing; rule: --steps N")
    sizes = {key: getattr(arguments, key) for key in "SDTB"}
    known = {family: constants(claim, family) for family in chosen if isinstance(family, Ridge)}
    records: list[Record] = []
    with progress_bar("both sides") as progress:
        for edition, family in product(wanted, chosen):
            progress(len(records), len(wanted) * len(chosen))
            record = check(
                claim,
                family,
                alpha=arguments.alpha,
                alpha_L=arguments.alpha_L,
                steps=arguments.steps,
                edition=edition,
                known=known.get(family) if isinstance(family, Ridge) else None,
                points=arguments.points,
                rng=arguments.rng,
                **sizes,
            )
            records.append(record)
    return finish(records, arguments)
