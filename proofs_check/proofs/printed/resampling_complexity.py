"""Corollary 6 (Section 5.1), (45)-(48): constants at alpha = 1/(8 N L), C_beta = 100.

D enters C_squ1 and C_squ3 through sigma_H^2/(L^2 D) <= 1, with D = (sigma_H^2/L^2)(1 + extra).
"""

from __future__ import annotations

from functools import partial

import sympy as sp

from maml_verify.theory import coefficients
from proofs_check.goals import Reading, Relation, Step, Witness, illegible, readings, relation  # fmt: skip
from proofs_check.instances.counts import small_theta
from proofs_check.lemmas.corollary_step import at, below_exponential
from proofs_check.proofs.derived.resampling_complexity import entered, falls_with_D
from proofs_check.symbols import (  # fmt: skip
    CONSTANTS,
    PARAMETERS,
    B,
    L,
    N,
    T,
    q,
    rho,
    root_S,
    s,
    sigma,
    sigma_g,
    sigma_H,
    x,
)

__all__ = ["steps"]

c = CONSTANTS

R = sp.Rational
extra = sp.Symbol("extra", nonnegative=True)
t = sp.Symbol("t", positive=True)
r2 = 1 + 2 * x + 2 * x**2
#: The hypotheses on D and S, met with equality at extra = 0.
p = PARAMETERS._replace(D=sigma_H**2 / L**2, C_beta=sp.Integer(100))
p_units = PARAMETERS._replace(D=sigma_H**2 * L**2, C_beta=sp.Integer(100))
S_least = 15 * rho**2 * sigma_g**2 / L**4
squ_3 = 6 * r2**N * s / (2 - s) ** 2
W = sp.Symbol("W", nonnegative=True)  # rho^2 sigma_g^2/(L^4 S), at most 1/15
given_W = (R(1, 15) - W,)


def theta_printed(three_fifths: sp.Expr) -> sp.Expr:
    """The bracket printed in (48), W = rho^2 sigma_g^2/(L^4 S)."""
    return R(1, 5) - three_fifths * R(9, 16) * W - R(11, 100) / B - R(1, 50)


RESULT, WHERE = "resampling-complexity", "proof of Corollary 6"
e = sp.exp
C_L = coefficients.C_L(c, p)
# Equality at the least D, and C_squ1 falls with D.
least_D = (
    Relation(coefficients.C_squ_1(c, p), "==", 3 * r2**N * sigma_g**2),
    falls_with_D(coefficients.C_squ_1),
)


def _eq_45() -> tuple[Step, ...]:
    err_2, err_2b = coefficients.C_err_2(c, p), coefficients.C_err_2_b(c, p)
    log_gap = t - sp.log(1 + t)
    low, quarter = 3 * rho * sigma_g / (4 * L**2), 3 * rho * sigma_g / L**2
    return (
        relation("eq-45.a", RESULT, f"{WHERE}, (45)", "(1+x)^N = (1 + 1/(8N))^N", "x = 1/(8N)",
                 at(q**N, "==", (1 + 1 / (8 * N)) ** N)),
        relation("eq-45.b", RESULT, f"{WHERE}, (45)",
                 "(1 + 1/(8N))^N = e^(N log(1 + 1/(8N))) < e^(1/8) < 5/4",
                 "log(1 + t) < t", below_exponential(log_gap, "q"), Relation(e(R(1, 8)), "<", R(5, 4)),
                 at(q**N, "<", R(5, 4))),
        relation("eq-45.c", RESULT, f"{WHERE}, (45)",
                 "(1+x)^(2N) < e^(1/4) < 3/2", "square of the line before",
                 below_exponential(log_gap, "q"), Relation(e(R(1, 4)), "<", R(3, 2)), at(s, "<", R(3, 2))),
        relation(
            "eq-45.d", RESULT, f"{WHERE}, (45)", "C_err1 < 5 sigma_g/16", "(15)",
            at(coefficients.C_err_1(c, p), "<", 5 * sigma_g / 16),
            why="C_err1 of (15) is (1+x)^(2N) sigma_g >= sigma_g; the bound is right for the (1+x)^N"
            " ((1+x)^N - 1) sigma_g that the proof of Proposition 3 arrives at.",
            consequence="(48): the bound of xi.", correction="C_err1 = (1+x)^N ((1+x)^N - 1) sigma_g in (15)",
            root="proposition-3/statement-against-proof", weight=45, repair=(entered("C_err1"),),
            repaired="for the constant of the proof: C_err1' < 5 sigma_g/32",
        ),
        readings(
            "eq-45.e", RESULT, f"{WHERE}, (45)", "C_err2 < 3 rho sigma_g/(4 L^2) (denominator lost)", "(15)",
            Reading((at(err_2, "<", low),), "4 L^2; (15) first power"),
            Reading((at(err_2b, "<", low),), "4 L^2; (15) squared"),
            Reading((at(err_2, "<", quarter),), "L^2; (15) first power"),
            Reading((at(err_2b, "<", quarter),), "L^2; (15) squared"),
            why="With (15) it holds only for the denominator L^2 and the first power; (48) uses 9/16 ="
            " (3/4)^2.",
            correction="C_err2 as the proof of Proposition 3 arrives at: < rho sigma_g/(64 L^2)",
            repair=(entered("C_err2"),), repaired="for the constant of the proof: < rho sigma_g/(64 L^2)",
        ),
    )  # fmt: skip


