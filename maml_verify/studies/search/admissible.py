"""Which numbers of steps, step sizes and batch sizes the conditions of a claim leave."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from maml_verify.claims import Claim
from maml_verify.claims.base import Assumption
from maml_verify.theory.symbols import Constants, Parameters

__all__ = ["admissible_steps", "step_range"]

# Constants beside L = 1 for which a condition is tried.
OTHERS = (Fraction(0), Fraction(1, 8), Fraction(1), Fraction(8))
# Numbers of steps that are tried where none of the usual ones is left, and how many of them are taken.
LONGEST, FEW = 64, 3
# Halvings of the gap between a step size that is left and one that is not.
HALVINGS = 40


def step_range(claim: Claim, edition: str, steps: int, size: int = 1) -> tuple[Fraction, Fraction] | None:
    """The least and the largest alpha L found that the conditions leave at N; None where they leave none.

    Parameters
    ----------
    size : every batch size
    """
    return _range(claim.assumptions[edition], steps, size)


@lru_cache(maxsize=512)
def _range(conditions: tuple[Assumption, ...], steps: int, size: int) -> tuple[Fraction, Fraction] | None:
    grid = _grid(steps)
    met = [_meets(conditions, steps, size, x) for x in grid]
    if not any(met):
        return None
    first, last = met.index(True), len(met) - 1 - met[::-1].index(True)
    if first == last:
        return grid[first], grid[first]
    high = grid[last]
    if last + 1 < len(grid):
        beyond = grid[last + 1]
        for _ in range(HALVINGS):
            middle = (high + beyond) / 2
            high, beyond = (middle, beyond) if _meets(conditions, steps, size, middle) else (high, middle)
    return grid[first], high


def _grid(steps: int) -> list[Fraction]:
    """Step sizes that a condition may single out, and between any two of them one more."""
    N = max(steps, 1)
    named = {Fraction(1, k * m) for k in (1, 2, 4, 8, 16) for m in (1, N)}
    named |= {Fraction(2) ** -k for k in range(21)} | {Fraction(k, 2) for k in range(1, 9)}
    ordered = sorted(named)
    return sorted({*ordered, *((a + b) / 2 for a, b in pairwise(ordered))})


def _meets(conditions: Sequence[Assumption], steps: int, size: int, alpha_L: Fraction) -> bool:
    """Whether the conditions hold there for some constants with L = 1."""
    p = Parameters(alpha_L, steps, None, *[size] * (len(Parameters._fields) - 3))
    for value in OTHERS:
        c = Constants(Fraction(1), *[value] * (len(Constants._fields) - 1))
        try:
            if all(one.margin(c, p) > 0 for one in conditions):
                return True
        except (ArithmeticError, TypeError):
            continue  # a condition without a value is not met
    return False


def admissible_steps(claim: Claim, edition: str, usual: Sequence[int]) -> tuple[int, ...]:
    """Of the usual N those that the conditions leave, else the least that they do; ``usual`` where none is.

    Sizes of a claim that chooses its own from its conditions are left to it.
    """
    if claim.prepare or not claim.assumptions[edition]:
        return tuple(usual)

    def left(N: int) -> bool:
        return any(step_range(claim, edition, N, size) for size in (1, 4))

    found = [N for N in usual if left(N)]
    others = (N for N in range(LONGEST + 1) if left(N)) if not found else iter(())
    return tuple(found or [N for N, _ in zip(others, range(FEW), strict=False)] or usual)
