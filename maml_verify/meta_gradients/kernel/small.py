"""Meta gradients of few numbers, where calls are what costs: the gram form of `dense` with few of them.

Small new arrays are faster than kept ones to write into: the allocator returns what the cache still holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from maml_verify.meta_gradients.batches import weights_of
from maml_verify.meta_gradients.kernel.layout import layout_of
from problems.arrays import Array
from problems.ridge_sums.links import Link
from problems.ridge_sums.ridge import Ridge

__all__ = ["Few", "few_of", "meta_gradient"]


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


class Few(NamedTuple):
    """A link at x = scale * t: ``slope(link, x)``, and ``curvature(link, x, slope)`` = ds/dx."""

    scale: float
    slope: Callable[[Link, Array], Array]
    curvature: Callable[[Link, Array, Array], Array]


def _logistic_slope(link: Link, x: Array) -> Array:
    s = np.exp(x)
    s += 1.0
    return np.reciprocal(s, s)


_LOGISTIC = Few(-1.0, _logistic_slope, lambda link, x, s: s * s - s)
_PLAIN = Few(1.0, lambda link, x: link.dphi(x), lambda link, x, s: link.d2phi(x))


def few_of(link: Link) -> Few:
    """The logistic link by one exp, for both; others by their own formulas."""
    return _LOGISTIC if link.name == "logistic" else _PLAIN