def _eq_46() -> tuple[Step, ...]:
    return (
        relation("eq-46.a", RESULT, f"{WHERE}, (46)", "C_squ1 <= 3 (1 + 2x + 2x^2)^N sigma_g^2", "D >="
        " sigma_H^2/L^2",
                 *least_D),
    )  # fmt: skip


def _corollary_6_d() -> tuple[Step, ...]:
    return (
        readings(
            "corollary-6/D", RESULT, "Corollary 6", "D as printed in the statement gives C_squ1 <= 3"
            " (1+2x+2x^2)^N sigma_g^2",
            "glyphs 'σ2 HL2': a fraction or a product",
            Reading(least_D, "D >= sigma_H^2 / L^2"),
            Reading(
                (at(coefficients.C_squ_1(c, p_units), "<=", 3 * r2**N * sigma_g**2),), "D >= sigma_H^2 L^2"
            ),
            why="sigma_H^2 L^2 has a unit; the proof has sigma_H^2/L^2.", correction="D >= sigma_H^2/L^2",
        ),
    )  # fmt: skip


def _eq_46_b() -> tuple[Step, ...]:
    log_gap_2 = 2 * t + 2 * t**2 - sp.log(1 + 2 * t + 2 * t**2)
    return (
        relation("eq-46.b", RESULT, f"{WHERE}, (46)",
                 "3 (1+2x+2x^2)^N < 3 e^(9/32) < 4", "log(1 + t) < t, N >= 1",
                 below_exponential(log_gap_2, "r"), Relation(R(1, 4) + 1 / (32 * N), "<=", R(9, 32)),
                 Relation(3 * e(R(9, 32)), "<", 4), at(3 * r2**N, "<", 4)),
        relation("eq-46.c", RESULT, f"{WHERE}, (46)", "C_squ2 < 1.3 sigma_g^2/8 < sigma_g^2/5", "(17)",
                 at(coefficients.C_squ_2(c, p), "<", R(13, 80) * sigma_g**2),
                 Relation(R(13, 80) * sigma_g**2, "<", sigma_g**2 / 5)),
    )  # fmt: skip


def _corollary_6_c_squ3() -> tuple[Step, ...]:
    return (
        relation(
            "corollary-6/C_squ3", RESULT, f"{WHERE}, (46)",
            "C_squ3 <= 11", "(17)", at(coefficients.C_squ_3(c, p),
                "<=", 11),
            why="C_squ3 = 6 (...)^N (1+x)^(2N)/(2 - (1+x)^(2N))^2 is between 18 and 20 for every N at the"
            " least D, and above 35/2 at any D.",
            consequence="(48): phi and theta; at the least D theta > 0 then needs B >= 2.",
            correction="C_squ3 < 39/2",
                weight=60,
            repair=(entered("C_squ3"),), repaired="C_squ3 < 39/2",
        ),
    )  # fmt: skip


def _eq_46_d() -> tuple[Step, ...]:
    return (
        relation("eq-46.d", RESULT, f"{WHERE}, (46)", "C_squ3 with D = sigma_H^2/L^2 as in the line before",
            "(17)",
                 at(coefficients.C_squ_3(c, p), "==", squ_3)),
    )  # fmt: skip


