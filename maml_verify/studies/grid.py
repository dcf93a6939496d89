"""The default grid: the families of a column, and the settings of a statement on one of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from maml_verify.claims import Claim
from maml_verify.claims.base import RANGE, SHAPE, STEP_SIZE, Assumption
from maml_verify.settings import Setting, setting, step_size
from maml_verify.studies.search.admissible import step_range
from maml_verify.theory.conditions import range_edge
from problems import Family
from problems.known import Known

__all__ = [
    "STEPS",
    "constants_of",
    "settings",
    "step_sizes",
]

STEPS = (1, 2, 3, 5, 8)
INSIDE = (Fraction(1, 10), Fraction(1, 2), Fraction(999, 1000))
OUTSIDE = (Fraction(1, 2), Fraction(1), Fraction(2))
# Largest N at which batches of two samples are taken, too: the number of their outcomes grows faster.
LONGEST_WITH_PAIRS = 2
POINTS = 3
# With more atoms than this, expectations are mostly estimated: fewer points, and no path so long or steep
# that an interval without assumptions on the tails would be too wide to decide anything.
LARGE = 20
LARGE_BUDGET, LARGE_STEPS = 40_000, 2


@lru_cache(maxsize=256)
def constants_of(known: Callable[[Family], Known], family: Family) -> Known:
    """Constants of a family, found once for all statements and step sizes."""
    return known(family)


def step_sizes(steps: int, conditions: Sequence[Assumption] = ()) -> list[Fraction]:
    """alpha L up to 0.999 of the range's edge 2^(1/(2N)) - 1, and beyond it where a statement allows."""
    edge = range_edge(steps)
    inside = [share * edge for share in INSIDE]
    if STEP_SIZE in conditions:
        return inside
    if RANGE in conditions:
        return [*inside, INSIDE[-1] / (2 * max(steps, 1))]
    return inside + [x for x in OUTSIDE if x > edge and (x < 2 or SHAPE not in conditions)]


def _left(claim: Claim, edition: str, steps: int, shares: list[Fraction]) -> list[Fraction]:
    """The usual alpha L; where conditions of another kind leave none of them, the ends of what they leave."""
    conditions = claim.assumptions[edition]
    if not conditions or {STEP_SIZE, RANGE, SHAPE} & set(conditions):
        return shares
    left = step_range(claim, edition, steps)
    if left is None or any(left[0] <= x <= left[1] for x in shares):
        return shares
    return sorted(set(left))


def settings(
    claim: Claim,
    edition: str,
    family: Family,
    known: Known,
    steps: Sequence[int] = STEPS,
    alpha: Any = None,
    alpha_L: Any = None,
    seed: int = 0,
) -> Iterator[Setting]:
    """The settings of a statement on one family; ``seed`` tells its points from those of other families.

    None where L is not known.
    """
    if not math.isfinite(known.L.value):
        return
    if claim.grid:
        yield from claim.grid(family, known, edition, steps, alpha, alpha_L)
        return
    if claim.steps is not None and len(steps) > 1:
        steps = [N for N in steps if N in claim.steps]
    options: dict[str, Any] = {"points": POINTS}
    if family.case == "plateau":
        options["w"] = np.outer([0, 0.015625], np.ones(family.d))
    estimated = bool(claim.paths) and family.atoms > LARGE
    if family.atoms > LARGE:
        options |= {"points": 2, "replicates": 4000, "budget": LARGE_BUDGET}
    for N in [N for N in steps if not estimated or N <= LARGE_STEPS or len(steps) == 1]:
        if alpha is not None:
            grid = [alpha]
        else:
            shares = step_sizes(N, (STEP_SIZE,) if estimated else claim.assumptions[edition])
            if alpha_L is None and not claim.prepare:
                shares = _left(claim, edition, N, shares)
            grid = [step_size(x, known.L.value) for x in ([alpha_L] if alpha_L is not None else shares)]
        pairs = (1 if estimated else LONGEST_WITH_PAIRS) >= N
        sizes = [(1, 1, 1), (2, 1, 3)] if pairs else [(1, 2, 1)]
        for a in grid:
            for S, D, T in sizes if claim.paths else sizes[:1]:
                yield setting(family, alpha=a, steps=N, S=S, D=D, T=T, rng=100 * seed + N, **options)
