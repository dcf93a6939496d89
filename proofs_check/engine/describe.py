"""A goal in words of its own: left side, relation, right side, hypotheses and the sort of each symbol."""

from __future__ import annotations

from typing import Any

import sympy as sp

from proofs_check.goals import (
    Form,
    Goal,
    Gram,
    Induction,
    Integral,
    Product,
    Recursion,
    Relation,
    Segment,
    Split,
    Units,
    Vector,
    Witness,
)
from proofs_check.symbols import sort

__all__ = ["described"]

ADMISSIBLE = "(1 + alpha L)^(2N) < 2"


def _given(goal: Relation | Split) -> list[str]:
    return [f"{h} > 0" for h in goal.given] + ([ADMISSIBLE] if goal.admissible else [])


def _vector(vector: Vector) -> str:
    return vector if isinstance(vector, str) else " + ".join(f"({c}) {name}" for name, c in vector)


def _form(form: Form) -> str:
    terms = (f"({factor}) <{_vector(a)}, {_vector(b)}>" for (a, b), factor in form.items())
    return " + ".join(terms) or "0"


def _nonzero(*sides: Any) -> list[str]:
    """Denominators whose sign the sorts of their symbols leave open."""
    powers = {p for side in sides for p in sp.sympify(side).atoms(sp.Pow) if p.exp.could_extract_minus_sign()}
    return sorted({f"{p.base} != 0" for p in powers if not p.base.is_positive})


def described(goal: Goal) -> dict[str, Any]:
    """The keys ``left, relation, right, hypotheses, symbols`` of a goal."""
    named: set[sp.Symbol] = set()
    for value in vars(goal).values():
        named |= _symbols(value)
    sorts = {s.name: sort(s) for s in sorted(named, key=lambda s: s.name)}
    return _said(goal) | {"symbols": sorts}


def _symbols(value: Any) -> set[sp.Symbol]:
    """Symbols in a field of a goal, however deep."""
    if isinstance(value, sp.Basic):
        return set(value.free_symbols)
    if isinstance(value, dict):
        return _symbols(tuple(value.items()))
    if isinstance(value, tuple):
        return set().union(*(_symbols(part) for part in value))
    return set()


def _said(goal: Goal) -> dict[str, Any]:
    if isinstance(goal, Relation):
        given = _given(goal) + [f"{symbol} <= {bound}" for symbol, bound in goal.upper]
        given += [f"alpha = {goal.at}"] if goal.at is not None else []
        given += _nonzero(goal.left, goal.right)
        return _entry(goal.left, goal.rel, goal.right, given)
    if isinstance(goal, Split):
        factors = [factor for term in goal.terms for factor in term]
        norms = dict.fromkeys(f"||{vector}|| <= {bound}" for vector, bound in factors)
        given = [*norms, *_given(goal), *_nonzero(goal.right, *(bound for _, bound in factors))]
        return _entry(f"||{goal.vector}||", goal.rel, goal.right, given)
    if isinstance(goal, Recursion):
        n = goal.index
        start = f"V({goal.start}) = {goal.first}"
        law = f"V({n}) = ({goal.factor}) V({n} - 1) + {goal.term}"
        return _entry(f"V({n})", goal.rel, goal.closed, [start, law])
    if isinstance(goal, Gram):
        facts = [f"{_form(fact)} >= 0" for _, fact in goal.facts]
        means = [f"E <{a}, {b}> = 0" for a, b in goal.orthogonal]
        return _entry(_form(goal.left), goal.rel, _form(goal.right), [*facts, *means])
    if isinstance(goal, Segment):
        inside = described(goal.pointwise)
        left = f"integral of {inside['left']} over 0 <= {goal.at} <= 1"
        return _entry(left, "<=", _form(goal.right), [f"0 < {goal.at}", *inside["hypotheses"]])
    if isinstance(goal, Product):
        left, right = (" ; ".join(str(side) for side in sides) for sides in zip(*goal.pairs, strict=True))
        means = [f"E {operator} = 0, independent of the others" for operator in goal.centred]
        return _entry(left, "==", right, ["operators that need not commute", *means])
    if isinstance(goal, Induction):
        known = [f"{symbol} = {value}" for symbol, value in goal.known]
        start = " = ".join(str(side) for side in goal.start)
        return _entry(*goal.step[:1], "==", goal.step[1], [f"shortest list: {start}", *known])
    if isinstance(goal, Integral):
        ends = f"[{goal.primitive}] at the end of the range less at its start"
        return _entry(ends, "==", f"integral of {goal.integrand} d{goal.variable}", ["continuous integrand"])
    if isinstance(goal, Units):
        return _entry(goal.scaled, "==", goal.expected, ["loss times scale_c, parameters times scale_s"])
    assert isinstance(goal, Witness)
    # Both sides are sums over outcomes of an instance; the counterexample gives their values.
    return _entry("left side on exact instances", "as printed", "right side on them", [goal.scope])


def _entry(left: Any, relation: str, right: Any, hypotheses: list[str]) -> dict[str, Any]:
    return {"left": str(left), "relation": relation, "right": str(right), "hypotheses": hypotheses}
