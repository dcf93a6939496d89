"""One function a statement, for those who prefer to call by name.

Each is `maml_verify.check` with its first argument given: ``estimator_bias(family, alpha_L=0.1, steps=3)``.
The names are spelled out, so that an editor completes and a type checker knows them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from maml_verify.checks.check import check
from maml_verify.claims import CLAIMS, Claim, find_claim
from maml_verify.record import Record

__all__ = [claim.name for claim in CLAIMS]

P = ParamSpec("P")


def _statement(function: Callable[Concatenate[str | Claim, P], Record], name: str) -> Callable[P, Record]:
    """`maml_verify.check` of one claim, with a signature and a help of its own."""
    claim = find_claim(name)

    def statement(*args: P.args, **kwargs: P.kwargs) -> Record:
        return function(claim, *args, **kwargs)

    _, *rest = inspect.signature(function).parameters.values()
    documentation = inspect.getdoc(function) or ""
    _, _, arguments = documentation.partition("    A family, or")
    arguments, _, _ = arguments.partition("Examples\n")
    said: Any = statement
    said.__name__ = said.__qualname__ = claim.name
    said.__signature__ = inspect.Signature(rest, return_annotation="Record")
    said.__doc__ = _HELP.format(claim=claim, editions=", ".join(claim.editions), arguments=arguments)
    return statement


_HELP = """{claim.paper}: {claim.text}.

Editions: {editions}.

Parameters
----------
family : Family or str
    A family, or{arguments}
Examples
--------
>>> from maml_verify import statements
>>> print(statements.{claim.name}("quadratic", alpha_L=0.125, steps=1).claim)
{claim.id}
"""


# Written by python -m maml_verify.commands.registry:
meta_smoothness = _statement(check, "meta-smoothness")
path_first_moment = _statement(check, "path-first-moment")
path_second_moment = _statement(check, "path-second-moment")
estimator_bias = _statement(check, "estimator-bias")
beyond_estimator_bias_second_order = _statement(check, "beyond/estimator-bias-second-order")
estimator_second_moment = _statement(check, "estimator-second-moment")
beyond_estimator_variance = _statement(check, "beyond/estimator-variance")
resampling_rate = _statement(check, "resampling-rate")
resampling_complexity = _statement(check, "resampling-complexity")
finite_sum_meta_smoothness = _statement(check, "finite-sum-meta-smoothness")
finite_sum_second_moment = _statement(check, "finite-sum-second-moment")
finite_sum_rate = _statement(check, "finite-sum-rate")
finite_sum_complexity = _statement(check, "finite-sum-complexity")
path_stability = _statement(check, "path-stability")
path_gradient = _statement(check, "path-gradient")
product_deviation = _statement(check, "product-deviation")
task_gradient_gap = _statement(check, "task-gradient-gap")
mean_gradient = _statement(check, "mean-gradient")
stepsize_moments = _statement(check, "stepsize-moments")
support_path_gradient = _statement(check, "support-path-gradient")
finite_sum_gradient_gap = _statement(check, "finite-sum-gradient-gap")
finite_sum_mean_gradient = _statement(check, "finite-sum-mean-gradient")
finite_sum_stepsize_moments = _statement(check, "finite-sum-stepsize-moments")
fallah_smoothness = _statement(check, "fallah/smoothness")
fallah_inner_bias = _statement(check, "fallah/inner-bias")
fallah_mean_bias = _statement(check, "fallah/mean-bias")
fallah_second_moment = _statement(check, "fallah/second-moment")
fallah_stepsize_moments = _statement(check, "fallah/stepsize-moments")
fallah_hf_maml_error = _statement(check, "fallah/hf-maml-error")
