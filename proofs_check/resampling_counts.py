"""Corollary 6 (Section 5.1), after (48): batch sizes and counts."""

from __future__ import annotations

from maml_verify import constants
from proofs_check.corollary_steps import at
from proofs_check.instance_counts import gradient_count
from proofs_check.model import Reading, Relation, Step, Witness, definition, illegible, readings, relation
from proofs_check.resampling_complexity import c, p
from proofs_check.resampling_complexity_derived import counts, entered
from proofs_check.symbols import L, N, k, rho, sigma, sigma_g, y

__all__ = ["steps"]


def steps() -> tuple[Step, ...]:
    """Sizes and counts."""
    r, where = "resampling-complexity", "proof of Corollary 6"
    size_B = constants.B_prime_5(c, p)
    return (
        readings(
            "corollary-6/size-of-B'", r, where,
            "4 C_L^2 sigma^2/(3 (1+x)^(4N) L^2) <= (4 sigma^2/(3 L^2)) (3 rho/(5 L))", "(47)",
            Reading((at(size_B, "<=", 4 * sigma**2 / (3 * L**2) * (3 * rho / (5 * L))),), "no square"),
            Reading((at(size_B, "<=", 4 * sigma**2 / (3 * L**2) * (3 * rho / (5 * L)) ** 2),),
                    "square of 3 rho/(5 L), lost with its bracket"),
            why="Without the square the two sides differ in unit and the relation fails for large rho/L.",
            correction="(3 rho/(5 L))^2; with (13) and (1+x)^(2N) together, 16 rho^2 sigma^2/(675 L^4)",
            repair=(entered("B'"),), repaired="16 rho^2 sigma^2/(675 L^4)",
        ),
        relation(
            "corollary-6/size-of-D_L", r, where,
            "64 sigma_g^2 C_L^2/((1+x)^(4N) L^2) is below a multiple of sigma_g^2", "(47)",
            at(constants.D_L_5(c, p), "<", 64 * (3 * rho / (5 * L)) ** 2 * sigma_g**2 / L**2),
        ),
        definition("corollary-6/rate", r, "Corollary 6", "O(...) bound of the rate: constants left open"),
        definition("corollary-6/batches", r, where, "S, B, TB, K of order 1/eps^2 (constants left open)"),
        illegible("corollary-6/reached", r, where, "E ||grad L|| <= O(1/K + eps^2/sigma + ...)",
                  "only 'O 1 1 K + 1 σϵ2' survives"),
        relation(
            "corollary-6/gradient-count", r, "Corollary 6",
            "B (NS + T) + |B'||D_L| is of order N/eps^2 per meta iteration", "statement; its proof has"
            " N/eps^4",
            Witness(gradient_count, "all N >= 1"), audit="statement",
            why="B and S are both of order 1/eps^2, so B N S is of order N/eps^4, as the proof says; the"
            " statement prints O(N/eps^2) gradient computations.",
            consequence="The text after Corollary 6 compares with 1/eps^6 in total, which fits the proof.",
            correction="O(N/eps^4) gradient computations per meta iteration", weight=68,
            repair=counts(), repaired="N/eps^4, with the count at eps = 1 as constant",
        ),
        relation(
            "corollary-6/hessian-count", r, where, "B N D is of order N/eps^2", "D does not depend on eps",
            Relation(y * N * k, "<=", k * (N * y)),
        ),
    )  # fmt: skip
