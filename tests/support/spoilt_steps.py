"""Planted errors: a true step is spoilt in a way a printer or an author would, and must no longer be
``proved``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy as sp

from proofs_check.goals import Goal, Gram, Recursion, Relation, Segment, Split
from proofs_check.symbols import L, N, alpha, root_S

__all__ = ["KINDS", "spoil"]

KINDS = (
    "N to N-1",
    "2N to N",
    "dropped term",
    "lost square",
    "times 0.9",
    "alpha L to alpha",
    "S to its root",
    "reversed",
)


def _exponents(expr: sp.Expr, old: Any, new: Any) -> sp.Expr:
    def change(power: sp.Expr) -> sp.Expr:
        return power.base ** power.exp.subs(old, new)

    def touched(node: sp.Expr) -> bool:
        return bool(node.is_Pow and any(s.is_integer for s in node.exp.free_symbols))

    return expr.replace(touched, change)


def _right(expr: Any, kind: str) -> sp.Expr:
    """The spoilt right side, equal to the old one where the error has nothing to act on."""
    expr = sp.sympify(expr)
    index = next((s for s in sorted(expr.free_symbols, key=str) if s.is_integer and s.name in "Nmnj"), N)
    if kind == "N to N-1":
        return _exponents(expr, index, index - 1)
    if kind == "2N to N":
        return _exponents(expr, 2 * index, index)
    if kind == "dropped term":
        terms = sp.Add.make_args(sp.expand(expr) if not expr.is_Add else expr)
        return sp.Add(*terms[:-1]) if len(terms) > 1 else expr
    if kind == "lost square":
        return expr.replace(lambda e: e.is_Pow and e.exp == 2 and e.base.is_Symbol, lambda e: e.base)
    if kind == "times 0.9":
        return sp.Rational(9, 10) * expr
    if kind == "alpha L to alpha":
        return expr.subs(alpha * L, alpha)
    if kind == "S to its root":
        # 1/sqrt(S) becomes 1/S, and 1/S becomes 1/sqrt(S).
        other = {-1: -2, -2: -1, 2: 1}
        return expr.replace(
            lambda e: e.is_Pow and e.base == root_S and e.exp in other,
            lambda e: root_S ** other[int(e.exp)],
        )
    raise ValueError(f"kind = {kind!r}; rule: one of {', '.join(KINDS)}")


def spoil(goal: Goal, kind: str) -> Goal | None:
    """The goal with the error planted in its right side; None if the error does not apply to it."""
    if isinstance(goal, Relation):
        if kind == "reversed":
            return replace(goal, left=goal.right, right=goal.left, lemma=None) if goal.rel != "==" else None
        right = _right(goal.right, kind)
        return None if right == sp.sympify(goal.right) else replace(goal, right=right, lemma=None)
    if isinstance(goal, Split) and kind != "reversed":
        right = _right(goal.right, kind)
        return None if right == sp.sympify(goal.right) else replace(goal, right=right)
    if isinstance(goal, Recursion) and kind != "reversed":
        closed = _right(goal.closed, kind)
        return None if closed == sp.sympify(goal.closed) else replace(goal, closed=closed)
    if isinstance(goal, Gram | Segment) and kind == "times 0.9":
        return replace(goal, right={pair: sp.Rational(9, 10) * c for pair, c in goal.right.items()})
    return None
