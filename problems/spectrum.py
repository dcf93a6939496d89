"""Certified largest eigenvalues of sum_g c_g q_g q_g^T."""

from __future__ import annotations

import numpy as np
from flint import fmpq, fmpq_mat

from problems.arrays import Array
from problems.rationals import floats, rational

__all__ = ["matrix", "orthogonal", "spectral_bound"]

# Up to this many multiplications the bound is verified in exact rationals.
EXACT_WORK = 1000


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


def spectral_bound(c: Array, q: Array, q_float: Array | None = None) -> fmpq:
    """A bound on the largest eigenvalue, at least 0; equal to it where the rows are orthogonal.

    Otherwise the float64 eigenvalue, raised until shift I - H is positive definite in exact rationals; in
    larger cases raised by a bound on the rounding errors of the matrix and of the eigenvalue.
    ``q_float`` spares the conversion of q.
    """
    keep = [g for g in range(len(c)) if c[g] != 0]
    c, q = c[keep], q[keep]
    if not (c > 0).any():
        return fmpq(0)
    if orthogonal(q):
        return max(a * (row @ row) for a, row in zip(c, q, strict=True))
    d = q.shape[1]
    cf, qf = floats(c), floats(q) if q_float is None else q_float[keep]
    top = float(np.linalg.eigvalsh((cf[:, None] * qf).T @ qf)[-1])
    scale = float((np.abs(cf) * (qf**2).sum(1)).sum())
    if len(c) * d**2 <= EXACT_WORK:
        H = (c[:, None] * q).T @ q
        for slack in (1e-14, 1e-13, 1e-12):
            bound = rational(top + slack * scale)
            if bound > 0 and _positive_definite(bound, H):
                return bound
    error = 8 * (len(c) + d**2 + 8) * 2.0**-52
    return rational((max(top, 0.0) + error * scale) * (1 + 2.0**-50))


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
