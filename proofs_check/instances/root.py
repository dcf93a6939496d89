"""The factor under the root of (20), which is not legible: what (43) allows, and what Algorithm 1 does."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from maml_verify.theory import coefficients
from maml_verify.theory.symbols import Constants, Parameters
from proofs_check.goals import sides

__all__ = ["half_factor", "smaller_factor"]

Found = tuple[dict[str, Any] | None, int]


def smaller_factor() -> Found:
    """For every c < 1 numbers with m^2 = r (chi + m), which (43) allows, and m > r + sqrt(c chi r).

    sqrt(c) = 1/(1 + 2 h) with h > 0, chi = 1, m = s^2 - 1 with s = 1 + h; then sqrt(r) = (s^2 - 1)/s.
    """
    h = sp.Symbol("h", positive=True)

    def values(h: Any) -> tuple[Any, Any]:
        s = 1 + h
        m, root_r = s**2 - 1, (s**2 - 1) / s
        if sp.cancel(m**2 - root_r**2 * (1 + m)) != 0:
            raise ArithmeticError("the numbers do not meet (43) with equality")
        return m, root_r**2 + root_r / (1 + 2 * h)

    tried = [Fraction(1, 100), Fraction(1), Fraction(100)]
    at = [values(sp.Rational(v.numerator, v.denominator)) for v in tried]
    left, right = values(h)
    numerator, denominator = sp.fraction(sp.cancel(left - right))
    positive = all(v > 0 for part in (numerator, denominator) for v in sp.Poly(part, h).coeffs())
    if not (positive and all(m > bound for m, bound in at)):
        return None, len(tried)
    return {
        "point": {"chi": "1", "c": "1/(1 + 2 h)^2", "E ||grad L||": "h (h + 2)",
                  "r": "h^2 (h + 2)^2/(1 + h)^2", "for every": "h > 0"},
        "left": str(sp.factor(left)), "right": str(sp.factor(right)),
        "routes": ["coefficients of one sign in h", f"exact values at {len(tried)} points"],
        "hypotheses": ["(43) holds with equality", "0 < c < 1"],
    }, len(tried)  # fmt: skip


def half_factor(C_err_2: Any) -> Found:
    """(20) with c = 1/2 for Algorithm 1 on one task w^2/2 without noise, exactly, where theta > 0.

    grad L(w) = h w with h = (1 - alpha)^(2N), and L_w = (1+x)^(2N) + C_L |w|, so the path is rational.
    """
    tried = 0
    for N, alpha, spread in ((1, Fraction(1, 8), 1), (2, Fraction(1, 20), 1), (4, Fraction(1, 32), 10)):
        for steps, start in ((1, Fraction(1)), (4, Fraction(1, 100)), (4, Fraction(100))):
            b = Fraction(1, 10**6)
            c = Constants(Fraction(1), Fraction(1), Fraction(spread), b, b)
            p = Parameters(alpha, N, B=100, K=steps, C_beta=Fraction(100))
            h, w, total = (1 - alpha) ** (2 * N), start, Fraction(0)
            for _ in range(steps):
                total += h * abs(w)
                w -= h * w / (p.C_beta * coefficients.smoothness_5(c, p, abs(w)))
            mean, gap = total / steps, h * start**2 / 2
            theta = coefficients.theta_5(c, p, C_err_2)
            above = gap / steps + coefficients.xi_5(c, p, C_err_2) + coefficients.phi_5(c, p) / p.B
            if theta <= 0:
                raise ArithmeticError("theta is not positive on the instance")
            tried += 1
            r = above / theta
            product = coefficients.chi_5(c, p) * r / 2
            if mean > r and (mean - r) ** 2 > product:
                return {
                    "point": {"N": str(N), "alpha": str(alpha), "sigma": str(spread), "K": str(steps),
                              "w_0": str(start), "c": "1/2"},
                    **sides((mean - r) ** 2, product),
                    "routes": ["exact rationals, squared", "recursion step by step"],
                    "hypotheses": ["one task w^2/2, no noise: any sigma, sigma_g, sigma_H", "theta > 0"],
                }, tried  # fmt: skip
    return None, tried
