"""The constants of Assumptions 1-5 of any family, each a value with a reason and a flag."""

from __future__ import annotations

from collections.abc import Callable

from problems.family import Family
from problems.known import Known

__all__ = ["finite_sum_constants", "resampling_constants"]

Progress = Callable[[int, int], None]


def resampling_constants(family: Family, *, progress: Progress | None = None) -> Known:
    """Constants of Assumptions 1, 2 and 3, as the family tells them.

    Parameters
    ----------
    progress : called with the parts done and in all, as they are done

    Raises
    ------
    FloatingPointError
        Of a ridge family, in a process that takes subnormal numbers for zero.
    """
    if progress is None:
        return family.constants("resampling")
    return family.constants_with("resampling", progress)


def finite_sum_constants(family: Family, *, progress: Progress | None = None) -> Known:
    """Constants of Assumptions 4 and 5, as the family tells them.

    Parameters
    ----------
    progress : called with the parts done and in all, as they are done

    Raises
    ------
    FloatingPointError
        Of a ridge family, in a process that takes subnormal numbers for zero.
    """
    if progress is None:
        return family.constants("finite-sum")
    return family.constants_with("finite-sum", progress)
