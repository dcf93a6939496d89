"""Proposition 3 (Section 5.1), (29)-(32): the bias of the meta gradient estimator.

R(m) is the mean norm of the difference of the products of m factors along the sampled and the exact path.
"""

from __future__ import annotations

import sympy as sp

from maml_verify.theory import derived
from maml_verify.theory.printed import estimator_bias, estimator_bias_b
from proofs_check.goals import (  # fmt: skip
    Reading,
    Recursion,
    Relation,
    Split,
    Step,
    definition,
    readings,
    relation,
)
from proofs_check.lemmas.means import C_l
from proofs_check.lemmas.quadratic_forms import independent_products, mean_norm
from proofs_check.symbols import (  # fmt: skip
    CONSTANTS,
    OBSERVED,
    PARAMETERS,
    G,
    L,
    N,
    alpha,
    g,
    k,
    m,
    n,
    operators,
    q,
    rho,
    root_S,
    sigma,
    sigma_g,
    v,
    z,
)

__all__ = ["steps"]


noise = sigma_g / (L * root_S)
err_1 = q**N * (q**N - 1) * sigma_g / root_S
product_bias = (q ** (N - 1) - 1) ** 2 * rho / L * q ** (2 * N - 1) * noise


#: What the glyphs leave of the denominator L sqrt(S), and what the factor makes of it.
LOST = ((sp.Integer(1), "L sqrt(S)"), (L, "sqrt(S)"))
WITHOUT_L = "Without the L the two sides differ in unit, and it fails for L < 1."


def arrived(gradient):  # type: ignore[no-untyped-def]
    """The bound the proof arrives at, with E ||grad l_i|| still in it."""
    return product_bias * gradient + err_1


RESULT, WHERE = "estimator-bias", "proof of Proposition 3"
P, Q, a, c = operators("P Q a c")
mean = (G + C_l * sigma) / (1 - C_l) + sigma
printed = estimator_bias(CONSTANTS, PARAMETERS, OBSERVED)
printed_b = estimator_bias_b(CONSTANTS, PARAMETERS, OBSERVED)
final = arrived((G + sigma) / (1 - C_l))
drift = alpha * rho * q ** (n - 1) * (q ** (n - 1) - 1) * noise
capped = alpha * rho * q ** (N - 1) * (q ** (N - 1) - 1) * noise


def _eq_15() -> tuple[Step, ...]:
    return (
        definition("eq-15", RESULT, "Proposition 3, (15)", "C_err1 = (1+x)^(2N) sigma_g, C_err2 = ..."),
    )  # fmt: skip


def _eq_29() -> tuple[Step, ...]:
    return (
        relation(
            "eq-29", RESULT, f"{WHERE}, (29)", "E G_i(w_k) = E_(S,i) prod (I - alpha H_i(w_j)) grad l_i(w_N)",
            "independent unbiased batches, one factor at a time", *independent_products(),
        ),
    )  # fmt: skip


def _eq_30() -> tuple[Step, ...]:
    return (
        relation(
            "eq-30.a", RESULT, f"{WHERE}, (30)",
            "||E G_i - grad L|| <= E ||P c - Q a||", "(i) Jensen (the norm is convex)",
            mean_norm(),
        ),
        relation(
            "eq-30.b", RESULT, f"{WHERE}, (30)",
            "... <= (1+x)^N E ||grad l_i|| ||P - Q|| + (1+x)^N L E ||w_N - w~_N||",
            "(ii) P c - Q a = (P - Q) a + P (c - a), Lemma 12 on the exact path",
            Split(
                P * c - Q * a, (((P - Q, v), (a, q**N * g)), ((P, q**N), (c - a, L * z))),
                q**N * g * v + q**N * L * z,
            ),
        ),
        relation(
            "eq-30.c", RESULT, f"{WHERE}, (30)",
            "... <= (1+x)^N E ||grad l_i|| R(N) + (1+x)^N ((1+x)^N - 1) sigma_g / sqrt(S)",
            "(iii) Proposition 2, first item",
            Relation(
                q**N * g * v + q**N * L * z, "<=", q**N * g * v + err_1, upper=((z, (q**N - 1) * noise),),
            ),
        ),
    )  # fmt: skip


def _eq_31() -> tuple[Step, ...]:
    return (
        relation(
            "eq-31.a", RESULT, f"{WHERE}, (31)",
            "R(m) <= (1+x)^(m-1) alpha rho E ||w_(m-1) - w~_(m-1)|| + (1+x) R(m-1)", "as (27)",
            Split(
                P * a - Q * c,
                (((P, q ** (m - 1)), (a - c, alpha * rho * z)), ((P - Q, v), (c, q))),
                q ** (m - 1) * alpha * rho * z + q * v,
            ),
        ),
        readings(
            "eq-31.b", RESULT, f"{WHERE}, (31)",
            "... <= alpha rho (1+x)^(m-1) ((1+x)^(m-1) - 1) sigma_g / (L sqrt(S)) + (1+x) R(m-1)"
            " (the L is lost)",
            "(i) Proposition 2, first item, j = m - 1",
            *(Reading((Relation(q ** (m - 1) * alpha * rho * z + q * v, "<=",
                                lost * drift.subs(n, m) + q * v, upper=((z, (q ** (m - 1) - 1) * noise),)),),
                      label) for lost, label in LOST),
            why=WITHOUT_L, correction="L sqrt(S)",
        ),
        relation(
            "eq-31.c", RESULT, f"{WHERE}, (31)",
            "... <= alpha rho (1+x)^(N-1) ((1+x)^(N-1) - 1) sigma_g / (L sqrt(S)) + (1+x) R(m-1)",
            "m <= N",
            # N = m + k.
            Relation(drift.subs(n, m), "<=", capped.subs(N, m + k)),
        ),
    )  # fmt: skip


