"""Minimum and maximum that also hold for arrays of Arb balls and exact rationals."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["Array", "clip", "maximum", "minimum"]

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
