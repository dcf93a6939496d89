"""Corollary 10: the order of its rate, from the derived Theorem 9; its display is lost beyond 1/K.

Constants depend on Delta, rho, L alone, or on sigma and b too.
"""

from __future__ import annotations

import sympy as sp

from maml_verify.theory import derived_corollaries as formulas
from proofs_check.goals import Relation
from proofs_check.proofs.derived.resampling_order import of_order
from proofs_check.symbols import CONSTANTS, PARAMETERS, B, K, L, b, b2, rho, sigma

__all__ = ["printed_order", "rate", "rate_for_given_data"]

c, p = CONSTANTS, PARAMETERS
gap = sp.Symbol("Delta", positive=True)


def printed_order(sigma, p):  # type: ignore[no-untyped-def]
    """1/K + sigma^2/B, as the batch size of the corollary suggests."""
    return 1 / p.K + sigma**2 / p.B


def _square() -> tuple[Relation, Relation]:
    """phi of order sigma^2 + b^2 + b~, through (sigma + 8 b/15)^2 <= 2 sigma^2 + 128 b^2/225."""
    bound = 2 * sigma**2 + 128 * b**2 / 225
    square = sp.Symbol("square", nonnegative=True)
    phi = formulas.phi_10(c).subs((sigma + 8 * b / 15) ** 2, square)
    return (
        Relation((sigma + 8 * b / 15) ** 2, "<=", bound),
        Relation(phi, "<=", (sigma**2 + b**2 + b2) / (1000 * L), upper=((square, bound),)),
    )


def rate() -> tuple[Relation, ...]:
    """Z = 1/K + (sigma^2 + b^2 + b~)/B, with sqrt(sigma + b + 1) before the root."""
    phi = sp.Symbol("phi", nonnegative=True)
    order = 1 / K + (sigma**2 + b**2 + b2) / B
    first, second = gap + 1 / (1000 * L), 125 * L + 24 * rho / L
    total = formulas.total_10(c, p, gap).subs(formulas.phi_10(c), phi)
    below, *others = of_order((total, first, order), (formulas.xi_theta_10(c), second, sigma + b + 1))
    upper = ((phi, (sigma**2 + b**2 + b2) / (1000 * L)),)
    return (*_square(), Relation(below.left, "<=", below.right, upper=upper), *others)


def rate_for_given_data() -> tuple[Relation, ...]:
    """The order of `rate` is at most a constant of sigma, b and b~ times that of 1/K + sigma^2/B."""
    constant = 1 + (b**2 + b2) / sigma**2
    return (*rate(), Relation(1 / K + (sigma**2 + b**2 + b2) / B, "<=", constant * printed_order(sigma, p)))
