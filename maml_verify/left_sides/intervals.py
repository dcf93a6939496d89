"""Intervals about the mean of independent replicates, with a stated error rate.

Where the range of the variable is known they hold for every number of replicates: empirical Bernstein
(Maurer and Pontil 2009, Theorem 4) for a scalar, and Bernstein's inequality in Hilbert space (Pinelis and
Sakhanenko 1985) for vectors, whatever their dimension.  Elsewhere they are normal and flagged
``asymptotic``.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from problems.arrays import Array
from problems.validation import count

__all__ = [
    "Estimate",
    "Interval",
    "VectorEstimate",
    "scalar_interval",
    "scalar_radius",
    "share",
    "unbounded",
    "vector_radius",
]


class Estimate(NamedTuple):
    """Values with intervals [low, high], arrays of one shape."""

    value: Array
    low: Array
    high: Array
    asymptotic: bool


class Interval(NamedTuple):
    """An estimated left side: it lies between ``low`` and ``high`` with the confidence asked for."""

    low: Array
    high: Array


def unbounded(shape: tuple[int, ...]) -> Interval:
    """Nothing is known of a left side but that it is not negative."""
    return Interval(np.zeros(shape), np.full(shape, np.inf))


class VectorEstimate(NamedTuple):
    """Vectors (..., d), each within ``radius`` (...) of the truth."""

    value: Array
    radius: Array
    asymptotic: bool


def share(delta: float, checks: int) -> float:
    """Error rate of each of ``checks`` intervals that together may fail with probability delta."""
    if not 0 < delta < 1:
        raise ValueError(f"delta = {delta}; rule: between 0 and 1")
    return delta / count("checks", checks)


def scalar_radius(variance: Array, replicates: int, delta: float, bound: Array | None) -> Array:
    """Half-width about the mean of ``replicates`` values with this sample variance.

    Parameters
    ----------
    variance : (...), with denominator replicates - 1
    bound : (...) or None
        The values are in [0, bound]; None gives the asymptotic interval.
    """
    if bound is None:
        return NormalDist().inv_cdf(1 - delta / 2) * np.sqrt(variance / replicates)
    log = math.log(4 / delta)
    return np.sqrt(2 * variance * log / replicates) + 7 * bound * log / (3 * (replicates - 1))


def vector_radius(spread: Array, replicates: int, delta: float, bound: Array | None) -> Array:
    """Radius about the mean of ``replicates`` vectors X, which need not have mean c.

    Parameters
    ----------
    spread : (...), sample mean of ||X - c||^2 for a fixed c
    bound : (...) or None
        Over ||X - c||; None gives the asymptotic radius, from the concentration of a normal vector.
    """
    if bound is None:
        return np.sqrt(spread / replicates) * (1 + math.sqrt(2 * math.log(1 / delta)))
    rate = math.log(4 / delta) / replicates
    # s^2 = E||X - c||^2 is at least the variance.  A mean of terms Z in [0, bound^2] falls short of s^2 by t
    # with probability at most exp(-n t^2 / (2 bound^2 s^2)); solved for s with half of delta.
    s = np.sqrt(spread + bound**2 * rate / 2) + bound * math.sqrt(rate / 2)
    # P(||mean - E|| >= t) <= 2 exp(-n t^2 / (2 s^2 + 2 M t / 3)) with M = 2 bound over ||X - E X||.
    return s * math.sqrt(2 * rate) + 4 * bound * rate / 3


def scalar_interval(
    mean: Array, variance: Array, replicates: int, rate: float, bound: Array | None
) -> Estimate:
    """Intervals about the means of values that are not negative."""
    radius = scalar_radius(variance, replicates, rate, bound)
    high = mean + radius if bound is None else np.minimum(mean + radius, bound)
    return Estimate(mean, np.maximum(mean - radius, 0.0), high, bound is None)
