"""Meta gradients of few numbers, where calls are what costs: the gram form with few of them.

Curvatures of all steps are taken at once, and nothing is cut into blocks.  See `dense` for the formulas.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from maml_verify.draws import weights_of
from maml_verify.kernel.few import few_of
from maml_verify.kernel.layout import layout_of
from problems.arrays import Array
from problems.ridge import Ridge

__all__ = ["meta_gradient"]


def meta_gradient(
    family: Ridge,
    w: Array,
    alpha: float,
    inner: Sequence[Array],
    hessian: Sequence[Array],
    outer: Array,
) -> Array:
    """Meta gradients (tasks, R, d) at w."""
    link, few = family.link, few_of(family.link)
    t = layout_of(family, few.scale)
    weights = [weights_of(c, t.atoms) for c in inner]
    a = weights if t.coefficients is None else [t.terms(c) for c in weights]
    # A Hessian batch that is the inner batch is not prepared again.
    a_hessian = [
        known if h is c else t.terms(weights_of(h, t.atoms))
        for known, c, h in zip(a, inner, hessian, strict=True)
    ]
    outer = weights_of(outer, t.atoms)
    a_outer = t.terms(outer)
    pull = alpha * t.gram
    linear = None if t.linear_terms is None else alpha * t.linear_terms
    path = np.empty((len(a) + 1, *w.shape[:2], t.rows.shape[1]))
    slopes = np.empty_like(path)
    z = np.subtract(w @ t.columns, t.offsets, out=path[0])
    for j, a_j in enumerate(a):
        move = (a_j * few.slope(link, z, slopes[j])) @ pull
        if linear is not None:
            move += weights[j] @ linear
        z = np.subtract(z, move, out=path[j + 1])
    s = a_outer * few.slope(link, z, slopes[-1])
    if a:
        u = s @ pull
        if linear is not None:
            u = u + outer @ linear
        curvatures = few.curvature(link, path[:-1], slopes[:-1])
        for j in reversed(range(len(a))):
            r = curvatures[j]
            r *= a_hessian[j]
            r *= u
            if j:
                u = u - r @ pull
        s = s - np.add.reduce(curvatures)
    g = s @ t.rows
    return g if t.linear is None else g + outer @ t.linear
