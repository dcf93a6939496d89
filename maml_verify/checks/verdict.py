"""Both sides in float64: which cases it decides, which need more, and which one stands for all."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from maml_verify.checks.both_sides import Decision, Sides
from maml_verify.claims import Claim
from maml_verify.settings import Setting
from problems.arrays import Array

__all__ = ["doubt", "doubtful", "estimate_of", "is_tie", "ratio_of", "ratios_of", "worst_of"]


def ratios_of(claim: Claim, s: Setting, both: Sides) -> Array:
    """lhs/rhs, for ranking: infinite where the right side is negative; j = 0, an identity, comes last."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = both.low / both.rhs
    ratios = np.where((both.rhs <= 0) & (both.low > both.rhs), np.inf, ratios)
    ratios = np.where((both.low == 0) & (both.rhs == 0), 0.0, ratios)
    if claim.over == "task-step" and s.steps:
        ratios[..., 0] = -np.inf
    return ratios


def doubtful(both: Sides, ratios: Array, certified: bool) -> list[tuple[int, ...]]:
    """Cases that float64 does not prove (or all of them), the worst first."""
    doubtful = ~(both.high + both.margin <= both.rhs - both.slack)
    if not (certified or doubtful.any()):
        return []
    cases = np.argwhere(doubtful | certified)
    keyed = sorted((-ratios[tuple(case)], *map(int, case)) for case in cases)
    return [tuple(int(k) for k in case[1:]) for case in keyed]


def is_tie(both: Sides, case: tuple[int, ...]) -> bool:
    """Whether float64 sees no difference beyond its rounding margin."""
    return bool(abs(both.low[case] - both.rhs[case]) <= both.margin[case] + both.slack[case])


def estimate_of(both: Sides, case: tuple[int, ...]) -> Decision:
    """What the float64 sides themselves say of a case."""
    low, high = both.low[case] - both.margin[case], both.high[case] + both.margin[case]
    least, most = both.rhs[case] - both.slack[case], both.rhs[case] + both.slack[case]
    verdict = "holds" if high <= least else "violated" if low > most else "undecided"
    return Decision(verdict, (float(low), float(high)), (float(least), float(most)), "float")


def worst_of(
    cases: Sequence[tuple[int, ...]], decisions: dict[tuple[int, ...], Decision], ratios: Array
) -> tuple[str, tuple[int, ...]]:
    """The verdict over all cases, and the case that stands for it."""
    for verdict in ("violated", "undecided"):
        for case, decision in decisions.items():
            if decision.verdict == verdict:
                return verdict, case
    if len(cases) > len(decisions):
        return "undecided", next(case for case in cases if case not in decisions)
    return "holds", tuple(int(k) for k in np.unravel_index(np.argmax(ratios), ratios.shape))


def ratio_of(decision: Decision) -> float | None:
    """lhs/rhs; of a left side known from below alone, its lower end's."""
    low, high = decision.lhs
    lhs = (low + high) / 2 if math.isfinite(high) else low
    rhs = sum(decision.rhs) / 2
    return lhs / rhs if rhs and math.isfinite(rhs) else None


def doubt(both: Sides, verdict: str, tried: bool, left: int) -> str:
    """Why a verdict is undecided: what was ``tried`` on its worst case, and how many cases were ``left``."""
    if verdict != "undecided":
        return ""
    reasons = []
    if tried and not both.estimated:
        reasons.append("both sides agree to every precision tried")
    elif tried and not np.isfinite(both.margin).all():
        reasons.append("an estimate in float64 proves nothing beyond 2^-200 to 2^200; take other units")
    elif tried:
        reasons.append("the Monte Carlo interval contains the bound; raise replicates or budget")
    if left:
        reasons.append(f"{left} comparisons too close for float64 were not taken further")
    return "; ".join(reasons)
