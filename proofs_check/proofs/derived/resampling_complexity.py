"""Corollary 6, derived edition: its numbers, its rate, and the sizes that reach eps.

The numbers are the relations that tables and property tests measure.  D enters through C_squ1, so they are
shown at the least D; S and B of the bracket are the least ones times 1 + extra and plus B - 1.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from maml_verify.theory import coefficients, derived, printed_corollaries
from maml_verify.theory import derived_corollaries as formulas
from proofs_check.goals import Recursion, Relation, Step, relation
from proofs_check.lemmas.corollary_step import at
from proofs_check.lemmas.counting import GRADIENT, HESSIAN, RESAMPLING, SIZES, counted, used
from proofs_check.lemmas.quadratic_forms import solved_quadratic
from proofs_check.symbols import CONSTANTS, PARAMETERS, B, N, alpha, q, sigma_H, u, v, x, y, z

__all__ = ["at_eps", "below_eps", "entered", "falls_with_D", "products", "steps"]

c = CONSTANTS
extra = sp.Symbol("extra", nonnegative=True)
M, gap = sp.symbols("M Delta", positive=True)
more = sp.symbols("more_K more_S more_B more_T", nonnegative=True)
p = PARAMETERS._replace(D=formulas.D_least(c), C_beta=sp.Integer(100))
p_theta = p._replace(S=formulas.S_least(c) * (1 + extra), B=B + 1)
#: theta and chi are bounded through the bracket, which a step of its own bounds.
bracket = sp.Rational(83, 1000) + y
theta = derived.theta_5_scaled(c, p, bracket)

#: Relation: what it says, and why.
SAYS: dict[str, tuple[str, str]] = {
    "power_N": ("(1+x)^N < 17/15", "e^(1/8)"),
    "power_2N": ("(1+x)^(2N) < 9/7", "e^(1/4)"),
    "C_err1": ("C_err1' < 5 sigma_g/32", "derived Proposition 3"),
    "C_err2": ("C_err2' < rho sigma_g/(64 L^2)", "derived Proposition 3"),
    "C_squ1": ("C_squ1 < 31 sigma_g^2/8", "(17)"),
    "C_squ2": ("C_squ2 < sigma_g^2/8", "(17)"),
    "C_squ3": ("C_squ3 < 39/2", "(17)"),
    "C_L-upper": ("C_L < (11/64) rho/L", "(13)"),
    "C_L-lower": ("C_L > (7/50) rho/L", "(13)"),
    "xi": ("xi' <= sigma_g^2 (1 + rho^2 sigma^2/(100 L^4))/(1300 L)", "derived Theorem 5"),
    "phi": ("phi <= (31 sigma_g^2/(8 T) + sigma_g^2/(8 S) + 39 sigma^2/2)/(5000 L)", "(19)"),
    "bracket": ("bracket of theta' >= 83/1000 for S >= rho^2 sigma_g^2/L^4 and B >= 2", "derived Theorem 5"),
    "theta": ("1/theta' <= 144 rho/L", "the bracket above"),
    "chi": ("chi/theta' < 775 L + 144 rho sigma/L", "the bracket above"),
    "B'": ("the bound of |B'_k| is at most 16 rho^2 sigma^2/(675 L^4)", "Lemma 16"),
    "D_L": ("the bound of |D_Lk| is at most 256 rho^2 sigma_g^2/(225 L^4)", "Lemma 16"),
}


def number(r: printed_corollaries.Relation) -> Relation:
    """The relation at the corollary's step size, with the least D."""
    if r.name == "bracket":
        return at(r.left(c, p_theta), "<=", r.right(c, p_theta))
    if r.name == "theta":
        return at(coefficients.C_L(c, p) / theta, "<=", r.right(c, p))
    if r.name == "chi":
        return at(coefficients.chi_5_scaled(c, p) / theta, "<", r.right(c, p))
    return at(r.left(c, p), "<=", r.right(c, p))


def entered(name: str) -> Relation:
    """The derived relation of that name, for a printed step that it repairs."""
    return next(number(r) for r in formulas.RESAMPLING if r.name == name)


def falls_with_D(formula: Any) -> Relation:
    """The formula at a smaller base z = alpha^2 sigma_H^2/D + (1+x)^2, and at the larger base z (1 + extra).

    The base falls with D, so what rises with the base falls with D.
    """
    z = q**2 + sp.Symbol("spread", positive=True)
    more_D, less_D = (alpha**2 * sigma_H**2 / (base - q**2) for base in (z, z * (1 + extra)))
    low, high = (formula(c, PARAMETERS._replace(D=value)) for value in (more_D, less_D))
    # (z (1 + extra))^N is split, so that both sides have the same powers.
    return Relation(low, "<=", sp.expand_power_base(high), admissible=True)


