"""A batch of data: weights of the atoms, or the atoms drawn."""

from __future__ import annotations

from maml_verify.kernel.blocking import Block
from problems.arrays import Array

__all__ = ["drawn_atoms", "part"]


def drawn_atoms(c: Array) -> bool:
    """Whether a batch is given by the atoms drawn (tasks, R, S), not by weights (tasks, R or 1, atoms)."""
    return bool(c.dtype.kind in "iu")


def part(c: Array, block: Block) -> Array:
    """What a batch has in a block."""
    return c[block] if c.shape[1] > 1 else c[block[0]]
