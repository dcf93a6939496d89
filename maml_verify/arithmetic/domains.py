"""Numbers of the stages of a comparison: float64, Arb balls, exact rationals and their roots."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Rational, Real
from typing import Any

import numpy as np
from flint import arb, fmpq, fmpz

from maml_verify.arithmetic.exact import as_fmpq
from maml_verify.arithmetic.precision import arb_precision
from problems.arrays import Array
from problems.names import unknown

__all__ = [
    "FIELDS",
    "arb_precision",
    "field_of",
    "lift",
]


def _ball(value: Any) -> Any:
    if isinstance(value, arb):
        return value
    if hasattr(value, "to_arb"):
        return value.to_arb()
    if isinstance(value, Real) and not isinstance(value, Rational):
        return arb(float(value))
    return arb(as_fmpq(value))


def _float(value: Any) -> float:
    if isinstance(value, fmpz):
        return float(int(value))
    # The conversion of a quotient of integers rounds once, whatever their size.
    return int(value.p) / int(value.q) if isinstance(value, fmpq) else float(value)


def _root_sum(value: Any) -> Any:
    from maml_verify.arithmetic.root_sum import RootSum

    return value if isinstance(value, RootSum) else RootSum(as_fmpq(value))


# "exact" is what families compute in; "root_sum" adds the square roots that norms and bounds need.
FIELDS: dict[str, Callable[[Any], Any]] = {
    "float": _float,
    "arb": _ball,
    "exact": as_fmpq,
    "root_sum": _root_sum,
}


def lift(value: Any, field: str) -> Any:
    """A number or an array in another field, without a rounding where the field has none.

    Parameters
    ----------
    value : int, float, Fraction, fmpq, arb, RootSum, or an array of them
    field : {"float", "arb", "exact", "root_sum"}

    Returns
    -------
    A number of the field; an array gives float64 for "float" and dtype object otherwise.
    """
    if field not in FIELDS:
        raise unknown("field", field, FIELDS)
    convert = FIELDS[field]
    if not isinstance(value, np.ndarray):
        return convert(value)
    result = np.empty(value.size, dtype=np.float64 if field == "float" else object)
    result[:] = [convert(entry) for entry in value.ravel()]
    return result.reshape(value.shape)


def field_of(values: Array) -> str | None:
    """The field of an array's entries; None for another kind, such as Fraction."""
    if values.dtype != object:
        return "float"
    kinds = {arb: "arb", fmpq: "exact"}
    first = next(iter(values.ravel()), None)
    return "root_sum" if hasattr(first, "to_arb") else kinds.get(type(first))
