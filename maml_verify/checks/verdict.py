"""Both sides in float64: which comparisons it decides, which need more, and which one stands for all."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from maml_verify.checks.both_sides import Decision, Sides
from maml_verify.checks.case import Case
from maml_verify.checks.certify import runs_over_balls
from maml_verify.claims.index import Index
from problems.arrays import Array
from problems.family import Family

__all__ = ["doubt", "doubtful", "estimate_of", "is_tie", "ratio_of", "ratios_of", "worst_of"]

AGREE = "both sides agree to every precision tried"
FLOAT = "both sides agree to the margin of float64, and the family has no cast to Arb balls"


def ratios_of(case: Case, both: Sides) -> Array:
    """lhs/rhs, for ranking: infinite where the right side is negative; j = 0, an identity, comes last."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = both.low / both.rhs
    ratios = np.where((both.rhs <= 0) & (both.low > both.rhs), np.inf, ratios)
    ratios = np.where((both.low == 0) & (both.rhs == 0), 0.0, ratios)
    if case.setting.steps:
        case.claim.index.at_start(ratios)[...] = -np.inf
    return ratios


def doubtful(kind: type[Index], both: Sides, ratios: Array, certified: Array) -> list[Index]:
    """Comparisons that float64 does not prove, or that are to be ``certified``, the worst first."""
    doubtful = ~(both.high + both.margin <= both.rhs - both.slack) | certified
    if not doubtful.any():
        return []
    keys = np.argwhere(doubtful)
    keyed = sorted((-ratios[tuple(key)], *map(int, key)) for key in keys)
    return [kind.at(key[1:]) for key in keyed]


def is_tie(both: Sides, index: Index) -> bool:
    """Whether float64 sees no difference beyond its rounding margin."""
    k = index.key
    return bool(abs(both.low[k] - both.rhs[k]) <= both.margin[k] + both.slack[k])


def estimate_of(both: Sides, index: Index) -> Decision:
    """What the float64 sides themselves say of a comparison."""
    k = index.key
    low, high = both.low[k] - both.margin[k], both.high[k] + both.margin[k]
    least, most = both.rhs[k] - both.slack[k], both.rhs[k] + both.slack[k]
    verdict = "holds" if high <= least else "violated" if low > most else "undecided"
    return Decision(verdict, (float(low), float(high)), (float(least), float(most)), "float")


def worst_of(
    kind: type[Index], indices: Sequence[Index], decisions: Mapping[Index, Decision], ratios: Array
) -> tuple[str, Index]:
    """The verdict over all comparisons, and the one that stands for it."""
    for verdict in ("violated", "undecided"):
        for index, decision in decisions.items():
            if decision.verdict == verdict:
                return verdict, index
    if len(indices) > len(decisions):
        return "undecided", next(index for index in indices if index not in decisions)
    return "holds", kind.at([int(k) for k in np.unravel_index(int(np.argmax(ratios)), ratios.shape)])


def ratio_of(decision: Decision, value: float | None = None) -> float | None:
    """lhs/rhs; of an estimate, of its ``value``; of a left side known from below alone, of its lower end."""
    low, high = decision.lhs
    lhs = value if value is not None else (low + high) / 2 if math.isfinite(high) else low
    rhs = sum(decision.rhs) / 2
    return lhs / rhs if rhs and math.isfinite(rhs) else None


def doubt(both: Sides, verdict: str, tried: bool, left: int, family: Family) -> str:
    """Why a verdict is undecided: what was ``tried`` on its worst comparison, and how many were ``left``."""
    if verdict != "undecided":
        return ""
    reasons = []
    if tried and not both.estimated:
        reasons.append(AGREE if runs_over_balls(family) else FLOAT)
    elif tried and np.isinf(both.high).any() and family.atom_bounds() is None:
        reasons.append("an estimate has no valid interval without the family's atom_bounds; raise budget")
    elif tried and not np.isfinite(both.margin).all():
        reasons.append("an estimate in float64 proves nothing beyond 2^-200 to 2^200; take other units")
    elif tried:
        reasons.append(
            "the Monte Carlo interval contains the bound; raise replicates or budget, or lower detect"
        )
    if left:
        reasons.append(f"{left} comparisons too close for float64 were not taken further")
    return "; ".join(reasons)
