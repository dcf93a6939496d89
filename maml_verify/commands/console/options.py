"""Options that commands share."""

from __future__ import annotations

import argparse
import math
from fractions import Fraction
from typing import Any

from maml_verify.claims import all_claims
from maml_verify.commands.console.data import data_family, data_options
from maml_verify.commands.console.families import WHAT, named_family
from problems import Family

__all__ = ["data_options", "detect_option", "editions", "families", "fraction", "grid_options", "point"]
__all__ += ["sweep_arguments", "sweep_options"]


def detect_option(parser: Any) -> None:
    """Which violation an estimate is to show."""
    parser.add_argument(
        "--detect",
        type=float,
        metavar="RATIO",
        help="lhs/rhs above 1 that estimates are to show with probability 0.99; plans their replicates",
    )


def fraction(text: str) -> Fraction:
    """A decimal or p/q as the exact number that was typed."""
    try:
        # As an exact number 1e99999999 would take hours; to float64 it is inf, and 1e-99999999 is 0.
        rough = 1.0 if "/" in text else float(text)
        if not math.isfinite(rough):
            raise ValueError
        return Fraction(text) if rough else Fraction(0)
    except (ValueError, ZeroDivisionError):
        raise argparse.ArgumentTypeError(f"{text!r}; rule: a finite number such as 0.125 or 1/8") from None


def point(text: str) -> list[Fraction]:
    """A point of the parameter space, its coordinates separated by commas."""
    return [fraction(part) for part in text.split(",")]


# What is meant where no edition is named: the paper's own, as printed or as reported.
USUAL = ("printed", "reported")


def grid_options(parser: argparse.ArgumentParser, edition: str | None = None) -> None:
    """Which edition, families, steps and step size."""
    known = sorted({edition for claim in all_claims() for edition in claim.editions})
    parser.add_argument(
        "--edition",
        default=edition,
        choices=[*known, "all"],
        help=f"default: {edition or 'printed; of the one-step paper, reported'}",
    )
    parser.add_argument(
        "--family", action="append", default=[], metavar="FAMILY", help=f"{WHAT}; repeatable; default: all"
    )
    parser.add_argument("--steps", type=int, metavar="N", help="inner steps")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--alpha", type=fraction, metavar="X", help="inner step size")
    size.add_argument("--alpha-L", type=fraction, metavar="X", help="inner step size times L")
    data_options(parser)


def families(arguments: argparse.Namespace) -> list[str | Family]:
    """The families named, each once (all: none), or that of ``--data`` alone."""
    data = data_family(arguments)
    if data is not None:
        return [data]
    return list(dict.fromkeys(map(named_family, arguments.family)))


def sweep_options(parser: argparse.ArgumentParser) -> None:
    """Where a sweep runs, and the file from which it goes on."""
    parser.add_argument("--store", metavar="FILE", help="keep what is done there, and go on from it")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="use the workers of this Dask scheduler")


def sweep_arguments(arguments: argparse.Namespace) -> dict[str, Any]:
    """The same as arguments of `run_cells`."""
    return {name: getattr(arguments, name) for name in ("jobs", "scheduler", "store")}


def editions(arguments: argparse.Namespace) -> tuple[str, ...]:
    """The editions asked for; by default the papers' own of named statements, else this paper's."""
    if arguments.edition is None:
        named = getattr(arguments, "ids", None) or getattr(arguments, "id", None)
        return USUAL if named else USUAL[:1]
    if arguments.edition == "all":
        return tuple(sorted({edition for claim in all_claims() for edition in claim.editions}))
    return (arguments.edition,)
