"""Propositions 3 and 4: curvature that jumps, so that noise to either side adds L ||w_N - w~_N||."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from maml_verify.settings import Setting, setting
from problems import LINKS, ridge
from problems.ridge_sums.links import STEEP

__all__ = ["estimator_bias", "estimator_second_moment", "second_order_bias"]

# The widest noise to both sides of the jump at 1 that stays where phi'' is -1 and 1.
NOISE = 2 - Fraction(1, STEEP)
SMALL = Fraction(1, 2**20)
# Inverse width of the strip in which Hessians are noisy.
NARROW = 2**40


def estimator_bias(alpha: Fraction = Fraction(3, 16)) -> Setting:
    """Proposition 3 at N = 1, approached as the jump gets steep."""
    noise = [[[NOISE / alpha], [-NOISE / alpha]]]
    family = ridge("steep-well", [[[Fraction(1)]]], linear=noise)
    return setting(family, alpha=alpha, steps=1, w=[[1 / (1 + alpha)]], u=[[Fraction(0)]])


def second_order_bias() -> Setting:
    """At N = 1: curvature -1 at w, and on its ramp of slope 1 about the end of the exact step, 11/8."""
    noise = [[[Fraction(1, 2)], [-Fraction(1, 2)]]]
    family = ridge("cubic-well", [[[Fraction(1)]]], linear=noise)
    return setting(family, alpha=Fraction(3, 8), steps=1, w=[[Fraction(1)]], u=[[Fraction(0)]])


def estimator_second_moment(alpha: Fraction = SMALL, g: Any = 2) -> Setting:
    """Proposition 4 at N = 1, approached as alpha L -> 0 and the jump gets steep.

    Task i has the gradient g e_i at w_0, and noise of gradient and Hessian along e_i, both of order 1/alpha;
    the tasks differ by linear terms alone, so that sigma is the same everywhere.
    """
    sigma_g, sigma_H, g = NOISE / alpha, 1 / alpha, Fraction(g)
    w = 1 + alpha * g  # one exact step comes to the jump
    at_w = _slope(w)
    one, zero, narrow = Fraction(1), Fraction(0), Fraction(NARROW)
    features, offsets, linear = [], [], []
    for i in range(2):
        axis = [one - i, zero + i]
        strip = [narrow * x for x in axis]
        features.append([[one, zero], [zero, one], strip, strip])
        # d2phi(0) = -1 and d2phi(3) = 1; dphi(0) = 0 and dphi(2) = 0.
        offsets.append([zero, zero, narrow * w, narrow * w - 2])
        pull = [g * x - at_w for x in axis]
        linear.append([[p + s * sigma_g * x for p, x in zip(pull, axis, strict=True)] for s in (1, -1)])
    size = sigma_H / (2 * narrow**2)
    coefficients = np.array([[[one, one, s * size, -s * size] for s in (1, -1)]] * 2, dtype=object)
    family = ridge("steep-well", features, offsets, coefficients, linear)
    T = round(sigma_g**2 / 8)
    return setting(family, alpha=alpha, steps=1, w=[[w, w]], u=[[w, w]], S=1, D=2, T=T)


def _slope(t: Fraction) -> Fraction:
    return Fraction(LINKS["steep-well"].dphi(np.array([t], dtype=object))[0])
