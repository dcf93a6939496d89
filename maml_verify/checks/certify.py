"""Is the left side at most the right side?  Decided by float64, then Arb balls, then exact rationals.

At an equality case float64 is a coin toss and no ball is ever thin enough, so a comparison that is not clear
by a rounding margin goes on to balls and, for rational families, to exact arithmetic.  What looks violated
in float64 always goes on: a violation counts only where it is certified.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from maml_verify.arithmetic.domains import lift
from maml_verify.arithmetic.precision import arb_precision
from maml_verify.checks.at_zero import at_zero
from maml_verify.checks.both_sides import Decision, evaluate
from maml_verify.claims.base import Claim
from maml_verify.left_sides.intervals import Interval
from maml_verify.settings import Setting
from maml_verify.theory.symbols import Constants
from problems import Ridge

__all__ = [
    "certify",
    "exact_ties",
    "lifted_setting",
]

PRECISIONS = (128, 512, 2048)
# Exact rationals double their length at each step of a nonlinear path.
EXACT_STEPS = 10
EXACT_PATHS = 300


@lru_cache(maxsize=16)
def _cast(family: Ridge, field: str, precision: int) -> Ridge:
    with arb_precision(precision or PRECISIONS[0]):
        cast = family.cast(lambda value: lift(value, field))
    return replace(cast, link=at_zero(cast.link)) if field == "exact" else cast


def lifted_setting(s: Setting, field: str, precision: int) -> Setting:
    """The same setting in another field."""
    return s.but(
        family=_cast(s.family, field, precision),
        alpha=lift(s.alpha, field),
        w=lift(s.w, field),
        u=lift(s.u, field),
        field=field,
    )


def _single(claim: Claim, s: Setting, case: tuple[int, ...], field: str, precision: int) -> Setting:
    """One case alone in another field: its point, its task, and as many steps as it speaks of."""
    one = lifted_setting(s.at(case[1] if claim.over else case[0]), field, precision)
    if claim.over in ("task", "task-step") and claim.alone:
        one = one.but(family=one.family.restrict([case[0]]))
    return one.but(steps=case[2]) if claim.over == "task-step" else one


def _has_exact_stage(claim: Claim, s: Setting) -> bool:
    if claim.enclosed:
        return False
    paths = claim.paths(s) if claim.paths else 1
    return s.steps <= EXACT_STEPS and paths <= EXACT_PATHS


def _stages(claim: Claim, s: Setting, tie: bool) -> list[tuple[str, int]]:
    balls = [("arb", precision) for precision in PRECISIONS]
    if not _has_exact_stage(claim, s) or not (tie or s.family.link.rational):
        return balls
    # Where float64 sees no difference, balls of any precision may not either.
    return [("exact", 0), *balls] if tie else [balls[0], ("exact", 0), *balls[1:]]


def exact_ties(
    claim: Claim, edition: str, s: Setting, c: Constants, cases: Sequence[tuple[int, ...]]
) -> dict[tuple[int, ...], Decision]:
    """Decide many cases in one exact evaluation; empty where there is none."""
    if not cases or claim.enclosed:
        return {}
    axis = 1 if claim.over else 0
    points = sorted({case[axis] for case in cases})
    steps = max(case[2] for case in cases) if claim.over == "task-step" else s.steps
    family = claim.simplify(s.family, steps) if claim.simplify else s.family
    stacked = s.but(family=family, w=s.w[points], u=s.u[points], steps=steps)
    if not _has_exact_stage(claim, stacked):
        return {}
    decisions = {}
    with arb_precision(PRECISIONS[0]):
        try:
            lhs, rhs, *_ = evaluate(claim, edition, lifted_setting(stacked, "exact", 0), c)
        except ArithmeticError:
            return {}  # no closed form among the exact numbers
        for case in cases:
            index = (*case[:axis], points.index(case[axis]), *case[axis + 1 :])
            decisions[case] = _compare(lhs[index], lhs[index], rhs[index], "exact")
    return decisions


def certify(
    claim: Claim, edition: str, s: Setting, c: Constants, case: tuple[int, ...], tie: bool = False
) -> Decision:
    """Decide one case (an index into `Sides`) by Arb balls at rising precision and exact rationals."""
    if claim.simplify:
        steps = case[2] if claim.over == "task-step" else s.steps
        s = s.but(family=claim.simplify(s.family, steps))
    decision = Decision("undecided", (-np.inf, np.inf), (-np.inf, np.inf), "arb")
    for field, precision in _stages(claim, s, tie):
        with arb_precision(precision or PRECISIONS[0]):
            try:
                lhs, rhs, *_ = evaluate(claim, edition, _single(claim, s, case, field, precision), c)
            except ArithmeticError:
                continue  # no closed form among the exact numbers
            low, high = lhs if isinstance(lhs, Interval) else (lhs, lhs)
            # Of the tasks and steps that are left the last one is the case; of items, the one it names.
            tasks = claim.over == "item" or not claim.alone
            k = (case[0] if tasks else -1,) + (-1,) * (low.ndim - 1)
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
    return float(np.nextafter(middle - width, -np.inf)), float(np.nextafter(middle + width, np.inf))
