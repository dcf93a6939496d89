"""Theorem 5 (Section 5.1), (37)-(44): convergence of Algorithm 1.

"Applying Lemma 16" multiplies |<grad L, e_k>| by the lower bound of E beta_k where an upper bound is
needed; the repair takes E beta_k <= (E beta_k^2)^(1/2) <= 2/(C_beta L_w).
"""

from __future__ import annotations

from functools import partial

import sympy as sp

from maml_verify.theory import coefficients
from proofs_check.engine.segment import descent, mean_step
from proofs_check.goals import Reading, Relation, Step, Witness, definition, readings, relation  # fmt: skip
from proofs_check.instances.descent import bias_against_gradient, descent_37
from proofs_check.instances.root import half_factor, smaller_factor
from proofs_check.lemmas.descent import (  # fmt: skip
    C_L,
    PRINTED,
    collected,
    entered_19,
    errors,
    i,
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
from proofs_check.lemmas.quadratic_forms import mean_of_draws, sum_of_squares
from proofs_check.lemmas.rate_forms import telescoped, young
from proofs_check.symbols import CONSTANTS, PARAMETERS, B, C_beta, G, K, L, g, s, sigma, u, v, z  # fmt: skip

__all__ = ["steps"]

c, p = CONSTANTS, PARAMETERS
E_G, m_G = sp.symbols("E_G m_G", nonnegative=True)  # E ||G_i||^2, ||E G_i||^2
e2 = sp.Symbol("e2", nonnegative=True)  # ||e_k||^2
delta = sp.Symbol("delta", positive=True)


def root_bound() -> Relation:
    """m > r + sqrt(c chi r) contradicts m^2 <= r (chi + m), where sqrt(c) = 1 + more >= 1."""
    root_r, root_chi, more = sp.symbols("root_r root_chi more", nonnegative=True)
    beyond = root_r**2 + (1 + more) * root_r * root_chi + delta
    return Relation(root_r**2 * (root_chi**2 + beyond), "<", beyond**2)


RESULT, WHERE = "resampling-rate", "proof of Theorem 5"
Z = sp.Symbol("Z", positive=True)
convex = Z**2 / (delta + Z)
solved = root_bound()


def _eq_19() -> tuple[Step, ...]:
    return (
        definition("eq-19", RESULT, "Theorem 5, (19)", "chi, xi, phi, theta"),
    )  # fmt: skip


def _theorem_5_descent() -> tuple[Step, ...]:
    mean_square = Relation((E_G - m_G) / B + m_G, "<=", E_G / B + m_G)
    return (
        relation(
            "theorem-5/descent", RESULT, WHERE,
            "L(w_(k+1)) <= L(w_k) + <grad L(w), w_(k+1) - w_k> + (L_w/2) ||w_(k+1) - w_k||^2",
            "Proposition 1 along the segment; the w printed in grad L(w) read as w_k",
            descent(sp.Integer(1), "move"),
        ),
        relation(
            "theorem-5/conditional", RESULT, WHERE,
            "E L(w_(k+1)) <= L(w_k) - E beta <grad L, grad L + e> + (L_w E beta^2/2) E ||mean G_i||^2",
            "the display before with w_(k+1) - w_k = -beta g; B'_k independent of B_k", *mean_step(bias=True),
        ),
        relation(
            "theorem-5/batch", RESULT, WHERE,
            "E ||mean of B G_i||^2 <= E ||G_i||^2 / B + ||E G_i||^2", "i.i.d."
            " tasks",
            *mean_of_draws(), mean_square,
        ),
        relation(
            "theorem-5/applying-lemma-16", RESULT, WHERE,
            "... <= L(w_k) - (4/(5 C_beta L_w)) ||grad L||^2 + (4/(5 C_beta L_w)) |<grad L, e>| + ...",
            "Lemma 16", Witness(bias_against_gradient, "all alpha < (2^(1/2N) - 1)/L"),
            why="-E beta <grad L, e> <= E beta |<grad L, e>| needs an upper bound of E beta; the lower"
            " bound 4/(5 C_beta L_w) of Lemma 16 is used. It fails where the bias points against a"
            " smaller gradient.",
            consequence="(37)-(40) carry a too small factor of ||e_k||^2; Theorem 5 as printed survives"
            " because C_err1 and C_err2 of (15) are larger than its proof needs.",
            correction="E beta <= 2/(C_beta L_w): 1/C_beta in place of 2/(5 C_beta) at ||e_k||^2 in"
            " (37); 1/2 for 1/5 in xi, 3/2 for 3/5 in theta, with the constants the proof of Proposition"
            " 3 arrives at",
            weight=85, repair=(*young(), repaired()), repaired="E beta <= (E beta^2)^(1/2) <= 2/(C_beta L_w)",
        ),
    )  # fmt: skip


def _eq_37() -> tuple[Step, ...]:
    return (
        relation(
            "eq-37", RESULT, f"{WHERE}, (37)",
            "(4/(5 C_beta)) |<grad L, e>| <= (2/(5 C_beta)) ||grad L||^2 + (2/(5 C_beta)) ||e||^2",
            "Young (from the display before, taken as given)", *young(4 * i / (5 * C_beta)),
        ),
    )  # fmt: skip


def _theorem_5_descent_37() -> tuple[Step, ...]:
    return (
        relation(
            "theorem-5/descent-37", RESULT, f"{WHERE}, (37)",
            "E L(w_(k+1)) <= L(w_k) - (2/(5 C_beta L_w)) ||grad L||^2 + (2/(5 C_beta L_w)) ||e||^2 + ...",
            "the display before, Young", Witness(descent_37, "all alpha < (2^(1/2N) - 1)/L"),
            why="Young's inequality is right, but what it is put into is not: (37) itself fails where e_k is"
            " about -5/4 times grad L.",
            consequence="(38) to (44) hold all the same, with the larger constants of (15).",
            correction="(1/(C_beta L_w)) ||e||^2", root="theorem-5/applying-lemma-16", weight=84,
            repair=(*young(), repaired()), repaired="E beta <= (E beta^2)^(1/2) <= 2/(C_beta L_w)",
        ),
    )  # fmt: skip


def _eq_38() -> tuple[Step, ...]:
    return (
        relation(
            "eq-38.a", RESULT, f"{WHERE}, (38)",
            "first inequality: collects ||e_k||^2 and inserts Proposition 3",
            "||a+b||^2 <= 2||a||^2+2||b||^2, ||a+b+c||^2 <= 3(...)", sum_of_squares("ab"),
                sum_of_squares("abc"),
            Relation(
                -2 * i / (5 * C_beta) * G**2 + 2 * i / (5 * C_beta) * e2
                + 2 / C_beta**2 * i * (square_G / B + 2 * G**2 + 2 * e2),
                "<=", line_38(PRINTED, square_G), upper=((e2, 3 * errors),),
            ),
        ),
        relation(
            "eq-38.b", RESULT, f"{WHERE}, (38)",
            "second inequality: coefficients of ||grad L||^2, xi and phi",
            "Proposition 4", Relation(line_38(PRINTED, square_G), "<=",
                                      collected(PRINTED, squ_3 * sigma**2 + noise),
                                      upper=((square_G, second_moment),)),
        ),
    )  # fmt: skip


def _eq_39() -> tuple[Step, ...]:
    C_l = coefficients.C_l(c, p)
    smooth = s * L + C_L * g
    upper_39 = s * L + C_L * sigma / (1 - C_l) + C_L / (1 - C_l) * G
    mean = (G + C_l * sigma) / (1 - C_l) + sigma
    return (
        relation("eq-39.a", RESULT, f"{WHERE}, (39)", "L_w >= L", "definition", Relation(L, "<=", smooth)),
        relation(
            "eq-39.b", RESULT, f"{WHERE}, (39)", "L_w <= (1+x)^(2N) L + C_L sigma/(1-C_l) + C_L ||grad"
            " L||/(1-C_l)",
            "(i) Assumption 2, Lemma 15",
            Relation(smooth, "<=", upper_39, upper=((g, mean),), admissible=True),
        ),
    )  # fmt: skip


def _eq_40() -> tuple[Step, ...]:
    return (
        relation(
            "eq-40", RESULT, f"{WHERE}, (40)", "(39) put into (38), bracket positive", "theta > 0",
            Relation(-2 / (C_beta * delta) * u * G**2, "<=", -2 / (C_beta * (delta + v)) * u * G**2),
            Relation(i * z, "<=", z / L, given=(1 / L - i,)),
        ),
    )  # fmt: skip


def _theorem_5_theta_chi() -> tuple[Step, ...]:
    return (
        relation(
            "theorem-5/theta-chi", RESULT, WHERE, "... <= L(w_k) + xi/S + phi/B - theta ||grad L||^2/(chi +"
            " ||grad L||)",
            "(19)", recentred(), entered_19(),
        ),
    )  # fmt: skip


def _eq_41() -> tuple[Step, ...]:
    return (
        relation(
            "eq-41", RESULT, f"{WHERE}, (41)", "(1/K) sum_k E theta ||grad L||^2/(chi + ||grad L||) <="
            " Delta/K + xi/S + phi/B",
            "telescoping, L >= L*", *telescoped(z),
        ),
    )  # fmt: skip


def _eq_42() -> tuple[Step, ...]:
    return (
        relation(
            "eq-42", RESULT, f"{WHERE}, (42)", "the mean over k is the mean over uniform zeta", "definition",
            # One term more: the weights 1/K of zeta and the mean over k agree.
            Relation(u / K + v / K, "==", (u + v) / K),
        ),
    )  # fmt: skip


def _theorem_5_convex() -> tuple[Step, ...]:
    return (
        relation(
            "theorem-5/convex", RESULT, WHERE,
            "f(x) = x^2/(c + x) has f'' = 2 c^2/(x + c)^3", "differentiation",
            Relation(sp.diff(convex, Z, 2), "==", 2 * delta**2 / (Z + delta) ** 3),
        ),
    )  # fmt: skip


def _eq_43() -> tuple[Step, ...]:
    return (
        relation(
            "eq-43", RESULT, f"{WHERE}, (43)", "theta (E ||.||)^2/(chi + E ||.||) <= Delta/K + xi/S + phi/B",
            "Jensen: f'' > 0", Relation(0, "<", sp.diff(convex, Z, 2)),
        ),
    )  # fmt: skip


def _eq_44() -> tuple[Step, ...]:
    return (
        readings(
            "eq-44", RESULT, f"{WHERE}, (20) = (44)", "E ||grad L|| <= r + sqrt(c chi r), r = (Delta/K + xi/S"
            " + phi/B)/theta",
            "(43) solved; the factor c is not legible",
            Reading((solved,), "c >= 1"),
            Reading((Witness(smaller_factor, "all c < 1"),), "c < 1"),
            why="(43) allows E ||grad L|| = r/2 + sqrt(chi r + r^2/4), which is above r + sqrt(c chi r) for"
            " small r where c < 1.",
            correction="c = 1",
        ),
    )  # fmt: skip


def _eq_20() -> tuple[Step, ...]:
    survives = (*smaller_terms(), repaired(), recentred(), solved)
    return (
        readings(
            "eq-20", RESULT, "Theorem 5, (20)", "E ||grad L(w_zeta)|| <= r + sqrt(c chi r), c not legible",
            "(37)-(44), repaired",
            Reading(survives, "c >= 1, C_err2 first power"),
            Reading((*survives, larger_reading()), "c >= 1, C_err2 squared"),
            *(Reading((Witness(partial(half_factor, f), "one task, N <= 4"),), f"c = 1/2, C_err2 {label}")
              for f, label in ((coefficients.C_err_2, "first power"), (coefficients.C_err_2_b, "squared"))),
            why="(43) does not give it with c < 1; no instance tried violates it.",
            correction="c = 1",
            tags=("statement",),
        ),
    )  # fmt: skip


def steps() -> tuple[Step, ...]:
    """(19), (20), (37)-(44) and the unnumbered displays."""
    return (
        *_eq_19(),
        *_theorem_5_descent(),
        *_eq_37(),
        *_theorem_5_descent_37(),
        *_eq_38(),
        *_eq_39(),
        *_eq_40(),
        *_theorem_5_theta_chi(),
        *_eq_41(),
        *_eq_42(),
        *_theorem_5_convex(),
        *_eq_43(),
        *_eq_44(),
        *_eq_20(),
    )
