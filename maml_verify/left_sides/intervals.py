"""Intervals about means that hold at every moment at which sampling may stop (confidence sequences).

Replicates are independent, and what they can't exceed is sure (`sure_bounds`).  For a scalar in [0, b]: the
exponential supermartingale of Fan, Grama and Liu (2015), as in the empirical Bernstein sequences of Howard,
Ramdas, McAuliffe and Sekhon (2021) and of Waudby-Smith and Ramdas (2024); for vectors, whatever their
dimension, that of Pinelis (1994), with the variance bounded by a sequence of its own.  Each is a mean of
supermartingales over a fixed grid of tuning values, so that the interval holds at all sizes at once and is
thin at each.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from problems.arrays import Array
from problems.validation import count

__all__ = [
    "POWER",
    "Estimate",
    "Interval",
    "Sums",
    "largest_mean",
    "scalar_radius",
    "scalar_reach",
    "share",
    "unbounded",
    "vector_radius",
    "vector_reach",
]

# A violation that is called detectable would have been shown with this probability.
POWER = 0.99
# Tuning values of the supermartingales, in units of 1/range: each halving serves four times the replicates.
TUNING = 0.75 * 0.5 ** np.arange(16)
# Their weights 1/2, 1/6, 1/12, ...: most means are of few replicates, or of values that differ little.
WEIGHTS = 1 / (np.arange(1, 17) * np.arange(2, 18)) * 17 / 16
NEWTON = 8


class Interval(NamedTuple):
    """A left side that lies between ``low`` and ``high``, with the confidence asked for if estimated."""

    low: Array
    high: Array


class Estimate(Interval):
    """An interval from replicates, with what else they tell.

    Attributes
    ----------
    value : (...), mean of the replicates
    detects : (...), the smallest lhs/rhs > 1 that they would have shown with probability `POWER`
    drawn : replicates
    """

    value: Array
    detects: Array
    drawn: int

    @classmethod
    def of(cls, low: Array, high: Array, value: Array, detects: Array, drawn: int) -> Estimate:
        """All of it."""
        self = cls(low, high)
        self.value, self.detects, self.drawn = value, detects, drawn
        return self


class Sums(NamedTuple):
    """What is kept of n replicates X.

    Attributes
    ----------
    n : int
    mean : (...)
    spread : (...), mean of (X - m)^2, where m was known before X was drawn
    """

    n: int
    mean: Array
    spread: Array


def unbounded(shape: tuple[int, ...]) -> Interval:
    """Nothing is known of a left side but that it is not negative."""
    return Interval(np.zeros(shape), np.full(shape, np.inf))


def share(delta: float, checks: int) -> float:
    """Error rate of each of ``checks`` intervals that together may fail with probability delta."""
    if not 0 < delta < 1:
        raise ValueError(f"delta = {delta}; rule: between 0 and 1")
    return delta / count("checks", checks)


def _largest_sum(slopes: Array, costs: Array, log: float) -> Array:
    """The x at which the weighted mean over k of exp(slope_k x - cost_k) is exp(log), or slightly more.

    A mean of supermartingales of mean at most 1 is one, too, and by Ville's inequality it ever exceeds
    1/rate with probability at most the rate.  Newton's method from where one of the terms alone is that
    large comes down to the root and, as the logarithm is convex, never below it.

    Parameters
    ----------
    slopes : (k,) positive;  costs : (k, ...);  log : log(1/rate)
    """
    shape = (-1, *(1,) * (costs.ndim - 1))
    slopes = slopes.reshape(shape)
    costs = costs - np.log(WEIGHTS).reshape(shape)
    x = ((log + costs) / slopes).min(0)
    for _ in range(NEWTON):
        terms = slopes * x - costs
        top = terms.max(0)
        weights = np.exp(terms - top)
        total = weights.sum(0)
        excess = top + np.log(total) - log
        x = x - np.maximum(excess, 0) * total / (slopes * weights).sum(0)
    return x


def scalar_radius(spread: Array, n: float, delta: float, bound: Array) -> Array:
    """Half-width about the mean of n values in [0, bound], valid at all n at once with probability 1 - delta.

    With m in [0, 1] known before X in [0, 1] is drawn, exp(t (X - E X) - (X - m)^2 (-log(1 - t) - t)) has
    mean at most 1 for 0 <= t < 1; so has the product over replicates.  Each end has half of delta.

    Parameters
    ----------
    spread : (...), `Sums.spread`
    bound : (...), of the values
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        costs = np.multiply.outer(-np.log1p(-TUNING) - TUNING, n * spread / bound**2)
        radius = bound * _largest_sum(TUNING, costs, math.log(2 / delta)) / n
    return np.where(bound > 0, radius, 0.0)


def vector_radius(spread: Array, n: float, delta: float, bound: Array) -> Array:
    """Radius about the mean of n vectors X in a Hilbert space, valid at all n at once as `scalar_radius` is.

    cosh(t ||sum (X - E X)||/R) over exp(n s^2 (e^t - 1 - t)/R^2) is a supermartingale, with s^2 the variance
    and R = 2 bound a bound of ||X - E X|| (Pinelis 1994, Theorem 3.2); s^2 is bounded with half of delta.

    Parameters
    ----------
    spread : (...), mean of ||X - c||^2 for a fixed c, which need not be the mean of X
    bound : (...), of ||X - c||
    """
    t, R = 4 * TUNING, 2 * bound
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = largest_mean(spread / bound**2, n, delta / 2) / 4
        costs = np.multiply.outer(np.expm1(t) - t, n * variance)
        # cosh(x) >= e^x/2 costs a factor of 2.
        radius = R * _largest_sum(t, costs, math.log(4 / delta)) / n
    return np.where(bound > 0, radius, 0.0)


def largest_mean(mean: Array, n: float, delta: float) -> Array:
    """An upper bound of E Z for Z in [0, 1] of this mean over n values, at all n at once with 1 - delta.

    E exp(-t Z) <= 1 - t E Z + t^2 E Z/2, so that exp((t - t^2/2) E Z - t Z) has mean at most 1.
    """
    costs = np.multiply.outer(TUNING, n * mean)
    return _largest_sum(TUNING - TUNING**2 / 2, costs, math.log(1 / delta)) / n


def _deviation(variance: Array, n: float, bound: Array) -> Array:
    """How far a mean is below its expectation, at one n with probability 1 - (1 - POWER)/2 (Bernstein)."""
    rate = math.log(2 / (1 - POWER)) / n
    return np.sqrt(2 * variance * rate) + 2 * bound * rate / 3


def scalar_reach(spread: Array, n: float, delta: float, bound: Array) -> Array:
    """How far above the right side a mean has to be to be shown to be so by n values of this variance.

    With probability `POWER` neither the sampled mean falls short nor the sampled spread exceeds the true one
    by more than Bernstein's inequality allows.
    """
    sampled = spread + bound * _deviation(spread, n, bound)
    return scalar_radius(sampled, n, delta, bound) + _deviation(spread, n, bound)


def vector_reach(spread: Array, n: float, delta: float, bound: Array, rhs: Array) -> Array:
    """The same for a norm of E X - c, which itself adds to the spread about c."""
    reach = np.zeros_like(spread)
    for _ in range(30):
        about = np.minimum(spread + (rhs + reach) ** 2, bound**2)
        sampled = about + bound * _deviation(about, n, bound)
        reach = vector_radius(sampled, n, delta, bound) + _deviation(about, n, 2 * bound)
    return reach