def _eq_47() -> tuple[Step, ...]:
    return (
        relation("eq-47.a", RESULT, f"{WHERE}, (47)", "C_L < (75/128) rho/L < (3/5) rho/L", "(13), (45)",
                 at(C_L, "<", R(75, 128) * rho / L), Relation(R(75, 128) * rho / L, "<", R(3, 5) * rho / L)),
        relation("eq-47.b", RESULT, f"{WHERE}, (47)", "C_L > (rho/L) (N - 1) x", "(i) (1+a)^n > 1 + a n",
                 at(rho / L * (N - 1) * x, "<", C_L)),
        relation(
            "eq-47.c", RESULT, f"{WHERE}, (47)", "(rho/L) (N - 1) x > rho/(16 L)", "x = 1/(8N)",
            at(rho / (16 * L), "<", rho / L * (N - 1) * x),
            why="(N-1)/(8N) > 1/16 only for N > 2: it is 0 at N = 1 and equal at N = 2.",
            consequence="None: C_L > rho/(16 L) is true for every N.",
            correction="C_L > (7/50) rho/L", weight=25,
            repair=(at(rho / (16 * L), "<", C_L), entered("C_L-lower")),
            repaired="C_L > (7/50) rho/L directly",
        ),
    )  # fmt: skip


def _corollary_6_c_l_lower() -> tuple[Step, ...]:
    return (
        relation("corollary-6/C_L-lower", RESULT, f"{WHERE}, (47)", "C_L > rho/(16 L)", "the chain",
                 at(rho / (16 * L), "<", C_L)),
    )  # fmt: skip


def _eq_48() -> tuple[Step, ...]:
    phi_bound = (3 * sigma_g**2 / T + sigma_g**2 / (5 * root_S**2) + 11 * sigma**2) / (5000 * L)
    ratio = rho**2 * sigma_g**2 / (L**4 * root_S**2)
    return (
        illegible("eq-48.xi", RESULT, f"{WHERE}, (48)",
                  "xi < ... sigma_g^2", "only the tail 'σ2 g,' survives"),
        relation(
            "eq-48.phi.a", RESULT, f"{WHERE}, (48)", "phi <= (3 sigma_g^2/T + sigma_g^2/(5 S) + 11"
            " sigma^2)/(5000 L)",
            "(46)", at(coefficients.phi_5(c, p), "<=", phi_bound),
            why="C_squ1 is 3 (1+2x+2x^2)^N sigma_g^2 > 3 sigma_g^2 ((46) itself says < 4 sigma_g^2), and"
            " C_squ3 > 11.",
            consequence="Constants of Corollary 6 only.",
            correction="phi <= (31 sigma_g^2/(8 T) + sigma_g^2/(8 S) + 39 sigma^2/2)/(5000 L)", weight=30,
            repair=(entered("phi"),), repaired="31/8, 1/8 and 39/2 in place of 3, 1/5 and 11",
        ),
        relation("eq-48.phi.b", RESULT, f"{WHERE}, (48)",
                 "... < (sigma_g^2 + 3 sigma^2)/(1000 L)", "T, S >= 1",
                 Relation(phi_bound.subs(root_S, 1 + extra), "<", (sigma_g**2 + 3 * sigma**2) / (1000 * L))),
        relation("eq-48.theta.prefactor", RESULT, f"{WHERE}, (48)",
                 "2 (2 - (1+x)^(2N))/(100 C_L) >= L/(60 rho)",
                 "(45), (47)", at(L / (60 * rho), "<=", 2 * (2 - s) / (100 * C_L))),
        readings(
            "eq-48.theta.a", RESULT, f"{WHERE}, (48)",
            "bracket of theta >= 1/5 - (3/5)(9/16) rho^2 sigma_g^2/(L^4 S) - 11/(100 B) - 1/50", "(45), (46)",
            *(Reading((at(theta_printed(three).subs(W, ratio), "<=", coefficients.theta_5_bracket(c, p, err),
                          (root_S**2 - S_least,)),), f"coefficient {three}; (15) {label}")
              for err, label in ((coefficients.C_err_2, "first power"), (coefficients.C_err_2_b, "squared"))
              for three in (R(3, 5), R(33, 50))),
            why="C_squ3 is about 18 to 20 and not 11, and C_err2 of (15) is not below 3 rho sigma_g/(4 L^2).",
            consequence="theta > 0, which Theorem 5 requires, does not follow from the choices of"
            " Corollary 6.",
            correction="with the constants of the proof of Proposition 3 and C_squ3 < 39/2: bracket >="
            " 83/1000 for B >= 2 and S >= rho^2 sigma_g^2/L^4",
            root="corollary-6/C_squ3", weight=58, repair=(entered("bracket"),), repaired="bracket >= 83/1000",
        ),
        readings(
            "eq-48.theta.b", RESULT, f"{WHERE}, (48)",
            "... >= L/(1500 rho) (its sign is '='; what stands before is lost)",
            "S >= 15 rho^2 sigma_g^2/L^4, B >= 1",
            *(Reading((Relation(R(60, 1500), "<=", theta_printed(a), given_W),), f"coefficient {a}")
              for a in (R(3, 5), R(33, 50))),
        ),
    )  # fmt: skip


