"""A family under test: its constants, points of several scales, batches, and what a broken law tells."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from problems.arrays import Array
from problems.family import Case, Family
from problems.known import Known, joined

__all__ = ["CASES", "Broken", "NotTold", "Subject"]

CASES: tuple[Case, Case] = ("resampling", "finite-sum")
ROLES = ("probabilities", "support", "query")
# The share of a ball's radius up to which points are taken, for rounding.
INSIDE = 1 - 1e-12
# Points at which a verb is asked at once.
BLOCK = 2048


class Broken(Exception):
    """A law does not hold: what was seen, and the point."""

    def __init__(self, why: str, **counterexample: Any) -> None:
        super().__init__(why)
        self.counterexample = {name: plain(value) for name, value in counterexample.items()}


class NotTold(Exception):
    """A law that was not put to the test, and why."""


def plain(value: Any) -> Any:
    """Numbers and lists in place of NumPy's."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    return value


class Subject:
    """A family, its constants or those claimed, a generator, and the time there is.

    Attributes
    ----------
    known : constants by case
    deadline : time.monotonic() at which a search ends
    ball : where the constants are said to hold, with ``center`` and ``radius``; None: for all w
    """

    def __init__(self, family: Family, constants: Known | None, seconds: float, rng: int) -> None:
        self.family = family
        self.known = {case: joined(family.constants(case), constants) for case in CASES}
        self.seed, self.end = rng, time.monotonic() + seconds
        self.deadline = self.end
        self.ball = getattr(family, "ball", None)
        self.center = np.zeros(family.d) if self.ball is None else np.asarray(self.ball.center, dtype=float)

    def generator(self, law: str) -> np.random.Generator:
        """The generator of a law, so that no law's draws depend on another's."""
        return np.random.default_rng([self.seed, *law.encode()])

    def points(self, rng: np.random.Generator, rows: int, low: float, high: float) -> Array:
        """Points (rows, d), each of a length between two, in the region where claims are made."""
        w = rng.standard_normal((rows, self.family.d))
        w /= np.maximum(np.linalg.norm(w, axis=1, keepdims=True), 1e-300)
        return self.within(self.center + w * np.geomspace(low, high, rows)[:, None])

    def within(self, w: Array) -> Array:
        """Points pulled back onto the ball on which the constants are said to hold, if there is one."""
        if self.ball is None:
            return w
        way = w - self.center
        length = np.linalg.norm(way, axis=-1, keepdims=True)
        return self.center + way * np.minimum(1, self.ball.radius * INSIDE / np.maximum(length, 1e-300))

    def batches(self, rng: np.random.Generator, rows: int) -> Array:
        """Weights (n, rows, m) of several kinds: mixed ones, and of one atom alone."""
        n, m = self.family.tasks, self.family.atoms
        c = rng.dirichlet(np.ones(m), (n, rows))
        alone = np.eye(m)[rng.integers(0, m, (n, rows))]
        return np.where((np.arange(rows) % 3 == 2)[None, :, None], alone, c)

    def over_tasks(self, w: Array) -> Array:
        """Points (R, d) as the verbs want them, (n, R, d)."""
        return np.broadcast_to(w, (self.family.tasks, *w.shape))

    @cached_property
    def cost(self) -> float:
        """Seconds that a gradient takes at one point, of all tasks."""
        w = self.over_tasks(self.points(self.generator("cost"), 16, 0.1, 1))
        c = self.family.probabilities[:, None].astype(np.float64)
        start = time.perf_counter()
        self.ask(self.family.grad, w, c)
        return (time.perf_counter() - start) / 16

    def ask(self, verb: Callable[..., Array], *arguments: Array) -> Array:
        """A verb at stacked points, a block at a time; what overflows far out warns of nothing."""
        R = arguments[0].shape[1]
        with np.errstate(all="ignore"):
            parts = [
                verb(*(x if x.shape[1] == 1 != R else x[:, start : start + BLOCK] for x in arguments))
                for start in range(0, R, BLOCK)
            ]
        return np.concatenate(parts, axis=1)
