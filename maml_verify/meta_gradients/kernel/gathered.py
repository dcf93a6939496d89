"""Meta gradients where a batch is much smaller than a task: only the rows of its atoms are fetched."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from maml_verify.meta_gradients.batches import within
from maml_verify.meta_gradients.kernel.blocking import Block, part
from maml_verify.meta_gradients.kernel.layout import Layout
from maml_verify.meta_gradients.kernel.link_pairs import Pair
from problems.arrays import Array

__all__ = ["meta_gradient"]


class _Draws:
    """The atoms of one batch (tasks, R, S) with their rows (tasks, R, S, d)."""

    def __init__(self, t: Layout, pair: Pair, c: Array, block: Block) -> None:
        atoms = within(part(c, block), t.atoms)
        tasks = np.arange(len(t.rows))[block[0], None, None]
        index = atoms + tasks * t.atoms
        self.pair, self.scale = pair, pair.scale
        self.rows = t.rows.reshape(-1, t.rows.shape[2]).take(index, axis=0)
        self.y = t.offsets.ravel().take(index)
        self.linear = None
        if t.linear is not None:
            self.linear = t.linear.reshape(-1, t.linear.shape[2]).take(index, axis=0).mean(2)

    def terms(self, v: Array) -> Array:
        return np.einsum("nrsd,nrd->nrs", self.rows, v)

    def combine(self, s: Array) -> Array:
        return np.einsum("nrs,nrsd->nrd", s, self.rows)

    def derivatives(self, w: Array) -> tuple[Array, Array]:
        """phi' and phi'' of each atom, over the size of the batch."""
        x = self.terms(w) * self.scale
        x -= self.y
        s, c = np.empty_like(x), np.empty_like(x)
        self.pair.evaluate(x, s, c, np.empty_like(x))
        s *= 1 / x.shape[2]
        c *= self.scale / x.shape[2]
        return s, c

    def gradient(self, s: Array) -> Array:
        g = self.combine(s)
        return g if self.linear is None else g + self.linear


def meta_gradient(
    t: Layout,
    pair: Pair,
    w: Array,
    alpha: float,
    inner: Sequence[Array],
    hessian: Sequence[Array],
    outer: Array,
    block: Block,
) -> Array:
    """Meta gradients (tasks, R, d) of one block at its points w, for batches given by the atoms drawn."""
    kept = []
    for c, h in zip(inner, hessian, strict=True):
        batch = _Draws(t, pair, c, block)
        s, curvature = batch.derivatives(w)
        other = batch
        if h is not c:
            other = _Draws(t, pair, h, block)
            _, curvature = other.derivatives(w)
        kept.append((other, curvature))
        w = w - alpha * batch.gradient(s)
    batch = _Draws(t, pair, outer, block)
    g = batch.gradient(batch.derivatives(w)[0])
    for other, curvature in reversed(kept):
        g -= alpha * other.combine(curvature * other.terms(g))
    return g
