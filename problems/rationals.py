"""Exact rationals (`flint.fmpq`) and their rounding upward to float64."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq

from problems.arrays import Array

__all__ = ["as_fraction", "floats", "rational", "rationals", "root", "round_up"]


def rational(value: Any) -> fmpq:
    """Any finite real number, exactly."""
    if isinstance(value, fmpq):
        return value
    p, q = value.as_integer_ratio()
    return fmpq(int(p), int(q))


def rationals(values: Array) -> Array:
    """An array of exact rationals; zeros are cheap."""
    values = np.asarray(values)
    result = np.full(values.shape, fmpq(0), dtype=object)
    where = np.nonzero(values)
    result[where] = [rational(entry) for entry in values[where].tolist()]
    return result


def as_fraction(value: fmpq) -> Fraction:
    """The same number as a Fraction."""
    return Fraction(int(value.p), int(value.q))


# Division of two ints is correctly rounded.
_float = np.frompyfunc(lambda x: int(x.p) / int(x.q), 1, 1)


def floats(values: Array) -> Array:
    """Exact rationals rounded to nearest float64."""
    return _float(values).astype(np.float64)


def round_up(value: fmpq) -> float:
    """The float64 next above, or the number itself where it is one."""
    close = float(as_fraction(value))
    return close if rational(close) >= value else math.nextafter(close, math.inf)


def root(value: fmpq) -> Fraction | float:
    """Square root of ``value`` >= 0: a Fraction where that is exact, otherwise float64 rounded up."""
    p, q = int(value.p), int(value.q)
    a, b = math.isqrt(p), math.isqrt(q)
    if a * a == p and b * b == q:
        return Fraction(a, b)
    # A shift that leaves at least 100 bits to the integer root, also of a tiny number.
    shift = 2 * max(100, (q.bit_length() - p.bit_length()) // 2 + 100)
    return round_up(fmpq(math.isqrt((p << shift) // q) + 1, 1 << (shift // 2)))
