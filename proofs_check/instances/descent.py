"""Two displays of the proof of Theorem 5 that fail where the bias e_k points against a smaller meta gradient.

One task (so sigma may be any positive number) with phi'' = 1/2 + clip(t, 0, 1/2), N = S = T = B = |B'| =
|D_L| = 1; every gradient batch has noise +-1/10, the Hessian none. All outcomes are enumerated: inner batch,
T, and D_L of the step size estimate. C_beta is large, so that the terms of second order hardly count.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any, NamedTuple

from maml_verify.theory import coefficients
from maml_verify.theory.symbols import Constants, Parameters
from proofs_check.goals import sides

__all__ = ["bias_against_gradient", "descent_37"]

Found = tuple[dict[str, Any] | None, int]
NOISE, C_BETA = Fraction(1, 10), Fraction(10**10)
HALF = Fraction(1, 2)


def _value(t: Fraction) -> Fraction:
    """phi(t) for t <= 1/2."""
    return t**2 / 4 + max(t, Fraction(0)) ** 3 / 6


def _slope(t: Fraction) -> Fraction:
    """phi'(t): strongly convex, gradient and Hessian 1-Lipschitz."""
    extra = t**2 / 2 if t <= HALF else Fraction(1, 8) + (t - HALF) / 2
    return t / 2 + (extra if t > 0 else 0)


def _bend(t: Fraction) -> Fraction:
    return HALF + min(max(t, Fraction(0)), HALF)


def _objective(v: Fraction, alpha: Fraction) -> Fraction:
    return _value(v - alpha * _slope(v))


class Meta(NamedTuple):
    """One meta step from w: grad L, L_w, the outcomes of G_i and of L-hat, and their moments."""

    alpha: Fraction
    w: Fraction
    gradient: Fraction
    smooth: Fraction
    estimates: list[Fraction]
    hats: list[Fraction]
    mean: Fraction
    second: Fraction
    beta: Fraction
    beta2: Fraction

    @property
    def tail(self) -> Fraction:
        """(2/C_beta^2) (1/L_w) (E ||G_i||^2/B + ||E G_i||^2), the last term of both displays."""
        return 2 / (C_BETA**2 * self.smooth) * (self.second + self.mean**2)

    def over_outcomes(self, change: Callable[[Fraction, Fraction], Fraction]) -> Fraction:
        """Mean of a function of G_i and beta_k."""
        draws = [change(v, 1 / (C_BETA * h)) for v in self.estimates for h in self.hats]
        return sum(draws, Fraction(0)) / len(draws)


def _meta(alpha: Fraction, w: Fraction) -> Meta:
    bend = 1 - alpha * _bend(w)
    growth = 1 + alpha
    smooth = growth**2 + alpha * growth * abs(_slope(w))
    estimates = [
        bend * (_slope(w - alpha * (_slope(w) + s * NOISE)) + t * NOISE)
        for s, t in product((1, -1), repeat=2)
    ]
    hats = [growth**2 + alpha * growth * abs(_slope(w) + s * NOISE) for s in (1, -1)]
    return Meta(
        alpha, w, bend * _slope(w - alpha * _slope(w)), smooth, estimates, hats,
        mean=sum(estimates, Fraction(0)) / 4,
        second=sum((v**2 for v in estimates), Fraction(0)) / 4,
        beta=sum((1 / (C_BETA * h) for h in hats), Fraction(0)) / 2,
        beta2=sum((1 / (C_BETA * h) ** 2 for h in hats), Fraction(0)) / 2,
    )  # fmt: skip


def _allowed(m: Meta) -> bool:
    """The step size condition, |D_L| = 1 allowed, Lemma 16, and theta > 0 with the first reading of (15)."""
    c = Constants(Fraction(1), Fraction(1), sigma_g=NOISE)
    p = Parameters(m.alpha, 1, C_beta=C_BETA)
    lemma = m.beta >= 4 / (5 * C_BETA * m.smooth) and m.beta2 <= 4 / (C_BETA * m.smooth) ** 2
    sizes = coefficients.D_L_5(c, p) < 1 and coefficients.theta_5_bracket(c, p) > 0
    return (1 + m.alpha) ** 2 < 2 and sizes and lemma


def _found(m: Meta, left: Fraction, right: Fraction, routes: list[str]) -> dict[str, Any]:
    return {
        "point": {"alpha": str(m.alpha), "L": "1", "rho": "1", "C_beta": str(C_BETA), "N": "1", "S": "1",
                  "T": "1", "B": "1", "B'": "1", "D_L": "1", "w": str(m.w), "sigma_g": str(NOISE)},
        "loss": "phi'' = 1/2 + clip(t, 0, 1/2), gradient noise +-1/10, one task",
        **sides(left, right), "routes": routes,
        "hypotheses": [
            "alpha < (2^(1/2) - 1)/L", "strongly convex, 1-Lipschitz gradient and Hessian",
            "|D_L| = 1 > 64 sigma_g^2 C_L^2/((1+x)^4 L^2), sigma as small as |B'| = 1 asks",
            "E beta >= 4/(5 C_beta L_w), E beta^2 <= 4/(C_beta L_w)^2", "theta > 0 (C_err2 first power)",
        ],
    }  # fmt: skip


def bias_against_gradient() -> Found:
    """The display before (37) against the line it bounds, both less L(w_k)."""
    tried = 0
    for alpha in (Fraction(1, 4), Fraction(1, 8)):
        for w in (Fraction(-1, 1000), Fraction(-1, 10000)):
            tried += 1
            m = _meta(alpha, w)
            left = -m.beta * m.gradient * m.mean + m.smooth * m.beta2 / 2 * m.second

            def direct(v: Fraction, beta: Fraction, m: Meta = m) -> Fraction:
                return -m.gradient * beta * v + m.smooth * (beta * v) ** 2 / 2

            if left != m.over_outcomes(direct):
                raise ArithmeticError("two expressions of the left side differ")
            factor = Fraction(4, 5) / (C_BETA * m.smooth)
            right = -factor * m.gradient**2 + factor * abs(m.gradient * (m.mean - m.gradient)) + m.tail
            if left > right and _allowed(m):
                routes = ["moments of beta and of the estimator", "sum over all outcomes"]
                return _found(m, left, right, routes), tried
    return None, tried


def descent_37() -> Found:
    """(37) as a bound of E L(w_(k+1)), both less L(w_k); it needs e_k between -1 and -3/2 times grad L."""
    tried = 0
    for w in (Fraction(-1, 10000), Fraction(-3, 50000)):
        tried += 1
        m = _meta(Fraction(1, 8), w)

        def drop(v: Fraction, beta: Fraction, m: Meta = m) -> Fraction:
            return _objective(m.w - beta * v, m.alpha) - _objective(m.w, m.alpha)

        # For v <= 0 the meta objective is (1 - alpha/2)^2 v^2/4, so the second-order expansion is exact.
        bend = (1 - m.alpha / 2) ** 2 / 2
        left = -m.beta * m.gradient * m.mean + bend * m.beta2 / 2 * m.second
        if left != m.over_outcomes(drop):
            raise ArithmeticError("expansion and sum over all outcomes differ")
        factor = Fraction(2, 5) / (C_BETA * m.smooth)
        right = -factor * m.gradient**2 + factor * (m.mean - m.gradient) ** 2 + m.tail
        if left > right and _allowed(m):
            routes = ["exact expansion of the meta objective", "sum over all outcomes"]
            return _found(m, left, right, routes), tried
    return None, tried
