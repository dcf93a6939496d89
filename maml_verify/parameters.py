"""Constants and parameters of a setting, exact or in its field."""

from __future__ import annotations

from maml_verify.constants import Constants, Parameters
from maml_verify.fields import lift
from maml_verify.settings import Setting

__all__ = ["exact_parameters", "lifted"]


def exact_parameters(s: Setting) -> Parameters:
    """Step size and sizes as fmpq, for conditions that are decided exactly."""
    sizes = (lift(getattr(s, name), "exact") for name in Parameters._fields[3:])
    return Parameters(lift(s.alpha, "exact"), s.steps, None, *sizes)


def lifted(s: Setting) -> tuple[Constants, Parameters]:
    """Constants and parameters in the field of the setting."""
    assert s.constants is not None
    c = Constants(*(None if value is None else lift(value, s.field) for value in s.constants))
    alpha, *sizes = (lift(getattr(s, name), s.field) for name in ("alpha", *Parameters._fields[3:]))
    return c, Parameters(alpha, s.steps, None, *sizes)
