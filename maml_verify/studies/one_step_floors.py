"""How far down one-step MAML and first-order MAML get, beside the floors that are reported for them.

The source gives the norm of grad F that a run reaches at last, and not what is left of the start after K
iterations, so that no finite run can refute it: these are measurements, not verdicts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from maml_verify.algorithms import estimated, resampling, run_whole
from maml_verify.algorithms.meta_iteration import Gradient
from maml_verify.checks.case import known_values
from maml_verify.meta_gradients import first_order, maml
from maml_verify.meta_gradients.objective import meta_gradient_norms
from maml_verify.meta_gradients.roles import population
from maml_verify.reports.rows import Row
from maml_verify.theory import one_step
from maml_verify.theory.conditions import at_least
from maml_verify.theory.symbols import Bound, Constants, Observed, Parameters
from problems import resampling_constants
from problems.family import Family

__all__ = ["floors"]

# Meta gradient, C_beta and floor of each method; |B| is at least 20.
METHODS: dict[str, tuple[Gradient, int, Bound]] = {
    "maml": (maml.estimator, 12, one_step.maml_floor),
    "first-order": (first_order.estimator, 18, one_step.first_order_floor),
}
LEAST_B = 20


def floors(
    family: Family,
    steps: Sequence[float] = (0.1, 0.5, 1.0),
    *,
    K: int = 500,
    runs: int = 32,
    rng: int = 0,
) -> list[Row]:
    """A row a method and alpha L: E ||grad F|| after K iterations, its standard error, the floor, the ratio.

    Parameters
    ----------
    family : with all of Assumptions 1 to 3
    steps : alpha L
    K, runs, rng : meta iterations from w = (1, ..., 1), independent runs, seed
    """
    known = known_values(resampling_constants(family))
    c = Constants(*(None if value is None else float(value) for value in known))
    start = np.ones((runs, family.d))
    rows: list[Row] = []
    for name, (gradient, C_beta, floor) in METHODS.items():
        for x in steps:
            alpha = float(Fraction(x) / Fraction(c.L))
            least = Parameters(alpha, 1)
            sizes = {"B": LEAST_B, "S": 1, "D": at_least(one_step.least_D(c, least)), "T": 1}
            p = Parameters(alpha, 1, **sizes)
            rule = estimated(
                family,
                smoothness=lambda g, p=p: one_step.smoothness_at(c, p, g),  # type: ignore[misc]
                C_beta=C_beta,
                B_prime=at_least(one_step.B_prime(c, p)),
                D_L=at_least(one_step.D_L(c, p)),
            )
            algorithm = resampling(family, alpha=alpha, steps=1, beta=rule, gradient=gradient, **sizes)
            last = run_whole(algorithm, family, start, K, runs=runs, rng=[rng, 6], record=()).state.w
            norms = meta_gradient_norms(family, last, alpha, 1, population)
            reached, bound = float(norms.mean()), float(floor(c, p, Observed()))
            error = float(norms.std(ddof=1)) / math.sqrt(runs)
            rows.append(
                {
                    "method": name,
                    "alpha_L": float(x),
                    "reached": reached,
                    "error": error,
                    "floor": bound,
                    "ratio": reached / bound if bound else math.nan,
                }
            )
    return rows
