"""Sampling that stops as soon as its interval decides, and says which violation it would have shown.

The intervals hold at every size at once (`intervals`), so that looking after each block of replicates and
stopping there costs nothing.  Blocks grow with what was seen; what is drawn depends on the seed and on the
values alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from maml_verify.left_sides.intervals import (
    Estimate,
    Sums,
    scalar_radius,
    scalar_reach,
    share,
    vector_radius,
    vector_reach,
)
from maml_verify.settings import Setting
from problems.arrays import Array
from problems.progress import Progress, silent
from problems.validation import count

__all__ = ["MOST", "Norm", "Scalar", "Stop", "sample_until", "stop_of"]

# Replicates of a plan that asks for more, and of the first look.
MOST = 10**7
FIRST = 64
# Nearer to the right side than this, relative, an interval is left to the rounding margin.
CLEAR = 1e-6


@dataclass(frozen=True)
class Stop:
    """When sampling ends.

    Attributes
    ----------
    replicates : the most that are drawn where no ratio is to be detected
    delta : probability that the interval misses at any of its looks
    against : right side with which the values are compared; None: all replicates are drawn
    detect : smallest lhs/rhs > 1 that is to be shown with probability 0.99; it plans the replicates
    progress : called with the replicates that are done and in all
    """

    replicates: int
    delta: float
    against: Array | None = None
    detect: float | None = None
    progress: Progress = silent


def stop_of(s: Setting) -> Stop:
    """As a setting has it."""
    return Stop(s.replicates, s.delta, s.against, s.detect, s.progress)


class Quantity(Protocol):
    """A left side as a function of the means of replicates.

    Attributes
    ----------
    bound : one sure bound for each interval that has to hold
    """

    @property
    def bound(self) -> Array: ...

    def ends(self, sums: Sums, delta: float) -> tuple[Array, Array, Array]:
        """Low and high end, and the value between them."""

    def detects(self, sums: Sums, n: float, delta: float, rhs: Array) -> Array:
        """The smallest lhs/rhs > 1 that n replicates of the same spread would show."""


@dataclass(frozen=True)
class Scalar:
    """The mean of values in [0, bound]."""

    bound: Array

    def ends(self, sums: Sums, delta: float) -> tuple[Array, Array, Array]:
        """The mean and its radius either way, within the sure bounds."""
        radius = scalar_radius(sums.spread, sums.n, delta, self.bound)
        mean = sums.mean
        return np.maximum(mean - radius, 0.0), np.minimum(mean + radius, self.bound), mean

    def detects(self, sums: Sums, n: float, delta: float, rhs: Array) -> Array:
        """By how far the mean has to be above."""
        return 1 + scalar_reach(sums.spread, n, delta, self.bound) / rhs


@dataclass(frozen=True)
class Norm:
    """||E X - centre|| of vectors X (..., d); their spread is about the centre, in a last coordinate.

    Attributes
    ----------
    centre : (..., d)
    bound : (...), of ||X - centre||
    """

    centre: Array
    bound: Array

    def ends(self, sums: Sums, delta: float) -> tuple[Array, Array, Array]:
        """The distance of the mean from the centre, and its radius either way."""
        value = np.sqrt(((sums.mean[..., :-1] - self.centre) ** 2).sum(-1))
        radius = vector_radius(sums.mean[..., -1], sums.n, delta, self.bound)
        return np.maximum(value - radius, 0.0), value + radius, value

    def detects(self, sums: Sums, n: float, delta: float, rhs: Array) -> Array:
        """By how far the distance has to be above."""
        return 1 + vector_reach(sums.mean[..., -1], n, delta, self.bound, rhs) / rhs


def sample_until(
    draw: Callable[[int], Array], quantity: Quantity, stop: Stop, largest: int = MOST
) -> Estimate:
    """Draw blocks of replicates until the quantity is decided, or the planned number is reached.

    Parameters
    ----------
    draw : number of replicates -> values (replicates, ...), each time new ones
    largest : replicates that one block may hold

    Returns
    -------
    Estimate
        Its interval holds with probability at least 1 - ``stop.delta``.
    """
    rhs, rate = stop.against, share(stop.delta, np.size(quantity.bound))
    total = count("replicates", stop.replicates, least=2)
    block = max(1, min(FIRST, total // 4, largest))
    # The first values only say about what the spread is measured: it was known before the others were drawn.
    centre = draw(block).mean(0)
    n, sums = 0, np.zeros((2, *centre.shape))
    while True:
        values = draw(block)
        sums += values.sum(0), ((values - centre) ** 2).sum(0)
        n += block
        seen = Sums(n, *(sums / n))
        low, high, value = quantity.ends(seen, rate)
        planned, detects = _plan(quantity, seen, stop, rate)
        stop.progress(min(n, planned), planned)
        if n >= planned or (rhs is not None and _decided(low, high, rhs)):
            stop.progress(planned, planned)
            return Estimate.of(low, high, value, detects, n)
        centre = seen.mean
        block = min(n, planned - n, largest)


def _decided(low: Array, high: Array, rhs: Any) -> bool:
    """Whether every comparison holds, or one is violated."""
    with np.errstate(invalid="ignore"):
        gap = CLEAR * np.abs(rhs)
        return bool((high <= rhs - gap).all() or (low > rhs + gap).any())


def _plan(quantity: Quantity, seen: Sums, stop: Stop, rate: float) -> tuple[int, Array]:
    """How many replicates, and the ratios that so many would detect."""
    if stop.against is None:
        return stop.replicates, np.full(np.shape(quantity.bound), np.inf)

    def detects(n: int) -> Array:
        with np.errstate(all="ignore"):
            found = quantity.detects(seen, n, rate, np.asarray(stop.against))
        return np.where(np.isfinite(found) & (found >= 1), found, np.inf)

    if stop.detect is None:
        return stop.replicates, detects(stop.replicates)
    enough, ratios = FIRST, detects(FIRST)
    while enough < MOST and ratios.max() > stop.detect:
        # What is above 1 falls at most in proportion to the replicates: this leads no further than needed.
        excess = min((ratios.max() - 1) / (stop.detect - 1), 4)
        enough = min(math.ceil(enough * max(excess, 1.02)), MOST)
        ratios = detects(enough)
    return enough, ratios
