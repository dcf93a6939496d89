"""Options that commands share."""

from __future__ import annotations

import argparse
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

from maml_verify.claims import CLAIMS
from maml_verify.commands.parser import seed
from problems import FAMILIES, Ridge, from_data, read_table
from problems.names import unknown

__all__ = ["data_options", "data_words", "editions", "families", "grid_options", "point", "rational"]
__all__ += ["sweep_arguments", "sweep_options"]

LINKS = ("logistic", "quadratic")


def rational(text: str) -> Fraction:
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
    return [rational(part) for part in text.split(",")]


def grid_options(parser: argparse.ArgumentParser, edition: str = "printed") -> None:
    """Which edition, families, steps and step size."""
    known = sorted({edition for claim in CLAIMS for edition in claim.editions})
    parser.add_argument("--edition", default=edition, choices=[*known, "all"], help=f"default: {edition}")
    parser.add_argument(
        "--family", action="append", default=[], metavar="NAME", help="repeatable; default: all"
    )
    parser.add_argument("--steps", type=int, metavar="N", help="inner steps")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--alpha", type=rational, metavar="X", help="inner step size")
    size.add_argument("--alpha-L", type=rational, metavar="X", help="inner step size times L")
    data_options(parser)


def data_options(parser: argparse.ArgumentParser) -> None:
    """A data set in place of a family."""
    data = parser.add_argument_group("real data")
    data.add_argument("--data", metavar="FILE", help="CSV or NPZ, a row a data point")
    data.add_argument("--label", metavar="COL", help="column of the labels")
    data.add_argument("--task", metavar="COL", help="column that says which task a row belongs to")
    data.add_argument("--link", choices=LINKS, help=f"default: {LINKS[0]}")
    data.add_argument(
        "--split-rng",
        type=seed,
        metavar="SEED",
        help="seed of support and query sets, default: that of --rng",
    )


def families(arguments: argparse.Namespace) -> list[str | Ridge]:
    """The families named, each once (all: none), or that of ``--data`` alone."""
    given = {name: getattr(arguments, name) for name in ("label", "task", "link", "split_rng")}
    if arguments.data is None:
        for name, value in given.items():
            if value is not None:
                raise ValueError(f"{name} = {value!r} without data; rule: --data FILE says where it is")
        for name in arguments.family:
            if name not in FAMILIES:
                raise unknown("family", name, FAMILIES)
        return list(dict.fromkeys(arguments.family))
    if arguments.family:
        raise ValueError(f"family = {arguments.family[0]!r} and data = {arguments.data}; rule: one of them")
    for name in ("label", "task"):
        if given[name] is None:
            raise ValueError(f"{name}: missing; rule: --data FILE needs --label COL and --task COL")
    X, y, task = read_table(arguments.data, arguments.label, arguments.task)
    link = arguments.link or LINKS[0]
    return [from_data(X, y, task, link=link, rng=_split_rng(arguments), name=Path(arguments.data).stem)]


def _split_rng(arguments: argparse.Namespace) -> int:
    return int(arguments.rng if arguments.split_rng is None else arguments.split_rng)


def data_words(arguments: argparse.Namespace) -> list[str]:
    """The options that name the data, as they could be typed; none where there is no data."""
    if getattr(arguments, "data", None) is None:
        return []
    usual = argparse.ArgumentParser()
    data_options(usual)
    given = vars(arguments) | {"split_rng": _split_rng(arguments)}
    words = []
    for name, default in vars(usual.parse_args([])).items():
        option, value = f"--{name.replace('_', '-')}", given[name]
        if value is True:
            words.append(option)
        elif value != default:
            for one in value if isinstance(value, list) else [value]:
                words += [option, str(one)]
    return words


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
