"""Is the left side at most the right side?  Decided by float64, then Arb balls, then exact rationals.

At an equality case float64 is a coin toss and no ball is ever thin enough, so a comparison that is not clear
by a rounding margin goes on to balls and, for rational families, to exact arithmetic.  What looks violated
in float64 always goes on: a violation counts only where it is certified.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from maml_verify.arithmetic.domains import lift
from maml_verify.arithmetic.precision import arb_precision
from maml_verify.checks.both_sides import Decision, evaluate
from maml_verify.checks.case import Case
from maml_verify.claims.base import Claim
from maml_verify.claims.index import Index
from maml_verify.left_sides.intervals import Interval
from maml_verify.settings import PreparedSetting
from problems import Family

__all__ = [
    "at_once",
    "certify",
    "lifted_setting",
    "runs_over_balls",
    "short_enough",
]

PRECISIONS = (128, 512, 2048)
# Exact rationals double their length at each step of a nonlinear path.
EXACT_STEPS = 10
EXACT_PATHS = 300


@lru_cache(maxsize=16)
def _cast(family: Family, field: str, precision: int) -> Family | None:
    with arb_precision(precision or PRECISIONS[0]):
        cast = family.over_rationals if field == "exact" else family.cast
        return cast(lambda value: lift(value, field))


def runs_over_balls(family: Family) -> bool:
    """Whether a comparison on the family can be certified."""
    return _cast(family, "arb", PRECISIONS[0]) is not None


def lifted_setting(s: PreparedSetting, field: str, precision: int) -> PreparedSetting:
    """The same setting in another field.

    Raises
    ------
    ArithmeticError
        If the family does not run there.
    """
    family = _cast(s.family, field, precision)
    if family is None:
        raise ArithmeticError(f"the family {s.family.name} has no cast to the field {field}")
    return s.but(
        family=family,
        plain=s.family,
        alpha=lift(s.alpha, field),
        w=lift(s.w, field),
        u=lift(s.u, field),
        field=field,
    )


def _single(case: Case, index: Index, field: str, precision: int) -> Case:
    """One comparison alone in another field: its point, its task, and as many steps as it speaks of."""
    one = lifted_setting(case.setting.at(index.point), field, precision)
    return replace(case, setting=index.restrict(one, case.claim.alone))


def short_enough(claim: Claim, s: PreparedSetting) -> bool:
    """Whether an evaluation of all comparisons in exact numbers or balls does not take long."""
    if claim.enclosed:
        return False
    paths = claim.paths(s) if claim.paths else 1
    return s.steps <= EXACT_STEPS and paths <= EXACT_PATHS


def _stages(case: Case, tie: bool) -> list[tuple[str, int]]:
    balls = [("arb", precision) for precision in PRECISIONS]
    if not short_enough(case.claim, case.setting) or not (tie or case.setting.family.rational):
        return balls
    # Where float64 sees no difference, balls of any precision may not either.
    return [("exact", 0), *balls] if tie else [balls[0], ("exact", 0), *balls[1:]]


def _simplified(case: Case, steps: int) -> Case:
    simplify = case.claim.simplify
    return case if simplify is None else case.but(family=simplify(case.setting.family, steps))


def at_once(case: Case, indices: Sequence[Index], field: str) -> dict[Index, Decision]:
    """Decide many comparisons in one evaluation, exact or over balls; empty where there is none."""
    if not indices or case.claim.enclosed:
        return {}
    s = case.setting
    points = sorted({index.point for index in indices})
    steps = max(index.steps(s, case.claim.alone) for index in indices)
    stacked = _simplified(case, steps).but(w=s.w[points], u=s.u[points], steps=steps)
    if field == "exact" and not short_enough(case.claim, stacked.setting):
        return {}
    with arb_precision(PRECISIONS[0]):
        try:
            lifted = lifted_setting(stacked.setting, field, 0 if field == "exact" else PRECISIONS[0])
            lhs, rhs, *_ = evaluate(replace(stacked, setting=lifted))
        except ArithmeticError:
            return {}  # no closed form among the exact numbers
        keys = {index: index.renumbered(points).key for index in indices}
        return {index: _compare(lhs[key], lhs[key], rhs[key], field) for index, key in keys.items()}


def certify(case: Case, index: Index, tie: bool = False) -> Decision:
    """Decide one comparison by Arb balls at rising precision and exact rationals."""
    alone = case.claim.alone
    case = _simplified(case, index.steps(case.setting, alone))
    decision = Decision("undecided", (-np.inf, np.inf), (-np.inf, np.inf), "arb")
    for field, precision in _stages(case, tie):
        with arb_precision(precision or PRECISIONS[0]):
            try:
                lhs, rhs, *_ = evaluate(_single(case, index, field, precision))
            except ArithmeticError:
                continue  # no closed form among the exact numbers
            low, high = lhs if isinstance(lhs, Interval) else (lhs, lhs)
            k = index.within(alone)
            decision = _compare(low[k], high[k], rhs[k], field)
        if decision.verdict != "undecided":
            break
    return decision


def _compare(low: Any, high: Any, rhs: Any, field: str) -> Decision:
    verdict = "holds" if high <= rhs else "violated" if low > rhs else "undecided"
    return Decision(verdict, (_enclosure(low)[0], _enclosure(high)[1]), _enclosure(rhs), field)


def _enclosure(value: Any) -> tuple[float, float]:
    """A float64 interval that contains a ball or an exact number."""
    ball = lift(value, "arb") if not hasattr(value, "to_arb") else value.to_arb()
    if not ball.is_finite():
        end = float("inf")
        return (-end, end) if ball.rad() > 0 or ball.is_nan() else (float(ball), float(ball))
    middle, radius = float(ball.mid()), float(ball.rad())
    width = radius + 2.0**-52 * abs(middle) + 5e-324
    return math.nextafter(middle - width, -math.inf), math.nextafter(middle + width, math.inf)
