"""Corollary 6 (Section 5.1), after (48): batch sizes, counts, and the corrected constants."""

from __future__ import annotations

import sympy as sp

from maml_verify import constants, derived
from proofs_check.corollary_steps import at
from proofs_check.instance_counts import gradient_count
from proofs_check.model import Reading, Relation, Step, Witness, definition, readings, relation
from proofs_check.resampling_complexity import W, bracket_by_B, c, given_W, p, squ_3
from proofs_check.symbols import B, L, N, k, q, rho, root_S, sigma, sigma_g, y

__all__ = ["steps"]


def steps() -> tuple[Step, ...]:
    """Sizes, counts, and the derived edition."""
    r, where = "resampling-complexity", "proof of Corollary 6"
    size_B = 4 * constants.C_L(c, p) ** 2 * sigma**2 / (3 * q ** (4 * N) * L**2)
    by_B = bracket_by_B()
    in_place = by_B.subs(W, rho**2 * sigma_g**2 / (L**4 * root_S**2))
    bracket = derived.theta_5_bracket(c, p._replace(B=1 + B))
    low = 3 * rho * sigma_g / (4 * L**2)
    five_16 = sp.Rational(5, 16) * sigma_g
    return (
        readings(
            "corollary-6/size-of-B'", r, where,
            "4 C_L^2 sigma^2/(3 (1+x)^(4N) L^2) <= (4 sigma^2/(3 L^2)) (3 rho/(5 L))", "(47)",
            Reading((at(size_B, "<=", 4 * sigma**2 / (3 * L**2) * (3 * rho / (5 * L))),), "no square"),
            Reading((at(size_B, "<=", 4 * sigma**2 / (3 * L**2) * (3 * rho / (5 * L)) ** 2),),
                    "square of 3 rho/(5 L), lost with its bracket"),
            why="Without the square the two sides differ in unit and the relation fails for large rho/L.",
            correction="(3 rho/(5 L))^2",
        ),
        definition("corollary-6/rate", r, "Corollary 6", "O(...) bound of the rate: constants left open"),
        definition("corollary-6/batches", r, where, "S, B, TB, K of order 1/eps^2 (constants left open)"),
        relation(
            "corollary-6/gradient-count", r, "Corollary 6",
            "B (NS + T) + |B'||D_L| is of order N/eps^2 per meta iteration", "statement; its proof has"
            " N/eps^4",
            Witness(gradient_count, "all N >= 1"), audit="statement",
            why="B and S are both of order 1/eps^2, so B N S is of order N/eps^4, as the proof says; the"
            " statement prints O(N/eps^2) gradient computations.",
            consequence="The text after Corollary 6 compares with 1/eps^6 in total, which fits the proof.",
            correction="O(N/eps^4) gradient computations per meta iteration", weight=68,
        ),
        relation(
            "corollary-6/hessian-count", r, where, "B N D is of order N/eps^2", "D does not depend on eps",
            Relation(y * N * k, "<=", k * (N * y)),
        ),
        relation(
            "derived/corollary-6.C_squ3", r, "derived edition", "C_squ3 < 20", "(17)", at(squ_3, "<", 20),
            audit="derived",
        ),
        relation(
            "derived/corollary-6.C_err", r, "derived edition",
            "C_err1' < 5 sigma_g/16, C_err2' < 3 rho sigma_g/(4 L^2)", "derived Proposition 3",
            at(derived.C_err_1(c, p), "<", five_16), at(derived.C_err_2(c, p), "<", low), audit="derived",
        ),
        relation(
            "derived/corollary-6.theta", r, "derived edition", "bracket of theta' > 0 for B >= 2",
            "the constants above", at(in_place, "<=", bracket), Relation(0, "<", by_B, given_W),
                audit="derived",
        ),
    )  # fmt: skip
