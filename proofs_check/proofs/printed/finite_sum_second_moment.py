"""Proposition 8 (Section 5.2), (23), (54): second moment of the estimator in the finite-sum case."""

from __future__ import annotations

import sympy as sp

from maml_verify.theory import coefficients, derived
from maml_verify.theory.printed import finite_sum_second_moment
from proofs_check.goals import Reading, Relation, Split, Step, Witness, definition, readings, relation
from proofs_check.instances.finite_sum import last_member_of_54
from proofs_check.lemmas.means import variance_of_means
from proofs_check.lemmas.quadratic_forms import sum_of_squares
from proofs_check.symbols import (  # fmt: skip
    CONSTANTS,
    OBSERVED,
    PARAMETERS,
    G,
    N,
    alpha,
    b,
    b2,
    operators,
    q,
    sigma,
    u,
    v,
    y,
    z,
)

__all__ = ["steps"]

c, o, p = CONSTANTS, OBSERVED, PARAMETERS

n = sp.Symbol("n", nonnegative=True)  # ||grad l_T(w_k)||
n2 = n**2

RESULT, WHERE = "finite-sum-second-moment", "proof of Proposition 8"
U = q**N
C_1, C_2 = coefficients.C_1(c, p), coefficients.C_2(c, p)
rest = 2 * U**2 * (U - 1) ** 2 * b2
line_d = 2 * U**4 * (2 / C_1**2 * G**2 + 2 * C_2**2 / C_1**2 + sigma**2) + rest
line_d_at_root = 2 * U**4 * (((G + C_2) / C_1) ** 2 + sigma**2) + rest
line_e = 4 * U**4 / C_1**2 * G**2 + 4 * U**4 * C_2**2 / C_1**2 + 2 * U**4 * (sigma**2 + b2)
of_L, of_l = "||grad L||, as in (23)", "||grad l_T||, as the glyphs show"
lemma_19 = (
    # ||grad l_T|| <= (||grad L|| + C_2)/C_1, and (a + b)^2 <= 2 a^2 + 2 b^2.
    Relation(2 * U**4 * (n2 + sigma**2) + rest, "<=", line_d_at_root, upper=((n, (G + C_2) / C_1),),
             admissible=True),
    Relation(line_d_at_root, "<=", line_d, admissible=True),
)  # fmt: skip
# (1 + alpha)^(4N) >= 1 is all that the printed constant gives in every unit.
least_A2 = 4 * U**8 / C_1**2 * (sigma + b) ** 2 + 2 * (sigma**2 + b2)


def _eq_23() -> tuple[Step, ...]:
    return (
        definition("eq-23", RESULT, "Proposition 8, (23)", "A_squ1, A_squ2"),
    )  # fmt: skip


def _eq_54() -> tuple[Step, ...]:
    P, a = operators("P a")
    return (
        relation(
            "eq-54.a", RESULT, f"{WHERE}, (54)",
            "E ||G_i||^2 <= (1+x)^(2N) E ||grad l_Ti(w_N)||^2", "N factors",
            Split(P * a, (((P, U), (a, v)),), U * v),
            Relation(y**2, "<=", q ** (2 * N) * v**2, upper=((y, U * v),)),
        ),
        relation(
            "eq-54.b", RESULT, f"{WHERE}, (54)",
            "... <= 2 (1+x)^(4N) E ||grad l_Ti||^2 + 2 (1+x)^(2N) ((1+x)^N - 1)^2 E b_i^2", "(52)"
            " squared", sum_of_squares("ab"),
            Relation(U**2 * 2 * ((U * u) ** 2 + ((U - 1) * y) ** 2), "==",
                     2 * U**4 * u**2 + 2 * U**2 * (U - 1) ** 2 * y**2),
        ),
        relation(
            "eq-54.c", RESULT, f"{WHERE}, (54)", "... <= 2 (1+x)^(4N) (||grad l_T||^2 + sigma^2) + (same)",
            "Assumption 5", variance_of_means(),
            Relation(2 * U**4 * (n2 + z) + rest, "<=", 2 * U**4 * (n2 + sigma**2) + rest,
                     upper=((z, sigma**2),)),
        ),
        readings(
            "eq-54.d", RESULT, f"{WHERE}, (54)",
            "... <= 2 (1+x)^(4N) (2 ||grad L||^2/C_1^2 + 2 C_2^2/C_1^2 + sigma^2) + (same)", "(i) Lemma 19",
            Reading(lemma_19, of_L),
            Reading(
                (Relation(2 * U**4 * (n2 + sigma**2) + rest, "<=", line_d.subs(G, n), admissible=True),), of_l
            ),
        ),
        readings(
            "eq-54.e", RESULT, f"{WHERE}, (54)",
            "... <= 4 (1+x)^(4N)/C_1^2 (||grad L||^2 + C_2^2) + 2 (1+x)^(4N) (sigma^2 + b~)", "(1+x)^N -"
            " 1 <= (1+x)^N",
            Reading((Relation(line_d, "<=", line_e, admissible=True),), of_L),
            Reading((Relation(line_d.subs(G, n), "<=", line_e.subs(G, n), admissible=True),), of_l),
        ),
    )  # fmt: skip


