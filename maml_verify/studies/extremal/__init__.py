"""Instances that attain a bound, or come near as a limit is taken: one function a witness file.

``python -m maml_verify.studies.extremal`` writes the files of `EXTREMAL` anew.
"""

from __future__ import annotations

from collections.abc import Callable

from maml_verify.settings import Setting
from maml_verify.studies.extremal import estimator, gradients, paths, rates, smoothness, stepsizes

__all__ = ["EXTREMAL"]

#: Witness file without its suffix -> its instance.  A claim's first file has all terms of its bound.
EXTREMAL: dict[str, Callable[[], Setting]] = {
    "meta-smoothness-sharp": smoothness.meta_smoothness,
    "path-first-moment-sharp": paths.path_first_moment,
    "estimator-bias-sharp": estimator.estimator_bias,
    "estimator-second-moment-sharp": estimator.estimator_second_moment,
    "finite-sum-meta-smoothness-sharp": smoothness.finite_sum_meta_smoothness,
    "finite-sum-second-moment-sharp": gradients.finite_sum_second_moment,
    "finite-sum-rate-derived": rates.finite_sum_rate,
    "mean-gradient-sharp": gradients.mean_gradient,
    "stepsize-moments-sharp": stepsizes.stepsize_moments,
    "stepsize-moments-sharp.mean": stepsizes.stepsize_mean,
    "finite-sum-mean-gradient-sharp": gradients.finite_sum_mean_gradient,
    "finite-sum-stepsize-moments-sharp": stepsizes.finite_sum_stepsize_moments,
    "finite-sum-stepsize-moments-sharp.mean": stepsizes.finite_sum_stepsize_mean,
}
