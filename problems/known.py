"""Constants of Assumptions 1-5 as values with a reason and a flag."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from problems.validation import nonnegative, positive

__all__ = ["Constant", "Flag", "Known", "claimed", "joined", "unknown_constants"]

Flag = Literal["exact", "upper", "claimed", "none"]


class Constant(NamedTuple):
    """A constant of an assumption.

    ``exact``: the supremum that the assumption bounds, attained or approached, up to upward rounding.
    ``upper``: a proved upper bound.  ``claimed``: given by the user, who answers for it; every verdict that
    uses it is relative to it.  ``none``: no finite value is known to be valid; ``value`` is inf and
    ``reason`` names the assumption.

    Attributes
    ----------
    value : Fraction or float
    flag : ``exact``, ``upper``, ``claimed`` or ``none``
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
    convexity : Constant
        The l >= 0 of -l I <= Hess l_i(w), where L bounds what is above: 0 where every task's loss is convex,
        at most L; c/s^2.
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
    convexity: Constant = Constant(math.inf, "none", "not told")
    b_i: tuple[Constant, ...] = ()


def unknown_constants(reason: str) -> Known:
    """No constant, for one reason."""
    none = Constant(math.inf, "none", reason)
    return Known(none._replace(value=Fraction(0)), none, none, none, none, none, none, none, none)


def claimed(
    *,
    lower_bounded: bool = True,
    L: Any = None,
    rho: Any = None,
    sigma: Any = None,
    sigma_g: Any = None,
    sigma_H: Any = None,
    b: Any = None,
    b2: Any = None,
    convexity: Any = None,
) -> Known:
    """Constants that the user answers for; those not given are not known.

    Parameters
    ----------
    lower_bounded : bool
        Whether every task loss is bounded below.
    L, rho : number, optional
        Of units c/s^2 and c/s^3 where lengths scale as s and losses as c; L is positive.
    sigma, sigma_g, sigma_H : number, optional
        c/s, c/s and c/s^2.
    b, b2 : number, optional
        E b_i and E b_i^2.
    convexity : number, optional
        The l of -l I <= Hess l_i, c/s^2; L where nothing is said, which bounds it.

    Returns
    -------
    Known
        Flagged ``claimed``, and ``none`` where nothing was given.

    Raises
    ------
    TypeError, ValueError
        Named by constant, value and rule.

    Examples
    --------
    >>> from problems import claimed
    >>> known = claimed(L=2, rho=1)
    >>> known.L.value, known.L.flag, known.sigma.flag
    (2, 'claimed', 'none')
    """
    given = {"L": L, "rho": rho, "sigma": sigma, "sigma_g": sigma_g, "sigma_H": sigma_H, "b": b, "b2": b2}
    given["convexity"] = L if convexity is None else convexity
    constants = {"lower_bounded": Constant(Fraction(1), "claimed", "as claimed")} if lower_bounded else {}
    for name, value in given.items():
        if value is not None:
            number = positive(name, value) if name == "L" else nonnegative(name, value)
            constants[name] = Constant(number, "claimed", "as claimed")
    return Known(**(unknown_constants("not claimed")._asdict() | constants))


def joined(own: Known, given: Known | None) -> Known:
    """A family's own constants and, where it has none, those given, as claimed."""
    if given is None:
        return own
    changes: dict[str, Constant] = {}
    for name in Known._fields[:-1]:
        constant = getattr(given, name)
        if getattr(own, name).flag == "none" and constant.flag != "none":
            changes[name] = constant._replace(flag="claimed")
    return Known(**(own._asdict() | changes))