def _corollary_6_theta_positive() -> tuple[Step, ...]:
    bracket = coefficients.theta_5_bracket(c, p).subs(root_S, sp.sqrt(S_least) * (1 + extra))
    bracket_b = coefficients.theta_5_bracket(c, p, coefficients.C_err_2_b).subs(
        root_S, sp.sqrt(S_least) * (1 + extra)
    )
    roomy = coefficients.theta_5_bracket(c, p._replace(S=10 * S_least * (1 + extra), B=B + 1))
    return (
        readings(
            "corollary-6/theta-positive", RESULT, "Corollary 6", "theta > 0 at alpha = 1/(8NL), C_beta = 100,"
            " S >= 15 rho^2 sigma_g^2/L^4, D >= sigma_H^2/L^2, B >= 1", "needed for the setting of Theorem 5",
            Reading((at(0, "<", bracket),), "theta > 0 is to follow from the choices; (15) first power"),
            Reading((at(0, "<", bracket_b),), "theta > 0 is to follow from the choices; (15) squared"),
            Reading((at(0, "<", roomy),), "theta > 0 is itself a hypothesis (setting of Theorem 5): B >= 2"
            " and ten times the least S meet it, C_err2 first power"),
            why="With C_err2 of (15) the bracket of theta is negative at the least S and B allowed.",
            consequence="Corollary 6 is not an instance of Theorem 5 as printed.",
            correction="C_err2 of the proof of Proposition 3 and B >= 2", weight=75,
            repair=(entered("bracket"),), repaired="bracket >= 83/1000 for B >= 2 with the derived constants",
        ),
    )  # fmt: skip


def _eq_48_theta_c() -> tuple[Step, ...]:
    return (
        readings(
            "eq-48.theta.c", RESULT, f"{WHERE}, (48)",
            "theta >= L/(1500 rho), even if theta > 0 is a hypothesis",
            "the two lines before",
            Reading(
                (Witness(partial(small_theta, coefficients.C_err_2), "one instance"),), "(15) first power"
            ),
            Reading((Witness(partial(small_theta, coefficients.C_err_2_b), "one instance"),), "(15) squared"),
            why="theta can be positive and smaller at batch sizes that Corollary 6 allows, because"
            " C_err2 of (15) and C_squ3 are larger than (45), (46) say.",
            consequence="The constants of the rate of Corollary 6; with S, B large enough theta is"
            " bounded below again.",
            correction="with C_err2 of the proof of Proposition 3 and B >= 2: theta >= L/(144 rho)",
            root="corollary-6/C_squ3", weight=74, repair=(entered("bracket"), entered("theta")),
            repaired="theta >= L/(144 rho) for B >= 2 with the derived constants",
        ),
        relation("eq-48.chi", RESULT, f"{WHERE}, (48)", "chi <= 24 L^2/rho + sigma", "(45), (47)",
                 at(coefficients.chi_5(c, p), "<=", 24 * L**2 / rho + sigma)),
    )  # fmt: skip


def steps() -> tuple[Step, ...]:
    """(45)-(48)."""
    return (
        *_eq_45(),
        *_eq_46(),
        *_corollary_6_d(),
        *_eq_46_b(),
        *_corollary_6_c_squ3(),
        *_eq_46_d(),
        *_eq_47(),
        *_corollary_6_c_l_lower(),
        *_eq_48(),
        *_corollary_6_theta_positive(),
        *_eq_48_theta_c(),
    )
