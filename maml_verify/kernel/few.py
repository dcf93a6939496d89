"""Slope and curvature of a link in few calls, for arrays so small that calls are what costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from problems.arrays import Array
from problems.links import Link

__all__ = ["Few", "few_of"]


class Few(NamedTuple):
    """A link at x = scale * t: ``slope(link, x)``, and ``curvature(link, x, slope)`` = ds/dx."""

    scale: float
    slope: Callable[[Link, Array], Array]
    curvature: Callable[[Link, Array, Array], Array]


def _logistic_slope(link: Link, x: Array) -> Array:
    s = np.exp(x)
    s += 1.0
    return np.reciprocal(s, s)


_LOGISTIC = Few(-1.0, _logistic_slope, lambda link, x, s: s * s - s)
_PLAIN = Few(1.0, lambda link, x: link.dphi(x), lambda link, x, s: link.d2phi(x))


def few_of(link: Link) -> Few:
    """The logistic link by one exp, for both; others by their own formulas."""
    return _LOGISTIC if link.name == "logistic" else _PLAIN
