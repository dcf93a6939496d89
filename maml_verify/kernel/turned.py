"""Batches turned, for compiled code: replicates become columns.

Batches come as any number of arrays, which compiled code does not take: it gets their places in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numba import carray, njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from problems.arrays import Array

__all__ = ["LANES", "places", "turn_batch"]

# Replicates in a group, and those turned together: a line of the cache.
LANES, LINE = 128, 8


def places(batches: Sequence[Array]) -> Array:
    """Address, and numbers between tasks and between replicates, of each batch (tasks, R or 1, K).

    The last axis has no gaps.  Whoever uses the addresses keeps the arrays.
    """
    found = [(a.ctypes.data, a.strides[0] // 8, a.strides[1] // 8 if a.shape[1] > 1 else 0) for a in batches]
    return np.array(found, dtype=np.int64).reshape(-1, 3)


@intrinsic
def _pointer(context: Any, address: Any) -> tuple[Any, Callable[..., Any]]:
    """The place in memory at an address."""

    def generate(target: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(address), generate


@njit
def turn_batch(place: Array, task: int, start: int, rows: int, turned: Array) -> None:
    """turned[k, r] = coefficient k of replicate start + r, r < rows; ``place`` is one of `places`."""
    address, by_task, by_row = place
    width = len(turned)
    first = address + 8 * (task * by_task + start * by_row)
    # The context is numba's to give.
    pointer: Any = _pointer(first)  # type: ignore[call-arg]
    flat = carray(pointer, ((rows - 1) * by_row + width,), np.float64)
    whole = rows - rows % LINE
    for r in range(0, whole, LINE):
        for k in range(width):
            for i in range(LINE):
                turned[k, r + i] = flat[(r + i) * by_row + k]
    for r in range(whole, rows):
        for k in range(width):
            turned[k, r] = flat[r * by_row + k]
