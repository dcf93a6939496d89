"""Derivatives by central differences of a ladder of steps, extrapolated, with an estimate of their error."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from problems.arrays import Array

__all__ = ["STEPS", "derivative"]

# Halvings of the first step, which is 1, and columns of extrapolation.
STEPS, COLUMNS = 18, 7
EPS = float(np.finfo(np.float64).eps)


def derivative(function: Callable[[Array], Array], first: float = 1.0) -> tuple[Array, Array]:
    """The derivative at 0 of a function of t, entry by entry, and an estimate of its error.

    Steps first, first/2, first/4, ... feed Romberg's table.  Of its entries the one with the least estimate
    is taken: how far it is from its neighbours, and what rounding of the function makes of it.  Where a kink
    is near, the estimate is as large as the error that the kink makes.

    Parameters
    ----------
    function : (J,) -> (J, ...)
    """
    h = first / 2.0 ** np.arange(STEPS)
    values = function(np.concatenate([h, -h]))
    above, below = values[:STEPS], values[STEPS:]
    shape = (STEPS, *[1] * (values.ndim - 1))
    with np.errstate(all="ignore"):
        column = (above - below) / (2 * h.reshape(shape))
        noise = 4 * EPS * np.maximum(np.abs(above), np.abs(below)) / h.reshape(shape)
        best = column[-1]
        error = np.full(best.shape, np.inf)
        for k in range(1, COLUMNS):
            finer = column[1:] + (column[1:] - column[:-1]) / (4.0**k - 1)
            noise = noise[1:]
            estimate = np.maximum(np.abs(finer - column[1:]), np.abs(finer - column[:-1])) + noise
            estimate = np.where(np.isfinite(estimate), estimate, np.inf)
            row = estimate.argmin(0)[None]
            least = np.take_along_axis(estimate, row, 0)[0]
            better = least < error
            best = np.where(better, np.take_along_axis(finer, row, 0)[0], best)
            error = np.where(better, least, error)
            column = finer
    return best, error
