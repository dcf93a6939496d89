"""Moments of the step size estimates (14) and (22) over their task and data batches.

Exact by enumeration: B'_k is a multiset of outcomes, each a task with, in (14), the counts of its data.
Beyond the budget, by simulation with an interval.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from maml_verify.algorithms import Rule, estimated
from maml_verify.algorithms.readings import finite_sum_estimate, resampling_estimate
from maml_verify.arithmetic.norms import norm
from maml_verify.left_sides.intervals import Interval, Sums, scalar_reach
from maml_verify.left_sides.runs import finite_sum_beta
from maml_verify.left_sides.sequential import Scalar, sample_until, stop_of
from maml_verify.meta_gradients.batches import active_atoms
from maml_verify.meta_gradients.draws import as_generator, outcome_count, outcomes
from maml_verify.settings import PreparedSetting, lifted
from problems.arrays import Array

__all__ = ["cost", "estimated_moments", "finite_sum_moments", "resampling_moments"]

# Tasks that one block of step sizes may draw.
_BLOCK = 2_000_000


def cost(s: PreparedSetting, data: bool) -> int:
    """Outcomes of B'_k, with data batches D_Lk or without, at one point."""
    one = outcome_count(len(active_atoms(s.family.probabilities)), s.D_L) if data else 1
    if s.family.tasks * one > s.budget:
        return s.family.tasks * one
    return outcome_count(s.family.tasks * one, s.B_prime)


def resampling_moments(s: PreparedSetting) -> Array | Interval:
    """1/E beta_k and E beta_k^2 with (14), stacked: shape (2, R)."""
    (c, p), estimate = lifted(s), resampling_estimate(s.edition)
    return estimated_moments(s, lambda g: p.C_beta * estimate(c, p, g))


def estimated_moments(s: PreparedSetting, scale: Callable[[Array], Array]) -> Array | Interval:
    """1/E X and E X^2 with X = 1/scale(mean of norms over B'_k, each of a batch D_Lk), shape (2, R)."""
    if s.field == "float" and cost(s, data=True) > s.budget:
        D_L = None if s.noiseless else s.D_L
        rule = estimated(s.family, smoothness=scale, C_beta=1.0, B_prime=s.B_prime, D_L=D_L)
        return _simulated(s, rule, float(1 / scale(np.zeros(1))[0]))
    weights, chances = outcomes(s.family.probabilities, s.D_L)
    w = s.points()
    n, R, _ = w.shape
    count = weights.shape[1]
    # A gradient for each point and outcome of the data.
    points = np.repeat(w, count, axis=1)
    norms = norm(s.family.grad(points, np.tile(weights, (1, R, 1)))).reshape(n, R, count)
    values = norms.transpose(0, 2, 1).reshape(n * count, R)
    law = (s.family.task_weights[:, None] * chances).ravel()
    return _moments(s, values, law, scale)


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
    generator, starts = as_generator([s.rng, 3]), s.w.astype(np.float64)
    R = len(starts)

    def draw(replicates: int) -> Array:
        X = rule.size(np.repeat(starts, replicates, axis=0), 0, generator)[0].reshape(R, replicates).T
        return np.stack([X, X**2], axis=1)

    bound = np.broadcast_to(np.array([[top], [top**2]]), (2, R))
    return sample_until(draw, _Moments(bound), stop_of(s), max(1, _BLOCK // (R * int(s.B_prime))))


@dataclass(frozen=True)
class _Moments(Scalar):
    """1/E X and E X^2 from the means of X and X^2, in two rows."""

    def ends(self, sums: Sums, delta: float) -> tuple[Array, Array, Array]:
        """The reciprocal of the first ends, which turns them round."""
        low, high, value = super().ends(sums, delta)
        with np.errstate(divide="ignore"):
            reciprocals = 1 / high[0], 1 / low[0], 1 / value[0]
        first, second, third = (
            np.stack([a, b]) for a, b in zip(reciprocals, (low[1], high[1], value[1]), strict=True)
        )
        return first, second, third

    def detects(self, sums: Sums, n: float, delta: float, rhs: Array) -> Array:
        """1/E X is above its right side where E X is below that of the reciprocal."""
        reach = scalar_reach(sums.spread, n, delta, self.bound)
        return np.stack([1 / np.maximum(1 - reach[0] * rhs[0], 0), 1 + reach[1] / rhs[1]])
