"""Left sides of Theorems 5 and 9: E ||grad L(w_zeta)||, zeta uniform over the run, by many runs.

The average over zeta is exact, the one over runs has an interval of known error rate: no norm in a run can
exceed what the largest step size and smoothness allow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
from flint import arb

from maml_verify.algorithms import Algorithm, Rule, estimated, finite_sum, resampling, run_whole
from maml_verify.algorithms.readings import finite_sum_estimate, resampling_estimate
from maml_verify.arithmetic.norms import norm
from maml_verify.left_sides.intervals import Interval
from maml_verify.left_sides.optimality_gap import best_point, gap, gap_enclosure
from maml_verify.left_sides.quantities import RoleMaker, meta_gradient_norm
from maml_verify.left_sides.run_enclosure import frozen_norm
from maml_verify.left_sides.sequential import Scalar, sample_until, stop_of
from maml_verify.meta_gradients.roles import population, split
from maml_verify.settings import PreparedSetting, lifted
from maml_verify.theory import coefficients as k
from problems.arrays import Array

__all__ = [
    "finite_sum_beta",
    "finite_sum_norm",
    "finite_sum_run",
    "initial_gap",
    "resampling_norm",
    "resampling_run",
]

# Iterations that are simulated; longer runs are left to enclosures.
LONGEST = 2**16


def resampling_beta(s: PreparedSetting) -> Rule:
    """The step size of Theorem 5."""
    (c, p), estimate = lifted(s), resampling_estimate(s.edition)
    return estimated(
        s.family,
        smoothness=lambda g: estimate(c, p, g),
        C_beta=float(s.C_beta),
        B_prime=s.B_prime,
        # Where all atoms of a task are the same, every batch gives the gradient of the population.
        D_L=None if s.noiseless else s.D_L,
    )


def finite_sum_beta(s: PreparedSetting) -> Rule:
    """The step size of Theorem 9 with the edition's L-hat."""
    (c, p), estimate = lifted(s), finite_sum_estimate(s.edition)
    return estimated(
        s.family,
        smoothness=lambda g: estimate(c, p, g),
        C_beta=float(s.C_beta),
        B_prime=s.B_prime,
        query=True,
    )


def resampling_run(s: PreparedSetting) -> Algorithm:
    """Algorithm 1 as Theorem 5 sets it."""
    beta = resampling_beta(s)
    return resampling(s.family, alpha=s.alpha, steps=s.steps, beta=beta, B=s.B, S=s.S, D=s.D, T=s.T)


def finite_sum_run(s: PreparedSetting) -> Algorithm:
    """Algorithm 2 as Theorem 9 sets it."""
    return finite_sum(s.family, alpha=s.alpha, steps=s.steps, beta=finite_sum_beta(s), B=s.B)


def resampling_norm(s: PreparedSetting) -> Interval:
    """E ||grad L(w_zeta)|| of Algorithm 1 from each start, shape (R,)."""
    (c, p), estimate = lifted(s), resampling_estimate(s.edition)
    if s.field != "float" or s.K == 1 or s.K > LONGEST:
        return _enclosed(s, population, s.noiseless, lambda g: estimate(c, p, g))
    family, start = s.family, s.points()
    mask = family.probabilities > 0
    bounds = family.atom_bounds()
    if bounds is None:
        return _enclosed(s, population, False, lambda g: estimate(c, p, g))
    # Every atom's loss is smooth with this constant, so that no batch can do worse.
    L = float(bounds.L.max())
    units = np.eye(family.atoms)
    shape = (family.tasks, 1, family.atoms)
    norms = [
        norm(family.grad(start, np.broadcast_to(row, shape))) * mask[:, t, None]
        for t, row in enumerate(units)
    ]
    size = np.max(norms, axis=(0, 1))
    spread = (1 + p.alpha * L) ** (2 * s.steps)
    top = _largest(s, lambda r: spread * (size + L * r), lambda r: estimate(c, p, 0 * r))
    return _simulated(s, resampling_run(s), top)


def finite_sum_norm(s: PreparedSetting) -> Interval:
    """E ||grad L(w_zeta)|| of Algorithm 2 from each start, shape (R,)."""
    (c, p), estimate = lifted(s), finite_sum_estimate(s.edition)
    if s.field != "float" or s.K == 1 or s.K > LONGEST:
        return _enclosed(s, split, True, lambda g: estimate(c, p, g))
    q = k.growth(c, p) ** s.steps
    query, support = (
        norm(s.family.grad(s.points(), getattr(s.family, role)[:, None, :])) for role in ("query", "support")
    )
    top = _largest(
        s,
        lambda r: (q * (query + c.L * r + (q - 1) * (support + c.L * r))).max(0),
        lambda r: estimate(c, p, np.maximum(query - c.L * r, 0).min(0)),
    )
    return _simulated(s, finite_sum_run(s), top)


def _enclosed(
    s: PreparedSetting, role: RoleMaker, noiseless: bool, smoothness: Callable[[Any], Any]
) -> Interval:
    """Both ends where K = 1; else by the whole run where ``noiseless``, elsewhere a lower end by w_0."""
    first = meta_gradient_norm(s, role)
    if s.K == 1:
        return Interval(first, first)
    _, p = lifted(s)
    if s.field == "float":
        return Interval(first / p.K, np.full(len(first), np.inf))
    ends = [(x / p.K, arb(float("inf"))) for x in first]
    if noiseless:
        options = {"B": p.B, "K": p.K, "beta": lambda g: 1 / (p.C_beta * smoothness(g)), "role": role}
        ends = [frozen_norm(s.family, w, s.alpha, s.steps, **options) for w in s.w]
    low, high = (np.array(side, dtype=object) for side in zip(*ends, strict=True))
    return Interval(low, high)


def _largest(
    s: PreparedSetting, estimator: Callable[[Array], Array], smoothness: Callable[[Array], Array]
) -> Array:
    """What the mean of the norms over a run cannot exceed, (R,).

    Parameters
    ----------
    estimator, smoothness : at distance r (R,) from the start, the largest norm of a meta gradient, sampled or
        not, and the least Lhat
    """
    r, total = np.zeros(len(s.w)), np.zeros(len(s.w))
    with np.errstate(over="ignore"):
        for _ in range(s.K):
            total = total + estimator(r)
            r = r + estimator(r) / (float(s.C_beta) * smoothness(r))
    return total / s.K * (1 + 1e-9)


def _simulated(s: PreparedSetting, algorithm: Algorithm, bound: Array) -> Interval:
    R, blocks = len(s.w), count()

    def draw(runs: int) -> Array:
        starts = np.repeat(s.w.astype(np.float64), runs, axis=0)
        rng = [s.rng, 2, next(blocks)]
        history = run_whole(
            algorithm, s.family, starts, s.K, runs=R * runs, rng=rng, record=("meta_gradient",)
        )
        assert history.meta_gradient is not None
        return history.meta_gradient[: s.K].mean(0).reshape(R, runs).T

    return sample_until(draw, Scalar(bound), replace(stop_of(s), replicates=s.runs))


def initial_gap(s: PreparedSetting, role: RoleMaker) -> Any:
    """L(w_0) - inf L for each start, (R,): its lower end in float64, an enclosure over balls."""
    if s.field == "float":
        return gap(s.family, s.w.astype(np.float64), float(s.alpha), s.steps, role)
    best = best_point(s.plain or s.family, s.w.astype(np.float64), float(s.alpha), s.steps, role)
    return gap_enclosure(s.family, s.w, s.alpha, s.steps, role, best)
