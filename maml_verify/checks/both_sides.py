"""Both sides of a statement, and the margin that float64 leaves between them."""

from __future__ import annotations

import math
import sys
from typing import Any, NamedTuple

import numpy as np

from maml_verify.arithmetic.domains import lift
from maml_verify.checks.rounding import errors, left_margin, right_margin
from maml_verify.claims.base import Claim
from maml_verify.left_sides.intervals import Interval
from maml_verify.settings import Setting
from maml_verify.theory.symbols import Constants, Observed, Parameters
from problems.arrays import Array

__all__ = ["MAXIMUM", "Decision", "Evaluated", "Sides", "evaluate", "parameters", "refuse_overflow", "sides"]

MAXIMUM = sys.float_info.max
# Inner steps; powers of a rational take seconds there, and time and memory grow in proportion.
LONGEST = 100_000


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
    """Refuse a path whose growth is beyond float64 or whose powers are too long to be exact; the message."""
    rule = "rule: both sides within float64 (2.2e-308 to 1.8e308), as in other units"
    overflow = f"steps = {s.steps}, alpha = {float(s.alpha):g}: a side overflows; {rule}"
    if 4 * s.steps * math.log1p(float(s.alpha) * float(c.L or 0)) > math.log(MAXIMUM):
        raise OverflowError(overflow)
    if s.steps > LONGEST:
        rule = f"rule: at most {LONGEST}, as conditions are decided by exact powers (1 + alpha L)^(2N)"
        raise OverflowError(f"steps = {s.steps}; {rule}")
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
        except (OverflowError, ZeroDivisionError):
            # A power of a constant left float64, upwards or towards 0.
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
