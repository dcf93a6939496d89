"""Bounds on the rounding errors of float64 sums and products, for numbers of which the largest is near 1.

A sum of n products has an error of at most n units, each 2^-53 of the sum of absolute values, in whatever
order it is taken and with or without fused operations.  What underflows is covered by `TINY`, which such
numbers never notice.
"""

from __future__ import annotations

import math

import numpy as np

from problems.arrays import Array

__all__ = ["TINY", "dot", "require_subnormals", "terms", "units"]

TINY = 2.0**-900
_BLOCK = 128


def units(n: int) -> float:
    """Relative error of n roundings, n < 2^30."""
    return n * 2.0**-53 * (1 + 2.0**-20)


def terms(n: int) -> int:
    """Roundings of a sum of n products as `dot` takes it."""
    return min(n, _BLOCK) + -(-n // _BLOCK)


def dot(a: Array, b: Array) -> Array:
    """a @ b by blocks, so that the error grows with far less than the number of terms."""
    n = a.shape[-1]
    if n <= _BLOCK:
        return a @ b
    return sum(a[..., k : k + _BLOCK] @ b[k : k + _BLOCK] for k in range(0, n, _BLOCK))


def require_subnormals() -> None:
    """Refuse to certify in a process that takes subnormal numbers for zero.

    Raises
    ------
    FloatingPointError
        A library built with ``-ffast-math`` can set the processor so, for everybody in the process.
    """
    least, normal = math.ldexp(1.0, -1074), math.ldexp(1.0, -1022)
    array = np.array([least, normal])
    with np.errstate(all="ignore"):  # a caller may have asked NumPy to raise where numbers become subnormal
        kept = least > 0 and normal * 0.5 > 0 and array[0] + array[0] > 0 and (array * 0.5)[1] > 0
    if not kept:
        raise FloatingPointError(
            "this process takes subnormal numbers for zero, as libraries built with -ffast-math make it do; "
            "rule: nothing is certified without gradual underflow (load that library elsewhere)"
        )
