"""Inner paths and meta gradients with every ridge term of every replicate, two products a step.

The direct form multiplies by Q and Q^T by turns.  The gram form keeps z = Q w in place of w: its products are
K x K instead of d x K, and w appears only at both ends:

    z_{j+1} = z_j - alpha Q Q^T s_j        s_j = a_j phi'(z_j)
    u_{j-1} = u_j - alpha Q Q^T r_j        r_j = a'_j phi''(z_j) u_j,   u_{N-1} = Q Q^T s_N
    G = Q^T (s_N - alpha sum_j r_j)
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from maml_verify.meta_gradients.batches import weights_of
from maml_verify.meta_gradients.kernel.blocking import Block, part
from maml_verify.meta_gradients.kernel.layout import Layout
from maml_verify.meta_gradients.kernel.link_pairs import Pair
from problems.arrays import Array

__all__ = ["Workspace", "inner_path", "meta_gradient"]


class Workspace:
    """Arrays that one thread uses for all its blocks: four (.., K), one (.., d), N curvatures.

    They are contiguous in every block, also in a last one that is smaller.
    """

    def __init__(self, N: int, points: int, K: int, d: int) -> None:
        self.N, self.K, self.widths = N, K, (K, K, K, K, d)
        self.flat = [np.empty(points * width) for width in (*self.widths, N * K)]

    def arrays(self, n: int, R: int) -> list[Array]:
        """Those of a block of n tasks and R replicates."""
        shapes = [*((n, R, width) for width in self.widths), (self.N, n, R, self.K)]
        return [a[: math.prod(shape)].reshape(shape) for a, shape in zip(self.flat, shapes, strict=True)]


class _Batch:
    """One batch in one block: coefficients of the ridge terms, and what the linear terms add."""

    def __init__(self, t: Layout, c: Array, block: Block) -> None:
        self.weights = weights_of(part(c, block), t.atoms)
        self.a = t.terms(self.weights, block[0])


def meta_gradient(
    t: Layout,
    pair: Pair,
    gram: bool,
    w: Array,
    alpha: float,
    inner: Sequence[Array],
    hessian: Sequence[Array],
    outer: Array,
    block: Block,
    work: Workspace,
    v: Array,
) -> None:
    """Fill v with the meta gradients (tasks, R, d) of one block at its points w, by either form."""
    n, R, _ = w.shape
    x, s, spare, other, step, curvatures = work.arrays(n, R)
    tasks = block[0]
    Q, Qt, y = t.rows[tasks], t.columns[tasks], t.offsets[tasks]
    linear = t.linear_terms if gram else t.linear
    state, move, pull = (x, other, t.gram[tasks] * alpha) if gram else (v, step, Q * alpha)

    if gram:
        np.subtract(np.matmul(w, Qt, out=x), y, out=x)
    else:
        v[...] = w
    for j, c in enumerate(curvatures):
        if not gram:
            np.subtract(np.matmul(v, Qt, out=x), y, out=x)
        pair.evaluate(x, s, c, spare)
        batch = _Batch(t, inner[j], block)
        other_batch = batch if hessian[j] is inner[j] else _Batch(t, hessian[j], block)
        np.multiply(s, batch.a, out=s)
        np.multiply(c, other_batch.a, out=c)
        np.subtract(state, np.matmul(s, pull, out=move), out=state)
        if linear is not None:
            state -= batch.weights @ (alpha * linear[tasks])
    if not gram:
        np.subtract(np.matmul(v, Qt, out=x), y, out=x)
    pair.evaluate(x, s, spare, other)
    batch = _Batch(t, outer, block)
    np.multiply(s, batch.a, out=s)

    if not gram:
        g = np.matmul(s, Q, out=v)
        if t.linear is not None:
            g += batch.weights @ t.linear[tasks]
        _back(g, curvatures, Qt, pull, x, move)
        return
    u = np.matmul(s, pull, out=x)  # alpha scale Q g
    if linear is not None:
        u += batch.weights @ (alpha * linear[tasks])
    for j in reversed(range(len(curvatures))):
        r = np.multiply(curvatures[j], u, out=curvatures[j])
        if j:
            np.subtract(u, np.matmul(r, pull, out=move), out=u)
    np.subtract(s, np.add.reduce(curvatures, axis=0, out=spare), out=s)
    g = np.matmul(s, Q, out=v)
    if t.linear is not None:
        g += batch.weights @ t.linear[tasks]


def _back(g: Array, curvatures: Array, Qt: Array, pull: Array, x: Array, move: Array) -> None:
    """Multiply g by the factors I - alpha H of the path, the last first."""
    for c in reversed(curvatures):
        np.multiply(c, np.matmul(g, Qt, out=x), out=c)
        np.subtract(g, np.matmul(c, pull, out=move), out=g)


def inner_path(
    t: Layout,
    pair: Pair,
    path: Sequence[Array],
    alpha: float,
    inner: Sequence[Array],
    block: Block,
    work: Workspace,
) -> None:
    """Fill path[1:] of one block from path[0], by the direct form."""
    tasks = block[0]
    n, R, _ = path[0][block].shape
    x, s, spare, other, move, _ = work.arrays(n, R)
    Qt, y, pull = t.columns[tasks], t.offsets[tasks], t.rows[tasks] * alpha
    for w, after, c in zip(path[:-1], path[1:], inner, strict=True):
        np.subtract(np.matmul(w[block], Qt, out=x), y, out=x)
        pair.evaluate(x, s, spare, other)
        batch = _Batch(t, c, block)
        np.multiply(s, batch.a, out=s)
        np.subtract(w[block], np.matmul(s, pull, out=move), out=after[block])
        if t.linear is not None:
            after[block] -= batch.weights @ (alpha * t.linear[tasks])
