"""A goal in words of its own: left side, relation, right side and hypotheses, as text."""

from __future__ import annotations

from typing import Any

from proofs_check.model import Goal, Gram, Product, Recursion, Relation, Split, Witness

__all__ = ["described"]

ADMISSIBLE = "(1 + alpha L)^(2N) < 2"


def _given(goal: Relation | Split) -> list[str]:
    return [f"{h} > 0" for h in goal.given] + ([ADMISSIBLE] if goal.admissible else [])


def _form(form: dict[tuple[str, str], Any]) -> str:
    return " + ".join(f"({factor}) <{a}, {b}>" for (a, b), factor in form.items()) or "0"


def described(goal: Goal) -> dict[str, Any]:
    """The keys ``left, relation, right, hypotheses`` of a goal."""
    if isinstance(goal, Relation):
        given = _given(goal) + ([f"alpha = {goal.at}"] if goal.at is not None else [])
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
        left, right = goal.pairs[-1]
        return _entry(left, "==", right, [f"matrices, {len(goal.pairs)} sizes"])
    assert isinstance(goal, Witness)
    # Both sides are sums over outcomes of an instance; the counterexample gives their values.
    return _entry("left side on exact instances", "as printed", "right side on them", [goal.scope])


def _entry(left: Any, relation: str, right: Any, hypotheses: list[str]) -> dict[str, Any]:
    return {"left": str(left), "relation": relation, "right": str(right), "hypotheses": hypotheses}
