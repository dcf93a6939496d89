"""Corollary 10, derived edition: its numbers, its rate, and the sizes that reach eps."""

from __future__ import annotations

import sympy as sp

from maml_verify.theory import derived_corollaries as formulas
from maml_verify.theory import printed_corollaries
from proofs_check.goals import Recursion, Relation, Step, relation
from proofs_check.lemmas.corollary_step import at
from proofs_check.lemmas.counting import FINITE_SUM, GRADIENT, HESSIAN, SIZES, counted, used
from proofs_check.lemmas.quadratic_forms import solved_quadratic
from proofs_check.proofs.derived.resampling_complexity import at_eps, below_eps, products
from proofs_check.symbols import CONSTANTS, PARAMETERS, S, T, v, z

__all__ = ["entered", "steps"]

c = CONSTANTS
M, gap = sp.symbols("M Delta", positive=True)
more_K, more_B = sp.symbols("more_K more_B", nonnegative=True)
p = PARAMETERS._replace(C_beta=sp.Integer(80))

#: Relation: what it says, and why.
SAYS: dict[str, tuple[str, str]] = {
    "power_4N": ("(1+x)^(4N) < 5/3", "e^(1/2)"),
    "A_squ1": ("A_squ1 < 13", "(23)"),
    "A_squ2": (
        "A_squ2' <= (21/20) (sigma + 8 b/15)^2 + 10 sigma^2/3 + b~/20",
        "constant of the proof of Proposition 8",
    ),
    "C_L-upper": ("C_L' < (11/64) rho/L", "constant of the proof of Proposition 7"),
    "C_L-lower": ("C_L' > (7/50) rho/L", "constant of the proof of Proposition 7"),
    "C_b": ("C_b' < rho/(48 L)", "constant of the proof of Proposition 7"),
    "phi": ("phi' <= the bound of A_squ2'/(6400 L)", "(24)"),
    "bracket": ("bracket of theta' >= 33/3200 for every B >= 1", "A_squ1 < 13"),
    "theta": ("1/theta' <= 24 rho/L", "derived Theorem 9"),
    "xi": ("xi'/theta' < 125 L + rho (24 sigma + 11 b/2)/L", "derived Theorem 9"),
    "B'": ("the bound of |B'_k| is at most 8 rho^2 sigma^2/(225 L^4)", "Lemma 20"),
}


def number(r: printed_corollaries.Relation) -> Relation:
    """The relation at the corollary's step size."""
    return at(r.left(c, p), "<" if r.name == "xi" else "<=", r.right(c, p))


def entered(name: str) -> Relation:
    """The derived relation of that name, for a printed step that it repairs."""
    return next(number(r) for r in formulas.FINITE_SUM if r.name == name)


def sizes() -> Relation:
    """total <= 1/M at the integer parts of the sizes, or beyond."""
    least = formulas.finite_sum_sizes(c, gap, M)
    reached = PARAMETERS._replace(K=least.K - 1 + more_K, B=least.B - 1 + more_B)
    return Relation(formulas.total_10(c, reached, gap), "<=", 1 / M)


def counts() -> tuple[Relation | Recursion, ...]:
    """The loops of Algorithm 2 counted. With 1/eps^2 = 1 + v: M, K and the counts grow by it."""
    eps = 1 / (1 + v)
    least, beyond = (formulas.finite_sum_sizes(c, gap, M * t, S, T) for t in (1, 1 + v))
    return (
        Relation(formulas.finite_sum_M(c, eps), "<=", formulas.finite_sum_M(c, 1) / eps**2),
        Relation(beyond.K, "<=", (1 + v) * least.K),
        *(
            Relation(used(FINITE_SUM(beyond), kind), "<=", (1 + v) * used(FINITE_SUM(least), kind))
            for kind in (GRADIENT, HESSIAN)
        ),
        *(goal for kind in (GRADIENT, HESSIAN) for goal in counted(FINITE_SUM(SIZES), kind)[1]),
    )


def steps() -> tuple[Step, ...]:
    """One entry a number, then the rate, the sizes and the counts."""
    r, where = "finite-sum-complexity", "derived edition"
    numbers = tuple(
        relation(f"derived/corollary-10.{f.name}", r, where, *SAYS[f.name], number(f), audit="derived")
        for f in formulas.FINITE_SUM
        if f.name in SAYS
    )
    rest = (
        (
            "rate",
            "E ||grad L|| <= r/2 + sqrt(p + r^2/4), r = (24 rho/L) t, p = (125 L + rho (24 sigma + 11"
            " b/2)/L) t, t = Delta/K + phi/B with the bound above",
            "(60) with the bounds above, solved",
            (*products(), solved_quadratic()),
        ),
        (
            "accuracy",
            "t <= 1/M, M = (125 L + rho (24 (sigma + eps) + 11 b/2)/L)/eps^2, gives E ||grad L|| < eps",
            "(60) with the bounds above",
            (at_eps(formulas.inverse_theta_10(c), formulas.xi_theta_10(c), formulas.finite_sum_M(c, z)),
             below_eps()),
        ),
        ("sizes", "t <= 1/M at K >= 2 Delta M, B >= 2 phi M", "half of 1/M for each term", (sizes(),)),
        (
            "counts",
            "for eps <= 1: K of order 1/eps^2, gradients (T + N S)/eps^2 and Hessians N S/eps^2 per meta"
            " iteration, with the counts at eps = 1 as constants",
            "M(eps) <= M(1)/eps^2", counts(),
        ),
    )  # fmt: skip
    return (
        *numbers,
        *(relation(f"derived/corollary-10.{i}", r, where, what, why, *goals, audit="derived")
          for i, what, why, goals in rest),
    )  # fmt: skip
