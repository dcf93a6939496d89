"""Theorem 9: a long run down a slope on which nothing curves; Theorem 5 (beyond): one step to the minimum."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from maml_verify.settings import Setting, setting
from problems import ridge

__all__ = ["finite_sum_rate", "resampling_rate"]

F = Fraction
SMALL = F(1, 2**17)


def finite_sum_rate(K: int = 2**44, C_beta: int = 2**14, alpha: Fraction = SMALL) -> Setting:
    """One task 4 log(1 + e^w) - 4 theta w, of gradient g = 4 (1 - theta) from about w = 40 on.

    All K iterates are there, since they start K g/C_beta above.  Approached as alpha L -> 0, and C_beta and K
    grow; batches of one task have no noise.
    """
    slope = F(1, 2**7)  # 1 - theta
    w = F(K) * 4 * slope / C_beta * (1 + F(1, 2**14)) + 64
    family = ridge("logistic", [[[F(1)]]], coefficients=[[[F(4)]]], linear=[[[4 * (slope - 1)]]])
    sizes = {"B": 10**16, "B_prime": 1, "runs": 2}
    return setting(family, alpha=alpha, steps=1, w=[[w]], u=[[w]], K=K, C_beta=C_beta, **sizes)


def resampling_rate(alpha: Fraction = SMALL) -> Setting:
    """One task w^2/2 without noise, K = 1: ||grad L|| = (2 L Delta)^(1/2) but for powers of 1 - alpha L."""
    family = ridge("quadratic", [[[F(1)]]])
    sizes: dict[str, Any] = {"K": 1, "C_beta": 1 + SMALL, "B_prime": 1, "D_L": 1, "runs": 2}
    return setting(family, alpha=alpha, steps=1, w=[[F(1)]], u=[[F(1)]], **sizes)
