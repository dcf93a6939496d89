"""The number a search maximises: lhs/rhs of an instance in float64, less what rounding may have made."""

from __future__ import annotations

import math

import numpy as np

from maml_verify.arithmetic.precision import arb_precision
from maml_verify.checks.both_sides import parameters, sides
from maml_verify.checks.case import Case, known_values, prepare_with
from maml_verify.checks.certify import lifted_setting
from maml_verify.claims import Claim
from maml_verify.claims.base import SHAPE, edge_of
from maml_verify.studies.search import closed_forms
from maml_verify.studies.search.admissible import step_range
from maml_verify.studies.search.instance import BUDGET, Instance
from maml_verify.theory.symbols import Constants
from problems import Ridge, finite_sum_constants
from problems.arrays import Array

__all__ = ["BEYOND", "NOTHING", "is_split", "known_constants", "largest_step", "ratio"]

NOTHING = -math.inf
# The value of every refutation by a right side that is not positive, and the largest of all.
BEYOND = 1e6
FAR = 4.0
# Bits of the balls in which a left side that is only enclosed is had from below.
COARSE = 53
# Fresh data of a meta iteration beyond which a run is not simulated.
FRESH = 10_000


def is_split(claim: Claim) -> bool:
    """Whether the claim is of the finite-sum case."""
    return claim.known is finite_sum_constants


def largest_step(claim: Claim, edition: str, steps: int) -> float:
    """The largest alpha L to try: just below the range's edge where the edition has it, else 4.

    Of conditions of another kind it is the largest that they leave.
    """
    conditions = claim.assumptions[edition]
    edge = edge_of(conditions, steps)
    if edge is not None and steps:
        return float(edge) * (1 - 1e-9)
    if claim.prepare or not conditions or SHAPE in conditions:
        return FAR
    found = step_range(claim, edition, steps) or step_range(claim, edition, steps, 4)
    return float(found[1]) if found else FAR


def known_constants(claim: Claim, instance: Instance, family: Ridge) -> Constants | None:
    """Constants of an instance, in closed form where there is one; None where a loss has no lower bound."""
    if instance.on_axes:
        return (closed_forms.finite_sum if is_split(claim) else closed_forms.resampling)(family)
    known = claim.known(family)
    return known_values(known) if known.lower_bounded.value else None


def ratio(claim: Claim, edition: str, instance: Instance) -> float:
    """lhs/rhs of the worst case of an instance; minus infinity where an assumption is not met.

    The left side is taken less its rounding margin, so that an equality case never looks like a refutation.
    """
    family = instance.family()
    c = known_constants(claim, instance, family)
    if c is None or not c.L or any(getattr(c, name) is None for name in claim.needs):
        return NOTHING
    try:
        case = prepare_with(claim, instance.setting(family, c.L, budget=BUDGET), edition, c)
        if case.unmet or _is_long(case):
            return NOTHING
        low, rhs = (_enclosed if claim.enclosed else _closed)(case)
    except ArithmeticError:
        return NOTHING
    if not low.size:
        return NOTHING
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.where(rhs > 0, low / rhs, np.where(low > rhs, BEYOND, 0.0))
    return float(min(np.nan_to_num(values, nan=0.0, posinf=BEYOND).max(), BEYOND))


def _is_long(case: Case) -> bool:
    """Whether the left side takes longer than a search can give it."""
    claim, s = case.claim, case.setting
    if claim.paths and claim.paths(s) > s.budget:
        return True
    exact = is_split(claim) or s.noiseless
    return claim.enclosed and s.K > 1 and not exact and s.B_prime * s.D_L > FRESH


def _closed(case: Case) -> tuple[Array, Array]:
    both, kind = sides(case), case.claim.index
    return kind.after_start(both.low - both.margin), kind.after_start(both.rhs + both.slack)


def _enclosed(case: Case) -> tuple[Array, Array]:
    """The lower end of the left side, without sampling, and the right side."""
    claim, s = case.claim, case.setting
    c = Constants(*(x and float(x) for x in case.constants))
    rhs = claim.editions[case.edition](c, parameters(claim, s), claim.observe(s))
    with arb_precision(COARSE):
        low = claim.measure(lifted_setting(s, "arb", COARSE)).low
    return np.array([float(x) for x in low]), np.asarray(rhs, dtype=np.float64)
