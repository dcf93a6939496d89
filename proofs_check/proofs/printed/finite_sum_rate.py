"""Theorem 9 (Section 5.2), (55)-(60): convergence of Algorithm 2.

Eb, Eb2 are the moments of beta_k, i is 1/L_w, y the bracket 1/C_beta - (A_squ1/B + 1)/C_beta^2.
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Any

import sympy as sp

from maml_verify.theory import coefficients, derived
from proofs_check.engine.segment import descent, mean_step
from proofs_check.goals import (  # fmt: skip
    Reading,
    Relation,
    Split,
    Step,
    Witness,
    definition,
    readings,
    relation,
)
from proofs_check.instances.finite_sum import one_step_57
from proofs_check.instances.rate import slow_descent
from proofs_check.lemmas.quadratic_forms import mean_of_draws, solved_quadratic
from proofs_check.lemmas.rate_forms import mean_square, telescoped
from proofs_check.symbols import (  # fmt: skip
    CONSTANTS,
    PARAMETERS,
    B,
    C_beta,
    G,
    K,
    L,
    N,
    b,
    g,
    operators,
    q,
    s,
    sigma,
    v,
    y,
    z,
)

__all__ = ["steps"]

c, p = CONSTANTS, PARAMETERS

i, C_b, C_L, A_1, A_2, delta, height = sp.symbols("i C_b C_L A_1 A_2 delta height", positive=True)
E_G, norm = sp.symbols("E_G norm", nonnegative=True)
U = q**N
C_1, C_2 = coefficients.C_1(c, p), coefficients.C_2(c, p)


INSTANCES = (
    (coefficients.C_b_7, Fraction(1), "(21) with (1+x)^(N-1)"),
    (coefficients.C_b_7_b, Fraction(4), "(21) with (1+x)^N - 1"),
)


def line_59(last: sp.Expr, both: sp.Expr | None = None) -> sp.Expr:
    """(C_1/C_L) y ||grad L||^2 over the denominator of (59) whose two last terms are ``last``.

    ``both`` is C_b = C_L of (21) in one of its readings; without it the two stay free.
    """
    C, D_b = (C_L, C_b) if both is None else (both, both)
    below = C_1 / C * s * L + b * C_1 * D_b / C + last + G
    return C_1 / C * y * G**2 / below


def entered_24(C: Any) -> Relation:
    """(59), its denominator ending as printed, is -theta ||grad L||^2/(xi + ||grad L||) + phi/B of (24)."""
    line = -line_59(q ** (3 * N) * b, C(c, p)) + coefficients.A_squ_2(c, p) / (L * C_beta**2 * B)
    theta = coefficients.theta_9(c, p, C).subs(coefficients.theta_9_bracket(c, p), y)
    by_name = -theta * G**2 / (coefficients.xi_9(c, p, C) + G) + coefficients.phi_9(c, p) / B
    return Relation(line, "==", by_name)


def entered_derived(kept: sp.Expr) -> Relation:
    """The same of the derived edition, whose two constants differ."""
    both = {C_L: coefficients.C_L(c, p), C_b: derived.C_b_7(c, p)}
    theta = coefficients.theta_9_scaled(c, p).subs(coefficients.theta_9_bracket(c, p), y) / both[C_L]
    return Relation(
        line_59(kept).subs(both), "==", theta * G**2 / (derived.xi_9_scaled(c, p) / both[C_L] + G)
    )


def with_printed_xi() -> tuple[tuple[Relation, str], ...]:
    """The descent of (59) with xi of (24), for both readings of (21)."""
    xi_24, xi_used = q ** (3 * N) * b, C_2 + C_1 * sigma
    readings_21 = (
        (coefficients.C_b_7, "(21) with (1+x)^(N-1)"),
        (coefficients.C_b_7_b, "(21) with (1+x)^N - 1"),
    )
    return tuple(
        (Relation(line_59(xi_24, f(c, p)), "<=", line_59(xi_used, f(c, p)), admissible=True), label)
        for f, label in readings_21
    )


RESULT, WHERE = "finite-sum-rate", "proof of Theorem 9"
Eb, Eb2, Z = sp.symbols("Eb Eb2 Z", positive=True)
upper = s * L + C_b * b + C_L * (C_2 / C_1 + sigma) + C_L / C_1 * G
first_59 = y * G**2 / upper
kept, printed = sigma + U * (U - 1) * b, U * (U**2 - 1) * b
xi_used, xi_24 = C_2 + C_1 * sigma, q ** (3 * N) * b
solved = solved_quadratic()


def _eq_24() -> tuple[Step, ...]:
    return (
        definition("eq-24", RESULT, "Theorem 9, (24)", "xi, theta, phi (the text lists A_squ1 twice for"
        " A_squ1, A_squ2)"),
    )  # fmt: skip


def _theorem_9_descent() -> tuple[Step, ...]:
    return (
        relation(
            "theorem-9/descent", RESULT, WHERE,
            "L(w_(k+1)) <= L(w_k) - beta <grad L, mean G_i> + (L_w beta^2/2) ||mean G_i||^2",
            "Proposition 7 along the segment, w_(k+1) - w_k = -beta g",
            descent(-sp.Symbol("beta", positive=True), "g"),
        ),
    )  # fmt: skip


def _eq_55() -> tuple[Step, ...]:
    return (
        relation(
            "eq-55", RESULT, f"{WHERE}, (55)",
            "E L(w_(k+1)) <= L(w_k) - E beta ||grad L||^2 + (L_w E beta^2/2) E ||mean G_i||^2",
            "beta independent of an unbiased estimator", *mean_step(bias=False),
        ),
    )  # fmt: skip


def _eq_56() -> tuple[Step, ...]:
    return (
        relation(
            "eq-56", RESULT, f"{WHERE}, (56)", "E ||mean G_i||^2 <= (A_squ1 ||grad L||^2 + A_squ2)/B + ||grad"
            " L||^2",
            "Proposition 8, i.i.d. tasks", *mean_of_draws(),
            Relation((E_G - G**2) / B + G**2, "<=", (A_1 * G**2 + A_2) / B + G**2,
                     upper=((E_G, A_1 * G**2 + A_2),)),
        ),
    )  # fmt: skip


def _eq_57() -> tuple[Step, ...]:
    return (
        readings(
            "eq-57", RESULT, f"{WHERE}, (57)",
            "E L(w_(k+1)) <= L(w_k) - (1/(L_w C_beta) - (A_squ1/B + 1)/(L_w C_beta^2)) ||grad L||^2 +"
            " A_squ2/(L_w C_beta^2 b)", "(55), (56), Lemma 20",
            Reading(
                (
                    Relation(
                        -Eb * G**2 + Eb2 / (2 * i) * ((A_1 * G**2 + A_2) / B + G**2), "<=",
                        -(i / C_beta - i / C_beta**2 * (A_1 / B + 1)) * G**2 + A_2 * i / (C_beta**2 * B),
                        given=(Eb - i / C_beta, 2 * i**2 / C_beta**2 - Eb2),
                    ),
                ),
                "the batch size B, as in (56) and (59)",
            ),
            *(Reading((Witness(partial(one_step_57, f), "one instance"),), f"b of Assumption 5; {label}")
              for f, _, label in INSTANCES),
            why="The glyph in the last denominator is a small b, the constant of Assumption 5: it has a unit,"
            " and with large losses the term is too small.",
            consequence="None: (59) has B.", correction="A_squ2/(L_w C_beta^2 B)",
        ),
    )  # fmt: skip


def _eq_58() -> tuple[Step, ...]:
    a, e = operators("a e")
    smooth = s * L + C_b * b + C_L * g
    return (
        relation("eq-58.a", RESULT, f"{WHERE}, (58)", "L_w >= L", "definition", Relation(L, "<=", smooth)),
        relation(
            "eq-58.b", RESULT, f"{WHERE}, (58)", "L_w <= (1+x)^(2N) L + C_b b + C_L (||grad l_T|| + sigma)",
                "Assumption 5",
            mean_square(), Split(a + e, (((a, norm),), ((e, sigma),)), norm + sigma),
            Relation(smooth, "<=", s * L + C_b * b + C_L * (norm + sigma), upper=((g, norm + sigma),)),
        ),
        relation(
            "eq-58.c", RESULT, f"{WHERE}, (58)", "... <= (1+x)^(2N) L + C_b b + C_L (C_2/C_1 + sigma) +"
            " (C_L/C_1) ||grad L||",
            "(i) Lemma 19",
            Relation(s * L + C_b * b + C_L * (norm + sigma), "<=", upper, upper=((norm, (G + C_2) / C_1),),
                     admissible=True),
        ),
    )  # fmt: skip


def _eq_59() -> tuple[Step, ...]:
    return (
        relation(
            "eq-59.a", RESULT, f"{WHERE}, (59)", "(58) put into (57)", "bracket positive (theta > 0)",
            Relation(-y / (delta + v) * G**2 + z / (L + v), "<=", -y / (delta + v) * G**2 + z / L),
            Relation(-y / delta * G**2, "<=", -y / (delta + v) * G**2),
        ),
        relation(
            "eq-59.b", RESULT, f"{WHERE}, (59)", "first equality: C_1/C_L taken out", "algebra",
            Relation(first_59, "==", line_59(xi_used)),
        ),
        relation(
            "eq-59.c", RESULT, f"{WHERE}, (59)", "C_2 + C_1 sigma = (1+x)^N ((1+x)^(2N) - 1) b",
            "definitions of C_1, C_2 in (74)", Relation(xi_used, "==", printed, admissible=True),
            why="C_2 + C_1 sigma = sigma + (1+x)^N ((1+x)^N - 1) b: sigma is dropped, and the exponent"
            " 2N should be N.",
            consequence="xi of (24) lacks sigma, so (25) does not follow: for sigma larger than about"
            " (1+x)^(3N) b the inequality (60) is not implied by (59).",
            correction="xi = C_1 (1+x)^(2N) L/C_L + C_1 C_b b/C_L + sigma + (1+x)^N ((1+x)^N - 1) b",
                weight=95,
            repair=(Relation(xi_used, "==", kept), Relation(first_59, "==", line_59(kept))),
            repaired="the equality with sigma kept",
        ),
    )  # fmt: skip


def _theorem_9_xi() -> tuple[Step, ...]:
    return (
        relation(
            "theorem-9/xi", RESULT, "Theorem 9, (24)", "C_2 + C_1 sigma <= (1+x)^(3N) b, which xi of (24)"
            " needs", "(59)",
            Relation(xi_used, "<=", xi_24, admissible=True),
            why="The part (1+x)^(3N) b of xi does not bound sigma + (1+x)^N ((1+x)^N - 1) b unless sigma"
            " is small.",
            consequence="Theorem 9 as printed has no proof for large sigma; Corollary 10 inherits it.",
            correction="sigma + (1+x)^N ((1+x)^N - 1) b in place of (1+x)^(3N) b", root="eq-59.c", weight=94,
            repair=(Relation(xi_used, "==", kept),), repaired="derived Theorem 9",
        ),
        relation(
            "theorem-9/theta-xi", RESULT, WHERE,
            "E theta ||grad L||^2/(xi + ||grad L||) <= E (L(w_k) - L(w_(k+1))) + phi/B",
            "(24) (from the last member of (59), taken as given)",
            Relation(printed, "<=", xi_24), Relation(y / (delta + v) * G**2, "<=", y / delta * G**2),
            *(entered_24(f) for f in (coefficients.C_b_7, coefficients.C_b_7_b)),
        ),
    )  # fmt: skip


def _eq_60() -> tuple[Step, ...]:
    convex = Z**2 / (delta + Z)
    theta = sp.Symbol("theta", positive=True)
    return (
        readings(
            "eq-60.a", RESULT, f"{WHERE}, (60)", "(1/K) sum_k E theta ||grad L||^2/(xi + ||grad L||) <="
            " Delta/K + phi/B",
            "telescoping; the descent is the one of (59), with xi as (24) has it",
            *(Reading((goal,), label) for goal, label in with_printed_xi()),
            why="It replaces the denominator of (59) by the smaller xi + ||grad L|| where sigma is large.",
            consequence="(25)", correction="xi with sigma, as above", root="eq-59.c", weight=93,
            repair=(*telescoped(z), Relation(line_59(kept), "==", line_59(xi_used))),
            repaired="true with the corrected xi",
        ),
        relation(
            "eq-60.b", RESULT, f"{WHERE}, (60)",
            "(E ||.||)^2/(xi + E ||.||) <= Delta/(theta K) + phi/(theta B)",
            "Jensen (from the line before, taken as given)", Relation(0, "<", sp.diff(convex, Z, 2)),
            Relation((y / K + z / B) / theta, "==", y / (theta * K) + z / (theta * B)),
        ),
    )  # fmt: skip


def _eq_25() -> tuple[Step, ...]:
    return (
        relation(
            "eq-25", RESULT, "Theorem 9, (25)", "E ||.|| <= r/2 + sqrt(xi r + r^2/4), r = Delta/(theta K) +"
            " phi/(theta B)",
            "quadratic solved (from (60), taken as given)", solved,
        ),
    )  # fmt: skip


def _theorem_9_statement() -> tuple[Step, ...]:
    return (
        readings(
            "theorem-9/statement", RESULT, "Theorem 9", "(25) with xi of (24) (radical of (25) restored;"
            " (60), which it solves, is legible)", "(55)-(60)",
            *(Reading((Witness(partial(slow_descent, f, rho_), "one instance"),), label)
              for f, rho_, label in INSTANCES),
            why="With sigma large the estimate L^ is large, the steps are short, and K steps do not"
            " reach what (25) claims, because xi of (24) does not contain sigma. (60) fails on the same"
            " instance.",
            consequence="Corollary 10 rests on it (its display is not legible beyond 1/K).",
            correction="xi = C_1 (1+x)^(2N) L/C_L + C_1 C_b b/C_L + sigma + (1+x)^N ((1+x)^N - 1) b",
                root="eq-59.c", weight=97,
            repair=(Relation(xi_used, "==", kept), Relation(first_59, "==", line_59(kept)), solved),
            repaired="derived Theorem 9", tags=("statement",),
        ),
        readings(
            "theorem-9/statement-against-proof", RESULT, "Theorem 9",
            "(25) with xi of (24) follows from (59)",
                "(55)-(60)",
            *(Reading((goal, solved), label) for goal, label in with_printed_xi()),
            why="xi of (24) lacks sigma, so (25) does not follow from (59) where sigma is large.",
            consequence="theorem-9/statement",
            correction="the derived xi", root="eq-59.c", weight=92, repair=(Relation(xi_used, "==", kept),
                solved),
            repaired="derived Theorem 9", audit="statement",
        ),
    )  # fmt: skip


def _derived_finite_sum_rate() -> tuple[Step, ...]:
    return (
        relation(
            "derived/finite-sum-rate.xi", RESULT, "derived edition", "xi' = C_1 (1+x)^(2N) L/C_L + C_1 C_b"
            " b/C_L + sigma + (1+x)^N ((1+x)^N - 1) b", "(59) with the constants of the derived"
            " Proposition 7",
            Relation(xi_used, "==", kept), Relation(first_59, "==", line_59(kept)),
            entered_derived(kept), audit="derived",
        ),
        relation("derived/finite-sum-rate.solve", RESULT, "derived edition", "r/2 + sqrt(xi' r + r^2/4)",
            "(60) solved",
                 solved, audit="derived"),
    )  # fmt: skip


def steps() -> tuple[Step, ...]:
    """(24), (25), (55)-(60), the statement and the derived edition."""
    return (
        *_eq_24(),
        *_theorem_9_descent(),
        *_eq_55(),
        *_eq_56(),
        *_eq_57(),
        *_eq_58(),
        *_eq_59(),
        *_theorem_9_xi(),
        *_eq_60(),
        *_eq_25(),
        *_theorem_9_statement(),
        *_derived_finite_sum_rate(),
    )
