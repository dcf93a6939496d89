"""Exact instances of the finite-sum case, N = 1 and L = 1, on which a printed relation fails."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import flint

from maml_verify.theory import coefficients
from maml_verify.theory.symbols import Constants, Parameters
from proofs_check.goals import sides

__all__ = ["last_member_of_54", "one_step_57", "support_gradient_multiple"]

Found = tuple[dict[str, Any] | None, int]
SHAPE = "bounded below, gradient 1-Lipschitz, Hessian constant, so rho-Lipschitz"


def one_step_57(C_b: Any, c: Fraction = Fraction(1000)) -> Found:
    """(57) with its printed denominator L_w C_beta^2 b, B = 1, from w_k = 0, where grad L = 0.

    Support losses w^2/2, query losses (w - c)^2/2 and (w + c)^2/2: sigma = b = c. Losses scale the right
    side by c as printed and by c^2 as they should.
    """
    alpha = Fraction(1, 8)
    k = Constants(L=Fraction(1), rho=Fraction(1, 10**6), sigma=c, b=c, b2=c**2)
    p = Parameters(alpha=alpha, N=1, C_beta=Fraction(100))
    shrink = 1 - alpha

    def objective(w: Fraction) -> Fraction:
        return sum(((w - alpha * w - s * c) ** 2 / 2 for s in (1, -1)), Fraction(0)) / 2

    total = Fraction(0)
    for task, other in product((1, -1), repeat=2):
        norm = abs(0 - other * c)
        beta = 1 / (p.C_beta * coefficients.smoothness_9(k, p, norm, C_b, C_b))
        total += objective(-beta * shrink * (0 - task * c)) - objective(Fraction(0))
    smooth = coefficients.smoothness_9(k, p, c, C_b, C_b)
    left = total / 4
    closed = (shrink**2 * c / (p.C_beta * smooth)) ** 2 / 2
    if left != closed:
        raise ArithmeticError("enumeration and closed form differ")
    right = coefficients.A_squ_2(k, p) / (smooth * p.C_beta**2 * k.b)
    if not (left > right and coefficients.B_prime_9(k, p, C_b, C_b) <= 1):
        return None, 1
    return {
        "point": {"alpha": str(alpha), "L": "1", "rho": str(k.rho), "N": "1", "sigma": str(c), "b": str(c),
                  "C_beta": "100", "B": "1", "B'": "1", "w_k": "0"},
        "loss": "support w^2/2; query (w - c)^2/2 and (w + c)^2/2, c = sigma, equal chances",
        **sides(left, right),
        "routes": ["enumeration of B_k and B'_k", "closed form"],
        "hypotheses": [SHAPE, "sigma = c and b_i = c for all w, both attained", "(1+x)^2 = 81/64 < 2",
                       "|B'_k| = 1 is enough for Lemma 20"],
    }, 1  # fmt: skip


def last_member_of_54(w: Fraction = Fraction(1000)) -> Found:
    """The last member of (54), which has ||grad l_T||, against A_squ1 ||grad L||^2 + A_squ2.

    One task w^2/2, support = query: grad l_T = w and grad L = (1 - alpha)^2 w.
    """
    alpha, one = Fraction(1, 8), Fraction(1)
    k = Constants(L=one, rho=one, sigma=one, b=one, b2=one)
    p = Parameters(alpha=alpha, N=1)
    step = 1 - alpha
    G = step * (w - alpha * w)
    if step**2 * w != G:
        raise ArithmeticError("chain rule and closed form differ")
    U, C_1, C_2 = 1 + alpha, coefficients.C_1(k, p), coefficients.C_2(k, p)
    left = 4 * U**4 / C_1**2 * (w**2 + C_2**2) + 2 * U**4 * (k.sigma**2 + k.b2)
    right = coefficients.A_squ_1(k, p) * G**2 + coefficients.A_squ_2(k, p)
    if not (left > right and C_1 * w <= G + C_2):
        return None, 1
    return {
        "point": {"alpha": str(alpha), "L": "1", "N": "1", "sigma": "1", "b": "1", "b~": "1", "w": str(w)},
        "loss": "w^2/2, one task, support = query",
        **sides(left, right),
        "routes": ["grad L by the chain rule", "closed form"],
        "hypotheses": [SHAPE, "variance 0, grad l_S = grad l_T: any sigma, b > 0 will do", "(1+x)^2 < 2",
                       "(73) holds"],
    }, 1  # fmt: skip


def support_gradient_multiple(c_i: int = 100) -> Found:
    """Lemma 19 where ||grad l_S|| <= c_i ||grad l_T|| takes the place of Assumption 5: one task, d = 2.

    Query Hessian diag(1, 1/c_i), support Hessian the projection on (1, 1): the inner step takes w = (1/15,
    1) to where the query gradient is small.
    """
    alpha, small, b = Fraction(1, 8), Fraction(1, c_i), Fraction(1, 1000)
    k = Constants(L=Fraction(1), rho=Fraction(1), sigma=b, b=b, b2=b**2)
    p = Parameters(alpha=alpha, N=1)
    w = (alpha / (2 - alpha), Fraction(1))

    def query(v: tuple[Fraction, Fraction]) -> tuple[Fraction, Fraction]:
        return v[0], small * v[1]

    def shrunk(v: tuple[Fraction, Fraction]) -> tuple[Fraction, Fraction]:
        along = alpha * (v[0] + v[1]) / 2
        return v[0] - along, v[1] - along

    G = shrunk(query(shrunk(w)))
    left_square = sum((v**2 for v in query(w)), Fraction(0))
    G_square = sum((v**2 for v in G), Fraction(0))
    # Second route: the same by Hessian matrices over the rationals.
    A = flint.fmpq_mat(2, 2, [1, 0, 0, flint.fmpq(1, c_i)])
    P = flint.fmpq_mat(2, 2, [flint.fmpq(15, 16), flint.fmpq(-1, 16), flint.fmpq(-1, 16), flint.fmpq(15, 16)])
    again = P * A * P * flint.fmpq_mat(2, 1, [flint.fmpq(1, 15), 1])
    if any(flint.fmpq(v.numerator, v.denominator) != again[row, 0] for row, v in enumerate(G)):
        raise ArithmeticError("two routes to grad L differ")
    C_1, C_2 = coefficients.C_1(k, p), coefficients.C_2(k, p)
    # ||grad l_T|| >= its first entry; ||grad L|| <= the sum of its entries' absolute values.
    left, right = query(w)[0], (abs(G[0]) + abs(G[1]) + C_2) / C_1
    if not (left > right and left_square >= left**2 and G_square <= (abs(G[0]) + abs(G[1])) ** 2):
        return None, 1
    return {
        "point": {"alpha": str(alpha), "L": "1", "N": "1", "c_i": str(c_i), "sigma": str(b),
                  "b": str(b), "w": f"({w[0]}, 1)"},
        "loss": "query w_1^2/2 + w_2^2/(2 c_i), support (w_1 + w_2)^2/4, one task",
        "left": f"at least {left}", "right": f"at most {right}",
        "left_float": float(left), "right_float": float(right),
        "routes": ["entries as rationals", "Hessian matrices over the rationals"],
        "hypotheses": [SHAPE, "||grad l_S|| <= ||w|| <= c_i ||grad l_T|| for all w", "variance 0",
                       "(1+x)^2 = 81/64 < 2"],
    }, 1  # fmt: skip
