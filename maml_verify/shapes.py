"""Shapes of points and batches, checked before compiled code reads them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from problems.arrays import Array
from problems.family import Family

__all__ = ["check_batches", "check_points"]


def check_points(family: Family, w: Array) -> None:
    """Points are an array (tasks, replicates, d).

    Raises
    ------
    TypeError, ValueError
    """
    if not isinstance(w, np.ndarray):
        raise TypeError(f"w is a {type(w).__name__}; rule: an array (tasks, replicates, d)")
    if w.ndim != 3 or w.shape[0] != family.tasks or w.shape[2] != family.d:
        rule = f"(tasks, replicates, d) = ({family.tasks}, R, {family.d})"
        raise ValueError(f"w has shape {w.shape}; rule: {rule}")


def check_batches(family: Family, w: Array, role: str, batches: Sequence[Array]) -> None:
    """Batches are weights (tasks, replicates or 1, atoms), or atoms drawn: integers (tasks, replicates, S).

    Raises
    ------
    ValueError
        Names the role.
    """
    n, R, _ = w.shape
    for c in batches:
        shape, drawn = c.shape, c.dtype.kind in "iu"
        stacked = len(shape) == 3 and shape[0] == n and (shape[1] == R or shape[1] == 1)
        if stacked and (shape[2] > 0 if drawn else shape[2] == family.atoms):
            continue
        rule = f"weights ({n}, {R} or 1, {family.atoms}), or atoms drawn, integers ({n}, {R} or 1, S)"
        raise ValueError(f"{role}: a batch has shape {shape}; rule: {rule}")
