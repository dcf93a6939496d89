"""One function a statement, for those who prefer to call by name.

Each is `maml_verify.check` with its first argument given: ``estimator_bias(family, alpha_L=0.1, steps=3)``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from maml_verify.checks.check import check
from maml_verify.claims import Claim, find_claim
from maml_verify.record import Record

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

P = ParamSpec("P")


def _statement(function: Callable[Concatenate[str | Claim, P], Record], name: str) -> Callable[P, Record]:
    """`maml_verify.check` of one claim, with a signature and a help of its own."""
    claim = find_claim(name)

    def statement(*args: P.args, **kwargs: P.kwargs) -> Record:
        return function(claim, *args, **kwargs)

    _, *rest = inspect.signature(function).parameters.values()
    documentation = inspect.getdoc(function) or ""
    _, _, arguments = documentation.partition("    A family, or")
    said: Any = statement
    said.__name__ = said.__qualname__ = name.replace("-", "_")
    said.__signature__ = inspect.Signature(rest, return_annotation="Record")
    said.__doc__ = _HELP.format(claim=claim, editions=", ".join(claim.editions), arguments=arguments)
    return statement


_HELP = """{claim.paper}: {claim.text}.

Editions: {editions}.

Parameters
----------
family : Ridge or str
    A family, or{arguments}
"""


meta_smoothness = _statement(check, "meta-smoothness")
path_first_moment = _statement(check, "path-first-moment")
path_second_moment = _statement(check, "path-second-moment")
estimator_bias = _statement(check, "estimator-bias")
estimator_second_moment = _statement(check, "estimator-second-moment")
finite_sum_meta_smoothness = _statement(check, "finite-sum-meta-smoothness")
finite_sum_second_moment = _statement(check, "finite-sum-second-moment")
path_stability = _statement(check, "path-stability")
path_gradient = _statement(check, "path-gradient")
product_deviation = _statement(check, "product-deviation")
task_gradient_gap = _statement(check, "task-gradient-gap")
mean_gradient = _statement(check, "mean-gradient")
support_path_gradient = _statement(check, "support-path-gradient")
finite_sum_gradient_gap = _statement(check, "finite-sum-gradient-gap")
finite_sum_mean_gradient = _statement(check, "finite-sum-mean-gradient")
resampling_rate = _statement(check, "resampling-rate")
resampling_complexity = _statement(check, "resampling-complexity")
finite_sum_rate = _statement(check, "finite-sum-rate")
finite_sum_complexity = _statement(check, "finite-sum-complexity")
stepsize_moments = _statement(check, "stepsize-moments")
finite_sum_stepsize_moments = _statement(check, "finite-sum-stepsize-moments")
