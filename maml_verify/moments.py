"""Moments over the sampled batches: enumerated where that is within the budget, else estimated."""

from __future__ import annotations

from typing import Literal

import numpy as np

from maml_verify.expectation import (
    mean_estimator,
    path_moments,
    path_second_moments,
    second_moment_estimator,
)
from maml_verify.norms import norm
from maml_verify.quantities import task_mean, task_meta_gradients
from maml_verify.settings import Setting
from problems.arrays import Array

__all__ = ["bias", "path_distance", "second_moment"]


def path_distance(s: Setting, power: Literal[1, 2]) -> Array:
    """E ||w_j - w~_j||^power over the inner batches, shape (tasks, R, N + 1)."""
    if s.noiseless:
        # Balls around two copies of one path would not cancel.
        return np.stack([s.points()[..., 0] * 0] * (s.steps + 1), axis=-1)
    if power == 2:
        return path_second_moments(s.family, s.points(), s.alpha, s.steps, s.S)
    return path_moments(s.family, s.points(), s.alpha, s.steps, s.S)[0]


def bias(s: Setting) -> Array:
    """||E G_i(w) - grad L(w)|| over tasks and batches, shape (R,)."""
    if s.noiseless:
        return s.points()[0, :, 0] * 0
    mean = mean_estimator(s.family, s.points(), s.alpha, s.steps, s.S)
    return norm(task_mean(s, mean - task_meta_gradients(s)))


def second_moment(s: Setting) -> Array:
    """E ||G_i(w)||^2 over tasks and batches, shape (R,)."""
    moments = second_moment_estimator(s.family, s.points(), s.alpha, s.steps, s.S, s.D, s.T)
    return task_mean(s, moments)
