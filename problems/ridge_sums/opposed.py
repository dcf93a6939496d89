"""Two tasks whose large linear terms oppose each other: large gradients, a small mean gradient."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from problems.ridge_sums.ridge import Ridge, ridge
from problems.validation import positive_fraction

__all__ = ["opposed"]


def opposed(pull: Any = 2**15) -> Ridge:
    """l_i(w) = phi(w) + pull w and phi(w) - pull w, cubic phi, d = 1, one atom: L = rho = 1, sigma = pull.

    The step size estimates of both theorems see gradients of norm about ``pull``, the meta gradient does not:
    the iterates hardly move.  Support, query and population agree, so sigma_g = sigma_H = b_i = 0.
    """
    size = positive_fraction("pull", pull)
    one = Fraction(1)
    family = ridge("cubic", [[[one]], [[one]]], linear=[[[size]], [[-size]]], name="opposed")
    return replace(family, case="opposed")
