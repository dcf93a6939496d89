"""Moments over the sampled batches: enumerated where that is within the budget, else estimated."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from maml_verify.arithmetic.norms import norm
from maml_verify.left_sides import simulated
from maml_verify.left_sides.enumerated import (
    cost,
    mean_estimator,
    path_moments,
    path_second_moments,
    second_moment_estimator,
)
from maml_verify.left_sides.intervals import Estimate, Interval, unbounded
from maml_verify.left_sides.quantities import task_mean, task_meta_gradients
from maml_verify.left_sides.sequential import stop_of
from maml_verify.left_sides.sure_bounds import sure_bounds
from maml_verify.settings import Setting
from problems.arrays import Array
from problems.family import Family

__all__ = ["bias", "path_distance", "second_moment", "variance", "without_link"]


def _simulated(s: Setting, which: str) -> dict[str, Any] | None:
    """How to simulate; None where no interval would be valid, as the atoms have no bounds."""
    worst = sure_bounds(s.family, s.points(), s.alpha, s.steps)
    if worst is None:
        return None
    return {"stop": stop_of(s), "rng": s.rng, "bound": getattr(worst, which)}


def _affordable(s: Setting, each: int = 1) -> bool:
    return s.field != "float" or cost(s.family, s.steps, s.S) * each <= s.budget


def _later(against: Any, steps: int) -> Any:
    """The right side at j = 1..N."""
    if against is None:
        return None
    return np.broadcast_to(against, (*np.shape(against)[:-1], steps + 1))[..., 1:]


def path_distance(s: Setting, power: Literal[1, 2]) -> Array | Interval:
    """E ||w_j - w~_j||^power over the inner batches, shape (tasks, R, N + 1)."""
    w = s.points()
    if s.noiseless:
        # Two copies of one path, each a ball, would differ by their radii in place of 0.
        return np.stack([w[..., 0] * 0] * (s.steps + 1), axis=-1)
    if s.steps and not _affordable(s):
        options = _simulated(s, "path")
        if options is None:
            return unbounded((*w.shape[:2], s.steps + 1))
        options["stop"] = replace(options["stop"], against=_later(s.against, s.steps))
        found = simulated.simulate_path_moment(s.family, w, s.alpha, s.steps, s.S, power, **options)
        # At j = 0 both paths are at w, and no batch has been drawn.
        parts = zip((found.low, found.high, found.value, found.detects), (0, 0, 0, 1), strict=True)
        low, high, value, detects = (np.insert(part, 0, start, axis=-1) for part, start in parts)
        return Estimate.of(low, high, value, detects, found.drawn)
    if power == 2:
        return path_second_moments(s.family, w, s.alpha, s.steps, s.S)
    return path_moments(s.family, w, s.alpha, s.steps, s.S)[0]


def bias(s: Setting) -> Array | Interval:
    """||E G_i(w) - grad L(w)|| over tasks and batches, shape (R,)."""
    w = s.points()
    if s.noiseless:
        return w[0, :, 0] * 0
    if not _affordable(s):
        options = _simulated(s, "mean")
        if options is None:
            return unbounded(w.shape[1:2])
        return simulated.simulate_bias(s.family, w, s.alpha, s.steps, s.S, **options)
    mean = mean_estimator(s.family, w, s.alpha, s.steps, s.S)
    return norm(task_mean(s, mean - task_meta_gradients(s)))


def second_moment(s: Setting) -> Array | Interval:
    """E ||G_i(w)||^2 over tasks and batches, shape (R,)."""
    sizes = (s.S, s.D, s.T)
    # Each leaf of the tree visits every atom for its outer batch.
    if not _affordable(s, each=1 + s.family.atoms // 8):
        options = _simulated(s, "estimator")
        if options is None:
            return unbounded((len(s.w),))
        return simulated.simulate_second_moment(s.family, s.points(), s.alpha, s.steps, *sizes, **options)
    return task_mean(s, second_moment_estimator(s.family, s.points(), s.alpha, s.steps, *sizes))


def variance(s: Setting) -> Array | Interval:
    """E ||G_i(w) - E G_i(w)||^2 over tasks and batches, shape (R,)."""
    second, w = second_moment(s), s.points()
    if not isinstance(second, Interval):
        mean = task_mean(s, mean_estimator(s.family, w, s.alpha, s.steps, s.S))
        return second - (mean * mean).sum(-1)
    # Within what is known of the bias the mean may be anywhere.
    off, exact = bias(s), norm(task_mean(s, task_meta_gradients(s)))
    far = off.high if isinstance(off, Interval) else off
    least, most = np.maximum(exact - far, 0), exact + far
    return Interval(np.maximum(second.low - most**2, 0), second.high - least**2)


@lru_cache(maxsize=64)
def without_link(family: Family, steps: int) -> Family:
    """`Family.same_paths`, the same object each time."""
    return family.same_paths(steps)
