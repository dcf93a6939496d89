"""Both sides of a statement, and the margin that float64 leaves between them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from maml_verify.arithmetic.domains import lift
from maml_verify.checks.case import Case, refuse_overflow
from maml_verify.checks.rounding import errors, left_margin, right_margin, usual_margin
from maml_verify.claims.base import Claim
from maml_verify.left_sides.intervals import Estimate, Interval
from maml_verify.settings import PreparedSetting, Setting
from maml_verify.theory.symbols import Constants, Observed, Parameters
from problems.arrays import Array

__all__ = ["ANY", "Decision", "Evaluated", "Sides", "evaluate", "parameters", "sides"]

# Relative error taken for a left side whose rounding errors are not bounded: it ranks, and shows near ties.
ANY = 1e-9


class Sides(NamedTuple):
    """Both sides over all indices of a case, and how far rounding may have moved each.

    The left by ``margin``, the right by ``slack``; infinite where float64 proves nothing.  They are
    ``proved`` where the unit of the left side and the sizes of the family's terms are known, else usual.
    ``estimate`` is the left side where it comes from replicates.
    """

    low: Array
    high: Array
    rhs: Array
    margin: Array
    slack: Array
    estimated: bool
    proved: bool = True
    estimate: Estimate | None = None


class Decision(NamedTuple):
    """A certified comparison at one index."""

    verdict: str
    lhs: tuple[float, float]
    rhs: tuple[float, float]
    decided_by: str


def parameters(claim: Claim, s: Setting) -> Parameters:
    """The parameters of the bound; j runs over the last axis where the statement is for all j."""
    names = ("alpha", *Parameters._fields[3:])
    alpha, *sizes = (lift(getattr(s, name), _bound_field(s)) for name in names)
    return Parameters(alpha, s.steps, claim.index.all_steps(s), *sizes)


def _bound_field(s: Setting) -> str:
    # Bounds take square roots, which rationals lack.
    return "root_sum" if s.field == "exact" else s.field


class Evaluated(NamedTuple):
    """Both sides in the field of a setting, and what the right side was made of."""

    lhs: Any
    rhs: Array
    constants: Constants
    parameters: Parameters
    observed: Observed


def evaluate(case: Case, decide: bool = False) -> Evaluated:
    """Both sides of a case over every index, in the field of its setting.

    Parameters
    ----------
    decide : whether an estimate of the left side ends as soon as it is decided
    """
    claim, s = case.claim, case.setting
    lifted = Constants(*(None if value is None else lift(value, _bound_field(s)) for value in case.constants))
    s = s.but(alpha=lift(s.alpha, s.field))
    p, observed = parameters(claim, s), claim.observe(s)
    rhs = claim.editions[case.edition](lifted, p, observed)
    lhs = claim.measure(s.but(against=np.asarray(rhs, dtype=np.float64)) if decide else s)
    shape = np.shape(lhs.low if isinstance(lhs, Interval) else lhs)
    rhs = np.broadcast_to(np.asarray(rhs, dtype=np.float64 if s.field == "float" else object), shape)
    return Evaluated(lhs, rhs, lifted, p, observed)


def sides(case: Case) -> Sides:
    """Both sides in float64 over every index (`maml_verify.claims.index`) of the case.

    Raises
    ------
    OverflowError
        If a side is not finite in float64.
    """
    overflow = refuse_overflow(case.setting, case.constants)
    with np.errstate(all="ignore"):
        try:
            found = evaluate(case, decide=True)
        except (OverflowError, ZeroDivisionError):
            # A power of a constant overflowed or underflowed in float64.
            raise OverflowError(overflow) from None
        estimated = isinstance(found.lhs, Interval)
        low, high = found.lhs if estimated else (found.lhs, found.lhs)
        if not (np.isfinite(low).all() and np.isfinite(found.rhs).all()):
            raise OverflowError(overflow)
        margins = _margins(case, found, low)
    rounds = _rounds(case.claim, case.setting, low.shape)
    margin, slack = (np.where(rounds, part, 0.0) for part in margins)
    estimate = found.lhs if isinstance(found.lhs, Estimate) else None
    return Sides(low, high, found.rhs, margin, slack, estimated, _proved(case), estimate)


def _proved(case: Case) -> bool:
    unit = case.claim.unit
    return unit == "constants" or (unit != "any" and case.setting.family.term_sizes() is not None)


def _margins(case: Case, found: Evaluated, low: Array) -> tuple[Array, Array]:
    """How far rounding may have moved the left side and the right."""
    claim, s = case.claim, case.setting
    _, rhs, c, p, observed = found
    usual = 0.0 if claim.unit == "constants" or s.family.term_sizes() else usual_margin(low, rhs)
    if claim.unit == "any":
        return ANY * np.abs(low) + usual, ANY * np.abs(rhs) + usual
    e = errors(s)
    if claim.unit == "constants":
        # No family is measured: the left side is a formula of the same constants, and rounds as one.
        margin = right_margin(lambda c, p, o: claim.measure(_at(s, p)), c, p, observed, e, low)
    else:
        margin = left_margin(claim.unit, s, c, p, e, low)
    slack = right_margin(claim.editions[case.edition], c, p, observed, e, rhs)
    return margin + usual, slack + usual


def _at(s: PreparedSetting, p: Parameters) -> PreparedSetting:
    return s.but(alpha=p.alpha, C_beta=p.C_beta)


def _rounds(claim: Claim, s: Setting, shape: tuple[int, ...]) -> Array:
    """Where an operation rounds: not before the first step and where two points coincide, as both sides are
    the same observed number there, or 0.
    """
    rounds = np.ones(shape, dtype=bool)
    claim.index.at_start(rounds)[...] = False
    if claim.identity and not s.steps:
        rounds[:] = False
    if claim.pairs:
        rounds &= claim.index.by_point((s.w != s.u).any(-1))
    return rounds
