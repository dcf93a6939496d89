"""The inner path w_0, ..., w_N."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from maml_verify.meta_gradients import kernel
from maml_verify.meta_gradients.batches import check_batches, check_points, weights_of
from problems.arrays import Array
from problems.family import Family

__all__ = ["SMALL", "inner_path"]

# Coordinates of all points below which plain NumPy takes a path faster than the kernel prepares its arrays.
SMALL = 1024


def inner_path(family: Family, w: Array, alpha: Any, batches: Sequence[Array]) -> list[Array]:
    """w_0, ..., w_N with w_{j+1} = w_j - alpha grad l_i(w_j; c_j).

    Parameters
    ----------
    w : (tasks, replicates, d)
    alpha : number
    batches : N arrays (tasks, replicates or 1, atoms)

    Raises
    ------
    ValueError
        If a shape is another.
    """
    check_points(family, w)
    check_batches(family, w, "inner", batches)
    if kernel.serves(family, w) and w.size >= SMALL:
        return kernel.inner_path(family, w, alpha, batches)
    path = [w]
    for c in batches:
        path.append(path[-1] - alpha * family.grad(path[-1], weights_of(c, family.atoms)))
    return path
