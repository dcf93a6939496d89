"""The largest value of a function of points: scans, an evolution of stacked points, ascent by gradients."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from problems.arrays import Array

__all__ = ["Found", "maximise"]

# Points that are drawn at first, the best that are kept, what each has for offspring, and how often.
DRAWN, KEPT, OFFSPRING, ROUNDS = 384, 6, 24, 30
# Points of the first block that is asked for; each next one is four times as large.
FIRST = 16
# Places on a line that is scanned, and lines a point.
SCAN, LINES = 33, 6
# Scales of the points that are drawn.
NEAR, FAR = 1e-2, 1e4
# Ascents by gradients, and steps of each.
ASCENTS, STEPS = 2, 12


class Found(NamedTuple):
    """The largest value that was found, where, and at how many points it was looked for."""

    value: float
    point: Array
    evaluations: int


class _Search:
    def __init__(
        self,
        value: Callable[[Array], Array],
        d: int,
        rng: np.random.Generator,
        enough: float,
        deadline: float,
    ) -> None:
        self.value, self.d, self.rng = value, d, rng
        self.enough, self.deadline = enough, deadline
        self.points, self.values = np.zeros((0, d)), np.zeros(0)
        self.evaluations = 0

    def ask(self, points: Array) -> Array:
        """Values at points; the best of all so far are kept, not two of one neighbourhood."""
        values, done, block = np.full(len(points), -np.inf), 0, FIRST
        while done < len(points) and (done == 0 or time.monotonic() < self.deadline):
            # A family that is slow is asked for no more than there is time for.
            part = slice(done, done + block)
            with np.errstate(all="ignore"):
                found = np.asarray(self.value(points[part]), dtype=np.float64)
            values[part] = np.where(np.isfinite(found), found, -np.inf)
            done, block = done + block, 4 * block
        self.evaluations += min(done, len(points))
        every, found = np.concatenate([self.points, points]), np.concatenate([self.values, values])
        kept: list[int] = []
        for k in np.argsort(-found, kind="stable"):
            size = 1e-2 * (np.linalg.norm(every[k]) + 1e-3)
            if all(np.linalg.norm(every[k] - every[j]) > size for j in kept):
                kept.append(int(k))
            if len(kept) == KEPT:
                break
        self.points, self.values = every[kept], found[kept]
        return values

    def over(self) -> bool:
        """Whether enough was found, or the time is over."""
        return bool(self.values[0] > self.enough or time.monotonic() > self.deadline)

    def scan(self) -> None:
        """Lines through the best points, along axes and at random, near and far."""
        for point in self.points[:2]:
            axes = np.eye(self.d)[self.rng.permutation(self.d)[: LINES // 2]]
            some = self.rng.standard_normal((LINES // 2, self.d))
            lines = np.concatenate([axes, some / np.linalg.norm(some, axis=1, keepdims=True)])
            t = np.geomspace(NEAR, FAR, SCAN // 2)
            t = np.concatenate([-t, [0], t])
            self.ask((point + t[:, None, None] * lines).reshape(-1, self.d))

    def evolve(self, blocks: Array) -> None:
        """Each kept point has offspring at distances that follow its success; ``blocks`` scale apart."""
        size = 1.0
        for _ in range(ROUNDS):
            if self.over():
                return
            best = self.values[0]
            scales = size * 10 ** self.rng.uniform(-2, 0.7, (len(self.points), OFFSPRING, 1))
            lengths = np.stack(
                [np.linalg.norm(self.points * (blocks == b), axis=1) for b in np.unique(blocks)]
            )
            steps = scales * np.maximum(lengths, 0.3)[blocks].T[:, None]
            draws = self.rng.standard_normal((len(self.points), OFFSPRING, self.d))
            # Some move along few coordinates, which is what a ridge or a kink asks for.
            draws *= self.rng.random(draws.shape) < self.rng.choice(
                [1.0, 0.5, 1.5 / self.d], (len(draws), OFFSPRING, 1)
            )
            self.ask((self.points[:, None] + steps * draws).reshape(-1, self.d))
            size = min(1.0, size * 1.3) if self.values[0] > best else max(1e-4, size * 0.8)

    def ascend(self) -> None:
        """Steepest ascent with a scan of step lengths from the best points, by central differences."""
        lengths = np.geomspace(1e-6, 3, 16)
        for k in range(min(ASCENTS, len(self.points))):
            point, value = self.points[k], self.values[k]
            for _ in range(STEPS):
                if self.over():
                    return
                h = 1e-5 * (1 + np.abs(point))
                around = point + np.concatenate([np.diag(h), -np.diag(h)])
                ends = self.ask(around)
                slope = (ends[: self.d] - ends[self.d :]) / (2 * h)
                length = np.linalg.norm(slope)
                if not np.isfinite(length) or length == 0:
                    break
                tried = point + lengths[:, None] * (1 + np.linalg.norm(point)) * slope / length
                values = self.ask(tried)
                if values.max() <= value:
                    break
                point, value = tried[values.argmax()], values.max()


def maximise(
    value: Callable[[Array], Array],
    starts: Array,
    rng: np.random.Generator,
    *,
    enough: float,
    deadline: float,
    blocks: Array | None = None,
) -> Found:
    """The largest value found of a function of stacked points.

    Parameters
    ----------
    value : (R, d) -> (R,); what is not finite counts as least
    starts : (R, d)
    enough : a value above which the search ends
    deadline : time.monotonic() at which it ends
    blocks : (d,) numbers of the block that a coordinate belongs to, 0, 1, ...; a block has a scale of its own
    """
    search = _Search(value, starts.shape[1], rng, enough, deadline)
    search.ask(starts)
    for step in (search.scan, lambda: search.evolve(np.zeros(search.d, int) if blocks is None else blocks)):
        if not search.over():
            step()
    if not search.over():
        search.ascend()
    return Found(float(search.values[0]), search.points[0], search.evaluations)
