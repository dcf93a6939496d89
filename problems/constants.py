"""The constants of Assumptions 1-5 of any family, each a value with a reason and a flag."""

from __future__ import annotations

from problems.family import Family
from problems.known import Known
from problems.progress import Progress, silent

__all__ = ["finite_sum_constants", "resampling_constants"]


def resampling_constants(family: Family, *, progress: Progress = silent) -> Known:
    """Constants of Assumptions 1, 2 and 3.

    Parameters
    ----------
    family : Family
    progress : called with the parts done and in all, as they are done

    Returns
    -------
    Known
        As the family tells them, with a reason and a flag; of a ridge family the least that are proved, and
        b, b2 are flagged ``none``.

    Raises
    ------
    FloatingPointError
        Of a ridge family, in a process that takes subnormal numbers for zero.

    Examples
    --------
    >>> from problems import quadratic, resampling_constants
    >>> known = resampling_constants(quadratic(rng=0, noise=0))
    >>> known.L.flag, float(known.L.value), float(known.sigma_g.value)
    ('exact', 1.0, 0.0)
    >>> known.b.reason
    'a constant of the finite-sum case'
    """
    return family.constants_with("resampling", progress)


def finite_sum_constants(family: Family, *, progress: Progress = silent) -> Known:
    """Constants of Assumptions 4 and 5.

    Parameters
    ----------
    family : Family
    progress : called with the parts done and in all, as they are done

    Returns
    -------
    Known
        As the family tells them, with a reason and a flag; of a ridge family the least that are proved, and
        sigma_g, sigma_H are flagged ``none``.

    Raises
    ------
    FloatingPointError
        Of a ridge family, in a process that takes subnormal numbers for zero.

    Examples
    --------
    >>> from problems import finite_sum_constants, quadratic
    >>> known = finite_sum_constants(quadratic(rng=0, tasks=3, noise=0))
    >>> float(known.L.value), [float(b.value) for b in known.b_i]
    (1.0, [0.0, 0.0, 0.0])
    """
    return family.constants_with("finite-sum", progress)
