"""Goals that decide nothing: both sides the same expression, or the conclusion among the hypotheses.

An equation between two different expressions is an identity and worth deciding; the same expression typed
twice is not.  A bound ``<=`` whose sides are equal by algebra is reflexivity: what it shows is an equation,
and it is to be entered as one.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from proofs_check.engine.norm_calculus import expanded
from proofs_check.engine.provers.normal_form import rational_function
from proofs_check.goals import Goal, Gram, Induction, Product, Recursion, Relation, Segment, Split

__all__ = ["trivial"]

SAME = "both sides are the same expression"
REFLEXIVE = "a bound whose two sides are equal"
HYPOTHESIS = "the conclusion is a hypothesis"


def _zero(expr: Any) -> bool:
    expr = sp.sympify(expr)
    if expr.is_commutative is False:
        return bool(sp.expand(expr) == 0)
    try:
        return bool(rational_function(expr).numerator == 0)
    except ValueError:
        return bool(sp.simplify(expr) == 0)


def _of_one_sort(expr: sp.Expr) -> bool:
    """Whether the sign is that of the symbols alone: a product of their powers and a positive number."""
    parts = [part.as_base_exp()[0] for part in sp.Mul.make_args(expr)]
    return all(part.is_Symbol or (part.is_Rational and part > 0) for part in parts)


def _relation(goal: Relation) -> str:
    left, right = sp.sympify(goal.left), sp.sympify(goal.right)
    if left == right:
        return SAME
    gap = right - left
    if left == 0 and _of_one_sort(right):
        return HYPOTHESIS
    if goal.rel != "==" and _zero(gap):
        return REFLEXIVE
    if any(left == symbol and _zero(right - bound) for symbol, bound in goal.upper):
        return HYPOTHESIS
    for hypothesis in goal.given:
        ratio = sp.cancel(sp.together(gap / hypothesis))
        if ratio.is_Rational and ratio > 0:
            return HYPOTHESIS
    return ""


def _split(goal: Split) -> str:
    """A norm that is bounded by hypothesis, and nothing added or multiplied."""
    return HYPOTHESIS if len(goal.terms) == 1 and len(goal.terms[0]) == 1 else ""


def _gram(goal: Gram) -> str:
    """As typed, the sides differ; no fact is a positive number times the conclusion."""
    if goal.left == goal.right:
        return SAME
    left, right = expanded(goal.left), expanded(goal.right)
    gap = {p: sp.expand(right.get(p, 0) - left.get(p, 0)) for p in {*left, *right}}
    if goal.rel != "==" and all(_zero(c) for c in gap.values()):
        return REFLEXIVE
    for weight, form in goal.facts:
        if not sp.sympify(weight).is_Rational:
            continue
        fact = expanded(form)
        if all(_zero(gap.get(p, 0) - weight * fact.get(p, 0)) for p in {*gap, *fact}):
            return HYPOTHESIS
    return ""


def trivial(goal: Goal) -> str:
    """Why the goal decides nothing, or an empty string."""
    if isinstance(goal, Relation):
        return _relation(goal)
    if isinstance(goal, Split):
        return _split(goal)
    if isinstance(goal, Gram):
        return _gram(goal)
    if isinstance(goal, Segment):
        return trivial(goal.pointwise)
    if isinstance(goal, Product):
        return SAME if any(sp.sympify(left) == sp.sympify(right) for left, right in goal.pairs) else ""
    if isinstance(goal, Induction):
        left, right = goal.step
        return (
            SAME if sp.sympify(left) == sp.sympify(right) else HYPOTHESIS if goal.step in goal.known else ""
        )
    if isinstance(goal, Recursion):
        # V(n) = closed(n) by definition: nothing would be left to be shown.
        return HYPOTHESIS if _zero(goal.factor) and _zero(sp.sympify(goal.closed) - goal.term) else ""
    return ""
