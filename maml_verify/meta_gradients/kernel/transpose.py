"""Batches transposed, for compiled code: replicates become columns.

Batches come as any number of arrays, which compiled code does not take: it gets their addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numba import carray, njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from maml_verify.meta_gradients.batches import drawn_atoms
from problems.arrays import Array

__all__ = ["addresses", "transpose_batch"]

# Replicates transposed together: a line of the cache.
LINE = 8


def addresses(batches: Sequence[Array]) -> Array:
    """Where each batch is: address, steps between tasks and between replicates, and size if atoms were drawn.

    Batches are coefficients float64 (tasks, R or 1, K), or atoms int64 (tasks, R or 1, size); the last axis
    has no gaps.  Whoever uses the addresses keeps the arrays.
    """
    found = [
        (
            a.ctypes.data,
            a.strides[0] // 8,
            a.strides[1] // 8 if a.shape[1] > 1 else 0,
            a.shape[2] if drawn_atoms(a) else 0,
        )
        for a in batches
    ]
    return np.array(found, dtype=np.int64).reshape(-1, 4)


@intrinsic
def _pointer(context: Any, address: Any) -> tuple[Any, Callable[..., Any]]:
    """The array in memory at an address."""

    def generate(target: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(address), generate


@njit
def transpose_batch(where: Array, task: int, start: int, rows: int, columns: Array) -> float:
    """columns[k, r] = coefficient k of replicate start + r, over the number returned; r < rows."""
    address, by_task, by_row, size = where
    # The context is numba's to give.
    pointer: Any = _pointer(address + 8 * (task * by_task + start * by_row))  # type: ignore[call-arg]
    if size:
        atoms = carray(pointer, ((rows - 1) * by_row + size,), np.int64)
        columns[:] = 0
        for r in range(rows):
            for i in range(size):
                columns[atoms[r * by_row + i], r] += 1
        return 1 / size
    width = len(columns)
    flat = carray(pointer, ((rows - 1) * by_row + width,), np.float64)
    whole = rows - rows % LINE
    for r in range(0, whole, LINE):
        for k in range(width):
            for i in range(LINE):
                columns[k, r + i] = flat[(r + i) * by_row + k]
    for r in range(whole, rows):
        for k in range(width):
            columns[k, r] = flat[r * by_row + k]
    return 1.0
