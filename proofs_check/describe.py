"""A goal in words of its own: left side, relation, right side and hypotheses, as text."""

from __future__ import annotations

from typing import Any

from proofs_check.model import (
    Form,
    Goal,
    Gram,
    Induction,
    Integral,
    Product,
    Recursion,
    Relation,
    Split,
    Units,
    Vector,
    Witness,
)

__all__ = ["described"]

ADMISSIBLE = "(1 + alpha L)^(2N) < 2"


def _given(goal: Relation | Split) -> list[str]:
    return [f"{h} > 0" for h in goal.given] + ([ADMISSIBLE] if goal.admissible else [])


def _vector(vector: Vector) -> str:
    return vector if isinstance(vector, str) else " + ".join(f"({c}) {name}" for name, c in vector)


def _form(form: Form) -> str:
    terms = (f"({factor}) <{_vector(a)}, {_vector(b)}>" for (a, b), factor in form.items())
    return " + ".join(terms) or "0"


def described(goal: Goal) -> dict[str, Any]:
    """The keys ``left, relation, right, hypotheses`` of a goal."""
    if isinstance(goal, Relation):
        given = _given(goal) + [f"{symbol} <= {bound}" for symbol, bound in goal.upper]
        given += [f"alpha = {goal.at}"] if goal.at is not None else []
        return _entry(goal.left, goal.rel, goal.right, given)
    if isinstance(goal, Split):
        norms = [f"||{factor}|| <= {bound}" for term in goal.terms for factor, bound in term]
        return _entry(f"||{goal.vector}||", goal.rel, goal.right, [*dict.fromkeys(norms), *_given(goal)])
    if isinstance(goal, Recursion):
        n = goal.index
        start = f"V({goal.start}) = {goal.first}"
        law = f"V({n}) = ({goal.factor}) V({n} - 1) + {goal.term}"
        return _entry(f"V({n})", goal.rel, goal.closed, [start, law])
    if isinstance(goal, Gram):
        facts = [f"{_form(fact)} >= 0" for _, fact in goal.facts]
        means = [f"E <{a}, {b}> = 0" for a, b in goal.orthogonal]
        return _entry(_form(goal.left), goal.rel, _form(goal.right), [*facts, *means])
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
