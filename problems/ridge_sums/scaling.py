"""Features on a scale at which every constant and bound is a float64."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from problems.reading import DataColumn, Numbers
from problems.reading.numbers import stacked

__all__ = ["in_range", "standardised", "with_intercept"]

# Products of a few of them, as in rho times a gradient, stay in float64.
LARGEST = 1e60


def in_range(values: Numbers, columns: Sequence[DataColumn]) -> None:
    """Refuse numbers whose powers leave float64.

    Raises
    ------
    ValueError
        Naming column and row of the largest number.
    """
    sizes = np.abs(values.floats).reshape(len(values.floats), -1)
    k, j = map(int, np.unravel_index(sizes.argmax(), sizes.shape))
    top = float(sizes[k, j])
    if top > LARGEST:
        columns[j].refuse(k, f"at most {LARGEST:.0e} in size; standardise")
    if 0 < top < 1 / LARGEST:
        columns[j].refuse(k, f"at least {1 / LARGEST:.0e} in size; standardise", " is the largest")


def standardised(X: Numbers, columns: Sequence[DataColumn]) -> Numbers:
    """Each feature less its mean, over its standard deviation, in float64.

    Raises
    ------
    ValueError
        For a feature that is the same in every row.
    """
    # On a scale of 1 neither squares nor sums leave float64.
    size = np.abs(X.floats).max(axis=0)
    scaled = X.floats / np.where(size > 0, size, 1)
    centred = scaled - scaled.mean(axis=0)
    # The first mean is rounded, by more than the spread of numbers that are almost the same.
    centred = centred - centred.mean(axis=0)
    for feature, column in zip(X.floats.T, columns, strict=True):
        if (feature == feature[0]).all():
            raise ValueError(
                f"{column.where} is the same in every row; rule: features that vary, to be standardised"
            )
    return Numbers(centred / np.sqrt((centred**2).mean(axis=0)))


def with_intercept(X: Numbers) -> Numbers:
    """One more feature, which is 1."""
    one = Numbers(np.ones(len(X.floats)))
    parts = [
        Numbers(X.floats[:, k], None if X.exact is None else X.exact[:, k]) for k in range(X.floats.shape[1])
    ]
    return stacked([*parts, one])
