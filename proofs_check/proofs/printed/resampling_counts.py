"""Corollary 6 (Section 5.1), after (48): batch sizes and counts."""

from __future__ import annotations

from functools import partial
from typing import Any

import sympy as sp

from maml_verify.theory import coefficients
from proofs_check.goals import Reading, Recursion, Relation, Step, Witness, illegible, readings, relation
from proofs_check.instances.counts import gradient_count
from proofs_check.instances.order import slow_resampling, vanishing_theta
from proofs_check.lemmas.corollary_step import at
from proofs_check.lemmas.counting import HESSIAN, RESAMPLING, SIZES, counted
from proofs_check.proofs.derived.resampling_complexity import counts, entered
from proofs_check.proofs.derived.resampling_order import batches, rate
from proofs_check.proofs.printed.resampling_complexity import c, p
from proofs_check.symbols import B, L, rho, sigma, sigma_g, v

__all__ = ["of_order_in_eps", "steps"]


def of_order_in_eps(count: tuple[Any, tuple[Recursion, ...]]) -> tuple[Recursion | Relation, ...]:
    """The loops; for B <= C/eps^2 + 1 the count is at most (C + 1)/eps^2 times that at B = 1."""
    # 1/eps^2 = 1 + v.
    total, loops = count
    C, tasks = sp.symbols("C tasks", positive=True)
    bound = Relation(
        total.subs(B, tasks), "<=", (C + 1) * (1 + v) * total.subs(B, 1), upper=((tasks, C * (1 + v) + 1),)
    )
    return *loops, bound


RESULT, WHERE = "resampling-complexity", "proof of Corollary 6"


def _sizes() -> tuple[Step, ...]:
    size_B = coefficients.B_prime_5(c, p)
    return (
        readings(
            "corollary-6/size-of-B'", RESULT, WHERE,
            "4 C_L^2 sigma^2/(3 (1+x)^(4N) L^2) <= (4 sigma^2/(3 L^2)) (3 rho/(5 L))", "(47)",
            Reading((at(size_B, "<=", 4 * sigma**2 / (3 * L**2) * (3 * rho / (5 * L))),), "no square"),
            Reading((at(size_B, "<=", 4 * sigma**2 / (3 * L**2) * (3 * rho / (5 * L)) ** 2),),
                    "square of 3 rho/(5 L), lost with its bracket"),
            why="Without the square the two sides differ in unit and the relation fails for large rho/L.",
            correction="(3 rho/(5 L))^2; with (13) and (1+x)^(2N) together, 16 rho^2 sigma^2/(675 L^4)",
            repair=(entered("B'"),), repaired="16 rho^2 sigma^2/(675 L^4)",
        ),
        relation(
            "corollary-6/size-of-D_L", RESULT, WHERE,
            "64 sigma_g^2 C_L^2/((1+x)^(4N) L^2) is below a multiple of sigma_g^2", "(47)",
            at(coefficients.D_L_5(c, p), "<", 64 * (3 * rho / (5 * L)) ** 2 * sigma_g**2 / L**2),
        ),
    )  # fmt: skip


def _rate() -> tuple[Step, ...]:
    return (
        readings(
            "corollary-6/rate", RESULT, "Corollary 6",
            "E ||grad L|| is of order Z + sqrt(f) sqrt(Z), Z = 1/K + sigma_g^2 (sigma^2 + 1)/S + (sigma_g^2 +"
            " sigma^2)/B + sigma_g^2/(T B); the factor f is lost; Delta, rho, L are constants",
            "(20) with the bounds of (45)-(48)",
            Reading(rate(), "what Algorithm 1 attains for B >= 2, f = sigma + 1", within="B >= 2"),
            Reading((Witness(slow_resampling, "all constants"),), "what Algorithm 1 attains, f = 1"),
            *(Reading((Witness(partial(vanishing_theta, g), "all constants"),),
                      f"the right side of (20) wherever theta > 0, f = sigma + 1; C_err2 {label}")
              for g, label in ((coefficients.C_err_2, "first power"), (coefficients.C_err_2_b, "squared"))),
            why="theta of (19) can be as small as one likes at sizes that Corollary 6 allows, so (20) is no"
            " bound of this order; and without the factor sigma + 1 a large sigma makes the steps short.",
            consequence="With B >= 2 and f = sigma + 1 the rate holds, by the derived Theorem 5. For B = 1 it"
            " is open.",
            correction="B >= 2, f = sigma + 1",
        ),
        readings(
            "corollary-6/batches", RESULT, WHERE,
            "S of order sigma_g^2 (sigma^2 + 1) s, B of order (sigma_g^2 + sigma^2) s, T B of order"
            " sigma_g^2 s, K of order s, s = max(sigma, 1)/eps^2, reach E ||grad L|| < eps; for"
            " eps <= 1 and B >= 2",
            "the rate; derived Theorem 5", Reading(batches(), within="B >= 2"),
        ),
    )  # fmt: skip


def _counts() -> tuple[Step, ...]:
    return (
        illegible("corollary-6/reached", RESULT, WHERE, "E ||grad L|| <= O(1/K + eps^2/sigma + ...)",
                  "only 'O 1 1 K + 1 σϵ2' survives"),
        relation(
            "corollary-6/gradient-count", RESULT, "Corollary 6",
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
            "corollary-6/hessian-count", RESULT, WHERE, "B N D is of order N/eps^2",
            "the loops of Algorithm 1 counted; B <= C/eps^2 + 1, D does not depend on eps",
            *of_order_in_eps(counted(RESAMPLING(SIZES), HESSIAN)),
        ),
    )  # fmt: skip


def steps() -> tuple[Step, ...]:
    """Sizes and counts."""
    return (
        *_sizes(),
        *_rate(),
        *_counts(),
    )