def _eq_32() -> tuple[Step, ...]:
    return (
        readings(
            "eq-32", RESULT, f"{WHERE}, (32)",
            "R(N) <= ((1+x)^(N-1) - 1)^2 (1+x)^(N-1) rho sigma_g / (L^2 sqrt(S)) (the denominator is lost)",
            "telescoping with R(1) = 0",
            # After n steps; at n = N this is the printed square.
            *(Reading((Recursion(
                n, 1, 0, q, capped,
                lost * (q ** (n - 1) - 1) * (q ** (N - 1) - 1) * q ** (N - 1) * rho * sigma_g
                / (L**2 * root_S)),), f"L {label}") for lost, label in LOST),
            why=WITHOUT_L, correction="L^2 sqrt(S)",
        ),
    )  # fmt: skip


def _proposition_3_final_a() -> tuple[Step, ...]:
    return (
        readings(
            "proposition-3/final.a", RESULT, WHERE,
            "||e_k|| <= ((1+x)^(N-1) - 1)^2 (rho/L) (1+x)^(2N-1) sigma_g/(L sqrt(S)) E ||grad l_i|| + ..."
            " (the L beside sqrt(S) is lost)",
            "(30), (32)",
            *(Reading((Relation(
                q**N * g * v + err_1, "<=", lost * product_bias * g + err_1,
                upper=((v, (q ** (N - 1) - 1) ** 2 * q ** (N - 1) * rho * sigma_g / (L**2 * root_S)),)),),
                label) for lost, label in LOST),
            why=WITHOUT_L, correction="L sqrt(S)",
        ),
        relation(
            "proposition-3/final.b", RESULT, WHERE,
            "... <= (same) (||grad L|| / (1 - C_l) + sigma / (1 - C_l)) + ...", "Lemma 15, Assumption 2",
            Relation(arrived(g), "<=", final, admissible=True, upper=((g, mean),)),
        ),
    )  # fmt: skip


def _eq_16() -> tuple[Step, ...]:
    return (
        readings(
            "eq-16", RESULT, "Proposition 3, (16)",
            "||e_k|| <= C_err1 / sqrt(S) + C_err2 / sqrt(S) (||grad L|| + sigma)", "final display",
            Reading((Relation(final, "<=", printed, admissible=True),), "2 - (1+x)^(2N) to the first power"),
            Reading((Relation(final, "<=", printed_b, admissible=True),), "squared"), tags=("statement",),
        ),
    )  # fmt: skip


def _proposition_3_statement_against_proof() -> tuple[Step, ...]:
    return (
        readings(
            "proposition-3/statement-against-proof", RESULT, "Proposition 3, (15)-(16)",
            "the bound of the statement equals the bound of its proof", "comparison",
            Reading((Relation(final, "==", printed),), "2 - (1+x)^(2N) to the first power"),
            Reading((Relation(final, "==", printed_b),), "squared"), audit="statement", weight=60,
            why="The proof arrives at q^N (q^N - 1) sigma_g and (q^(N-1) - 1)^2 q^(2N-1) rho sigma_g /"
            " ((2 - q^(2N)) L^2), q = 1 + x; (15) prints q^(2N) sigma_g and q^(4N) rho sigma_g / (...)."
            " True, but larger: it does not vanish as x -> 0, and at N = 1 the bias term of the Hessian"
            " product is 0.",
            consequence="(45) and (48) are true for the constants of the proof and false for those of (15).",
            correction="C_err1 = q^N (q^N - 1) sigma_g, C_err2 = q^(2N-1) (q^N - q - (N-1) x) rho"
            " sigma_g / ((2 - q^(2N)) L^2)",
        ),
    )  # fmt: skip


def _derived_estimator_bias() -> tuple[Step, ...]:
    better = derived.estimator_bias(CONSTANTS, PARAMETERS, OBSERVED)
    summed = rho / L * q ** (n - 1) * (q**n - q - (n - 1) * alpha * L) * noise
    return (
        relation(
            "derived/estimator-bias.product", RESULT, "derived edition",
            "R(N) <= (rho/L) (1+x)^(N-1) ((1+x)^N - (1+x) - (N-1) x) sigma_g / (L sqrt(S))",
            "(31) summed with m as it is",
            Recursion(n, 1, 0, q, drift, summed),
            audit="derived",
        ),
        relation(
            "derived/estimator-bias", RESULT, "derived edition",
            "||e_k|| <= (C_err1' + C_err2' (||grad L|| + sigma)) / sqrt(S)", "(30), Lemma 15",
            Relation(
                q**N * g * v + q**N * L * z, "<=", q**N * g * summed.subs(n, N) + err_1,
                upper=((v, summed.subs(n, N)), (z, (q**N - 1) * noise)),
            ),
            Relation(
                q**N * g * summed.subs(n, N) + err_1, "<=", better, admissible=True, upper=((g, mean),),
            ),
            audit="derived",
        ),
        relation(
            "derived/estimator-bias.comparison", RESULT, "derived edition",
            "the derived bound is at most the printed one", "comparison",
            Relation(better, "<=", printed, admissible=True), audit="derived",
        ),
    )  # fmt: skip


def steps() -> tuple[Step, ...]:
    """(15), (16), (29)-(32), the final display, the statement and the derived edition."""
    return (
        *_eq_15(),
        *_eq_29(),
        *_eq_30(),
        *_eq_31(),
        *_eq_32(),
        *_proposition_3_final_a(),
        *_eq_16(),
        *_proposition_3_statement_against_proof(),
        *_derived_estimator_bias(),
    )
