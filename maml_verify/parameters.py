"""Constants and parameters of a setting, exact or in its field."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache

from maml_verify.constants import Constants, Parameters
from maml_verify.fields import lift
from maml_verify.settings import Setting

__all__ = ["exact_constants", "exact_parameters", "lifted", "range_edge"]


def range_edge(N: int) -> Fraction:
    """The edge 2^(1/(2N)) - 1 of alpha L as a short rational not above it; 1 at N = 0."""
    if not N:
        return Fraction(1)
    bits = max(20, int(N).bit_length() + 10)
    return Fraction(int(math.expm1(math.log(2) / (2 * N)) * 2**bits), 2**bits)


@lru_cache(maxsize=256)
def exact_constants(c: Constants) -> Constants:
    """Constants as fmpq; None stays where there is no finite one."""
    return Constants(*(None if value is None else lift(value, "exact") for value in c))


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
