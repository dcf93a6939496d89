"""Proposition 7 (Section 5.2), (49)-(53): the meta gradient is Lipschitz in the finite-sum case.

The proof arrives at C_b = kappa ((1+x)^N - 1) and C_L = kappa (1+x)^N, kappa the bracket of (50), which is
(rho/L) (1+x)^(N-1) ((1+x)^N - 1). (21) prints other, larger constants.
"""

from __future__ import annotations

from maml_verify.theory import coefficients, derived
from maml_verify.theory.printed import finite_sum_meta_smoothness, finite_sum_meta_smoothness_b
from proofs_check.goals import Reading, Recursion, Relation, Split, Step, definition, readings, relation
from proofs_check.lemmas.products import bracket, product_steps
from proofs_check.symbols import (  # fmt: skip
    CONSTANTS,
    OBSERVED,
    PARAMETERS,
    L,
    N,
    alpha,
    b,
    d,
    g,
    g_S,
    n,
    operators,
    q,
    rho,
    u,
    v,
    y,
    z,
)

__all__ = ["steps"]

c, o, p = CONSTANTS, OBSERVED, PARAMETERS

RESULT, WHERE = "finite-sum-meta-smoothness", "proof of Proposition 7"
P, Q, a, e = operators("P Q a e")
kappa = bracket(N)
grown = q**N * g + (q**N - 1) * b
arrived = kappa * d * grown + q ** (2 * N) * L * d
printed, printed_b = (f(c, p, o) for f in (finite_sum_meta_smoothness, finite_sum_meta_smoothness_b))


def _eq_21() -> tuple[Step, ...]:
    return (
        definition("eq-21", RESULT, "Proposition 7, (21)", "C_b, C_L"),
    )  # fmt: skip


def _eq_22() -> tuple[Step, ...]:
    return (
        definition("eq-22", RESULT, "Section 4, (22)", "estimate of the smoothness from B'_k"),
    )  # fmt: skip


def _eq_49() -> tuple[Step, ...]:
    return (
        relation(
            "eq-49", RESULT, f"{WHERE}, (49)",
            "||grad L_i(w) - grad L_i(u)|| <= A ||grad l_Ti(w_N)|| + (1+x)^N ||grad l_Ti(w_N) - grad"
            " l_Ti(u_N)||",
            "P a - Q e = (P - Q) a + Q (a - e)",
            Split(P * a - Q * e, (((P - Q, v), (a, u)), ((Q, q**N), (a - e, z))), v * u + q**N * z),
        ),
    )  # fmt: skip


def _eq_50() -> tuple[Step, ...]:
    # (50) is (27)-(28) for the support loss: one entry, with the goals of all its parts.
    fifty = tuple(goal for s in product_steps("x", "x", RESULT, WHERE, "A") for goal in s.readings[0].goals)
    return (
        relation(
            "eq-50", RESULT, f"{WHERE}, (50)",
            "A <= ((1+x)^(N-1) alpha rho + (rho/L) (1+x)^N ((1+x)^(N-1) - 1)) ||w - u||", "as (27), (28)",
                *fifty,
        ),
    )  # fmt: skip


def _eq_51() -> tuple[Step, ...]:
    return (
        relation(
            "eq-51", RESULT, f"{WHERE}, (51)", "(49), (50): <= kappa d ||grad l_Ti(w_N)|| + (1+x)^N L ||w_N -"
            " u_N||",
            "Lipschitz gradient",
            Split(P * a - Q * e, (((P - Q, kappa * d), (a, u)), ((Q, q**N), (a - e, L * z))),
                  kappa * d * u + q**N * L * z),
        ),
    )  # fmt: skip


def _eq_52() -> tuple[Step, ...]:
    move = a - alpha * e
    return (
        relation(
            "eq-52.a", RESULT, f"{WHERE}, (52)", "||grad l_Ti(w_N)|| <= ||grad l_Ti(w)|| + x sum_j (1+x)^j"
            " ||grad l_Si(w)||",
            "(i) Lemma 17", Split(move, (((a, g),), ((-alpha * e, alpha * L * y),)), g + alpha * L * y),
        ),
        relation(
            "eq-52.b", RESULT, f"{WHERE}, (52)", "... <= (1+x)^N ||grad l_Ti(w)|| + ((1+x)^N - 1) b_i",
            "(ii) Assumption 5, geometric sum", Recursion(n, 1, 1, 1, q ** (n - 1),
                (q**n - 1) / (alpha * L), "=="),
            Relation(g + alpha * L * ((q**N - 1) / (alpha * L)) * g_S, "<=", grown, upper=((g_S, g + b),)),
        ),
    )  # fmt: skip


