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
from maml_verify.left_sides.intervals import Interval
from maml_verify.left_sides.quantities import task_mean, task_meta_gradients
from maml_verify.left_sides.sure_bounds import ranges
from maml_verify.settings import Setting
from problems import LINKS, Ridge
from problems.arrays import Array

__all__ = ["bias", "path_distance", "second_moment", "without_link"]


def _simulated(s: Setting, which: str) -> dict[str, Any]:
    bound = getattr(ranges(s.family, s.points(), s.alpha, s.steps), which)
    return {
        "replicates": s.replicates,
        "delta": s.delta,
        "rng": s.rng,
        "bound": bound,
        "progress": s.progress,
    }


def _affordable(s: Setting, each: int = 1) -> bool:
    return s.field != "float" or cost(s.family, s.steps, s.S) * each <= s.budget


def path_distance(s: Setting, power: Literal[1, 2]) -> Array | Interval:
    """E ||w_j - w~_j||^power over the inner batches, shape (tasks, R, N + 1)."""
    w = s.points()
    if s.noiseless:
        # Balls around two copies of one path would not cancel.
        return np.stack([w[..., 0] * 0] * (s.steps + 1), axis=-1)
    if not _affordable(s):
        options = _simulated(s, "path")
        estimate = simulated.simulate_path_moments(s.family, w, s.alpha, s.steps, s.S, **options)[power - 1]
        sampled = np.arange(s.steps + 1) > 0  # at j = 0 there is nothing to sample
        return Interval(estimate.low * sampled, estimate.high * sampled)
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
        estimate = simulated.simulate_mean(s.family, w, s.alpha, s.steps, s.S, **options)
        centre = norm(task_mean(s, estimate.value - task_meta_gradients(s)))
        radius = task_mean(s, estimate.radius)
        return Interval(np.maximum(centre - radius, 0), centre + radius)
    mean = mean_estimator(s.family, w, s.alpha, s.steps, s.S)
    return norm(task_mean(s, mean - task_meta_gradients(s)))


def second_moment(s: Setting) -> Array | Interval:
    """E ||G_i(w)||^2 over tasks and batches, shape (R,)."""
    sizes = (s.S, s.D, s.T)
    # Each leaf of the tree visits every atom for its outer batch.
    if not _affordable(s, each=1 + s.family.atoms // 8):
        options = _simulated(s, "estimator")
        estimate = simulated.simulate_second_moment(s.family, s.points(), s.alpha, s.steps, *sizes, **options)
        return Interval(task_mean(s, estimate.low), task_mean(s, estimate.high))
    return task_mean(s, second_moment_estimator(s.family, s.points(), s.alpha, s.steps, *sizes))


@lru_cache(maxsize=64)
def without_link(family: Ridge, steps: int) -> Ridge:
    """A family of rational link with the same path distances after at most one step, if there is one.

    The first step differs from the exact one by -alpha sum_tau (c - p)_tau grad l(w; tau): where atoms share
    their coefficients the link cancels, and an equality there can be decided exactly whatever the link.
    """
    # Atoms that are never drawn and terms that do not move say nothing.
    shared = all(
        (A[p != 0][:, (q != 0).any(1)] == A[p != 0][:1, (q != 0).any(1)]).all()
        for A, p, q in zip(family.coefficients, family.probabilities, family.features, strict=True)
    )
    if family.link.rational or steps > 1 or not shared:
        return family
    link = LINKS["quadratic"]
    return replace(family, link=link, exact=family.exact and replace(family.exact, link=link))
