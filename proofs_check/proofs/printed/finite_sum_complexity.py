"""Corollary 10 (Section 5.2), (61)-(63): constants at alpha = 1/(8 N L), C_beta = 80.

b~ = E b_i^2 is written b^2 + slack, since it is at least (E b_i)^2.
"""

from __future__ import annotations

from functools import partial

import sympy as sp

from maml_verify.theory import coefficients, derived
from proofs_check.goals import Reading, Relation, Step, Witness, illegible, readings, relation
from proofs_check.instances.counts import batch_size
from proofs_check.instances.order import slow_order
from proofs_check.instances.rate import iterations
from proofs_check.lemmas.corollary_step import at, below_exponential
from proofs_check.lemmas.counting import FINITE_SUM, GRADIENT, HESSIAN, SIZES, counted
from proofs_check.proofs.derived.finite_sum_complexity import counts, entered, sizes
from proofs_check.proofs.derived.finite_sum_order import rate, rate_for_given_data
from proofs_check.proofs.printed.resampling_counts import of_order_in_eps
from proofs_check.symbols import CONSTANTS, PARAMETERS, L, N, b, b2, q, rho, sigma, v, x, y  # fmt: skip

__all__ = ["steps"]

c = CONSTANTS

R = sp.Rational
slack = sp.Symbol("slack", nonnegative=True)
t = sp.Symbol("t", positive=True)
p = PARAMETERS._replace(C_beta=sp.Integer(80))
READINGS = (
    (coefficients.C_b_7, "(21) with (1+x)^(N-1)"),
    (coefficients.C_b_7_b, "(21) with (1+x)^N - 1"),
)

RESULT, WHERE = "finite-sum-complexity", "proof of Corollary 10"
A_2_derived = derived.A_squ_2(c, p).subs(b2, b**2 + slack)
bound_A2 = 8 * (sigma + b) ** 2 + 4 * (sigma**2 + b**2 + slack)


def _eq_61() -> tuple[Step, ...]:
    A_2 = coefficients.A_squ_2(c, p).subs(b2, b**2 + slack)
    return (
        relation("eq-61.a", RESULT, f"{WHERE}, (61)", "(1+x)^(4N) < e^0.5 < 2", "log(1 + t) < t",
                 below_exponential(t - sp.log(1 + t), "q"), Relation(sp.exp(R(1, 2)), "<", 2),
                     at(q ** (4 * N), "<", 2)),
        relation("eq-61.b", RESULT, f"{WHERE}, (61)",
                 "A_squ1 < 32", "(23)", at(coefficients.A_squ_1(c, p), "<", 32)),
        relation(
            "eq-61.c", RESULT, f"{WHERE}, (61)",
            "A_squ2 < 8 (sigma + b)^2 + 4 (sigma^2 + b~)", "(23)", at(A_2,
                "<", bound_A2),
            why="4 (1+x)^(8N)/(2 - (1+x)^(2N))^2 of (23) is about 19 to 21, not below 8; and (1 +"
            " alpha)^(4N) is not bounded for small L.", consequence="(63): phi. Constants of Corollary 10"
            " only.",
            correction="for the A_squ2 the proof of Proposition 8 arrives at: A_squ2 <= (21/20) (sigma + 8"
            " b/15)^2 + 10 sigma^2/3 + b~/20",
            root="proposition-8/statement-against-proof", weight=44,
            repair=(at(A_2_derived, "<", bound_A2), entered("A_squ2")),
            repaired="true for the constant of the proof, and smaller",
        ),
    )  # fmt: skip


