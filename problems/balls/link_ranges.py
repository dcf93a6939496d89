"""Ranges of the first four derivatives of a link over an interval."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from flint import arb

from problems.arrays import Array
from problems.balls.jets import rounded
from problems.rationals import rationals, scaled
from problems.ridge_sums.links import Link
from problems.ridge_sums.suprema.one_variable import KINKS, SUP4

__all__ = ["link_ranges"]

Ranges = list[tuple[float, float]]


def _quadratic(t: arb) -> list[arb]:
    return [t, arb(1), arb(0), arb(0)]


def _cosine(t: arb) -> list[arb]:
    s, c = t.sin_cos()
    return [s, c, -s, -c]


def _logistic(t: arb) -> list[arb]:
    turn = (t / 2).tanh()
    bend = (t / 2).sech() ** 2 / 4
    return [(1 + turn) / 2, bend, -turn * bend, bend * (1 - 6 * bend)]


SMOOTH: dict[str, Callable[[arb], list[arb]]] = {
    "quadratic": _quadratic,
    "cosine": _cosine,
    "logistic": _logistic,
}


def link_ranges(link: Link, middle: float, half: float) -> Ranges:
    """Middles and radii of phi', phi'', phi''', phi'''' over [middle - half, middle + half].

    The third derivative of a piecewise cubic link is that of the pieces met, which is what phi'' changes by;
    where two are met there is no fourth one, and its radius is infinite.
    """
    if link.name in SMOOTH:
        found = [rounded(x) for x in SMOOTH[link.name](arb(middle, half))]
        return [_within(*pair) for pair in zip(found, _everywhere(link), strict=True)]
    return _piecewise(link, middle, half)


def _everywhere(link: Link) -> list[tuple[float, float]]:
    """Ranges over all of the real line, which functions of a wide ball may leave."""
    third, fourth = float(link.sup3), SUP4.get(link.name, 0.0)
    low, high = map(float, link.curvature)
    return [link.slope, (low, high), (-third, third), (-fourth, fourth)]


def _within(found: tuple[float, float], ends: tuple[float, float]) -> tuple[float, float]:
    middle, radius = found
    if not math.isfinite(radius):
        middle, radius = 0.0, math.inf
    low, high = max(middle - radius, ends[0]), min(middle + radius, ends[1])
    if (low, high) == (middle - radius, middle + radius) or not math.isfinite(high - low):
        return found
    return _hull([low, high])


@lru_cache(maxsize=16)
def _pieces(name: str, link: Link) -> tuple[Array, Array]:
    kinks = rationals(np.array([*KINKS[name]], dtype=object))
    return scaled(kinks, 0), scaled(link.d2phi(kinks), 0)


def _piecewise(link: Link, middle: float, half: float) -> Ranges:
    kinks, at = _pieces(link.name, link)
    low, high = middle - half * (1 + 1e-15) - 1e-15, middle + half * (1 + 1e-15) + 1e-15
    inside = (kinks > low) & (kinks < high)
    bends = [*np.interp([low, high], kinks, at), *at[inside]]
    slopes = np.concatenate([[0.0], np.diff(at) / np.diff(kinks), [0.0]])
    met = slopes[np.searchsorted(kinks, low, "right") : np.searchsorted(kinks, high, "left") + 1]
    bend = _hull(bends)
    centre = float(link.dphi(np.array([middle]))[0])
    slope = (centre + 0.0, (abs(bend[0]) + bend[1]) * half + 1e-14 * (1 + abs(centre) + abs(middle)))
    fourth = (0.0, math.inf if inside.any() else 0.0)
    return [slope, bend, _hull(met), fourth]


def _hull(values: Array | list[float]) -> tuple[float, float]:
    low, high = float(np.min(values)), float(np.max(values))
    middle = (low + high) / 2
    return middle, (high - middle) * (1 + 1e-15) + 1e-14 * max(abs(low), abs(high))
