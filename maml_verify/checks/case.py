"""A case: a claim in one edition at a setting, prepared for its comparison, or the reasons why it is not met.

Checking, searching, sampling, mutating and running ask the same question, so it is asked here alone.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from maml_verify.claims.base import Assumption, Claim
from maml_verify.settings import PreparedSetting, Setting, exact_constants, exact_parameters
from maml_verify.theory.symbols import Constants, Parameters
from problems.known import Known
from problems.validation import float_or_inf

__all__ = ["LONGEST", "MAXIMUM", "Case", "known_values", "prepare", "prepare_with", "refuse_overflow"]

MAXIMUM = sys.float_info.max
# Inner steps; powers of a rational take seconds there, and time and memory grow in proportion.
LONGEST = 100_000


@dataclass(frozen=True, eq=False)
class Case:
    """What is compared; made by `prepare`.

    Attributes
    ----------
    claim, edition : the statement
    setting : with every size chosen, and the constants that its bound is given
    exact : the constants as rationals
    parameters : step size and sizes as rationals, on which conditions are decided
    lacking : why the family does not meet the assumptions that are not conditions on numbers
    """

    claim: Claim
    edition: str
    setting: PreparedSetting
    exact: Constants
    parameters: Parameters
    lacking: tuple[str, ...] = ()

    @property
    def relative_to(self) -> str:
        """What a verdict is relative to: constants that were only claimed, if the claim needs one."""
        needed = {"lower_bounded", *self.claim.needs}
        needed |= {"convexity"} if self.edition == "beyond" else set()
        return "claimed constants" if needed & self.setting.claimed else ""

    @property
    def constants(self) -> Constants:
        """The numbers of the family, None for one that it does not have."""
        return self.setting.constants

    @cached_property
    def unmet(self) -> Assumption | None:
        """The first condition on constants and parameters that is not met, decided exactly.

        One that does not hold may leave the next without a meaning.
        """
        conditions = self.claim.assumptions[self.edition]
        return next((one for one in conditions if not one.margin(self.exact, self.parameters) > 0), None)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the assumptions are not met; nothing where they are."""
        if self.lacking or self.unmet is None:
            return self.lacking
        name, _, why = self.unmet
        return (f"not met: {name}" + (f": {why(self.exact, self.parameters)}" if why else ""),)

    def but(self, **changes: Any) -> Case:
        """The case at a setting with other values of some fields, none of which an assumption speaks of."""
        return replace(self, setting=self.setting.but(**changes))


def prepare(claim: Claim, s: Setting, edition: str = "printed", known: Known | None = None) -> Case:
    """The case of a claim at a setting.

    Parameters
    ----------
    known : constants of the family, found anew when None

    Raises
    ------
    OverflowError
        Where a side is beyond float64.
    """
    known = known or claim.known(s.family)
    _refuse_beyond(claim, known)
    lacking = [name for name in claim.needs if getattr(known, name).flag == "none"]
    if not known.lower_bounded.value:
        lacking.insert(0, "lower_bounded")
    reasons = tuple(f"{name}: {getattr(known, name).reason}" for name in lacking)
    flags = {name: getattr(known, name).flag for name in Known._fields[:-1]}
    claimed = frozenset(name for name, flag in flags.items() if flag == "claimed")
    case = prepare_with(claim, s, edition, known_values(known), reasons, claimed)
    return case if case.reasons else replace(case, lacking=_outside(case))


def _outside(case: Case) -> tuple[str, ...]:
    """Why the family's constants may not hold along the paths that the statement speaks of, if so."""
    s, L = case.setting, case.constants.L
    points = np.concatenate([s.w, s.u]) if case.claim.pairs else s.w
    run: dict[str, Any] = {}
    if "K" in case.claim.parameters and L:
        # Every Lhat is at least (1 + alpha L)^(2N) L, up to what float64 rounds.
        size = 1 / (float(s.C_beta) * (1 + float(s.alpha) * float(L)) ** (2 * s.steps) * float(L))
        run = {"meta_steps": s.K, "meta_step_size": size * (1 + 1e-9)}
    why = s.family.outside(points, s.alpha, s.steps, **run)
    return (why,) if why else ()


def prepare_with(
    claim: Claim,
    s: Setting,
    edition: str,
    c: Constants,
    lacking: tuple[str, ...] = (),
    claimed: frozenset[str] = frozenset(),
) -> Case:
    """The case of a claim at a setting on a family of these constants; `Case` says what is ``lacking``."""
    refuse_overflow(s, c)
    ready, exact = s.prepared(edition, c, claimed), exact_constants(c)
    if claim.prepare is not None and all(getattr(c, name) is not None for name in claim.needs):
        ready = claim.prepare(ready, exact)
    return Case(claim, edition, ready, exact, exact_parameters(ready), lacking)


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


def _refuse_beyond(claim: Claim, known: Known) -> None:
    """Refuse constants that a claim needs and that are rationals beyond float64."""
    for name in claim.needs:
        constant = getattr(known, name)
        if constant.flag != "none" and math.isinf(float_or_inf(constant.value)):
            rule = f"rule: {name} within float64 (at most 1.8e308), as in other units"
            raise OverflowError(f"{name} of the family is finite and beyond float64; {rule}")


@lru_cache(maxsize=256)
def known_values(known: Known) -> Constants:
    """The numbers alone; None, which no bound can use, where there is none that float64 can hold."""
    values = (getattr(known, name).value for name in Constants._fields)
    return Constants(*(value if math.isfinite(float_or_inf(value)) else None for value in values))
