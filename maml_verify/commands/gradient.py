"""``maml-verify gradient FILE.py:FUNCTION``: is a meta gradient right, and which error does it look like."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from maml_verify.checks.meta_gradient import VARIANTS, MetaGradientCheck, check_meta_gradient
from maml_verify.commands.console.files import write
from maml_verify.commands.console.output import write_rows
from maml_verify.execution.python_files import named, told
from maml_verify.reports.rows import Row


def add(parser: argparse.ArgumentParser) -> None:
    """The function, the N that are tried, and what it means to be."""
    what = "function(task, w, alpha, steps) in a file: the meta gradient of one task"
    parser.add_argument("function", metavar="FILE.py:FUNCTION", help=what)
    parser.add_argument("--steps", type=int, nargs="+", metavar="N", help="inner steps, default: 1, 2 and 5")
    parser.add_argument("--variant", default="maml", choices=VARIANTS, help="what it is to be, default: maml")


def run(arguments: argparse.Namespace) -> int:
    """Compare with the right formula and every known wrong one; 1 where it is not right."""
    function = named("function", arguments.function)
    if not callable(function):
        rule = "a function (task, w, alpha, steps)"
        raise ValueError(f"function = {arguments.function}: {type(function).__name__}; rule: {rule}")
    found = check_meta_gradient(
        _named(function, arguments.function),
        steps=arguments.steps or (1, 2, 5),
        variant=arguments.variant,
        rng=arguments.rng,
    )
    if arguments.format == "text":
        write(f"{found}\n", arguments.output, "text")
    else:
        write_rows(_rows(found), arguments, _head(found, arguments.variant))
    return 0 if found.right else 1


def _named(function: Callable[..., Any], text: str) -> Callable[..., Any]:
    """The function, with an error of its own told by its line."""

    def asked(*given: Any) -> Any:
        try:
            return function(*given)
        except Exception as error:
            why = told(error, text.rpartition(":")[0])
            raise ValueError(f"function = {text}: {why}; rule: a function that runs") from error

    return asked


def _head(found: MetaGradientCheck, variant: str) -> Row:
    detail = "" if found.right else found.evidence["detail"]
    told = {"right": found.right, "variant": variant, "looks_like": found.looks_like, "detail": detail}
    return {**told, "error": found.error}


def _rows(found: MetaGradientCheck) -> list[Row]:
    return [
        {
            "N": N,
            "off by": seen["error"],
            "nearest": ", ".join(f"{name} {error:.1e}" for name, error in seen["nearest"].items()),
            "not told apart here": ", ".join(seen["same"]) or "-",
        }
        for N, seen in found.evidence["steps"].items()
    ]
