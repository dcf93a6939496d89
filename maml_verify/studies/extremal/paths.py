"""Proposition 2, first moment: noise of constant size whose direction turns by a right angle every step."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from maml_verify.settings import Setting, setting
from problems import Ridge, ridge
from problems.arrays import Array

__all__ = ["path_first_moment"]

ALPHA = Fraction(1, 4)
START = Fraction(1, 8)
# Inverse width of the strips in which noise changes sign, and size of the noise in each coordinate.
NARROW, NOISE = 128, Fraction(1, 2**14)


def signs(steps: int) -> Array:
    """Rows of a Hadamard matrix, orthogonal and of signs alone; ``steps`` is a power of two."""
    rows = np.ones((1, 1), dtype=int)
    while len(rows) < steps:
        rows = np.block([[rows, rows], [rows, -rows]])
    return rows


def _family(steps: int) -> Ridge:
    """d = ``steps``, two atoms: curvature -1, and noise +- `NOISE` (signs of step j) about the j-th point."""
    turns, q = signs(steps), 1 + ALPHA
    axes = np.array([[Fraction(int(k == t)) for k in range(steps)] for t in range(steps)], dtype=object)
    features, offsets = list(axes), [Fraction(0)] * steps
    first, linear = [Fraction(1)] * steps, [NOISE] * steps
    flips = []
    for j, k in zip(*np.nonzero(turns < 0), strict=True):
        # phi'(t + 1/2) - phi'(t - 1/2) is -1 for |t| <= 1/2, and 1 from |t| = 7/2 on.
        centre = NARROW * START * q ** int(j)
        features += [NARROW * axes[k]] * 2
        offsets += [centre - Fraction(1, 2), centre + Fraction(1, 2)]
        flips += [NOISE / NARROW, -NOISE / NARROW]
        linear[k] -= NOISE
    tables = [[*first, *(s * a for a in flips)] for s in (1, -1)]
    pulls = [[s * x for x in linear] for s in (1, -1)]
    return ridge("cubic-well", [features], offsets=[offsets], coefficients=[tables], linear=[pulls])


def path_first_moment(steps: int = 4) -> Setting:
    """Attained at every j <= ``steps``, a power of two; the noise of step i is along e_i in rotated axes."""
    w = [[START] * steps]
    return setting(_family(steps), alpha=ALPHA, steps=steps, w=w, u=w)
