"""Meta gradients of narrow families in compiled code: the direct form of `dense`, over columns of replicates.

A group of replicates is transposed, so that they are columns; products, slopes and both sweeps then stay in
the first caches, and every loop runs over columns.  For widths at which BLAS is far below its best.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import b1, f8, i8, njit, types

from maml_verify.meta_gradients.batches import drawn_atoms, weights_of, within
from maml_verify.meta_gradients.kernel.blocking import Block, part
from maml_verify.meta_gradients.kernel.choice import TOGETHER as COLUMNS
from maml_verify.meta_gradients.kernel.compiled_links import fill_cosine, fill_logistic
from maml_verify.meta_gradients.kernel.layout import Layout
from maml_verify.meta_gradients.kernel.transpose import addresses, transpose_batch
from problems.arrays import Array

__all__ = ["meta_gradient"]


@njit(fastmath={"contract"})
def _add_product(A: Array, v: Array, x: Array) -> None:
    """X += A V, two rows and four columns of A at a time: they stay in registers."""
    rows, columns = A.shape
    even, whole = rows - rows % 2, columns - columns % 4
    for r in range(0, even, 2):
        for k in range(0, whole, 4):
            a0, a1, a2, a3 = A[r, k], A[r, k + 1], A[r, k + 2], A[r, k + 3]
            b0, b1, b2, b3 = A[r + 1, k], A[r + 1, k + 1], A[r + 1, k + 2], A[r + 1, k + 3]
            for i in range(COLUMNS):
                v0, v1, v2, v3 = v[k, i], v[k + 1, i], v[k + 2, i], v[k + 3, i]
                x[r, i] += a0 * v0 + a1 * v1 + a2 * v2 + a3 * v3
                x[r + 1, i] += b0 * v0 + b1 * v1 + b2 * v2 + b3 * v3
        for k in range(whole, columns):
            for i in range(COLUMNS):
                x[r, i] += A[r, k] * v[k, i]
                x[r + 1, i] += A[r + 1, k] * v[k, i]
    for r in range(even, rows):
        for k in range(columns):
            for i in range(COLUMNS):
                x[r, i] += A[r, k] * v[k, i]


@njit(fastmath={"contract"})
def _scale(x: Array, alpha: float, a: Array) -> None:
    for k in range(len(x)):
        for i in range(COLUMNS):
            x[k, i] *= alpha * a[k, i]


# What is only read may be anybody's array.
GIVEN = types.Array(f8, 3, "A", readonly=True)


@njit(
    types.void(b1, GIVEN, GIVEN, GIVEN, f8, i8[:, ::1], i8[:, ::1], f8[:, :, :]),
    nogil=True,
    cache=True,
    fastmath={"contract"},
)
def _fill(
    wave: bool,
    rows: Array,
    columns: Array,
    offsets: Array,
    alpha: float,
    inner: Array,
    hessian: Array,
    result: Array,
) -> None:
    """From w in ``result`` to G in its place; x = scale * Q w - scale * y, c = ds/dx."""
    n, K, d = rows.shape
    R, N = result.shape[1], len(hessian)
    v, x, s = np.zeros((d, COLUMNS)), np.empty((K, COLUMNS)), np.empty((K, COLUMNS))
    a, curvatures = np.zeros((K, COLUMNS)), np.empty((N + 1, K, COLUMNS))
    for task in range(n):
        Q, Qt, y = columns[task].T, rows[task].T, offsets[task, 0]
        for start in range(0, R, COLUMNS):
            here = min(COLUMNS, R - start)
            for r in range(here):
                for k in range(d):
                    v[k, r] = result[task, start + r, k]
            for j in range(N + 1):
                c = curvatures[j]
                for k in range(K):
                    x[k] = -y[k]
                _add_product(Q, v, x)
                if wave:
                    fill_cosine(x.reshape(-1), s.reshape(-1), c.reshape(-1))
                else:
                    fill_logistic(x.reshape(-1), s.reshape(-1), c.reshape(-1))
                share = transpose_batch(inner[j], task, start, here, a)
                if j == N:
                    _scale(s, share, a)
                    v[:] = 0
                else:
                    _scale(s, -alpha * share, a)
                    if (hessian[j] != inner[j]).any():
                        share = transpose_batch(hessian[j], task, start, here, a)
                    _scale(c, -alpha * share, a)
                _add_product(Qt, s, v)
            for j in range(N - 1, -1, -1):
                x[:] = 0
                _add_product(Q, v, x)
                x *= curvatures[j]
                _add_product(Qt, x, v)
            for r in range(here):
                for k in range(d):
                    result[task, start + r, k] = v[k, r]


def meta_gradient(
    t: Layout,
    link: str,
    alpha: float,
    inner: Sequence[Array],
    hessian: Sequence[Array],
    outer: Array,
    block: Block,
    v: Array,
) -> None:
    """Meta gradients of one block in place of its points v (tasks, R, d); there are no linear terms."""
    tasks = block[0]

    def terms(c: Array) -> Array:
        a = part(c, block)
        if drawn_atoms(a) and t.coefficients is None:
            a = within(a, t.atoms).astype(np.int64, copy=False)
        else:
            a = t.terms(weights_of(a, t.atoms), tasks).astype(np.float64, copy=False)
        return a if a.strides[2] == 8 and a.strides[1] >= 0 else np.ascontiguousarray(a)

    a = [terms(c) for c in (*inner, outer)]
    a_hessian = [known if h is c else terms(h) for known, c, h in zip(a[:-1], inner, hessian, strict=True)]
    wave = link == "cosine"
    _fill(
        wave, t.rows[tasks], t.columns[tasks], t.offsets[tasks], alpha, addresses(a), addresses(a_hessian), v
    )
