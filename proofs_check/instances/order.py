"""Orders of rates that no constant makes true: each instance beats every constant C."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from maml_verify.theory import coefficients
from maml_verify.theory.symbols import Constants, Parameters
from proofs_check.instances.rate import iterations, positive_from_one, standstill
from proofs_check.lemmas.rate_forms import printed_order

__all__ = ["slow_order", "slow_resampling", "vanishing_theta"]

Found = tuple[dict[str, Any] | None, int]
ONE = sp.Integer(1)


def vanishing_theta(C_err_2: Any) -> Found:
    """Corollary 6 at N = K = S = B = T = 1, L = rho = sigma = Delta = 1, D = 4 sigma_H^2: theta from sigma_g.

    The bracket of theta falls linearly in sigma_g^2 from a positive value; sigma_g^2 is chosen so that the
    bracket is delta. The right side of (20) is at least Delta/(theta K), the printed order at most 3 + 3.
    """
    p = Parameters(alpha=ONE / 8, N=1, S=ONE, D=4, T=ONE, B=1, K=1, C_beta=ONE * 100)

    def bracket(square: Any) -> Any:
        c = Constants(L=ONE, rho=ONE, sigma=ONE, sigma_g=sp.sqrt(square), sigma_H=ONE)
        return coefficients.theta_5_bracket(c, p, C_err_2)

    top, slope = bracket(sp.Integer(0)), sp.symbols("square", positive=True)
    per_square = sp.cancel((top - bracket(slope)) / slope)
    delta = sp.Symbol("delta", positive=True)
    if not (per_square.is_Rational and per_square > 0 and top > 0):
        return None, 1
    square = (top - delta) / per_square
    first = coefficients.theta_5(Constants(ONE, ONE, ONE, ONE, ONE), p, C_err_2)
    scale = first / coefficients.theta_5_bracket(Constants(ONE, ONE, ONE, ONE, ONE), p, C_err_2)
    left = 1 / (scale * delta)
    order = printed_order(ONE, sp.sqrt(square), p)
    tried = [top / 10**k for k in (1, 4, 8)]
    for value in tried:
        put = square.subs(delta, value)
        c = Constants(ONE, ONE, ONE, sp.sqrt(put), ONE)
        exact = 1 / coefficients.theta_5(c, p, C_err_2)
        least_S = 15 * put
        if not (sp.simplify(exact - left.subs(delta, value)) == 0 and put > 0 and least_S <= p.S):
            return None, len(tried)
        if not order.subs(delta, value) <= 3:
            return None, len(tried)
    return {
        "point": {"N": "1", "L": "1", "rho": "1", "sigma": "1", "sigma_H": "1", "D": "4", "S": "1", "B": "1",
                  "T": "1", "K": "1", "Delta": "1", "sigma_g^2": str(square), "for every": "C: delta small"},
        "left": f"at least {left}", "right": "at most 6 C",
        "routes": ["Delta/(theta K) as a function of delta", f"exact values of theta at {len(tried)} values"],
        "hypotheses": ["S >= 15 rho^2 sigma_g^2/L^4", "D >= sigma_H^2/L^2", "theta > 0",
                       "the factor sqrt(sigma + 1) is below 3/2"],
    }, len(tried)  # fmt: skip


def slow_resampling() -> Found:
    """Corollary 6 without the factor sigma + 1: sigma = 100 K, B = sigma^2 K, S = K (sigma^2 + 1), T = 1.

    Then Z is at most 5/K, so C (Z + sqrt(Z)) falls below 1/2 as K grows, and E ||grad L|| does not.
    """

    def values(K: Any) -> tuple[Any, Any, Any, Any]:
        """How far the mean gradient is above 1/2, the path inside its reach, theta above 0, Z below 5/K."""
        one, spread = K**0, 100 * K
        c = Constants(L=one, rho=one, sigma=spread, sigma_g=one, sigma_H=one)
        p = Parameters(
            alpha=one / 8, N=1, S=15 * K * (spread**2 + 1), B=spread**2 * K, T=one, K=K, C_beta=one * 100
        )
        average, spare = standstill(coefficients.C_L, c, p, one, one + K)
        order = printed_order(spread, one, p)
        return average - one / 2, spare, coefficients.theta_5_bracket(c, p), 5 / K - order

    tried = [values(Fraction(K)) for K in (1, 10, 1000)]
    if any(value <= 0 for several in tried for value in several):
        return None, len(tried)
    if not positive_from_one(values):
        return None, len(tried)
    return {
        "point": {"alpha": "1/8", "L": "1", "rho": "1", "N": "1", "sigma": "100 K", "sigma_g": "1",
                  "B": "sigma^2 K", "S": "15 K (sigma^2 + 1)", "T": "1", "w_0": "1", "Delta": "49/128",
                  "for every": "K >= 1"},
        "loss": "(w - sigma)^2/2 and (w + sigma)^2/2, equal chances, no noise of data",
        "left": "at least 1/2", "right": "at most C (5/K + sqrt(5/K))",
        "routes": ["values at K = 1, 10, 1000", "coefficients of one sign in K - 1"],
        "hypotheses": [
            "bounded below, gradient 1-Lipschitz, Hessian constant, so rho-Lipschitz", "sigma for all w",
            "noise 0, so any sigma_g, sigma_H, S, D, T", "alpha = 1/(8 N L), C_beta = 100, theta > 0",
            "|B'_k|, |D_Lk| any size allowed",
        ],
    }, len(tried)  # fmt: skip


def slow_order(C_b: Any) -> Found:
    """Corollary 10 with 1/K + sigma^2/B alone: sigma = 100 K, B = sigma^2 K leave 2/K; the mean stays."""
    found, tried = iterations(C_b, lambda spread, K: spread**2 * K)
    if found is None:
        return None, tried
    point = found["point"] | {"B": "sigma^2 K"}
    return found | {"point": point, "right": "at most C (2/K + sqrt(2/K))"}, tried
