"""Constants of Assumptions 1-5 as values with a reason and a flag."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, NamedTuple

__all__ = ["Constant", "Flag", "Known"]

Flag = Literal["exact", "upper", "none"]


class Constant(NamedTuple):
    """A constant of an assumption.

    ``exact``: the supremum that the assumption bounds, attained or approached, up to upward rounding.
    ``upper``: a proved upper bound.  ``none``: no finite value is known to be valid; ``value`` is inf and
    ``reason`` names the assumption.
    """

    value: Fraction | float
    flag: Flag
    reason: str


class Known(NamedTuple):
    """Constants of Assumptions 1-3 or 4-5; those of the other case are flagged ``none``.

    ``lower_bounded`` has value 1 where every task loss is bounded below and 0 where that fails or is not
    proved.  ``b`` is E b_i, ``b2`` is E b_i^2, ``b_i`` has one constant a task.
    """

    lower_bounded: Constant
    L: Constant
    rho: Constant
    sigma: Constant
    sigma_g: Constant
    sigma_H: Constant
    b: Constant
    b2: Constant
    b_i: tuple[Constant, ...] = ()
