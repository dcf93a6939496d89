"""Instances that attain a bound, or come near as a limit is taken: one function a witness file.

``python -m maml_verify.studies.extremal`` writes the files of `EXTREMAL` anew.
"""

from __future__ import annotations

from collections.abc import Callable

from maml_verify.settings import Setting
from maml_verify.studies.extremal import (
    estimator,
    gradients,
    paths,
    rates,
    smoothness,
    stepsizes,
    weakly_convex,
)

__all__ = ["EXTREMAL"]

#: Witness file (an id keeps its /) -> its instance.  A claim's first file has all terms of its bound.
EXTREMAL: dict[str, Callable[[], Setting]] = {
    "meta-smoothness-sharp": smoothness.meta_smoothness,
    "path-first-moment-sharp": paths.path_first_moment,
    "estimator-bias-sharp": estimator.estimator_bias,
    "estimator-second-moment-sharp": estimator.estimator_second_moment,
    "finite-sum-meta-smoothness-sharp": smoothness.finite_sum_meta_smoothness,
    "finite-sum-second-moment-sharp": gradients.finite_sum_second_moment,
    "finite-sum-rate-derived": rates.finite_sum_rate,
    "finite-sum-rate-beyond": rates.finite_sum_rate,
    "resampling-rate-beyond": rates.resampling_rate,
    "mean-gradient-sharp": gradients.mean_gradient,
    "stepsize-moments-sharp": stepsizes.stepsize_moments,
    "stepsize-moments-sharp.mean": stepsizes.stepsize_mean,
    "finite-sum-mean-gradient-sharp": gradients.finite_sum_mean_gradient,
    "finite-sum-stepsize-moments-sharp": stepsizes.finite_sum_stepsize_moments,
    "finite-sum-stepsize-moments-sharp.mean": stepsizes.finite_sum_stepsize_mean,
    "path-stability-beyond": weakly_convex.paths,
    "path-gradient-beyond": weakly_convex.paths,
    "support-path-gradient-beyond": weakly_convex.paths,
    "path-second-moment-beyond": weakly_convex.noise,
    "path-first-moment-beyond": paths.path_first_moment,
    "product-deviation-beyond": weakly_convex.gap_of_products,
    "task-gradient-gap-beyond": weakly_convex.gap_of_one_task,
    "mean-gradient-beyond": weakly_convex.mean_gradient,
    "mean-gradient-beyond.tasks": gradients.mean_gradient,
    "meta-smoothness-beyond": smoothness.meta_smoothness,
    "finite-sum-meta-smoothness-beyond": smoothness.finite_sum_meta_smoothness,
    "finite-sum-mean-gradient-beyond": gradients.finite_sum_mean_gradient,
    "finite-sum-second-moment-beyond": gradients.finite_sum_second_moment,
    "beyond/estimator-bias-second-order-sharp": estimator.second_order_bias,
    "beyond/estimator-variance-derived": weakly_convex.variance,
    "estimator-bias-beyond": estimator.estimator_bias,
    "estimator-second-moment-beyond": estimator.estimator_second_moment,
}
