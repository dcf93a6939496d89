"""Corollary 6: the order of its rate and of its batch sizes; constants depend on Delta, rho, L alone.

From the derived Theorem 5, so for B >= 2 (see derived/corollary-6.two-tasks). With m = E ||grad L||,
m^2 <= r m + product, r = (144 rho/L) t, product = (775 L + 144 rho sigma/L) t, t = Delta/K + xi/S + phi/B.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from maml_verify.theory import derived_corollaries as formulas
from proofs_check.goals import Relation
from proofs_check.lemmas.rate_forms import printed_order
from proofs_check.proofs.derived.resampling_complexity import below_eps
from proofs_check.symbols import CONSTANTS, PARAMETERS, L, rho, sigma, sigma_g, u, v

__all__ = ["batches", "of_order", "rate"]

c, p = CONSTANTS, PARAMETERS
gap, M = sp.symbols("Delta M", positive=True)
more = sp.symbols("more_K more_S more_B more_TB", nonnegative=True)
#: Constants of xi/S, of the terms in B and of the term in T B.
C_xi = 1 / (1300 * L) + rho**2 / (130000 * L**5)
C_phi = sp.Rational(39, 10000) / L
C_T = sp.Rational(31, 40000) / L


def of_order(t: tuple[Any, Any, Any], chi: tuple[Any, Any, Any]) -> tuple[Relation, ...]:
    """m is at most a constant times order + sqrt(factor order).

    Parameters
    ----------
    t, chi : (t, its constant, order) and (chi/theta, its constant, factor): each is at most constant times
        the last. The constant of m is one/theta + one + two of these; a and f are roots of order and factor.
    """
    a, f, delta, one, two, three = sp.symbols("a f delta one two three", positive=True)
    beyond = (three * one + one + two) * (a**2 + f * a) + delta
    return (
        Relation(t[0], "<=", t[1] * t[2]),
        Relation(chi[0], "<=", chi[1] * chi[2]),
        Relation(three * one * a**2 * beyond + one * two * a**2 * f**2, "<", beyond**2),
    )


def rate() -> tuple[Relation, ...]:
    """E ||grad L|| is of the printed order, with sqrt(sigma + 1) before the root."""
    first = gap + C_xi + C_phi + C_T + 1 / (40000 * L)
    second = 775 * L + 144 * rho / L
    order = printed_order(sigma, sigma_g, p)
    total, chi_theta = formulas.total_6(c, p, gap), formulas.chi_theta_6(c)
    return of_order((total, first, order), (chi_theta, second, sigma + 1))


def batches() -> tuple[Relation, ...]:
    """K, S, B, T B of the printed orders make t <= 1/M, M of order max(sigma, 1)/eps^2, for eps <= 1."""
    eps, constant = 1 / (1 + v), 775 * L + 288 * rho / L
    bound = formulas.resampling_M(c, eps)
    cases = ((1 + u, 1 + u), (1 / (1 + u), sp.Integer(1)))
    larger = [Relation(bound.subs(sigma, s), "<=", constant * top / eps**2) for s, top in cases]
    size_B = 4 * C_phi * (sigma_g**2 + sigma**2) * M + more[2]
    reached = p._replace(
        K=4 * gap * M + more[0],
        S=4 * C_xi * sigma_g**2 * (sigma**2 + 1) * M + 1 + more[1],
        B=size_B,
        T=(4 * C_T * sigma_g**2 * M + more[3]) / size_B,
    )
    return (*larger, Relation(formulas.total_6(c, reached, gap), "<=", 1 / M), below_eps())
