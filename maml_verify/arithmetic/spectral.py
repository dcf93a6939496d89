"""Spectral norm of small matrices in float64, in Arb balls and, where it has a closed form, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import arb, ctx, fmpq, fmpq_mat, fmpq_poly

from maml_verify.arithmetic.norms import norm
from maml_verify.arithmetic.root_sum import RootSum
from problems.arrays import Array

__all__ = ["basis", "spectral_norm"]


def basis(points: Array) -> list[Array]:
    """The d unit vectors, each stacked like ``points`` (tasks, R, d), in its kind of number."""
    zero = points * 0
    columns = []
    for k in range(points.shape[-1]):
        e = zero.copy()
        e[..., k] = e[..., k] + 1
        columns.append(e)
    return columns


def spectral_norm(columns: Sequence[Array]) -> Array:
    """Norms of the matrices with these columns, shape of a column without its last axis.

    Raises
    ------
    ArithmeticError
        For exact rationals, where the norm is the root of no rational.
    """
    matrices = np.stack(list(columns), axis=-1)
    if matrices.dtype != object:
        return np.linalg.norm(matrices, ord=2, axis=(-2, -1))
    result = np.empty(matrices.shape[:-2], dtype=object)
    for index in np.ndindex(result.shape):
        matrix = matrices[index]
        result[index] = _exact(matrix) if isinstance(matrix[0, 0], fmpq) else _ball(matrix)
    return result


def _exact(matrix: Array) -> Any:
    gram = matrix.T @ matrix
    d = len(gram)
    factors = fmpq_mat(d, d, gram.ravel().tolist()).charpoly().factor()[1]
    for factor, _ in factors:
        if factor.degree() == 1 and _is_largest(factors, root := -factor[0] / factor[1]):
            return RootSum(root) ** 0.5
    raise ArithmeticError("the spectral norm of this rational matrix has no closed form")


def _is_largest(factors: Any, root: Any) -> bool:
    """Whether no factor has a root above ``root``: all are real, so that Descartes' rule counts them."""
    for factor, _ in factors:
        moved = factor(fmpq_poly([root, 1]))
        if len({c > 0 for c in moved.coeffs() if c != 0}) > 1:
            return False
    return True


def _ball(matrix: Array) -> Any:
    if len(matrix) == 1:
        return abs(matrix[0, 0])
    approximate = np.array([[float(v.mid()) for v in row] for row in matrix])
    v = np.linalg.svd(approximate)[2][0]
    ball = np.array([arb(float(x)) for x in v], dtype=object)
    low = norm(matrix @ ball) / norm(ball)
    gram = matrix.T @ matrix
    gap = arb(2) ** min(-40, -(ctx.prec // 3))
    while gap < 4:
        top = (low * (1 + gap)).upper() + arb(2) ** (-2 * ctx.prec)
        if _positive_definite(np.eye(len(gram), dtype=int) * top**2 - gram):
            return low.union(top)
        gap = gap * 1024
    return low.union(norm(matrix.ravel()))


def _positive_definite(a: Array) -> bool:
    a = a.copy()
    for k in range(len(a)):
        if not a[k, k] > 0:
            return False
        row = a[k, k + 1 :] / a[k, k]
        a[k + 1 :, k + 1 :] = a[k + 1 :, k + 1 :] - np.outer(a[k + 1 :, k], row)
    return True
