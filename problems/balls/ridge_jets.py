"""Derivatives of ridge sums, from the ranges of their link: a term's derivatives are those of phi times q."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from problems.arrays import Array
from problems.balls.jets import Enclosure, Jet, Jets, rounded
from problems.balls.link_ranges import link_ranges
from problems.ridge_sums.tables import RidgeTables

__all__ = ["RidgeJets"]

# Relative error of one rounding, with room for what products and tables in float64 lose.
UNIT = 2.0**-51


class RidgeJets(Jets):
    """By the formula l_i(w; c) = sum_k e_k phi(q_k . w - y_k) + xi . w, with e = c A.

    Parameters
    ----------
    family : in float64;  balls : the same over Arb balls
    outcomes : the task and the weights (m,) of each, over balls
    """

    def __init__(
        self, family: RidgeTables, balls: RidgeTables, outcomes: Sequence[tuple[int, Array]], order: int
    ) -> None:
        self.family, self.order = family, order
        self.task = np.array([i for i, _ in outcomes])
        self.e = _rounded(np.array([c @ balls.coefficients[i] for i, c in outcomes]))
        self.v = _rounded(np.array([c @ balls.linear[i] for i, c in outcomes]))

    def at(self, centre: Array, half: Array) -> Jet | None:
        """Orders 1..order over a box."""
        q, y = self.family.features, self.family.offsets
        middle = q @ centre - y
        size = np.abs(q) @ np.abs(centre) + np.abs(y)
        reach = np.abs(q) @ half * (1 + 1e-14) + size * (q.shape[2] + 4) * UNIT * (size > 0)
        ranges = np.array(
            [
                [link_ranges(self.family.link, *pair) for pair in zip(*rows, strict=True)]
                for rows in zip(middle.tolist(), reach.tolist(), strict=True)
            ]
        )
        return [self._order(k, ranges[:, :, k - 1]) for k in range(1, self.order + 1)]

    def _order(self, k: int, ranges: Array) -> Enclosure:
        q, e, task = self.family.features[self.task], self.e, self.task
        phi, wide = ranges[task, :, 0], ranges[task, :, 1]
        used = np.abs(e.middle) + e.radius > 0
        wide, phi = np.where(used, wide, 0.0), np.where(used, phi, 0.0)
        middle = _powers(e.middle * phi, q, k)
        size = np.abs(e.middle) * np.abs(phi)
        with np.errstate(invalid="ignore"):
            off = np.abs(e.middle) * wide + e.radius * (np.abs(phi) + wide)
        off = off + size * (q.shape[1] + 4 * k + 8) * UNIT
        radius = _powers(off, np.abs(q), k, infinite=bool(np.isinf(off).any()))
        if k == 1:
            return Enclosure(middle + self.v.middle, (radius + self.v.radius) * (1 + UNIT * 8))
        return Enclosure(middle, radius * (1 + UNIT * 8 * q.shape[1]))


def _powers(a: Array, q: Array, k: int, infinite: bool = False) -> Array:
    """sum_k a_k q_k x ... x q_k (outcomes, d, ..., d)."""
    if infinite:
        # 0 times infinity is nothing here.
        return np.full((len(a), *[q.shape[2]] * k), np.inf)
    o, K, d = q.shape
    rows = np.ones((o, K, 1))
    for _ in range(k - 1):
        rows = (rows[..., :, None] * q[..., None, :]).reshape(o, K, -1)
    found = np.einsum("oka,okd->oad", rows * a[..., None], q)
    return found.reshape(o, *[d] * k)


def _rounded(values: Array) -> Enclosure:
    pairs = np.array([rounded(x) for x in values.ravel()]).reshape(*values.shape, 2)
    return Enclosure(pairs[..., 0], pairs[..., 1])
