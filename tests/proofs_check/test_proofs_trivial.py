"""The ledger shows what it says: no goal states the same expression twice or assumes its conclusion."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp

from proofs_check.audit import judge
from proofs_check.engine.counterexample import _points
from proofs_check.engine.decide import decide
from proofs_check.engine.evaluate import exact
from proofs_check.engine.triviality import trivial
from proofs_check.goals import Gram, Induction, Product, Recursion, Relation, Split, relation
from proofs_check.ledger import LEAVES, Leaf, ledger
from proofs_check.lemmas.quadratic_forms import norm2, square
from proofs_check.symbols import L, N, alpha, n, operators, q, s, y, z

A, B, c = operators("A B c")
CROSS = {("a", "b"): 2}
SQUARES = {("a", "a"): 1, ("b", "b"): 1}
YOUNG = Gram(("a", "b"), CROSS, SQUARES)
GAP = {("a", "a"): 1, ("b", "b"): 1, ("a", "b"): -2}

TRIVIAL = {
    "the descent lemma by y/2 <= y/2": Relation(y / 2, "<=", y / 2),
    "the same after the algebra of typing": Relation(L * (y / L), "==", y),
    "a bound of equal sides": Relation(y * (1 + z), "<=", y + y * z),
    "a bound of sides equal in symbolic N": Relation(q ** (2 * N) - 1, "<=", (q**N - 1) * (q**N + 1)),
    "the conclusion given": Relation(y, "<=", z, given=(z - y,)),
    "the conclusion given, times 3": Relation(y, "<=", z, given=(3 * z - 3 * y,)),
    "the conclusion given, multiplied out": Relation(y * (1 + z), "<=", z, given=(z - y - y * z,)),
    "a bound that is an earlier bound": Relation(y, "<=", z, upper=((y, z),)),
    "what the sorts of the symbols say": Relation(0, "<=", 2 * y * z**2),
    "a norm that is bounded by hypothesis": Split(c, (((c, y),),), y + z),
    "a form twice": Gram(("a", "b"), CROSS, dict(CROSS)),
    "an equation of one form": Gram(("a", "b"), norm2(a=1, b=1), norm2(a=1, b=1), rel="=="),
    "a form twice, expanded once": Gram(("a", "b"), norm2(a=1, b=1), square(a=1, b=1)),
    "a fact that is the conclusion": replace(YOUNG, facts=((1, GAP),)),
    "a fact that is half the conclusion": replace(YOUNG, facts=((2, {p: c / 2 for p, c in GAP.items()}),)),
    "a product twice": Product(((A * B, A * B),)),
    "a product twice beside a true one": Product(((A * (B + 1), A * B + A), (c, c))),
    "a step to itself": Induction((A, A), (A * B, A * B), ((c, A),)),
    "a step that is known": Induction((A, A), (c, A * B), ((c, A * B),)),
    "a sequence defined by its bound": Recursion(n, 1, q * y, 0, q**n * y, q**n * y),
}
SOUND = {
    "an equation of different expressions": Relation(q ** (2 * N) - 1, "==", (q**N - 1) * (q**N + 1)),
    "a hypothesis that is used": Relation(y * (1 - z), "<=", y, given=(1 - z,)),
    "an earlier bound put in": Relation(L * y, "<=", L * q * z, upper=((y, q * z),)),
    "a dropped term": Relation(y, "<=", y + z),
    "the triangle inequality": Split(A + B, (((A, y),), ((B, z),)), y + z),
    "the mean of squares": YOUNG,
    "an expansion": Gram(("a", "b"), norm2(a=1, b=1), square(a=1, b=1), rel="=="),
    "an expansion with coefficients": Gram(
        ("a", "b"), norm2(a=2, b=-L), {("a", "a"): 4, ("a", "b"): -4 * L, ("b", "b"): L**2}, rel="=="
    ),
    "a Lipschitz bound": Gram(
        ("a", "h"), {("a", "h"): 2 * L}, {("a", "a"): 2 * L**2},
        facts=((1, {("a", "a"): L**2, ("h", "h"): -1}),),
    ),
    "one factor more": Induction((A, A), (A * c, A * B), ((c, B),)),
    "growth": Recursion(n, 1, q * y, q, 0, q**n * y),
}  # fmt: skip


@pytest.mark.parametrize("name", TRIVIAL)
def test_a_trivial_goal_is_noticed_and_proves_no_step(name: str) -> None:
    goal = TRIVIAL[name]
    assert trivial(goal)
    assert decide(goal).verdict == "supported"
    assert judge(relation("planted", "r", "w", "p", "", SOUND["growth"], goal))["verdict"] != "proved"


@pytest.mark.parametrize("name", SOUND)
def test_a_goal_that_decides_something_is_not_called_trivial(name: str) -> None:
    goal = SOUND[name]
    assert trivial(goal) == ""
    assert decide(goal).verdict == "proved"


def _goals(step: Any) -> list[Any]:
    return [goal for reading in step.readings for goal in reading.goals] + list(step.repair)


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.module)
def test_no_goal_of_the_ledger_is_trivial(leaf: Leaf) -> None:
    found = [f"{step.id}: {why}" for step in leaf.steps() for g in _goals(step) if (why := trivial(g))]
    assert found == []


def _conditions(goal: Any) -> tuple[list[Any], bool, Any]:
    """Expressions that the hypotheses of a goal hold to be >= 0, and whether the step size is bounded."""
    if isinstance(goal, Split):
        bounds = [bound for term in goal.terms for _, bound in term]
        return [*goal.given, *bounds], goal.admissible, None
    return [*goal.given, *[bound for _, bound in goal.upper]], goal.admissible, goal.at


def possible(goal: Relation | Split) -> bool:
    """Whether some point meets all hypotheses: bounds of norms are >= 0, what is given is positive."""
    conditions, admissible, at = _conditions(goal)
    conditions = [sp.sympify(e).subs(alpha, at) if at is not None else sp.sympify(e) for e in conditions]
    if admissible:
        conditions.append(2 - s)
    symbols = sorted(set().union(*[e.free_symbols for e in conditions]), key=str)
    draws = _points(Relation(0, "<=", 1, admissible=admissible), symbols)
    at_points = ([exact(e, point) for e in conditions] for point in draws)
    return any(all(value is not None and value >= 0 for value in values) for values in at_points)


def test_hypotheses_that_contradict_each_other_are_noticed() -> None:
    assert not possible(Relation(z, "<=", y, given=(y - 2, 1 - y)))
    assert not possible(Relation(z, "<=", y, given=(q**N - 2,), admissible=True))
    assert not possible(Split(A + B, (((A, -1),), ((B, y),)), y))
    assert possible(Relation(z, "<=", y, given=(y - z,)))


def test_the_hypotheses_of_every_goal_can_be_met() -> None:
    checked = 0
    for step in ledger():
        for goal in _goals(step):
            if isinstance(goal, Relation | Split):
                checked += 1
                assert possible(goal), (step.id, goal)
    assert checked > 300


def test_an_earlier_bound_is_tried_at_and_below_its_value() -> None:
    found = decide(Relation(L * y, "<=", L * z, upper=((y, q * z),)))
    assert found.verdict == "refuted"
    assert found.counterexample is not None
    assert "y = z*(L*alpha + 1), at most z*(L*alpha + 1)" in found.counterexample["hypotheses"]
    # y (2 - y) is 0 at the bound y = 2 and 1 below it.
    found = decide(Relation(y * (2 - y), "<=", 0, upper=((y, sp.Integer(2)),)))
    assert found.verdict == "refuted"
    assert found.counterexample is not None
    assert Fraction(found.counterexample["left"]) == 1
    assert "y = 1, at most 2" in found.counterexample["hypotheses"]


@pytest.mark.parametrize(
    "goal",
    [
        Relation(L * y, "<", 2 * L * z + 1, upper=((y, z),)),
        Relation(1 / (1 + y), "<=", 2, upper=((y, z),)),
        Relation(L * y, "<=", 2 * L * z, given=(y,), upper=((y, z),)),
    ],
)
def test_an_earlier_bound_is_put_in_only_where_its_limits_may_be_taken(goal: Relation) -> None:
    with pytest.raises(ValueError, match="polynomials"):
        decide(goal)