def _eq_62() -> tuple[Step, ...]:
    proof = coefficients.C_L(c, p)
    middle = (5 * rho / (32 * N * L) + 5 * rho / (16 * L)) * R(5, 4)
    middle_b = R(15, 32) * rho / L / 4
    last_b = Relation(middle_b, "<", rho / (8 * L))
    both = ((f(c, p), label) for f, label in READINGS)
    C_7 = list(both)
    return (
        readings(
            "eq-62.a", RESULT, f"{WHERE}, (62)", "C_L < (5 rho/(32 N L) + 5 rho/(16 L)) (5/4) (partly lost)",
                "(21)",
            *(Reading((at(C, "<", middle),), label) for C, label in C_7),
            why="False for the first reading of (21), true for the second and for the constant of the proof.",
            correction="C_L of the proof of Proposition 7, which is below (11/64) rho/L",
            repair=(at(proof, "<", middle), entered("C_L-upper")),
            repaired="for the constant of the proof: C_L < (11/64) rho/L",
        ),
        relation("eq-62.b", RESULT, f"{WHERE}, (62)", "(5 rho/(32 N L) + 5 rho/(16 L)) (5/4) < 3 rho/(5 L)",
            "N >= 1",
                 Relation(middle, "<", 3 * rho / (5 * L))),
        readings("eq-62.c", RESULT, f"{WHERE}, (62)", "C_L > (rho/L) ((1+x)^(N-1) - 1)", "(21)",
                 *(Reading((at(rho / L * (q ** (N - 1) - 1), "<", C),), label) for C, label in C_7)),
        relation(
            "eq-62.d", RESULT, f"{WHERE}, (62)", "(rho/L) ((1+x)^(N-1) - 1) > (rho/L) x (N-1)", "(1+a)^n > 1"
            " + a n",
            at(rho / L * x * (N - 1), "<", rho / L * (q ** (N - 1) - 1)),
            why="Equality at N = 1 and N = 2.", consequence="None.", correction=">=", weight=5,
            repair=(Relation(x * (N - 1), "<=", q ** (N - 1) - 1),), repaired="true with >=",
                tags=("degenerate",),
        ),
        relation(
            "eq-62.e", RESULT, f"{WHERE}, (62)", "(rho/L) x (N-1) > rho/(16 L)", "x = 1/(8N)",
            at(rho / (16 * L), "<", rho / L * x * (N - 1)), why="Only for N > 2, as in (47).",
            consequence="None: C_L > rho/(16 L) is true for every N.", correction="C_L > rho/(16 L)"
            " directly", root="eq-47.c", weight=24,
            repair=tuple(at(rho / (16 * L), "<", C) for C in (proof, *(v for v, _ in C_7))),
                repaired="C_L > rho/(16 L) for every reading",
        ),
        readings(
            "eq-62.f", RESULT, f"{WHERE}, (62)", "C_b < (?/32) (rho/L) (1/4) < rho/(? L)",
            "(21); two numbers are lost, read as 15 and 8",
            Reading((at(derived.C_b_7(c, p), "<", middle_b), last_b), "C_b of the proof of Proposition 7"),
            *(Reading((at(C, "<", middle_b), last_b), label) for C, label in C_7),
            why="Both readings of (21) are above (15/128) rho/L; the C_b of the proof is below rho/(48 L).",
            correction="C_b of the proof of Proposition 7", repair=(entered("C_b"),),
            repaired="for the constant of the proof: C_b < rho/(48 L)",
        ),
    )  # fmt: skip


def _eq_63() -> tuple[Step, ...]:
    theta = [(coefficients.theta_9(c, p, f), label) for f, label in READINGS]
    return (
        readings("eq-63.theta", RESULT, f"{WHERE}, (63)", "theta >= L/(200 rho)", "(61), (62)",
                 *(Reading((at(L / (200 * rho), "<=", value),), label) for value, label in theta)),
        relation(
            "eq-63.phi", RESULT, f"{WHERE}, (63)",
            "phi <= (2 (sigma + b)^2 + (sigma^2 + b~))/(1600 L)", "(61)",
            at(coefficients.phi_9(c, p).subs(b2, b**2 + slack), "<=", bound_A2 / (6400 * L)),
            why="As (61): the constant of (23) is too large for it.", consequence="Constants of"
            " Corollary 10 only.",
            correction="for the constant of the proof: phi <= ((21/20) (sigma + 8 b/15)^2 + 10 sigma^2/3 +"
            " b~/20)/(6400 L)",
            root="proposition-8/statement-against-proof", weight=28,
            repair=(at(A_2_derived / (6400 * L), "<=", bound_A2 / (6400 * L)), entered("phi")),
            repaired="true for the proof's A_squ2, and smaller",
        ),
        illegible("eq-63.xi", RESULT, f"{WHERE}, (63)", "xi <= 24 L^2/rho + ...", "the tail is lost"),
    )  # fmt: skip


