"""Lemmas 15 and 19, Proposition 8: small steps, and deviations and differences of sets of order 1/(alpha L).

To first order in t = 2 N alpha L a meta gradient is grad l_i - t H_i grad l_i, H_i = +-1, and the sets add
N alpha H_i b_i: both stay finite in the limit, where the bounds are attained.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from maml_verify.settings import Setting, setting
from problems import Ridge, ridge

__all__ = ["finite_sum_mean_gradient", "finite_sum_second_moment", "mean_gradient"]

SMALL = Fraction(1, 2**26)
STEPS = 2
# Paths move by less than 1: about 0 the well has curvature -1, and about 5 curvature 1.
FAR = 5


def _tasks(curvature: tuple[int, int], gradients: Any, gaps: Any) -> Ridge:
    """Two tasks of these curvatures and query gradients at 0, and support gradients larger by ``gaps``."""
    offsets = [[Fraction(FAR if sign > 0 else 0)] for sign in curvature]
    at_0 = [Fraction(4 - FAR if sign > 0 else 0) for sign in curvature]  # phi'(-5) = -1
    linear = [[[g - a], [g - a + b]] for g, a, b in zip(gradients, at_0, gaps, strict=True)]
    query, support = ([[Fraction(1 - k), Fraction(k)]] * 2 for k in (0, 1))
    return ridge(
        "cubic-well",
        [[[Fraction(1)]]] * 2,
        offsets=offsets,
        coefficients=[[[Fraction(1)]] * 2] * 2,
        linear=linear,
        probabilities=query,
        support=support,
        query=query,
    )


def _setting(family: Ridge, alpha: Fraction) -> Setting:
    return setting(family, alpha=alpha, steps=STEPS, w=[[Fraction(0)]], u=[[Fraction(0)]])


def mean_gradient(alpha: Fraction = SMALL) -> Setting:
    """Lemma 15, approached as alpha L -> 0 with sigma = 1/t: ||grad l|| = 2, ||grad L|| -> 1."""
    return finite_sum_mean_gradient(alpha, 0)


def finite_sum_mean_gradient(alpha: Fraction = SMALL, drift: Any = Fraction(1, 4)) -> Setting:
    """Lemma 19, the same with b = ``drift``/(N alpha): ||grad l_T|| = 2 + drift, ||grad L|| -> 1."""
    sigma, b = 1 / (2 * STEPS * alpha), Fraction(drift) / (STEPS * alpha)
    mean = 2 + Fraction(drift)
    return _setting(_tasks((1, -1), (mean + sigma, mean - sigma), (b, -b)), alpha)


def finite_sum_second_moment(alpha: Fraction = SMALL) -> Setting:
    """Proposition 8, approached as alpha L -> 0 with b = 1/(2 N alpha): ||grad L|| -> 1, sigma = 1."""
    b = 1 / (2 * STEPS * alpha)
    return _setting(_tasks((-1, -1), (Fraction(2), Fraction(0)), (b, -b)), alpha)
