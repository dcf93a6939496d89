"""Is the left side at most the right side?  Decided by float64, then Arb balls, then exact rationals.

At an equality case float64 is a coin toss and no ball is ever thin enough, so a comparison that is not clear
by a rounding margin goes on to balls and, for rational families, to exact arithmetic.  What looks violated
in float64 always goes on: a violation counts only where it is certified.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from maml_verify.at_zero import at_zero
from maml_verify.bounds import Observed
from maml_verify.claims.base import Claim, Interval
from maml_verify.constants import Constants, Parameters
from maml_verify.fields import arb_precision, lift
from maml_verify.rounding import errors, left_margin, right_margin
from maml_verify.settings import Setting
from problems import Ridge
from problems.arrays import Array

__all__ = ["Decision", "Evaluated", "Sides", "certify", "evaluate", "exact_ties", "lifted_setting", "sides"]

MAXIMUM = sys.float_info.max
PRECISIONS = (128, 512, 2048)
# Exact rationals double their length at each step of a nonlinear path.
EXACT_STEPS = 10
EXACT_PATHS = 300


class Sides(NamedTuple):
    """Both sides over all cases of a setting, and how far rounding may have moved each.

    The left by ``margin``, the right by ``slack``; infinite where float64 proves nothing.
    """

    low: Array
    high: Array
    rhs: Array
    margin: Array
    slack: Array
    estimated: bool


class Decision(NamedTuple):
    """A certified comparison of one case."""

    verdict: str
    lhs: tuple[float, float]
    rhs: tuple[float, float]
    decided_by: str


def parameters(claim: Claim, s: Setting) -> Parameters:
    """The parameters of the bound; j runs over the last axis where the statement is for all j."""
    j = None
    if claim.over == "task-step":
        j = np.arange(s.steps + 1) if s.field == "float" else np.arange(s.steps + 1).astype(object)
    names = ("alpha", *Parameters._fields[3:])
    alpha, *sizes = (lift(getattr(s, name), _bound_field(s)) for name in names)
    return Parameters(alpha, s.steps, j, *sizes)


def _bound_field(s: Setting) -> str:
    # Bounds take square roots, which rationals lack.
    return "surd" if s.field == "exact" else s.field


class Evaluated(NamedTuple):
    """Both sides in the field of a setting, and what the right side was made of."""

    lhs: Any
    rhs: Array
    constants: Constants
    parameters: Parameters
    observed: Observed


def evaluate(claim: Claim, edition: str, s: Setting, c: Constants) -> Evaluated:
    lifted = Constants(*(None if value is None else lift(value, _bound_field(s)) for value in c))
    s = s.but(alpha=lift(s.alpha, s.field))
    lhs, p, observed = claim.measure(s), parameters(claim, s), claim.observe(s)
    rhs = claim.editions[edition](lifted, p, observed)
    shape = np.shape(lhs.low if isinstance(lhs, Interval) else lhs)
    rhs = np.broadcast_to(np.asarray(rhs, dtype=np.float64 if s.field == "float" else object), shape)
    return Evaluated(lhs, rhs, lifted, p, observed)


def refuse_overflow(s: Setting, c: Constants) -> str:
    """Refuse a path whose growth is beyond float64, before anything exact is made of it; the message."""
    rule = "rule: both sides within float64 (at most 1.8e308)"
    overflow = f"steps = {s.steps}, alpha = {float(s.alpha):g}: a side overflows; {rule}"
    if 4 * s.steps * math.log1p(float(s.alpha) * float(c.L or 0)) > math.log(MAXIMUM):
        raise OverflowError(overflow)
    return overflow


def sides(claim: Claim, edition: str, s: Setting, c: Constants) -> Sides:
    """Both sides in float64 over every case of the setting (shape as `Claim.over` says).

    Raises
    ------
    OverflowError
        If a side is not finite in float64.
    """
    overflow = refuse_overflow(s, c)
    with np.errstate(all="ignore"):
        try:
            lhs, rhs, lifted, p, observed = evaluate(claim, edition, s, c)
        except OverflowError:
            raise OverflowError(overflow) from None
        estimated = isinstance(lhs, Interval)
        low, high = lhs if estimated else (lhs, lhs)
        if not (np.isfinite(low).all() and np.isfinite(rhs).all()):
            raise OverflowError(overflow)
        e = errors(s)
        if claim.unit == "constants":
            # No family is measured: the left side is a formula of the same constants, and rounds as one.
            margin = right_margin(lambda c, p, o: claim.measure(_at(s, p)), lifted, p, observed, e, low)
        else:
            margin = left_margin(claim.unit, s, lifted, p, e, low)
        slack = right_margin(claim.editions[edition], lifted, p, observed, e, rhs)
    rounds = _rounds(claim, s, low.shape)
    margin, slack = (np.where(rounds, part, 0.0) for part in (margin, slack))
    return Sides(low, high, rhs, margin, slack, estimated)


def _at(s: Setting, p: Parameters) -> Setting:
    return s.but(alpha=p.alpha, C_beta=p.C_beta)


def _rounds(claim: Claim, s: Setting, shape: tuple[int, ...]) -> Array:
    """Where an operation rounds: not before the first step and where two points coincide, as both sides are
    the same observed number there, or 0.
    """
    rounds = np.ones(shape, dtype=bool)
    if claim.over == "task-step":
        rounds[..., 0] = False
    elif claim.identity and not s.steps:
        rounds[:] = False
    if claim.pairs:
        apart = (s.w != s.u).any(-1)
        rounds &= apart[:, None] if claim.over == "task-step" else apart
    return rounds


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
    if claim.over in ("task", "task-step"):
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
            k = case[0] if claim.over == "item" else -1
            decision = _compare(low.ravel()[k], high.ravel()[k], rhs.ravel()[k], field)
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
