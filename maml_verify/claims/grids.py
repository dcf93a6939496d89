"""Default settings of the statements that need more than a step size, points and batches of the roles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from maml_verify.settings import Setting, setting, step_size
from maml_verify.theory.conditions import corollary_step, range_edge
from problems import Family
from problems.known import Known
from problems.ridge_sums.opposed import opposed

__all__ = ["complexity_grid", "rate_extras", "rate_grid", "stepsize_grid"]

RUNS, K, RATE_STEPS = 128, 12, (2,)
# At least this is what the rates are checked with, so that no meta step is longer than 1/(C_beta L).
C_BETA = 80
LARGE = 20
STEPS = (1, 3)
SHARES = (Fraction(1, 2), Fraction(999, 1000))


def _alphas(known: Known, N: int, shares: Sequence[Fraction], alpha: Any, alpha_L: Any) -> list[Any]:
    """The one asked for, or shares of the range's edge (2^(1/(2N)) - 1)/L."""
    L = known.L.value
    if alpha is not None or alpha_L is not None:
        return [alpha if alpha is not None else step_size(alpha_L, L)]
    return [step_size(share * range_edge(N), L) for share in shares]


def _few(steps: Sequence[int], wanted: Sequence[int]) -> Sequence[int]:
    return steps if len(steps) == 1 else [N for N in steps if N in wanted]


def stepsize_grid(
    family: Family, known: Known, edition: str, steps: Sequence[int], alpha: Any, alpha_L: Any
) -> Iterator[Setting]:
    """The least batches that the conditions allow."""
    for N in _few(steps, STEPS):
        for a in _alphas(known, N, SHARES, alpha, alpha_L):
            yield setting(family, alpha=a, steps=N, points=3, rng=N, replicates=4000, budget=3000)


def rate_grid(
    family: Family, known: Known, edition: str, steps: Sequence[int], alpha: Any, alpha_L: Any
) -> Iterator[Setting]:
    """Short runs at alpha = 1/(8NL), C_beta and batches as the corollaries choose them; one that fails."""
    if family.case == "opposed":
        # What a violation shows without sampling, a true bound shows by many runs.
        runs = 2 if edition.startswith("printed") else 40_000
        sizes = {"K": 200, "C_beta": 2, "B": 10**16, "runs": runs}
        yield setting(family, alpha=Fraction(1, 8), steps=1, w=[8], points=1, **sizes)
        return
    for N in _few(steps, RATE_STEPS):
        usual = step_size(corollary_step(N), known.L.value)
        for a in _alphas(known, N, (), alpha, alpha_L) or [usual]:
            w = np.outer([1, -4], np.ones(family.d))
            w = family.nearest(w, a, N, meta_steps=K, meta_step_size=1 / (C_BETA * float(known.L.value)))
            # With many atoms the largest gradient of one is far above the mean: more and shorter runs, so
            # that the interval is thin beside the bound.
            large = family.atoms > LARGE
            sizes = {"runs": 12 * RUNS, "K": 2} if large else {"runs": RUNS, "K": K}
            yield setting(family, alpha=a, steps=N, w=w, rng=N, **sizes)


def complexity_grid(
    family: Family, known: Known, edition: str, steps: Sequence[int], alpha: Any, alpha_L: Any
) -> Iterator[Setting]:
    """The corollaries' own step size (or the one asked for)."""
    for N in steps:
        usual = step_size(corollary_step(N), known.L.value)
        for a in _alphas(known, N, (), alpha, alpha_L) or [usual]:
            w = family.nearest(np.zeros((1, family.d)), a, N)
            yield setting(family, alpha=a, steps=N, w=w, points=1)


def rate_extras(name: str) -> tuple[Family, ...]:
    """Families that the column of a link gets besides its usual ones."""
    return (opposed(),) if name == "cubic" else ()
