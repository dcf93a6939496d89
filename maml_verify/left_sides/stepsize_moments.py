"""Moments of the step size estimates (14) and (22) over their task and data batches.

Exact by enumeration: B'_k is a multiset of outcomes, each a task with, in (14), the counts of its data.
Beyond the budget, by simulation with an interval.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from maml_verify.algorithms import Rule
from maml_verify.arithmetic.norms import norm
from maml_verify.left_sides.intervals import Interval, scalar_interval, share
from maml_verify.left_sides.runs import finite_sum_beta, resampling_beta
from maml_verify.meta_gradients.batches import active_atoms
from maml_verify.meta_gradients.draws import as_generator, outcome_count, outcomes
from maml_verify.settings import PreparedSetting, lifted
from maml_verify.theory.readings import finite_sum_estimate, resampling_estimate
from problems.arrays import Array

__all__ = ["cost", "finite_sum_moments", "resampling_moments"]


def cost(s: PreparedSetting, data: bool) -> int:
    """Outcomes of B'_k, with data batches D_Lk or without, at one point."""
    one = outcome_count(len(active_atoms(s.family.probabilities)), s.D_L) if data else 1
    if s.family.tasks * one > s.budget:
        return s.family.tasks * one
    return outcome_count(s.family.tasks * one, s.B_prime)


def resampling_moments(s: PreparedSetting) -> Array | Interval:
    """1/E beta_k and E beta_k^2 with (14), stacked: shape (2, R)."""
    (c, p), estimate = lifted(s), resampling_estimate(s.edition)
    if s.field == "float" and cost(s, data=True) > s.budget:
        return _simulated(s, resampling_beta(s), 1 / (p.C_beta * estimate(c, p, 0.0)))
    weights, chances = outcomes(s.family.probabilities, s.D_L)
    w = s.points()
    n, R, _ = w.shape
    count = weights.shape[1]
    # A gradient for each point and outcome of the data.
    points = np.repeat(w, count, axis=1)
    norms = norm(s.family.grad(points, np.tile(weights, (1, R, 1)))).reshape(n, R, count)
    values = norms.transpose(0, 2, 1).reshape(n * count, R)
    law = (s.family.task_weights[:, None] * chances).ravel()
    return _moments(s, values, law, lambda g: p.C_beta * estimate(c, p, g))


def finite_sum_moments(s: PreparedSetting) -> Array | Interval:
    """1/E[1/Lhat] and E[1/Lhat^2] with (22), stacked: shape (2, R)."""
    (c, p), estimate = lifted(s), finite_sum_estimate(s.edition)
    if s.field == "float" and cost(s, data=False) > s.budget:
        unit = replace(s, C_beta=1)
        return _simulated(unit, finite_sum_beta(unit), 1 / estimate(c, p, 0.0))
    values = norm(s.family.grad(s.points(), s.family.query[:, None, :]))
    return _moments(s, values, s.family.task_weights, lambda g: estimate(c, p, g))


def _moments(s: PreparedSetting, values: Array, law: Array, scale: Callable[[Array], Array]) -> Array:
    """1/E X and E X^2, X = 1/scale(mean of B'_k draws from values (V, R) with this law (V,))."""
    shares, chances = outcomes(law[None], s.B_prime)
    X = 1 / scale(shares[0] @ values)
    weights = chances[0][:, None]
    return np.stack([1 / (weights * X).sum(0), (weights * X * X).sum(0)])


def _simulated(s: PreparedSetting, rule: Rule, top: float) -> Interval:
    """The same from independent step sizes, none of which exceeds ``top``."""
    R = len(s.w)
    starts = np.repeat(s.w.astype(np.float64), s.replicates, axis=0)
    X = rule.size(starts, 0, as_generator([s.rng, 3]))[0].reshape(R, s.replicates)
    rate = share(s.delta, 2 * R)
    first, second = (
        scalar_interval(Y.mean(1), Y.var(1, ddof=1), s.replicates, rate, np.array(top**power))
        for power, Y in ((1, X), (2, X**2))
    )
    with np.errstate(divide="ignore"):
        return Interval(np.stack([1 / first.high, second.low]), np.stack([1 / first.low, second.high]))
