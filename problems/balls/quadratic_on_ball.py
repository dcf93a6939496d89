"""sup norm(b + A x) over norm(x) <= radius, certified: the one quadratic maximum that duality gives exactly.

For lambda with lambda I - A^T A positive definite and r = A^T b,
norm(b + A x)^2 <= lambda radius^2 + norm(b)^2 + r^T (lambda I - A^T A)^-1 r at every such x.
"""

from __future__ import annotations

import math
from typing import Any

import flint
import numpy as np
from flint import arb, arb_mat

from problems.arrays import Array

__all__ = ["largest_norm"]

PRECISION = 160
HALVINGS = 200
# lambda keeps this share of the matrix from its largest eigenvalue, tried in turn.
GAPS = (1e-15, 1e-13, 1e-11, 1e-9, 1e-6, 1e-3)


def largest_norm(b: Array, A: Array, radius: float) -> tuple[float, Array]:
    """A bound on the supremum, rounded up, and points (P, d) at which it is nearly taken.

    Parameters
    ----------
    b : (k,);  A : (k, d) float64
    """
    d = A.shape[1]
    scale = float(np.linalg.norm(A, 2))
    if scale == 0 or radius == 0:
        return float(np.linalg.norm(b)) * (1 + 1e-14), np.zeros((1, d))
    size, U = np.linalg.eigh(A.T @ A)
    beta = U.T @ (A.T @ b)
    best = math.inf
    point = np.zeros(d)
    for gap in GAPS:
        value = _multiplier(size, beta, radius, gap * scale**2)
        found = _dual(b, A, radius, value)
        if found < best:
            best, point = found, U @ (beta / (value - size))
        if math.isfinite(best):
            break
    length = float(np.linalg.norm(point))
    # Where r has no part along the largest eigenvector, the rest of the way to the sphere is along it.
    top = U[:, -1] * math.sqrt(max(radius**2 - min(length, radius) ** 2, 0))
    points = np.stack([point + top, point - top])
    return best, points * (radius / np.maximum(np.linalg.norm(points, axis=1), radius))[:, None]


def _multiplier(size: Array, beta: Array, radius: float, gap: float) -> float:
    """The lambda above the largest eigenvalue by at least ``gap`` with norm(x) = radius, if there is one."""
    low, high = gap, gap + float(np.linalg.norm(beta)) / radius
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if float(((beta / (size[-1] + middle - size)) ** 2).sum()) > radius**2:
            low = middle
        else:
            high = middle
    return float(size[-1]) + high


def _dual(b: Array, A: Array, radius: float, value: float) -> float:
    with flint.ctx.workprec(PRECISION):
        mat = arb_mat([[arb(x) for x in row] for row in A.tolist()])
        vec = arb_mat([[arb(x)] for x in b.tolist()])
        r = mat.transpose() * vec
        d = mat.ncols()
        M = (
            arb_mat([[arb(value if i == j else 0.0) for j in range(d)] for i in range(d)])
            - mat.transpose() * mat
        )
        found = _quotient(M, [r[i, 0] for i in range(d)])
        if found is None:
            return math.inf
        total = arb(value) * arb(radius) ** 2 + sum((x * x for x in map(arb, b.tolist())), arb(0)) + found
        if not total >= 0:
            total = total.max(arb(0))
        top = total.sqrt().upper()
        return float(np.nextafter(float(top), math.inf))


def _quotient(M: Any, r: list[Any]) -> Any | None:
    """r^T M^-1 r by elimination; None unless every pivot is positive, that is M positive definite."""
    d, total = len(r), arb(0)
    rows = [[M[i, j] for j in range(d)] for i in range(d)]
    for i in range(d):
        if not rows[i][i] > 0:
            return None
        total += r[i] * r[i] / rows[i][i]
        for j in range(i + 1, d):
            if not rows[j][i].is_zero():
                q = rows[j][i] / rows[i][i]
                for k in range(i + 1, d):
                    rows[j][k] -= q * rows[i][k]
                r[j] = r[j] - q * r[i]
    return total
