"""Exact rationals of numbers of any kind."""

from __future__ import annotations

import math
from numbers import Integral, Rational, Real
from typing import Any

from flint import fmpq, fmpz

__all__ = ["as_fmpq"]


def as_fmpq(value: Any) -> Any:
    """``value`` as an fmpq, exactly: a float is the dyadic rational that it stores.

    Raises
    ------
    TypeError, ValueError
        If it is not a finite rational number of a known kind.
    """
    if isinstance(value, fmpq):
        return value
    if type(value) is int:  # by far the most frequent, and slow to tell by its abstract class
        return fmpq(value)
    if isinstance(value, Integral | fmpz):
        return fmpq(value if isinstance(value, fmpz) else int(value))
    if isinstance(value, Rational):
        return fmpq(int(value.numerator), int(value.denominator))
    if isinstance(value, Real):
        if not math.isfinite(value):
            raise ValueError(f"value = {value}; rule: finite")
        return fmpq(*float(value).as_integer_ratio())
    exact = getattr(value, "as_rational", None)
    if exact is None:
        raise TypeError(f"value = {value!r}; rule: a rational number")
    return exact
