"""Certified largest eigenvalues of sum_g c_g q_g q_g^T."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from flint import fmpq, fmpq_mat

from problems.arrays import Array
from problems.rationals import exponent, power, rational, root, scaled
from problems.rounding import TINY, units

__all__ = ["Directions", "directions", "matrix", "orthogonal"]
__all__ += ["spectral_bound", "spectral_bound_of_each", "spectral_bounds"]

# Up to this many multiplications the bound is lowered by its last digits in exact rationals.
EXACT_WORK = 1000
# What they try to take off, in units of 2^-51 of the sum of abs(c_g) norm(q_g)^2, the most first.
SHARPER = (64, 32, 16, 8, 4, 2, 1)
# Numbers that the products of one block may hold.
_BLOCK = 500_000


def matrix(rows: Array) -> fmpq_mat:
    """A two-dimensional array of exact rationals as a FLINT matrix."""
    return fmpq_mat(int(rows.shape[0]), int(rows.shape[1]), rows.ravel().tolist())


def orthogonal(q: Array) -> bool:
    """Whether the nonzero rows of q are pairwise orthogonal."""
    if len(q) < 2:
        return True
    if len(q) > q.shape[1]:
        return False
    Q = matrix(q)
    gram = (Q * Q.transpose()).tolist()
    return not any(gram[g][h] != 0 for g in range(len(q)) for h in range(g))


class Directions(NamedTuple):
    """Rows q (G, d), upper bounds of their norms (G,), and q / 2^exponents in float64.

    The largest entry of each float64 row is between 1/4 and 1.
    """

    q: Array
    length: Array
    exponents: Array
    unit: Array

    def at(self, index: Array) -> Directions:
        """Some of the rows."""
        return Directions(*(part[index] for part in self))


def directions(q: Array) -> Directions:
    """Directions (G, d), none of them 0."""
    sizes = [[k for k in map(exponent, row) if k is not None] for row in q]
    a = np.array([max(row) for row in sizes], dtype=object)
    length = np.array([rational(root(row @ row)) for row in q], dtype=object)
    return Directions(q, length, a, scaled(q, a[:, None]))


def spectral_bound(c: Array, rows: Directions) -> fmpq:
    """A bound on the largest eigenvalue, at least 0; equal to it where the rows are orthogonal."""
    keep = np.flatnonzero(c != 0)
    if not (c > 0).any():
        return fmpq(0)
    c, rows = c[keep], rows.at(keep)
    if orthogonal(rows.q):
        return max(a * (row @ row) for a, row in zip(c, rows.q, strict=True))
    return spectral_bound_of_each(c[None], rows)[0]


def spectral_bound_of_each(c: Array, rows: Directions) -> list[fmpq]:
    """The same for each row of c (R, G), whatever the directions are."""
    # 4^exponents goes to the coefficients, whose largest then has the size of the matrix.
    twice = 2 * rows.exponents
    sizes = [
        k + s for row in c for x, s in zip(row, twice, strict=True) for k in [exponent(x)] if k is not None
    ]
    scale = max(sizes, default=0)
    sized = scaled(c, scale - twice)
    tops = spectral_bounds(sized, np.abs(sized) * units(1), rows.unit)
    bounds = [rational(float(top)) * power(scale) for top in tops]
    q = rows.q
    if q.size * q.shape[1] > EXACT_WORK:
        return bounds
    squares = np.array([row @ row for row in q], dtype=object)
    return [_sharpened(*pair, q, squares) for pair in zip(bounds, c, strict=True)]


def _sharpened(bound: fmpq, c: Array, q: Array, squares: Array) -> fmpq:
    """The least of the bound and of slightly smaller ones that exact rationals prove."""
    scale, H = abs(c) @ squares, (c[:, None] * q).T @ q
    if scale == 0:
        return fmpq(0)
    trials = (bound - scale * fmpq(k, 2**51) for k in SHARPER)
    return next((trial for trial in trials if trial > 0 and _positive_definite(trial, H)), bound)


def _positive_definite(shift: fmpq, H: Array) -> bool:
    # LDL^T of shift I - H: positive definite when every pivot is positive.
    A = -H
    for i in range(len(A)):
        A[i, i] += shift
    for i in range(len(A)):
        if A[i, i] <= 0:
            return False
        for j in range(i + 1, len(A)):
            A[j, i + 1 :] = A[j, i + 1 :] - A[i, i + 1 :] * (A[j, i] / A[i, i])
    return True


def spectral_bounds(c: Array, radius: Array, q: Array) -> Array:
    """Bounds on the largest eigenvalue for each row of coefficients, at least 0.

    Parameters
    ----------
    c, radius : (R, G) float64
        Coefficients within ``radius`` of ``c``, at most about 1.
    q : (G, d) float64
        Rows to a relative 2^-53, entries at most 1.
    """
    G, d = q.shape
    lengths = (q**2).sum(1)
    # Every error is a sum of multiples of q_g q_g^T in absolute values, whose norm is norm(q_g)^2.
    error = (np.abs(c) * units(G + 6) + radius) @ lengths * (1 + units(G + 2 * d + 9)) + TINY
    step = max(1, _BLOCK // d**2)
    tops = [_tops(_forms(c[k : k + step], q, step)) for k in range(0, len(c), step)]
    return (np.concatenate(tops) + error) * (1 + units(4))


def _forms(c: Array, q: Array, step: int) -> Array:
    """sum_g c_g q_g q_g^T for each row of c, (R, d, d), by blocks of directions."""
    d = q.shape[1]
    H = np.zeros((len(c), d * d))
    for k in range(0, len(q), step):
        part = q[k : k + step]
        H += c[:, k : k + step] @ (part[:, :, None] * part[:, None, :]).reshape(-1, d * d)
    return H.reshape(-1, d, d)


def _tops(H: Array) -> Array:
    """Bounds on the largest eigenvalue, at least 0, of symmetric matrices (R, d, d).

    For invertible V the quotient of forms of H is that of V^T H V and V^T V.  With V from float64, the first
    is nearly diagonal, so that its rows bound its eigenvalues, and the second nearly I.
    """
    H = (H + H.swapaxes(1, 2)) / 2
    d = H.shape[-1]
    V = np.linalg.eigh(H)[1]
    Vt, A, At = V.swapaxes(1, 2), np.abs(V), np.abs(V).swapaxes(1, 2)
    B, size = Vt @ (H @ V), At @ (np.abs(H) @ A)
    middle = np.arange(d)
    diagonal = B[:, middle, middle]
    rows = diagonal - np.abs(diagonal) + np.abs(B).sum(2) + units(3 * d + 6) * size.sum(2) + TINY
    gram = At @ A
    slant = np.abs(Vt @ V - np.eye(d)).sum(2) + units(2 * d + 6) * gram.sum(2) + TINY
    slope = 1 - slant.max(1)
    if not (slope > 0.5).all():
        # Without usable eigenvectors the norm is bounded by the absolute row sums of H.
        return np.abs(H).sum(2).max(1) * (1 + units(d + 4))
    return np.maximum(rows.max(1), 0) / slope * (1 + units(4))
