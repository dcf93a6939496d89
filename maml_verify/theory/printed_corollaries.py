"""The numbers printed in Corollaries 6 and 10 and their proofs, each a relation left <= right.

``left(c, p)`` and ``right(c, p)`` are pure arithmetic at alpha = 1/(8NL) and the C_beta of the corollary;
names are those of the proof steps, ``corollary-6/...`` and ``corollary-10/...``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from maml_verify.theory import coefficients as k
from maml_verify.theory.coefficients import growth
from maml_verify.theory.symbols import Bound, Constants, Number, Observed, Parameters

__all__ = [
    "D_LEAST",
    "FINITE_SUM",
    "RESAMPLING",
    "S_LEAST",
    "Relation",
    "lefts",
    "one",
    "power",
    "ratio",
    "rights",
]

Side = Callable[[Constants, Parameters], Number]


class Relation(NamedTuple):
    """One printed number: ``left <= right``."""

    name: str
    left: Side
    right: Side


def S_LEAST(c: Constants, p: Parameters) -> Number:
    """S is at least this in Corollary 6."""
    return 15 * c.rho**2 * c.sigma_g**2 / c.L**4


def D_LEAST(c: Constants, p: Parameters) -> Number:
    """D is at least this in the statement of Corollary 6 (its proof divides by L^2 instead)."""
    return c.sigma_H**2 * c.L**2


def one(p: Parameters) -> Number:
    """1 in the field of the parameters."""
    return p.alpha**0


def power(multiple: int) -> Side:
    """(1 + alpha L)^(multiple N)."""
    return lambda c, p: growth(c, p) ** (multiple * p.N)


def ratio(top: int, bottom: int) -> Side:
    """A number."""
    return lambda c, p: one(p) * top / bottom


def _phi_proof(c: Constants, p: Parameters) -> Number:
    noise = 3 * c.sigma_g**2 / p.T + c.sigma_g**2 / (5 * p.S) + 11 * c.sigma**2
    return noise / (5000 * c.L)


RESAMPLING: tuple[Relation, ...] = (
    Relation("theta-positive", lambda c, p: 0 * one(p), k.theta_5_scaled),
    Relation("power_N", power(1), ratio(5, 4)),
    Relation("power_2N", power(2), ratio(3, 2)),
    Relation("C_err1", k.C_err_1, lambda c, p: 5 * c.sigma_g / 16),
    Relation("C_err2", k.C_err_2, lambda c, p: 3 * c.rho * c.sigma_g / (4 * c.L**2)),
    Relation("C_squ1", k.C_squ_1, lambda c, p: 4 * c.sigma_g**2),
    Relation("C_squ2", k.C_squ_2, lambda c, p: c.sigma_g**2 / 5),
    Relation("C_squ3", k.C_squ_3, ratio(11, 1)),
    Relation("C_L-upper", k.C_L, lambda c, p: 3 * c.rho / (5 * c.L)),
    Relation("C_L-lower", lambda c, p: c.rho / (16 * c.L), k.C_L),
    Relation("phi_proof", k.phi_5, _phi_proof),
    Relation("phi", k.phi_5, lambda c, p: (c.sigma_g**2 + 3 * c.sigma**2) / (1000 * c.L)),
    Relation("theta", lambda c, p: c.L / (1500 * c.rho), k.theta_5),
    Relation("chi", k.chi_5, lambda c, p: 24 * c.L**2 / c.rho + c.sigma),
)


def _finite_sum(C_b: Side) -> tuple[Relation, ...]:
    def theta(c: Constants, p: Parameters) -> Number:
        return k.theta_9(c, p, C_b)

    squares: Side = lambda c, p: 8 * (c.sigma + c.b) ** 2 + 4 * (c.sigma**2 + c.b2)  # noqa: E731
    return (
        Relation("theta-positive", lambda c, p: 0 * one(p), k.theta_9_scaled),
        Relation("power_4N", power(4), ratio(2, 1)),
        Relation("A_squ1", k.A_squ_1, ratio(32, 1)),
        Relation("A_squ2", k.A_squ_2, squares),
        Relation("C_L-upper", C_b, lambda c, p: 3 * c.rho / (5 * c.L)),
        Relation("C_L-lower", lambda c, p: c.rho / (16 * c.L), C_b),
        Relation("theta", lambda c, p: c.L / (200 * c.rho), theta),
        Relation("phi", k.phi_9, lambda c, p: (2 * (c.sigma + c.b) ** 2 + c.sigma**2 + c.b2) / (1600 * c.L)),
    )


FINITE_SUM = {"printed": _finite_sum(k.C_b_7), "printed-b": _finite_sum(k.C_b_7_b)}


def lefts(relations: tuple[Relation, ...], c: Constants, p: Parameters) -> Any:
    """Left sides, one row a relation, (items, 1)."""
    return np.array([[r.left(c, p)] for r in relations])


def rights(relations: tuple[Relation, ...]) -> Bound:
    """Right sides as a bound, (items, 1)."""

    def bound(c: Constants, p: Parameters, o: Observed) -> Number:
        return np.array([[r.right(c, p)] for r in relations])

    return bound
