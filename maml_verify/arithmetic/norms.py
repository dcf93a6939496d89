"""The Euclidean norm along the last axis, over float64, Arb balls and exact rationals."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import arb

from maml_verify.arithmetic.domains import lift
from problems.arrays import Array, length

__all__ = ["norm", "square"]


def square(v: Array) -> Array:
    """Squared norm along the last axis; no root, so rationals stay rational."""
    return (v * v).sum(-1)


def _ball_root(s: Any) -> Any:
    # A sum of squares is not negative, though its ball may reach below zero.
    if not s.is_finite():
        return arb(0, float("inf"))
    if s.lower() > 0:
        return s.sqrt()
    top = s.upper()
    return arb(0).union(top.sqrt()) if top > 0 else arb(0)


def _exact_root(s: Any) -> Any:
    return lift(s, "root_sum").sqrt()


_ball_roots = np.frompyfunc(_ball_root, 1, 1)
_exact_roots = np.frompyfunc(_exact_root, 1, 1)


def norm(v: Array) -> Array:
    """Euclidean norm along the last axis.

    Parameters
    ----------
    v : (..., d)
        float64, or an object array of arb, or of Fraction, fmpq or RootSum.

    Returns
    -------
    (...)
        float64 to a few units in the last place; an enclosing ball, never nan; an exact RootSum.
    """
    if v.dtype == object:
        squares = np.asarray(square(v), dtype=object)
        balls = any(isinstance(s, arb) for s in squares.ravel()[:1])
        return (_ball_roots if balls else _exact_roots)(squares)
    return length(v)
