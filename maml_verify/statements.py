"""One function a statement, for those who prefer to call by name.

Each is `maml_verify.check` with its first argument given: ``estimator_bias(family, alpha_L=0.1, steps=3)``.
"""

from __future__ import annotations

from functools import partial

from maml_verify.checking import check

__all__ = [
    "estimator_bias",
    "estimator_second_moment",
    "finite_sum_complexity",
    "finite_sum_gradient_gap",
    "finite_sum_mean_gradient",
    "finite_sum_meta_smoothness",
    "finite_sum_rate",
    "finite_sum_second_moment",
    "finite_sum_stepsize_moments",
    "mean_gradient",
    "meta_smoothness",
    "path_first_moment",
    "path_gradient",
    "path_second_moment",
    "path_stability",
    "product_deviation",
    "resampling_complexity",
    "resampling_rate",
    "stepsize_moments",
    "support_path_gradient",
    "task_gradient_gap",
]

meta_smoothness = partial(check, "meta-smoothness")
path_first_moment = partial(check, "path-first-moment")
path_second_moment = partial(check, "path-second-moment")
estimator_bias = partial(check, "estimator-bias")
estimator_second_moment = partial(check, "estimator-second-moment")
finite_sum_meta_smoothness = partial(check, "finite-sum-meta-smoothness")
finite_sum_second_moment = partial(check, "finite-sum-second-moment")
path_stability = partial(check, "path-stability")
path_gradient = partial(check, "path-gradient")
product_deviation = partial(check, "product-deviation")
task_gradient_gap = partial(check, "task-gradient-gap")
mean_gradient = partial(check, "mean-gradient")
support_path_gradient = partial(check, "support-path-gradient")
finite_sum_gradient_gap = partial(check, "finite-sum-gradient-gap")
finite_sum_mean_gradient = partial(check, "finite-sum-mean-gradient")
resampling_rate = partial(check, "resampling-rate")
resampling_complexity = partial(check, "resampling-complexity")
finite_sum_rate = partial(check, "finite-sum-rate")
finite_sum_complexity = partial(check, "finite-sum-complexity")
stepsize_moments = partial(check, "stepsize-moments")
finite_sum_stepsize_moments = partial(check, "finite-sum-stepsize-moments")