def _eq_53() -> tuple[Step, ...]:
    return (
        relation(
            "eq-53", RESULT, f"{WHERE}, (53)", "||w_N - u_N|| <= (1+x)^N ||w - u||", "as Lemma 11",
            Split(a - alpha * e, (((a, y),), ((-alpha * e, alpha * L * y),)), q * y),
            Recursion(n, 1, q * d, q, 0, q**n * d),
        ),
    )  # fmt: skip


def _proposition_7() -> tuple[Step, ...]:
    return (
        relation(
            "proposition-7/final", RESULT, WHERE,
            "... <= kappa (1+x)^N ||grad l_Ti|| d + kappa ((1+x)^N - 1) b_i d + (1+x)^(2N) L d", "(51)-(53)",
            Relation(
                kappa * d * u + q**N * L * z, "<=",
                kappa * q**N * g * d + kappa * (q**N - 1) * b * d + q ** (2 * N) * L * d,
                upper=((u, grown), (z, q**N * d)),
            ),
        ),
        readings(
            "proposition-7/task", RESULT, WHERE,
            "||grad L_i(w) - grad L_i(u)|| <= ((1+x)^(2N) L + C_b b_i + C_L ||grad l_Ti||) ||w - u||", "(21)",
            Reading((Relation(arrived, "<=", printed),), "(21) with (1+x)^(N-1)"),
            Reading((Relation(arrived, "<=", printed_b),), "(21) with (1+x)^N - 1"),
        ),
        readings(
            "proposition-7/statement", RESULT, "Proposition 7",
            "||grad L(w) - grad L(u)|| <= ((1+x)^(2N) L + C_b b + C_L E ||grad l_Ti||) ||w - u||", "final"
            " display",
            Reading((Relation(arrived, "<=", printed),), "(21) with (1+x)^(N-1)"),
            Reading((Relation(arrived, "<=", printed_b),), "(21) with (1+x)^N - 1"), tags=("statement",),
        ),
        readings(
            "proposition-7/statement-against-proof", RESULT, "Proposition 7, (21)",
            "the constants of (21) equal those the proof arrives at", "comparison",
            *(Reading((Relation(kappa * q**N, "==", C(c, p)), Relation(kappa * (q**N - 1), "==", C(c, p))),
                label)
              for C, label in ((coefficients.C_b_7, "(1+x)^(N-1)"), (coefficients.C_b_7_b, "(1+x)^N - 1"))),
            audit="statement", weight=40,
            why="(21) prints one and the same formula for C_b and C_L, and neither is what the proof"
            " arrives at. The printed ones are larger, so Proposition 7 is true.",
            consequence="(62): the bound of C_b is false for (21), and true for the constant of the proof.",
            correction="C_L = (rho/L) q^(2N-1) (q^N - 1), C_b = (rho/L) q^(N-1) (q^N - 1)^2, q = 1 + x",
        ),
    )  # fmt: skip


def _derived_finite_sum_meta_smoothness() -> tuple[Step, ...]:
    better = derived.finite_sum_meta_smoothness(c, p, o)
    return (
        relation(
            "derived/finite-sum-meta-smoothness", RESULT, "derived edition", "the final display as it is",
                "(49)-(53)",
            Relation(arrived, "==", better),
            Relation(kappa, "==", rho / L * q ** (N - 1) * (q**N - 1)), audit="derived",
        ),
        readings(
            "derived/finite-sum-meta-smoothness.comparison", RESULT, "derived edition",
            "the derived bound is at most the printed one", "comparison",
            Reading((Relation(better, "<=", printed),), "(1+x)^(N-1)"),
            Reading((Relation(better, "<=", printed_b),), "(1+x)^N - 1"), audit="derived",
        ),
    )  # fmt: skip


def steps() -> tuple[Step, ...]:
    """(21), (22), (49)-(53), the statement and the derived edition."""
    return (
        *_eq_21(),
        *_eq_22(),
        *_eq_49(),
        *_eq_50(),
        *_eq_51(),
        *_eq_52(),
        *_eq_53(),
        *_proposition_7(),
        *_derived_finite_sum_meta_smoothness(),
    )
