"""The goals of the audit's JSON, read without computer algebra: text, sorts and hypotheses.

Each scalar goal is evaluated in rationals at points that its sorts and hypotheses allow. Nothing of the
ledger but this text is used, so a sort or a denominator that is missing shows as a false goal or an error.
"""

from __future__ import annotations

import json
import random
import re
from fractions import Fraction
from itertools import islice
from typing import Any

import pytest

from proofs_check.engine.describe import described
from proofs_check.ledger import ledger

ADMISSIBLE = "(1 + alpha L)^(2N) < 2"
Point = dict[str, Fraction]


def _value(sort: str, rng: random.Random) -> Fraction:
    if sort == "root of an integer >= 1":
        return Fraction(rng.randint(1, 4))
    if sort.startswith("integer"):
        return Fraction(rng.randint(1 if sort.endswith("1") else 0, 5))
    low = {"real > 0": 1, "real >= 0": 0, "real": -3}[sort]
    # Small ones, too: a range of step sizes asks for them.
    return Fraction(rng.randint(low * 4, 12) or low, rng.randint(1, 6)) / (
        rng.choice((1, 1, 30)) if low == 1 else 1
    )


def _number(text: str, point: Point) -> Fraction:
    """A side: sums, products and powers of names and numbers, each of them a rational."""
    exact = re.sub(r"(?<![\w.])(\d+)(?![\w.])", r"F(\1)", text)
    # The text is the project's own, not a user's.
    value = eval(exact, {"__builtins__": {}, "F": Fraction}, dict(point))
    assert isinstance(value, Fraction), text
    return value


def _point(goal: dict[str, Any], rng: random.Random) -> Point | None:
    """A point at which every hypothesis holds, if the draw has led to one."""
    point = {name: _value(sort, rng) for name, sort in goal["symbols"].items()}
    given = list(goal["hypotheses"])
    for text in [g for g in given if " <= " in g]:
        name, bound = text.split(" <= ")
        point[name] = Fraction(rng.randint(0, 4), 4) * _number(bound, point)
    for text in [g for g in given if g.startswith("alpha = ")]:
        point["alpha"] = _number(text.removeprefix("alpha = "), point)
    if ADMISSIBLE in given:
        point["alpha"] = Fraction(1, rng.choice((3, 8, 50))) / int(point["N"]) / point["L"]
        if (1 + point["alpha"] * point["L"]) ** (2 * int(point["N"])) >= 2:
            return None
    try:
        positive = all(_number(g.removesuffix(" > 0"), point) > 0 for g in given if g.endswith(" > 0"))
        nonzero = all(_number(g.removesuffix(" != 0"), point) != 0 for g in given if g.endswith(" != 0"))
    except ZeroDivisionError:
        # A denominator within one of them, which another of them excludes.
        return None
    return point if positive and nonzero else None


def _scalar(goal: dict[str, Any]) -> bool:
    text = " ".join([goal["left"], goal["right"], *goal["hypotheses"]])
    return not re.search(r"\|\||V\(|<\w|integral|sqrt|exp|log|instances|\(1\) <|operators|E <", text)


def _holds(goal: dict[str, Any], point: Point) -> bool:
    left, right = (_number(goal[side], point) for side in ("left", "right"))
    return {"<=": left <= right, "<": left < right, "==": left == right}[goal["relation"]]


def _goals() -> dict[str, list[dict[str, Any]]]:
    """Scalar goals of the derived steps, which are all proved, by way of JSON."""
    out = {}
    for step in ledger():
        goals = [described(g) for reading in step.readings for g in reading.goals if step.audit == "derived"]
        kept = [goal for goal in json.loads(json.dumps(goals)) if _scalar(goal)]
        if kept:
            out[step.id] = kept
    return out


GOALS = _goals()


def test_most_derived_steps_have_goals_that_can_be_evaluated() -> None:
    assert len(GOALS) >= 40


@pytest.mark.parametrize("step", GOALS)
def test_each_goal_holds_as_its_text_says(step: str) -> None:
    rng = random.Random(step)
    for goal in GOALS[step]:
        # Where the hypotheses leave little room, few draws lead to a point.
        draws = (_point(goal, rng) for _ in range(2000))
        points = list(islice((point for point in draws if point is not None), 12))
        assert len(points) >= 5
        for point in points:
            assert _holds(goal, point), (goal, point)


def test_a_goal_without_its_sorts_or_hypotheses_would_be_noticed() -> None:
    goal = {"left": "1", "relation": "<=", "right": "B", "hypotheses": [], "symbols": {"B": "integer >= 1"}}
    rng = random.Random(0)
    assert all(_holds(goal, _point(goal, rng)) for _ in range(20))
    weaker = goal | {"symbols": {"B": "real > 0"}}
    assert not all(_holds(weaker, _point(weaker, rng)) for _ in range(40))
    gap = {"left": "0", "relation": "<", "right": "2 - (L*alpha + 1)**(2*N)", "hypotheses": [ADMISSIBLE],
           "symbols": {"L": "real > 0", "N": "integer >= 1", "alpha": "real > 0"}}  # fmt: skip
    points = [p for _ in range(40) if (p := _point(gap, rng)) is not None]
    assert points
    assert all(_holds(gap, p) for p in points)
    free = [p for _ in range(20) if (p := _point(gap | {"hypotheses": []}, rng)) is not None]
    assert not all(_holds(gap, p) for p in free)
