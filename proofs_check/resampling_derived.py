"""Theorem 5, derived edition: E beta_k <= 2/(C_beta L_w) in place of the lower bound, and (43) solved
exactly.
"""

from __future__ import annotations

from maml_verify import constants, derived
from proofs_check.forms import solved_quadratic, young
from proofs_check.model import Reading, Relation, Step, readings, relation
from proofs_check.resampling_algebra import (
    REPAIRED,
    bracket,
    collected,
    descent,
    error_1,
    error_2,
    larger_reading,
    noise,
    recentred,
    repaired,
    second_moment,
    smaller_terms,
    squ_3,
    square_G,
)
from proofs_check.symbols import CONSTANTS, PARAMETERS, C_beta, L, sigma, y

__all__ = ["steps"]


def entered() -> tuple[Relation, Relation]:
    """The formulas of the derived edition are the ones this algebra arrives at."""
    c, p = CONSTANTS, PARAMETERS
    put = {error_1: derived.C_err_1(c, p), error_2: derived.C_err_2(c, p), squ_3: constants.C_squ_3(c, p)}
    xi = 6 / (C_beta * L) * (REPAIRED / 2 + 2 / C_beta) * (error_1**2 + error_2**2 * sigma**2)
    return (
        Relation(xi.subs(put), "==", derived.xi_5(c, p)),
        Relation(bracket(3 * REPAIRED / 2).subs(put), "==", derived.theta_5_bracket(c, p)),
    )


def steps() -> tuple[Step, ...]:
    """The repaired step, the coefficients, the root, and the comparison with what is printed."""
    r, where = "resampling-rate", "derived edition"
    smaller = smaller_terms()
    after = collected(REPAIRED, squ_3 * sigma**2 + noise)
    return (
        relation(
            "derived/resampling-rate.lemma-16", r, where,
            "-(E beta/2) ||grad L||^2 + (E beta/2) ||e||^2 <= -(2/(5 C_beta L_w)) ||grad L||^2 +"
            " ||e||^2/(C_beta L_w)",
            "4/(5 C_beta L_w) <= E beta <= (E beta^2)^(1/2) <= 2/(C_beta L_w)", young(), repaired(),
            Relation(y**2, "<=", square_G, given=(square_G - y**2,)), audit="derived",
        ),
        relation(
            "derived/resampling-rate.collect", r, where, "coefficients with 1/2 and 3/2", "as (38)",
            Relation(descent(REPAIRED, second_moment), "<=", after), recentred(), *entered(), audit="derived",
        ),
        relation(
            "derived/resampling-rate.solve", r, where, "E ||grad L|| <= r/2 + sqrt(chi r + r^2/4)",
            "(43) solved exactly", solved_quadratic(), audit="derived",
        ),
        readings(
            "derived/resampling-rate.comparison", r, where, "xi', theta' and the root are at most those"
            " printed",
            "comparison, term by term",
            Reading(smaller, "C_err2 first power"), Reading((*smaller, larger_reading()), "C_err2 squared"),
            audit="derived",
        ),
    )  # fmt: skip
