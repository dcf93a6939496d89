"""Orders of counts and batch sizes in Corollaries 6 and 10: no constant serves for all values."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint
import sympy as sp

from maml_verify.theory import coefficients
from maml_verify.theory.derived_corollaries import Sizes
from maml_verify.theory.symbols import Constants, Parameters
from proofs_check.lemmas.counting import GRADIENT, RESAMPLING, SIZES, executed, used
from proofs_check.symbols import N, b, k, sigma

__all__ = ["batch_size", "gradient_count", "small_theta"]


def small_theta(C_err_2: Any) -> tuple[dict[str, Any] | None, int]:
    """Corollary 6 with L = rho = sigma_g = sigma_H = 1, N = 1, D = 1: batch sizes with 0 < theta <
    L/(1500 rho).
    """
    c = Constants(L=Fraction(1), rho=Fraction(1), sigma=Fraction(1), sigma_g=Fraction(1), sigma_H=Fraction(1))
    tried = 0
    for B in (1, 2, 3, 4):
        for S in range(15, 200):
            tried += 1
            p = Parameters(alpha=Fraction(1, 8), N=1, S=Fraction(S), B=B, C_beta=Fraction(100))
            theta = coefficients.theta_5(c, p, C_err_2)
            if not 0 < theta < Fraction(1, 1500):
                continue
            balls = Constants(*(v if v is None else flint.arb(int(v)) for v in c))
            again = coefficients.theta_5(
                balls, p._replace(alpha=flint.arb(1) / 8, S=flint.arb(S), C_beta=flint.arb(100)), C_err_2
            )
            if not (again > 0 and again < flint.arb(1) / 1500):
                raise ArithmeticError("exact value and Arb ball differ")
            return {
                "point": {"N": "1", "L": "1", "rho": "1", "sigma_g": "1", "sigma_H": "1", "D": "1",
                          "S": str(S), "B": str(B)},
                "left": "1/1500", "right": str(theta),
                "left_float": 1 / 1500, "right_float": float(theta), "routes": ["exact rationals", "Arb"
                " balls"],
                "hypotheses": ["S >= 15 rho^2 sigma_g^2/L^4", "D >= sigma_H^2/L^2", "B >= 1", "theta > 0"],
            }, tried  # fmt: skip
    return None, tried


def gradient_count() -> tuple[dict[str, Any] | None, int]:
    """No factor k serves for all eps: with B = S = 1/eps^2 = k + 2 and T = 1 the count exceeds k N/eps^2."""
    sizes = SIZES._replace(B=k + 2, S=k + 2, T=1, B_prime=0)
    count = used(RESAMPLING(sizes), GRADIENT)
    gap = sp.Poly(sp.expand(count - k * N * (k + 2)), N, k)
    tried = [(i, h) for i in range(1, 6) for h in range(6)]
    direct = all(
        executed(RESAMPLING(Sizes(K=1, B=h + 2, B_prime=0, S=h + 2), i), GRADIENT) > h * i * (h + 2)
        for i, h in tried
    )
    if not (direct and all(v > 0 for v in gap.coeffs())):
        return None, len(tried)
    return {
        "point": {"B": "k + 2", "S": "k + 2", "T": "1", "1/eps^2": "k + 2", "for every": "k >= 0"},
        "left": str(count), "right": str(k * N * (k + 2)),
        "routes": ["positive coefficients of the gap", f"the loops run for {len(tried)} sizes"],
        "hypotheses": ["B and S of order 1/eps^2, as the proof chooses them"],
    }, len(tried)  # fmt: skip


def batch_size() -> tuple[dict[str, Any] | None, int]:
    """For every C_B = k take sigma^2 = 1/k, b = 1: A_squ2/B >= 4 eps^2 b^2 although B = C_B sigma^2/eps^2."""
    tried = 0
    for factor in (1, 10, 1000):
        tried += 1
        values = Constants(L=1.0, rho=1.0, sigma=factor**-0.5, b=1.0, b2=1.0)
        size = coefficients.A_squ_2(values, Parameters(alpha=0.125, N=1)) / (factor * values.sigma**2)
        if size < 4:
            return None, tried
    least = 4 * (sigma + b) ** 2 - 4 * b**2
    if not all(v > 0 for v in sp.Poly(sp.expand(least), sigma, b).coeffs()):
        return None, tried
    return {
        "point": {"sigma^2": "1/C_B", "b": "1", "b~": "1", "B": "C_B sigma^2/eps^2 = 1/eps^2"},
        "left": "A_squ2/B >= 4 (sigma + b)^2/B >= 4 eps^2", "right": "of order eps^2 times a constant"
        " over C_B",
        "routes": ["4 (sigma + b)^2 >= 4 b^2 by coefficients", "values at C_B = 1, 10, 1000"],
        "hypotheses": ["sigma, b > 0", "b~ >= b^2"],
    }, tried  # fmt: skip
