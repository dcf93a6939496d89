"""Links of irrational values at t = 0, where they are rational: what decides a tie of two zeros exactly.

At a stationary point of the cosine link both sides of a statement can be 0, and no ball around a rational
that is no dyadic one shows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np

from problems.arrays import Array
from problems.rationals import rational
from problems.ridge_sums.links import Link

__all__ = ["at_zero"]

# phi, phi', phi'' at 0; None where that is irrational.
VALUES = {
    "cosine": (Fraction(0), Fraction(0), Fraction(1)),
    "logistic": (None, Fraction(1, 2), Fraction(1, 4)),
}


def at_zero(link: Link) -> Link:
    """The link over exact rationals: as it is where it is rational, else at t = 0 alone.

    Elsewhere its functions raise ArithmeticError.
    """
    if link.rational:
        return link
    phi, dphi, d2phi = (_constant(value) for value in VALUES[link.name])
    return replace(link, phi=phi, dphi=dphi, d2phi=d2phi)


def _constant(value: Fraction | None) -> Callable[[Array], Array]:
    def at(t: Array) -> Array:
        if value is None or (t != 0).any():
            raise ArithmeticError("the value of the link here is irrational")
        return np.full(t.shape, rational(value), dtype=object)

    return at
