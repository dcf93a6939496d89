"""Unit vectors so dense that a symmetric form is hardly larger between them.

Let f(v) = T[v, ..., v] with k entries have the norm M = max abs(f), at v*.  On the great circle through v*
and any v, f is a trigonometric polynomial of degree k with abs(f) <= M, so abs(f) >= M cos(k angle) there
(M. Riesz), up to an angle of pi/k.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from problems.arrays import Array

__all__ = ["Directions", "directions", "powers"]

# Steps on the half circle, and on the side of each of three faces of a cube.
CIRCLE, FACE = 120, 50


def powers(v: Array, k: int) -> Array:
    """v (G, d) times itself k times, (G, d^k)."""
    result = np.ones((len(v), 1))
    for _ in range(k):
        result = (result[:, :, None] * v[:, None, :]).reshape(len(v), -1)
    return result


@dataclass(frozen=True, eq=False)
class Directions:
    """Unit vectors (G, d), one of each pair v, -v; every other is within ``angle`` of one of them."""

    v: Array
    angle: float

    @lru_cache(maxsize=8)  # noqa: B019 (there are three of them, kept for good)
    def powers(self, k: int) -> Array:
        """Each times itself k times, (G, d^k)."""
        return powers(self.v, k)

    def factor(self, k: int) -> float:
        """What the largest of them is to be multiplied by, to bound a form of k entries; rounded up."""
        return (1 + 1e-13) / math.cos(k * self.angle)


@lru_cache(maxsize=8)
def directions(d: int) -> Directions:
    """Directions in at most 3 dimensions."""
    if d == 1:
        return Directions(np.ones((1, 1)), 0.0)
    if d == 2:
        t = np.pi * np.arange(CIRCLE) / CIRCLE
        return Directions(np.stack([np.cos(t), np.sin(t)], axis=1), math.pi / (2 * CIRCLE) * (1 + 1e-12))
    # Points (1, x, y) on a face: of a square of side s the middle is within s/sqrt(2), and angles are less.
    x, y = (part.ravel() for part in np.meshgrid(*[(np.arange(FACE) + 0.5) / FACE * 2 - 1] * 2))
    faces = [np.roll(np.stack([np.ones(FACE**2), x, y], axis=1), k, axis=1) for k in range(3)]
    rows = np.concatenate(faces)
    return Directions(rows / np.linalg.norm(rows, axis=1)[:, None], 2 / FACE / math.sqrt(2) * (1 + 1e-12))