def _corollary_10() -> tuple[Step, ...]:
    square = sp.Symbol("A_squ2", positive=True)
    return (
        readings(
            "corollary-10/batch-size", RESULT, "Corollary 10",
            "B >= C_B sigma^2/eps^2 makes phi/B of order eps^2",
            "A_squ2 contains b and b~ besides sigma",
            Reading((Relation(square / (6400 * L) / (square * (1 + v) + y), "<=", 1 / (6400 * L * (1 + v))),),
                    "C_B may depend on b and sigma: C_B = A_squ2/sigma^2, 1/eps^2 = 1 + v"),
            Reading((Witness(batch_size, "all constants C_B"),), "C_B depends on neither"),
            why="A_squ2 does not vanish with sigma, so no C_B serves for every sigma.",
            correction="B >= 2 phi M + 1 with M of derived/corollary-10.accuracy, of order (sigma^2 + b^2 +"
            " b~) (1 + sigma + b)/eps^2",
            repair=(sizes(),), repaired="Delta/K + phi/B <= 1/M at these sizes",
        ),
        readings(
            "corollary-10/iterations", RESULT, "Corollary 10",
            "K = C_k/eps^2 iterations and B >= C_B sigma^2/eps^2 reach E ||grad L|| <= eps",
            "(25) with xi of (24), which has no sigma",
            Reading((*counts()[:2], sizes()), "C_k may depend on sigma"),
            *(Reading((Witness(partial(iterations, f), "all constants C_k"),), f"C_k does not; {label}")
              for f, label in READINGS),
            why="With sigma = 100 K the steps are so short that K of them leave the mean gradient as it was.",
            consequence="Corollary 6 has max(sigma, 1) in its K; Corollary 10 needs it too.",
            correction="K >= 2 Delta M + 1 with M of derived/corollary-10.accuracy, which grows with sigma",
            root="eq-59.c", repair=(*counts()[:2], sizes()), repaired="Delta/K + phi/B <= 1/M at these sizes",
        ),
        readings(
            "corollary-10/rate", RESULT, "Corollary 10",
            "E ||grad L|| is of order Z + sqrt(f) sqrt(Z); of the display only 1/K is legible",
            "(25) with the bounds of (61)-(63)",
            Reading(rate(), "Z = 1/K + (sigma^2 + b^2 + b~)/B, f = sigma + b + 1"),
            Reading(rate_for_given_data(), "Z = 1/K + sigma^2/B, f = 1, constants depend on sigma and b"),
            *(Reading((Witness(partial(slow_order, f), "all constants"),),
                      f"Z = 1/K + sigma^2/B, f = 1, constants depend on neither; {label}")
              for f, label in READINGS),
            why="With sigma = 100 K the steps are so short that K of them leave the mean gradient as it was.",
            consequence="The batch size and the number of iterations of Corollary 10.",
            correction="Z = 1/K + (sigma^2 + b^2 + b~)/B, f = sigma + b + 1",
        ),
        relation("corollary-10/gradient-count", RESULT, "Corollary 10",
                 "B (T + N S), and |B'| T for the step size, is of order (T + N S)/eps^2",
                 "the loops of Algorithm 2 counted; B <= C/eps^2 + 1",
                 *of_order_in_eps(counted(FINITE_SUM(SIZES), GRADIENT))),
        relation("corollary-10/hessian-count", RESULT, "Corollary 10", "B N S is of order N S/eps^2",
                 "the loops of Algorithm 2 counted; B <= C/eps^2 + 1",
                 *of_order_in_eps(counted(FINITE_SUM(SIZES), HESSIAN))),
    )  # fmt: skip


def steps() -> tuple[Step, ...]:
    """(61)-(63) and the counts."""
    return (
        *_eq_61(),
        *_eq_62(),
        *_eq_63(),
        *_corollary_10(),
    )
