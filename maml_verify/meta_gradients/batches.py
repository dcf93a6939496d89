"""A batch as weights over a task's atoms, or as the atoms drawn; and the shapes of both."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from problems.arrays import Array
from problems.family import Family

__all__ = ["active_atoms", "check_batches", "check_points", "drawn_atoms", "weights_of", "within"]


def active_atoms(probabilities: Array) -> list[int]:
    """The atoms that some task can draw; the others are padding.

    Parameters
    ----------
    probabilities : (n, m)
    """
    return [k for k in range(probabilities.shape[1]) if any(p != 0 for p in probabilities[:, k])]


def within(c: Array, atoms: int) -> Array:
    """The atoms drawn, as they are.

    Raises
    ------
    ValueError
        If one is negative or not below ``atoms``.
    """
    if c.size and not 0 <= (least := c.min()) <= (most := c.max()) < atoms:
        raise ValueError(f"a batch has atom {least if least < 0 else most}; rule: 0 <= atom < {atoms}")
    return c


def weights_of(c: Array, atoms: int) -> Array:
    """Weights (n, R or 1, m) of a batch, given so or by the atoms drawn (n, R, S) as integers."""
    if c.dtype.kind not in "iu":
        return c
    n, R, S = within(c, atoms).shape
    first = np.arange(0, n * R * atoms, atoms).reshape(n, R, 1)
    counts = np.bincount((c + first).ravel(), minlength=n * R * atoms)
    return counts.reshape(n, R, atoms) / S


def drawn_atoms(c: Array) -> bool:
    """Whether a batch is given by the atoms drawn (tasks, R, S), not by weights (tasks, R or 1, atoms)."""
    return bool(c.dtype.kind in "iu")


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
        # The dtype is read only where the shape does not tell: reading it costs a share of a small call.
        if shape in expected:
            continue
        if drawn_atoms(c) and len(shape) == 3 and shape[:2] in ((n, R), (n, 1)) and shape[2]:
            continue
        rule = f"weights ({n}, {R} or 1, {m}), or atoms drawn, integers ({n}, {R} or 1, S)"
        raise ValueError(f"{role}: a batch has shape {shape}; rule: {rule}")
