"""Options that commands share."""

from __future__ import annotations

import argparse
from fractions import Fraction
from typing import Any

from maml_verify.claims import CLAIMS

__all__ = ["editions", "grid_options", "rational", "sweep_arguments", "sweep_options"]


def rational(text: str) -> Fraction:
    """A decimal or p/q as the exact number that was typed."""
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise argparse.ArgumentTypeError(f"{text!r}; rule: a finite number such as 0.125 or 1/8") from None


def grid_options(parser: argparse.ArgumentParser) -> None:
    """Which edition, families, steps and step size."""
    known = sorted({edition for claim in CLAIMS for edition in claim.editions})
    parser.add_argument("--edition", default="printed", choices=[*known, "all"], help="default: printed")
    parser.add_argument(
        "--family", action="append", default=[], metavar="NAME", help="repeatable; default: all"
    )
    parser.add_argument("--steps", type=int, metavar="N", help="inner steps")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--alpha", type=rational, metavar="X", help="inner step size")
    size.add_argument("--alpha-L", type=rational, metavar="X", help="inner step size times L")
    data = parser.add_argument_group("real data")
    data.add_argument("--data", metavar="FILE", help="CSV or NPZ, a row a data point")
    data.add_argument("--label", metavar="COL", help="column of the labels")
    data.add_argument("--task", metavar="COL", help="column that says which task a row belongs to")
    data.add_argument(
        "--link", default="logistic", choices=("logistic", "quadratic"), help="default: logistic"
    )


def sweep_options(parser: argparse.ArgumentParser) -> None:
    """Where a sweep runs, and the file from which it goes on."""
    parser.add_argument("--store", metavar="FILE", help="keep what is done there, and go on from it")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="use the workers of this Dask scheduler")


def sweep_arguments(arguments: argparse.Namespace) -> dict[str, Any]:
    """The same as arguments of `run_cells`."""
    return {name: getattr(arguments, name) for name in ("jobs", "scheduler", "store")}


def editions(arguments: argparse.Namespace) -> tuple[str, ...]:
    """The editions asked for."""
    if arguments.edition == "all":
        return tuple(sorted({edition for claim in CLAIMS for edition in claim.editions}))
    return (arguments.edition,)
