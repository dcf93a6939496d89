"""The number a search maximises: lhs/rhs of an instance in float64, less what rounding may have made."""

from __future__ import annotations

import math

import numpy as np

from maml_verify.cascade import parameters, sides
from maml_verify.claims import Claim
from maml_verify.claims.base import STEP_SIZE
from maml_verify.constants import Constants
from maml_verify.fields import lift
from maml_verify.searching import constants
from maml_verify.searching.instance import Instance
from problems import finite_sum_constants

__all__ = ["BEYOND", "NOTHING", "is_split", "largest_step", "ratio"]

NOTHING = -math.inf
# The value of every refutation by a right side that is not positive, and the largest of all.
BEYOND = 1e6
FAR = 4.0


def is_split(claim: Claim) -> bool:
    """Whether the claim is of the finite-sum case."""
    return claim.known is finite_sum_constants


def largest_step(claim: Claim, edition: str, steps: int) -> float:
    """The largest alpha L to try: just below the range's edge where the edition has it, else 4."""
    if STEP_SIZE in claim.assumptions[edition] and steps:
        return (2 ** (1 / (2 * steps)) - 1) * (1 - 1e-9)
    return FAR


def ratio(claim: Claim, edition: str, instance: Instance) -> float:
    """lhs/rhs of the worst case of an instance; minus infinity where an assumption is not met.

    The left side is taken less its rounding margin, so that an equality case never looks like a refutation.
    """
    family = instance.family()
    c = (constants.finite_sum if is_split(claim) else constants.resampling)(family)
    if any(getattr(c, name) is None for name in claim.needs) or not c.L:
        return NOTHING
    s = instance.setting(family, constants=c, edition=edition, noiseless=c.sigma_g == 0)
    if claim.prepare:
        exact = Constants(*(None if value is None else lift(value, "exact") for value in c))
        s = claim.prepare(s, exact)
    p = parameters(claim, s)
    try:
        if not all(condition.margin(c, p) > 0 for condition in claim.assumptions[edition]):
            return NOTHING
        both = sides(claim, edition, s, c)
    except ArithmeticError:
        return NOTHING
    if both.estimated:
        return NOTHING
    low, rhs = both.low - both.margin, both.rhs
    if claim.over == "task-step":
        low, rhs = low[..., 1:], rhs[..., 1:]
    if not low.size:
        return NOTHING
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.where(rhs > 0, low / rhs, np.where(low > rhs, BEYOND, 0.0))
    return float(min(np.nan_to_num(values, nan=0.0, posinf=BEYOND).max(), BEYOND))
