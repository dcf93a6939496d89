"""Shapes of points and batches, checked before compiled code reads them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from maml_verify.kernel.batches import drawn_atoms
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
    shape = w.shape
    if len(shape) != 3 or shape[0] != family.tasks or shape[2] != family.d:
        rule = f"(tasks, replicates, d) = ({family.tasks}, R, {family.d})"
        raise ValueError(f"w has shape {shape}; rule: {rule}")


def check_batches(family: Family, w: Array, role: str, batches: Sequence[Array]) -> None:
    """Batches are weights (tasks, replicates or 1, atoms), or atoms drawn: integers (tasks, replicates, S).

    Raises
    ------
    ValueError
        Names the role.
    """
    n, R, _ = w.shape
    m = family.atoms
    expected = ((n, R, m), (n, 1, m))
    for c in batches:
        shape = c.shape
        # A dtype is asked for only where the shape leaves a doubt: this is a part of the time of small calls.
        if shape in expected:
            continue
        if drawn_atoms(c) and len(shape) == 3 and shape[:2] in ((n, R), (n, 1)) and shape[2]:
            continue
        rule = f"weights ({n}, {R} or 1, {m}), or atoms drawn, integers ({n}, {R} or 1, S)"
        raise ValueError(f"{role}: a batch has shape {shape}; rule: {rule}")
