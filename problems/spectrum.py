"""Certified largest eigenvalues of sum_g c_g q_g q_g^T."""

from __future__ import annotations

import numpy as np
from flint import fmpq, fmpq_mat

from problems.arrays import Array
from problems.rationals import exponent, power, rational, scaled
from problems.rounding import TINY, units

__all__ = ["directions", "matrix", "orthogonal", "spectral_bound", "spectral_bound_of_each", "spectral_bounds"]

# Numbers that the products of one block may hold.
_BLOCK = 2_000_000


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


def directions(q: Array) -> tuple[Array, Array]:
    """Exponents a (G,) and float64 rows q / 2^a (G, d), the largest entry of each between 1/4 and 1."""
    a = np.array([max(k for k in map(exponent, row) if k is not None) for row in q], dtype=object)
    return a, scaled(q, a[:, None] if len(q) else 0)


def spectral_bound(c: Array, q: Array) -> fmpq:
    """A bound on the largest eigenvalue, at least 0; equal to it where the rows are orthogonal."""
    keep = [g for g in range(len(c)) if c[g] != 0]
    c, q = c[keep], q[keep]
    if not (c > 0).any():
        return fmpq(0)
    if orthogonal(q):
        return max(a * (row @ row) for a, row in zip(c, q, strict=True))
    return spectral_bound_of_each(c[None], q)[0]


def spectral_bound_of_each(c: Array, q: Array) -> list[fmpq]:
    """The same for each row of c (R, G), whatever the rows of q are."""
    a, rows = directions(q)
    # 4^a goes to the coefficients, whose largest then has the size of the matrix.
    sizes = [k + 2 * s for row in c for x, s in zip(row, a, strict=True) for k in [exponent(x)] if k is not None]
    scale = max(sizes, default=0)
    sized = scaled(c, scale - 2 * a)
    tops = spectral_bounds(sized, np.abs(sized) * units(1), rows)
    return [rational(float(top)) * power(scale) for top in tops]


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
    step = max(1, _BLOCK // (G * d))
    tops = [_tops((c[k : k + step, None] * q.T) @ q) for k in range(0, len(c), step)]
    return (np.concatenate(tops) + error) * (1 + units(4))


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
        # No eigenvectors to speak of: the rows of H itself, crude and true.
        return np.abs(H).sum(2).max(1) * (1 + units(d + 4))
    return np.maximum(rows.max(1), 0) / slope * (1 + units(4))
