"""Lemmas 11, 12, 17 and Proposition 2 where Hessians lie between -l I and L I.

A step takes a difference of points, or a gradient, to (I - alpha M) a, M the mean of Hessians along a
segment, which lies between -l I and L I as they do.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from maml_verify.theory import beyond
from maml_verify.theory.symbols import Constants
from proofs_check.goals import Gram, Recursion, Step
from proofs_check.lemmas.weakly_convex import (
    CONVEX,
    CURVED,
    beyond_step,
    factor_norm,
    noisy_factor,
    r,
)
from proofs_check.symbols import OBSERVED, PARAMETERS, S, alpha, d, g, j, n, sigma_g

__all__ = ["steps"]

NOISE = alpha**2 * sigma_g**2 / S


def _value(bound: Any, c: Constants = CURVED) -> Any:
    return bound(c, PARAMETERS, OBSERVED).subs(j, n)


def _growth(claim: str, said: str, bound: Any, size: sp.Symbol) -> tuple[Step, ...]:
    return (
        beyond_step(
            f"{claim}.factor",
            claim,
            "||(I - alpha M) a|| <= (1 + alpha l) ||a||",
            "-l I <= M <= L I, alpha (L - l) < 2",
            factor_norm(),
            factor_norm(sp.Integer(0)),
        ),
        beyond_step(
            claim,
            claim,
            said,
            "induction on j",
            Recursion(n, 1, r * size, r, 0, _value(bound)),
        ),
        beyond_step(
            f"{claim}.attained",
            claim,
            f"{said.replace('<=', '=')} at curvature -l",
            "a step multiplies by r",
            Recursion(n, 1, r * size, r, 0, _value(bound), "=="),
        ),
    )


def _moments() -> tuple[Step, ...]:
    first, second = "path-first-moment", "path-second-moment"
    curved, convex = _value(beyond.path_second_moment), _value(beyond.path_second_moment, CONVEX)
    whole = (("mean", 1), ("deviation", 1))
    root = _value(beyond.path_first_moment)
    return (
        beyond_step(
            f"{second}.step",
            second,
            "E ||w_m - w~_m||^2 <= (1 + alpha l)^2 E ||w_(m-1) - w~_(m-1)||^2 + alpha^2 sigma_g^2/S",
            "the noise is orthogonal to the distance, on which a factor acts",
            noisy_factor(NOISE),
            noisy_factor(NOISE, sp.Integer(0)),
        ),
        beyond_step(
            second,
            second,
            "E ||w_j - w~_j||^2 <= (1 + r^2 + ... + r^(2j-2)) alpha^2 sigma_g^2/S",
            "telescoping; j terms 1 for convex losses",
            Recursion(n, 1, NOISE, r**2, NOISE, curved),
            Recursion(n, 1, NOISE, 1, NOISE, convex),
        ),
        beyond_step(
            f"{second}.attained",
            second,
            "equality",
            "curvature -l, noise of variance sigma_g^2 everywhere",
            Recursion(n, 1, NOISE, r**2, NOISE, curved, "=="),
            Recursion(n, 1, NOISE, 1, NOISE, convex, "=="),
        ),
        beyond_step(
            first,
            first,
            "E ||w_j - w~_j|| <= (E ||w_j - w~_j||^2)^(1/2)",
            "Jensen",
            Gram(
                ("mean", "deviation", "one"),
                {("mean", "mean"): 1},
                {("one", "one"): root**2},
                facts=((1, {("one", "one"): curved, (whole, whole): -1}),),
                orthogonal=(("mean", "deviation"),),
            ),
        ),
        beyond_step(
            f"{first}.attained",
            first,
            "||w_j - w~_j||^2 = (1 + r^2 + ... + r^(2j-2)) alpha^2 sigma_g^2/S",
            "curvature -l; noise of constant size, that of step i along e_i",
            Recursion(n, 1, NOISE, r**2, NOISE, root**2, "=="),
        ),
    )


def steps() -> tuple[Step, ...]:
    """Growth of distances and gradients, then the two moments of noise."""
    gradient = "||grad l(w_j)|| <= (1 + alpha l)^j ||grad l(w)||"
    return (
        *_growth("path-stability", "||w_j - u_j|| <= (1 + alpha l)^j ||w - u||", beyond.path_stability, d),
        *_growth("path-gradient", gradient, beyond.path_gradient, g),
        *_growth("support-path-gradient", gradient, beyond.path_gradient, g),
        *_moments(),
    )
