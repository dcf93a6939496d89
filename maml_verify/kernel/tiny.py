"""Meta gradients of few numbers, where calls are what costs: the gram form of `dense` with few of them.

Small new arrays are faster than kept ones to write into: the allocator returns what the cache still holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from maml_verify.draws import weights_of
from maml_verify.kernel.few import few_of
from maml_verify.kernel.layout import layout_of
from problems.arrays import Array
from problems.ridge import Ridge

__all__ = ["meta_gradient"]


# Steps of one size come after one another.
@lru_cache(maxsize=16)
def _pulls(family: Ridge, scale: float, alpha: float) -> tuple[Array, Array | None]:
    # alpha scale Q Q^T, and alpha scale xi Q^T.
    t = layout_of(family, scale)
    return alpha * t.gram, None if t.linear_terms is None else alpha * t.linear_terms


def meta_gradient(
    family: Ridge,
    w: Array,
    alpha: float,
    inner: Sequence[Array],
    hessian: Sequence[Array],
    outer: Array,
) -> Array:
    """Meta gradients (tasks, R, d) at w."""
    link, (scale, slope, curvature) = family.link, few_of(family.link)
    t = layout_of(family, scale)
    pull, linear = _pulls(family, scale, alpha)
    m, kept = t.atoms, []
    z = w @ t.columns - t.offsets
    for c, h in zip(inner, hessian, strict=True):
        weights = weights_of(c, m)
        a = t.terms(weights)
        # A Hessian batch that is the inner batch is not prepared again.
        a_hessian = a if h is c else t.terms(weights_of(h, m))
        s = slope(link, z)
        kept.append(curvature(link, z, s) * a_hessian)
        z = z - (s * a) @ pull
        if linear is not None:
            z -= weights @ linear
    weights = weights_of(outer, m)
    s = slope(link, z) * t.terms(weights)
    u = s @ pull
    if linear is not None:
        u += weights @ linear
    for c in reversed(kept):
        r = c * u
        s = s - r
        if c is not kept[0]:
            u = u - r @ pull
    g = s @ t.rows
    return g if t.linear is None else g + weights @ t.linear
