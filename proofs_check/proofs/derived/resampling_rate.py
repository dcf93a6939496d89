"""Theorem 5, derived edition: E beta_k <= 2/(C_beta L_w) in place of the lower bound, and (43) solved
exactly.
"""

from __future__ import annotations

from proofs_check.goals import Reading, Relation, Step, readings, relation
from proofs_check.lemmas.descent import (
    REPAIRED,
    Eb,
    collected,
    entered_derived,
    larger_reading,
    line_38,
    noise,
    recentred,
    repaired,
    second_moment,
    smaller_terms,
    squ_3,
    square_G,
)
from proofs_check.lemmas.quadratic_forms import solved_quadratic
from proofs_check.lemmas.rate_forms import mean_square, young
from proofs_check.symbols import sigma

__all__ = ["steps"]


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
            "4/(5 C_beta L_w) <= E beta <= (E beta^2)^(1/2) <= 2/(C_beta L_w)", *young(Eb), repaired(),
            mean_square(), audit="derived",
        ),
        relation(
            "derived/resampling-rate.collect", r, where, "coefficients with 1/2 and 3/2", "as (38)",
            Relation(line_38(REPAIRED, square_G), "<=", after, upper=((square_G, second_moment),)),
            recentred(), entered_derived(), audit="derived",
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
