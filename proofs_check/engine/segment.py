"""The integral form along a segment, and the descent lemma, which it gives.

Let ||grad f(w) - grad f(u)|| <= M ||w - u|| for all u; M may depend on w, as L_w of Propositions 1 and 7.
With D(t) = grad f(w + t v) - grad f(w),

    f(w + v) = f(w) + int_0^1 <grad f(w) + D(t), v> dt,      ||D(t)|| <= M t ||v||,

and <D, v> <= M t ||v||^2 because ||D - M t v||^2 >= 0. Nothing is asked of the Hessian, nor of the dimension.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from proofs_check import goals
from proofs_check.certificates.base import Named
from proofs_check.certificates.vectors import Segmentwise
from proofs_check.engine.norm_calculus import gram
from proofs_check.goals import Gram, Outcome, Segment

__all__ = ["descent", "mean_step", "segment"]

t = sp.Symbol("t", positive=True)
M = sp.Symbol("L_w", positive=True)


def _integral(coefficient: Any, at: sp.Symbol) -> sp.Expr:
    """Exact integral over 0 <= t <= 1 of a polynomial in t.

    Raises
    ------
    ValueError
        If the coefficient is no polynomial in t: the step is then wrongly entered.
    """
    coefficient = sp.sympify(coefficient)
    if not coefficient.is_polynomial(at):
        raise ValueError(f"coefficient = {coefficient}; rule: a polynomial in {at}")
    terms = sp.Poly(coefficient, at).terms()
    return sp.Add(*[value / (power + 1) for (power,), value in terms])


def segment(goal: Segment) -> Outcome:
    """The bound at each t, then that of its integral."""
    inside = gram(goal.pointwise)
    if inside.verdict != goals.PROVED:
        note = f"the bound of the integrand is not shown: {inside.note or inside.verdict}"
        return Outcome(goals.SUPPORTED, Named("not shown"), "none", note=note)
    total = {pair: _integral(value, goal.at) for pair, value in goal.pointwise.right.items()}
    out = gram(Gram(goal.pointwise.vectors, total, goal.right))
    if out.verdict != goals.PROVED:
        # Where the integral of the bound is larger than the right side, the integral itself may not be.
        note = "the integral of the bound is not below it"
        return Outcome(goals.SUPPORTED, Named("not shown"), "none", note=note)
    return Outcome(goals.PROVED, Segmentwise(inside.certificate, out.certificate), out.scope)


def descent(step: Any, move: str) -> Segment:
    """f(w + v) <= f(w) + <grad f(w), v> + (M/2) ||v||^2 for v = ``step`` times the vector ``move``."""
    lipschitz = {(move, move): (M * t * step) ** 2, ("D", "D"): -1}
    pointwise = Gram(
        ("grad", "D", move),
        {("grad", move): step, ("D", move): step},
        {("grad", move): step, (move, move): M * t * step**2},
        facts=((1 / (2 * M * t), lipschitz),),
    )
    return Segment(t, pointwise, {("grad", move): step, (move, move): M * step**2 / 2})


def mean_step(bias: bool) -> tuple[Segment, Gram]:
    """The conditional mean of L(w_(k+1)) for w_(k+1) = w_k - beta g, g the mean of G_i over B_k.

    Given w_k and beta, whose batch B'_k is independent of B_k, g = grad L + e + z with E z = 0; ``bias`` says
    whether e is there. So E <grad L, g> = <grad L, grad L + e>, for every beta and thus in the mean over it.
    """
    beta = sp.Symbol("beta", positive=True)
    vectors = ("grad", "e", "z") if bias else ("grad", "z")
    left = {("grad", name): -beta for name in vectors}
    mean = {pair: value for pair, value in left.items() if pair[1] != "z"}
    centred = tuple((name, "z") for name in vectors if name != "z")
    return descent(-beta, "g"), Gram(vectors, left, mean, orthogonal=centred, rel="==")
