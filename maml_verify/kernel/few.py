"""Slopes of a link in few calls, for arrays so small that calls are what costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from problems.arrays import Array
from problems.links import Link

__all__ = ["Few", "few_of"]


class Few(NamedTuple):
    """A link at x = scale * t: ``slope(link, x, room)``, and ``curvature(link, x, slopes)`` = ds/dx."""

    scale: float
    slope: Callable[[Link, Array, Array], Array]
    curvature: Callable[[Link, Array, Array], Array]


def _logistic_slope(link: Link, x: Array, room: Array) -> Array:
    np.exp(x, room)
    np.add(room, 1.0, room)
    return np.reciprocal(room, room)


_LOGISTIC = Few(-1.0, _logistic_slope, lambda link, x, slopes: slopes * slopes - slopes)
_PLAIN = Few(1.0, lambda link, x, room: link.dphi(x), lambda link, x, slopes: link.d2phi(x))


def few_of(link: Link) -> Few:
    """The logistic link by one exp, for both; others by their own formulas."""
    return _LOGISTIC if link.name == "logistic" else _PLAIN