def _proposition_8_gradient() -> tuple[Step, ...]:
    return (
        readings(
            "proposition-8/gradient", RESULT, f"{WHERE}, (54)",
            "the last two members of (54), which 'the definitions (23)' turn into A_squ1 ||grad L||^2 +"
            " A_squ2", "(i) Lemma 19",
            Reading((*lemma_19, Relation(line_d, "<=", line_e, admissible=True)), of_L),
            Reading((Witness(last_member_of_54, "one instance"),), of_l),
            why="The glyphs of the last two members show ||grad l_T(w_k)||^2 where (i) Lemma 19 has brought"
            " in ||grad L(w_k)||^2; so read they are true and useless.",
            consequence="None: (23) and Proposition 8 have ||grad L||.",
            correction="||grad L(w_k)||^2 in the last two members of (54)", audit="statement",
        ),
    )  # fmt: skip


def _eq_54_f() -> tuple[Step, ...]:
    return (
        relation(
            "eq-54.f", RESULT, f"{WHERE}, (54)", "C_2 < ((1+x)^(2N) - 1)(sigma + b)", "(1+x)^N ((1+x)^N - 1)"
            " < ... (b > 0)",
            Relation(C_2, "<", (U**2 - 1) * (sigma + b)),
        ),
    )  # fmt: skip


def _proposition_8_statement() -> tuple[Step, ...]:
    proof_A2 = 4 * U**4 * (U**2 - 1) ** 2 / C_1**2 * (sigma + b) ** 2 + 2 * U**4 * (sigma**2 + b2)
    A_1 = coefficients.A_squ_1(c, p)
    units = 2 * U**4 * (sigma**2 + b2)
    printed_term = 2 * (1 + alpha) ** (4 * N) * (sigma**2 + b2)
    return (
        relation(
            "proposition-8/statement", RESULT, "Proposition 8", "E ||G_i||^2 <= A_squ1 ||grad L||^2 + A_squ2",
            "(54) before its last line, with (1 + alpha)^(4N) >= 1",
            # (1 + alpha)^(4N) = 1 + y.
            Relation(line_d, "<=", finite_sum_second_moment(c, p, o).subs((1 + alpha) ** (4 * N), 1 + y),
                     admissible=True),
            Relation(1, "<=", (1 + alpha) ** (4 * N)),
            *lemma_19, tags=("statement",),
        ),
        relation(
            "proposition-8/units", RESULT, "Proposition 8, (23)", "2 (1+x)^(4N) (sigma^2 + b~) <= 2 (1 +"
            " alpha)^(4N) (sigma^2 + b~), which '(54) and the definitions (23)' needs", "(54)",
                Relation(units, "<=",
                printed_term),
            why="(1 + alpha)^(4N) is printed where (1 + alpha L)^(4N) is meant: alpha has a unit. For L"
            " > 1 the term of the proof is larger.", consequence="Proposition 8 survives: the first term"
            " of A_squ2"
            " absorbs it.",
            correction="A_squ2 = 4 (1+x)^(4N) C_2^2/C_1^2 + 2 (1+x)^(4N) sigma^2 + 2 (1+x)^(2N) ((1+x)^N"
            " - 1)^2 b~",
            audit="units", weight=48, repair=(Relation(line_d, "<=", A_1 * G**2 + least_A2,
                admissible=True),),
            repaired="2 (1+x)^(2N) ((1+x)^N - 1)^2 <= 2, and the first term absorbs the rest",
        ),
        relation(
            "proposition-8/statement-against-proof", RESULT, "Proposition 8, (23)",
            "A_squ2 of (23) equals 4 (1+x)^(4N) ((1+x)^(2N) - 1)^2/C_1^2 (sigma+b)^2 + 2 (1+x)^(4N)"
            " (sigma^2 + b~)",
            "comparison", Relation(coefficients.A_squ_2(c, p), "==", proof_A2), audit="statement", weight=35,
            why="(23) prints (1+x)^(8N) where the proof has (1+x)^(4N) ((1+x)^(2N) - 1)^2: true, but it"
            " does not vanish as x -> 0.", consequence="(61): the bound of A_squ2 is false for (23).",
            correction="the constant of the proof",
        ),
    )  # fmt: skip


def _derived_finite_sum_second_moment() -> tuple[Step, ...]:
    return (
        relation(
            "derived/finite-sum-second-moment", RESULT, "derived edition", "the line of (54) before b~ is"
            " enlarged", "(54)",
            Relation(line_d, "==", derived.finite_sum_second_moment(c, p, o)), audit="derived",
        ),
        relation(
            "derived/finite-sum-second-moment.comparison", RESULT, "derived edition",
            "at most the printed bound",
            "comparison", Relation(derived.A_squ_2(c, p), "<=", least_A2, admissible=True), audit="derived",
        ),
    )  # fmt: skip


def steps() -> tuple[Step, ...]:
    """(23), (54), the statement, units and the derived edition."""
    return (
        *_eq_23(),
        *_eq_54(),
        *_proposition_8_gradient(),
        *_eq_54_f(),
        *_proposition_8_statement(),
        *_derived_finite_sum_second_moment(),
    )
