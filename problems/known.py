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

    Attributes
    ----------
    value : Fraction or float
    flag : ``exact``, ``upper`` or ``none``
    reason : str

    Examples
    --------
    >>> from problems import Constant
    >>> Constant(2.0, "upper", "the spectral norm of the data").value
    2.0
    """

    value: Fraction | float
    flag: Flag
    reason: str


class Known(NamedTuple):
    """Constants of Assumptions 1-3 or 4-5; those of the other case are flagged ``none``.

    ``lower_bounded`` has value 1 where every task loss is bounded below and 0 where that fails or is not
    proved.

    Attributes
    ----------
    lower_bounded : Constant
    L, rho : Constant
        Lipschitz constants of gradients and Hessians, of units c/s^2 and c/s^3 where lengths scale as s and
        losses as c.
    sigma, sigma_g, sigma_H : Constant
        Spread of the tasks' gradients, of the atoms' gradients, of the atoms' Hessians: c/s, c/s, c/s^2.
    b, b2 : Constant
        E b_i and E b_i^2: c/s and c^2/s^2.
    b_i : tuple of Constant
        One a task: how far the gradients of support and query set are apart, c/s.

    Examples
    --------
    >>> from problems import Known, cubic, resampling_constants
    >>> known = resampling_constants(cubic(rng=0))
    >>> isinstance(known, Known), known.rho.flag
    (True, 'exact')
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
