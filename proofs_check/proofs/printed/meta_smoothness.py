"""Proposition 1 (Section 5.1), (26)-(28): the meta gradient is Lipschitz with the constant of (13).

V(m) is the norm of the difference of the products of the first m factors I - alpha H along two paths.
"""

from __future__ import annotations

from maml_verify.theory.printed import meta_smoothness
from proofs_check.goals import Relation, Split, Step, definition, relation
from proofs_check.lemmas.products import bracket, product_steps
from proofs_check.lemmas.quadratic_forms import mean_norm
from proofs_check.symbols import (
    CONSTANTS,
    OBSERVED,
    PARAMETERS,
    L,
    N,
    d,
    g,
    operators,
    q,
    u,
    v,
    y,
    z,
)

__all__ = ["steps"]


def steps() -> tuple[Step, ...]:
    """(13), (14), (26)-(28) and the statement."""
    r, where = "meta-smoothness", "proof of Proposition 1"
    P, Q, a, c = operators("P Q a c")
    first = Split(P * a - Q * c, (((P - Q, v), (a, u)), ((Q, q**N), (a - c, z))), v * u + q**N * z)
    arrived = bracket(N) * d * q**N * g + q ** (2 * N) * L * d
    return (
        definition("eq-13", r, "Proposition 1, (13)", "C_L = ((1+x)^(N-1) alpha rho + ...) (1+x)^N"),
        definition("eq-14", r, "Section 3, (14)", "estimate of the smoothness from B'_k and D_Lk"),
        relation(
            "eq-26.a", r, f"{where}, (26)",
            "||grad L_i(w) - grad L_i(u)|| <= ||P - Q|| ||a|| + (1+x)^N ||a - c||",
            "P a - Q c = (P - Q) a + Q (a - c), N factors of norm <= 1 + x", first,
        ),
        relation(
            "eq-26.b", r, f"{where}, (26)",
            "... <= ||P - Q|| (1+x)^N ||grad l_i(w)|| + (1+x)^N L ||w_N - u_N||",
            "(i) Lemma 12, Lipschitz gradient",
            Relation(
                v * u + q**N * y, "<=", v * q**N * g + q**N * L * z, upper=((u, q**N * g), (y, L * z)),
            ),
        ),
        relation(
            "eq-26.c", r, f"{where}, (26)",
            "... <= V(N) (1+x)^N ||grad l_i(w)|| + (1+x)^(2N) L ||w - u||",
            "(ii) Lemma 11",
            Relation(
                v * q**N * g + q**N * L * z, "<=", v * q**N * g + q ** (2 * N) * L * d,
                upper=((z, q**N * d),),
            ),
        ),
        *product_steps("eq-27", "eq-28", r, f"{where}, (27)-(28)", "V"),
        relation(
            "proposition-1/statement", r, "Proposition 1",
            "||grad L(w) - grad L(u)|| <= ((1+x)^(2N) L + C_L E ||grad l_i(w)||) ||w - u||",
            "(26), (28), Jensen over i",
            Relation(arrived, "==", meta_smoothness(CONSTANTS, PARAMETERS, OBSERVED)),
            mean_norm(),
            tags=("statement",),
        ),
    )  # fmt: skip