def larger_D() -> tuple[Relation, ...]:
    """C_squ1, C_squ2, C_squ3 at the least D, and that they fall with D."""
    falling = (falls_with_D(f) for f in (coefficients.C_squ_1, coefficients.C_squ_2, coefficients.C_squ_3))
    base = 1 + 2 * x + 2 * x**2
    return (
        Relation(coefficients.C_squ_1_ratio(c, p), "==", 3 * base**N),
        Relation(x**2 / (1 + extra) + q**2, "<=", base),
        *falling,
    )


def products() -> tuple[Relation, ...]:
    """total/theta and total chi/theta are at most products of bounds, so the right side of (43) grows."""
    norm = sp.Symbol("norm", nonnegative=True)
    a, b = sp.symbols("a b", nonnegative=True)
    return (
        Relation(u * y, "<=", (u + v) * (y + z)),
        Relation(u * norm + v, "<=", (u + a) * norm + v + b),
    )


def below_eps() -> Relation:
    """m >= eps contradicts m^2 <= r m + product, where r eps + product < eps^2, that is r < eps = r + v."""
    slack = sp.Symbol("slack", positive=True)
    eps, product = u + v, (u + v) * v - slack
    return Relation(u * (eps + y) + product, "<", (eps + y) ** 2)


def at_eps(inverse_theta: Any, share: Any, M: Any) -> Relation:
    """r eps + product = eps^2 where t = 1/M: the M of an accuracy eps (here z) is the least that serves."""
    return Relation(inverse_theta / M * z + share / M, "==", z**2)


def sizes() -> Relation:
    """total <= 1/M at the integer parts of the sizes, or beyond."""
    least = formulas.resampling_sizes(c, gap, M)
    names = ("K", "S", "B", "T")
    reached = {name: getattr(least, name) - 1 + extra for name, extra in zip(names, more, strict=True)}
    return Relation(formulas.total_6(c, PARAMETERS._replace(**reached), gap), "<=", 1 / M)


def counts() -> tuple[Relation | Recursion, ...]:
    """The loops of Algorithm 1 counted; with 1/eps^2 = 1 + v gradients grow by its square, all else by it."""

    def of(f, factor, power):  # type: ignore[no-untyped-def]
        more_M, one_M = (f(formulas.resampling_sizes(c, gap, M * t)) for t in (factor, 1))
        return Relation(more_M, "<=", factor**power * one_M)

    eps = 1 / (1 + v)
    return (
        Relation(formulas.resampling_M(c, eps), "<=", formulas.resampling_M(c, 1) / eps**2),
        of(lambda z: used(RESAMPLING(z), GRADIENT), 1 + v, 2),
        of(lambda z: used(RESAMPLING(z), HESSIAN), 1 + v, 1),
        of(lambda z: z.K, 1 + v, 1),
        *(goal for kind in (GRADIENT, HESSIAN) for goal in counted(RESAMPLING(SIZES), kind)[1]),
    )


def steps() -> tuple[Step, ...]:
    """One entry a number, then D, the rate, the sizes and the counts."""
    r, where = "resampling-complexity", "derived edition"
    numbers = tuple(
        relation(f"derived/corollary-6.{f.name}", r, where, *SAYS[f.name], number(f), audit="derived")
        for f in formulas.RESAMPLING
        if f.name in SAYS
    )
    one_task = at(derived.theta_5_bracket(c, p_theta._replace(B=1)), "<", 0)
    rest = (
        ("two-tasks", "at B = 1 and the least D and S the bracket of theta' is negative", "C_squ3 > 18",
         (one_task,)),
        ("D", "these hold for every D >= sigma_H^2/L^2", "C_squ1 falls with D", larger_D()),
        (
            "rate",
            "E ||grad L|| <= r/2 + sqrt(p + r^2/4), r = (144 rho/L) t, p = (775 L + 144 rho sigma/L) t,"
            " t = Delta/K + xi/S + phi/B with the bounds above",
            "(43) with the bounds above, solved",
            (*products(), solved_quadratic()),
        ),
        (
            "accuracy",
            "t <= 1/M, M = (775 L + 144 rho (sigma + eps)/L)/eps^2, gives E ||grad L|| < eps",
            "(43) with the bounds above",
            (at_eps(formulas.inverse_theta_6(c), formulas.chi_theta_6(c), formulas.resampling_M(c, z)),
             below_eps()),
        ),
        (
            "sizes",
            "t <= 1/M at K >= 4 Delta M, S >= 4 xi M, B >= M (78 sigma^2 + sigma_g^2/2)/(5000 L) + 1,"
            " T B >= 31 M sigma_g^2/(10000 L)",
            "a quarter of 1/M for each term", (sizes(),),
        ),
        (
            "counts",
            "for eps <= 1: K of order 1/eps^2, gradients N/eps^4 and Hessians N/eps^2 per meta iteration,"
            " with the counts at eps = 1 as constants",
            "M(eps) <= M(1)/eps^2", counts(),
        ),
    )  # fmt: skip
    return (
        *numbers,
        *(relation(f"derived/corollary-6.{i}", r, where, what, why, *goals, audit="derived")
          for i, what, why, goals in rest),
    )  # fmt: skip
