"""The parameters of a setting as exact rationals."""

from __future__ import annotations

from maml_verify.constants import Parameters
from maml_verify.fields import lift
from maml_verify.settings import Setting

__all__ = ["exact_parameters"]


def exact_parameters(s: Setting) -> Parameters:
    """Step size and sizes as fmpq, for conditions that are decided exactly."""
    sizes = (lift(getattr(s, name), "exact") for name in Parameters._fields[3:])
    return Parameters(lift(s.alpha, "exact"), s.steps, None, *sizes)
