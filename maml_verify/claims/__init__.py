"""The registry: every statement of the paper that is checked on instances, in the paper's order."""

from __future__ import annotations

from maml_verify.claims import (
    estimator_bias,
    estimator_second_moment,
    finite_sum_complexity,
    finite_sum_gradient_gap,
    finite_sum_mean_gradient,
    finite_sum_meta_smoothness,
    finite_sum_rate,
    finite_sum_second_moment,
    finite_sum_stepsize_moments,
    mean_gradient,
    meta_smoothness,
    path_first_moment,
    path_gradient,
    path_second_moment,
    path_stability,
    product_deviation,
    resampling_complexity,
    resampling_rate,
    stepsize_moments,
    support_path_gradient,
    task_gradient_gap,
)
from maml_verify.claims.base import Assumption, Claim
from maml_verify.left_sides.intervals import Interval
from problems.names import unknown

__all__ = ["CLAIMS", "Assumption", "Claim", "Interval", "find_claim"]

CLAIMS: tuple[Claim, ...] = (
    meta_smoothness.CLAIM,
    path_first_moment.CLAIM,
    path_second_moment.CLAIM,
    estimator_bias.CLAIM,
    estimator_second_moment.CLAIM,
    resampling_rate.CLAIM,
    resampling_complexity.CLAIM,
    finite_sum_meta_smoothness.CLAIM,
    finite_sum_second_moment.CLAIM,
    finite_sum_rate.CLAIM,
    finite_sum_complexity.CLAIM,
    path_stability.CLAIM,
    path_gradient.CLAIM,
    product_deviation.CLAIM,
    task_gradient_gap.CLAIM,
    mean_gradient.CLAIM,
    stepsize_moments.CLAIM,
    support_path_gradient.CLAIM,
    finite_sum_gradient_gap.CLAIM,
    finite_sum_mean_gradient.CLAIM,
    finite_sum_stepsize_moments.CLAIM,
)


def find_claim(name: str) -> Claim:
    """The claim with this statement id.

    Raises
    ------
    ValueError
        If there is none.
    """
    for claim in CLAIMS:
        if claim.id == name:
            return claim
    raise unknown("claim", name, [claim.id for claim in CLAIMS], "a statement id, as maml-verify list shows")
