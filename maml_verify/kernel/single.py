"""Meta gradients at one point a task: the gram form of `dense` on vectors that join all tasks.

One product with a block-diagonal matrix takes less time than one a task, as calls are what costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from maml_verify.draws import weights_of
from maml_verify.kernel.few import few_of
from maml_verify.kernel.layout import layout_of
from problems.arrays import Array
from problems.ridge import Ridge

__all__ = ["MOST", "meta_gradient"]

# Ridge terms of all tasks: the matrices have as many rows and columns.
MOST = 128


class _Joined(NamedTuple):
    """Block-diagonal scale * Q (nK, nd), Q^T (nd, nK), alpha scale Q Q^T (nK, nK), and scale * y (nK)."""

    rows: Array
    back: Array
    pull: Array
    offsets: Array


def _diagonal(blocks: Array) -> Array:
    n, rows, columns = blocks.shape
    joined = np.zeros((n, rows, n, columns))
    joined[np.arange(n), :, np.arange(n)] = blocks
    return joined.reshape(n * rows, n * columns)


# Steps of one size come after one another.
@lru_cache(maxsize=16)
def _joined(family: Ridge, scale: float, alpha: float) -> _Joined:
    t = layout_of(family, scale)
    rows = _diagonal(t.columns.swapaxes(1, 2))
    return _Joined(rows, _diagonal(t.rows.swapaxes(1, 2)), _diagonal(alpha * t.gram), t.offsets.reshape(-1))


def meta_gradient(
    family: Ridge,
    w: Array,
    alpha: float,
    inner: Sequence[Array],
    hessian: Sequence[Array],
    outer: Array,
) -> Array:
    """Meta gradients (tasks, 1, d) at w, for families without linear terms and N >= 1."""
    link, few = family.link, few_of(family.link)
    t, joined = layout_of(family, few.scale), _joined(family, few.scale, alpha)

    def terms(c: Array) -> Array:
        return t.terms(weights_of(c, t.atoms)).reshape(-1)

    a = [terms(c) for c in inner]
    # A Hessian batch that is the inner batch is not prepared again.
    a_hessian = [known if h is c else terms(h) for known, c, h in zip(a, inner, hessian, strict=True)]
    path = np.empty((len(a) + 1, joined.offsets.size))
    slopes, move = np.empty_like(path), np.empty_like(joined.offsets)
    np.subtract(joined.rows.dot(w.reshape(-1)), joined.offsets, path[0])
    for z, after, room, a_j in zip(path[:-1], path[1:], slopes[:-1], a, strict=True):
        s = np.multiply(few.slope(link, z, room), a_j, after)
        joined.pull.dot(s, move)
        np.subtract(z, move, after)
    s = few.slope(link, path[-1], slopes[-1]) * terms(outer)
    u = joined.pull.dot(s)
    curvatures = few.curvature(link, path[:-1], slopes[:-1])
    for r, a_j in zip(curvatures[::-1], reversed(a_hessian), strict=True):
        np.multiply(r, a_j, r)
        np.multiply(r, u, r)
        joined.pull.dot(r, move)
        np.subtract(u, move, u)
    s -= np.add.reduce(curvatures)
    return joined.back.dot(s).reshape(w.shape)
