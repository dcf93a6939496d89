"""Minimum and maximum that also hold for arrays of Arb balls and exact rationals; lengths in float64."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["Array", "clip", "length", "maximum", "minimum"]

# Outside these the sum of squares may have lost digits to underflow, or overflowed.
_SMALL, _LARGE = 1e-270, 1e300

Array = Any


def _lesser(a: Any, bound: int) -> Any:
    # A ball that straddles the other has no order; its own method returns the enclosing ball.
    if hasattr(a, "overlaps"):
        return a.min(type(a)(bound))
    return a if a <= bound else type(a)(bound)


def _greater(a: Any, bound: int) -> Any:
    if hasattr(a, "overlaps"):
        return a.max(type(a)(bound))
    return a if a >= bound else type(a)(bound)


_object_minimum = np.frompyfunc(_lesser, 2, 1)
_object_maximum = np.frompyfunc(_greater, 2, 1)


def minimum(t: Array, bound: int) -> Array:
    """Elementwise minimum of ``t`` and an integer."""
    return _object_minimum(t, bound) if t.dtype == object else np.minimum(t, bound)


def maximum(t: Array, bound: int) -> Array:
    """Elementwise maximum of ``t`` and an integer."""
    return _object_maximum(t, bound) if t.dtype == object else np.maximum(t, bound)


def clip(t: Array, low: int, high: int) -> Array:
    """``t`` clipped to ``[low, high]``, elementwise."""
    return minimum(maximum(t, low), high)


def length(v: Array) -> Array:
    """Euclidean norm along the last axis, float64, to a few units in the last place at any scale."""
    with np.errstate(over="ignore", under="ignore"):
        squares = np.asarray((v * v).sum(-1))
    result = np.sqrt(squares)
    safe = (squares > _SMALL) & (squares < _LARGE)
    if not safe.all():
        unsafe = ~safe
        rows = v[unsafe]
        scale = np.abs(rows).max(-1, initial=0.0)
        plain = (scale == 0) | ~np.isfinite(scale)
        divided = rows / np.where(plain, 1.0, scale)[..., None]
        result = np.array(result)
        result[unsafe] = np.where(plain, scale, scale * np.sqrt((divided * divided).sum(-1)))
    return result
