"""Meta gradients of few numbers, where calls are what costs: the gram form with few of them.

Curvatures of all steps are taken at once, and nothing is cut into blocks.  See `dense` for the formulas.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from maml_verify.draws import weights_of
from maml_verify.kernel.layout import Layout
from problems.arrays import Array
from problems.links import Link

__all__ = ["meta_gradient"]


def meta_gradient(
    t: Layout,
    link: Link,
    w: Array,
    alpha: float,
    inner: Sequence[Array],
    hessian: Sequence[Array],
    outer: Array,
) -> Array:
    """Meta gradients (tasks, R, d) at w."""
    pull = alpha * t.gram
    linear = None if t.linear_terms is None else alpha * t.linear_terms
    z = w @ t.columns - t.offsets
    path = []
    for c in inner:
        path.append(z)
        weights = weights_of(c, t.atoms)
        move = (t.terms(weights) * link.dphi(z)) @ pull
        z = z - (move if linear is None else move + weights @ linear)
    weights = weights_of(outer, t.atoms)
    s = t.terms(weights) * link.dphi(z)
    if path:
        u = s @ pull
        if linear is not None:
            u = u + weights @ linear
        curvatures = link.d2phi(np.array(path))
        for c, r in zip(hessian[::-1], curvatures[::-1], strict=True):
            r *= t.terms(weights_of(c, t.atoms))
            r *= u
            u = u - r @ pull
        s = s - curvatures.sum(0)
    g = s @ t.rows
    return g if t.linear is None else g + weights @ t.linear
