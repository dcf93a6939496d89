"""Slope and curvature of the cosine and the logistic link in one pass, compiled by numba (extra ``fast``).

What is saved against `links` is the way to memory between the passes, and the interpreter's lock.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numba.core import config

from maml_verify.meta_gradients.kernel.link_pairs import QUARTER_SINE, Pair
from problems.arrays import Array

__all__ = ["PAIRS", "fill_cosine", "fill_logistic"]

if config.DISABLE_JIT:  # type: ignore[attr-defined]
    raise ImportError("numba does not compile (NUMBA_DISABLE_JIT); rule: its loops are for compiled code")

# 2^f on abs(f) <= 1/2, interpolated at Chebyshev nodes; relative error below 2^-55.
EXP2 = (
    1.0,
    0.6931471805599453,
    0.24022650695910158,
    0.055504108664821625,
    0.009618129107587256,
    0.001333355814640647,
    0.00015403530463724353,
    1.5252733841556773e-05,
    1.3215432535912375e-06,
    1.0178057087733941e-07,
    7.074194297288521e-09,
    4.4558179083360645e-10,
)
# Added to an integer k below 2^51, it leaves k in the low bits; shifted to the place of the exponent, with
# that of 1.0 added, they are those of 2^k.
LOW_BITS, EXPONENT, ONE = 1.5 * 2.0**52, 52, 1023 << 52
# 2^1000 is as good as infinity, whose slope is 0, and its square is infinite.
MOST = 1000.0
LOG_2 = math.log(2)

SINE_HIGHEST, SINE_LOWER = QUARTER_SINE[-1], QUARTER_SINE[-2::-1]
EXP2_HIGHEST, EXP2_LOWER = EXP2[-1], EXP2[-2::-1]
# Numbers that stay in the first cache between the loops.
CHUNK = 1024


@njit("void(f8[::1], f8[::1], f8[::1])", nogil=True, cache=True, fastmath={"contract"})
def fill_cosine(x: Array, s: Array, c: Array) -> None:
    """s = phi' and c = ds/dx of the cosine at x turns: the formulas of `links`."""
    for i in range(x.size):
        f = x[i] - np.rint(x[i])
        u = f * f
        sine = SINE_HIGHEST
        for coefficient in SINE_LOWER:
            sine = sine * u + coefficient
        sine = sine * f
        square = sine * sine
        cosine = 1 - square / 2
        s[i] = sine * np.sqrt(4 - square) * cosine
        c[i] = 2 * np.pi * (2 * cosine * cosine - 1)


# A division that may raise would not be vectorised.
@njit(nogil=True, fastmath={"contract"}, error_model="numpy")
def _fill_chunk(x: Array, s: Array, c: Array) -> None:
    bits = s.view(np.int64)
    for i in range(x.size):
        y = min(max(x[i], -MOST), MOST)
        k = np.rint(y)
        f = y - k
        power = EXP2_HIGHEST
        for coefficient in EXP2_LOWER:
            power = power * f + coefficient
        c[i] = power
        s[i] = k + LOW_BITS
    for i in range(x.size):
        bits[i] = (bits[i] << EXPONENT) + ONE
    for i in range(x.size):
        slope = 1 / (1 + c[i] * s[i])
        s[i] = slope
        c[i] = LOG_2 * (slope * slope - slope)


@njit("void(f8[::1], f8[::1], f8[::1])", nogil=True, cache=True, fastmath={"contract"})
def fill_logistic(x: Array, s: Array, c: Array) -> None:
    """s = phi' = 1 / (1 + 2^x) and c = ds/dx, with 2^x from a polynomial and the bits of an exponent."""
    for start in range(0, x.size, CHUNK):
        _fill_chunk(x[start : start + CHUNK], s[start : start + CHUNK], c[start : start + CHUNK])


def _cosine(x: Array, s: Array, c: Array, k: Array) -> None:
    fill_cosine(x.reshape(-1), s.reshape(-1), c.reshape(-1))


def _logistic(x: Array, s: Array, c: Array, k: Array) -> None:
    fill_logistic(x.reshape(-1), s.reshape(-1), c.reshape(-1))


# Contiguous arrays, and no scratch; x in turns, and in powers of two.
PAIRS = {"cosine": Pair(1 / (2 * math.pi), _cosine), "logistic": Pair(-1 / LOG_2, _logistic)}
