"""The letters that a bound is written in: constants, parameters, and what is observed."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

__all__ = ["HALF", "Bound", "Constants", "Number", "Observed", "Parameters"]

HALF = Fraction(1, 2)


Number = Any


class Constants(NamedTuple):
    """Values of the constants of Assumptions 1-5.

    If losses are multiplied by c and parameters by s, then L scales as c/s^2, rho as c/s^3,
    sigma, sigma_g and b as c/s, sigma_H as c/s^2, b2 as c^2/s^2, convexity as c/s^2 (None: not known, so
    that L, which bounds it, stands for it).
    """

    L: Number
    rho: Number = 0
    sigma: Number = 0
    sigma_g: Number = 0
    sigma_H: Number = 0
    b: Number = 0
    b2: Number = 0
    convexity: Number = None


class Parameters(NamedTuple):
    """What the user of the theory chooses: step size alpha (scales as s^2/c), steps N, batch sizes."""

    alpha: Number
    N: Any
    j: Any = None
    S: Number = 1
    D: Number = 1
    T: Number = 1
    B: Number = 1
    K: Number = 1
    C_beta: Number = 1
    B_prime: Number = 1
    D_L: Number = 1


class Observed(NamedTuple):
    """The scalars a statement may use on its right side, besides constants and parameters.

    distance: ``||w - u||``;  gradient: ``||grad l_i(w)||`` (or its mean over tasks, as the statement says);
    support_gradient: ``||grad l_Si(w)||``;  meta_gradient: ``||grad L(w)||``;  gap: ``L(w_0) - inf L``.
    """

    distance: Number = None
    gradient: Number = None
    support_gradient: Number = None
    meta_gradient: Number = None
    gap: Number = None


Bound = Callable[[Constants, Parameters, Observed], Number]
