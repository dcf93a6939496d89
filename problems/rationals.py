"""Exact rationals (`flint.fmpq`), their rounding upward, and their float64 values at a scale of their own.

float64 loses digits below 2^-1022 and ends at 2^1024, so numbers are divided by a power of two before they
are rounded.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq

from problems.arrays import Array

__all__ = ["as_fraction", "exponent", "power", "rational", "rationals", "root", "round_up", "scaled"]


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


def power(k: int) -> fmpq:
    """2^k."""
    return fmpq(1 << k) if k >= 0 else fmpq(1, 1 << -k)


def exponent(value: fmpq) -> int | None:
    """An e with 2^(e-2) <= abs(value) < 2^e; None for zero."""
    return int(value.p).bit_length() - int(value.q).bit_length() + 1 if value else None


def _scaled(value: fmpq, k: int) -> float:
    # Division of two ints is correctly rounded, also below 2^-1022.
    p, q = int(value.p), int(value.q)
    return p / (q << k) if k >= 0 else (p << -k) / q


_float = np.frompyfunc(_scaled, 2, 1)


def scaled(values: Array, k: Any) -> Array:
    """values / 2^k rounded to nearest float64; ``k`` broadcasts, and makes no entry overflow."""
    return np.asarray(_float(values, k)).astype(np.float64)


def round_up(value: fmpq) -> Fraction | float:
    """The least number of 53 significant bits that is not below ``value`` >= 0.

    A float64 where that is a normal one, otherwise a Fraction: subnormal numbers have fewer bits.
    """
    p, q = int(value.p), int(value.q)
    if not p:
        return 0.0
    k = p.bit_length() - q.bit_length() - 53

    def digits(k: int) -> int:
        return -(-p // (q << k)) if k >= 0 else -((-p << -k) // q)

    if digits(k) > 2**53:
        k += 1
    n = digits(k)
    if n == 2**53:
        n, k = n >> 1, k + 1
    return math.ldexp(n, k) if -1074 <= k <= 971 else as_fraction(n * power(k))


def root(value: fmpq) -> Fraction | float:
    """Square root of ``value`` >= 0: a Fraction where that is exact, otherwise rounded up (`round_up`)."""
    p, q = int(value.p), int(value.q)
    a, b = math.isqrt(p), math.isqrt(q)
    if a * a == p and b * b == q:
        return Fraction(a, b)
    # An even shift that leaves 100 bits to the integer root, whatever the size of the number.
    k = 200 - p.bit_length() + q.bit_length()
    k += k & 1
    n = (p << k) // q if k >= 0 else p // (q << -k)
    return round_up((math.isqrt(n) + 1) * power(-k // 2))
