"""Slope and curvature of the cosine in one compiled pass, by numba (the extra ``fast``).

The formulas of `links`; what is saved is the way to memory between them, and the interpreter's lock.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from maml_verify.kernel.links import QUARTER_SINE
from problems.arrays import Array

__all__ = ["cosine"]

HIGHEST, LOWER = QUARTER_SINE[-1], QUARTER_SINE[-2::-1]


@njit("void(f8[::1], f8[::1], f8[::1])", nogil=True, cache=True, fastmath={"contract"})
def _fill(x: Array, s: Array, c: Array) -> None:
    for i in range(x.size):
        f = x[i] - np.rint(x[i])
        u = f * f
        sine = HIGHEST
        for coefficient in LOWER:
            sine = sine * u + coefficient
        sine = sine * f
        square = sine * sine
        cosine = 1 - square / 2
        s[i] = sine * np.sqrt(4 - square) * cosine
        c[i] = 2 * np.pi * (2 * cosine * cosine - 1)


def cosine(x: Array, s: Array, c: Array, k: Array) -> None:
    """The pair of the cosine at x in turns; s and c are contiguous, k is not needed."""
    _fill(x.reshape(-1), s.reshape(-1), c.reshape(-1))
