"""The largest values that simulated quantities can take, whatever the batches."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from maml_verify.arithmetic.norms import norm
from maml_verify.meta_gradients.batches import active_atoms
from maml_verify.meta_gradients.inner_path import inner_path
from maml_verify.meta_gradients.roles import population
from problems.arrays import Array
from problems.family import Family

__all__ = ["SureBounds", "sure_bounds"]

# Simulated paths carry rounding errors: batches that agree may not give paths that do.
ROUNDING = 1e-14


class SureBounds(NamedTuple):
    """What a simulated quantity cannot exceed, whatever the batches.

    Attributes
    ----------
    path : (n, R, N + 1), over ||w_j - w~_j||
    mean : (n, R), over ||E[G^ | path] - grad L(w)||
    estimator : (n, R), over ||G^||
    """

    path: Array
    mean: Array
    estimator: Array


def sure_bounds(family: Family, w: Array, alpha: Any, N: int) -> SureBounds | None:
    """Worst cases over all batches, from the exact path and the curvature of atoms; None where it is unknown.

    The gap e_j = ||w_j - w~_j|| obeys e_{j+1} <= (1 + alpha L) e_j + alpha delta_j, with L over every atom's
    curvature and delta_j the largest deviation of an atom's gradient at w~_j.  The reverse sweep of
    the estimator is compared with the exact one, factor by factor, in the same way.

    Parameters
    ----------
    w : (n, R, d) float64;  alpha : number;  N : steps
    """
    bounds = family.atom_bounds()
    if bounds is None:
        return None
    a = float(alpha)
    L, rho = bounds.L[:, None], bounds.rho[:, None]
    roles = population(family, N)
    path = inner_path(family, w, a, roles.inner)
    mask, active = family.probabilities > 0, active_atoms(family.probabilities)
    c = roles.outer

    def gradient_spread(v: Array) -> Array:
        grads = family.atom_grads(v, active)
        gaps = norm(grads - family.grad(v, c)[:, :, None]) * mask[:, None, active]
        return gaps.max(-1) + ROUNDING * norm(grads).max(-1)

    e = [ROUNDING * norm(w)]
    for v in path[:-1]:
        e.append((1 + a * L) * e[-1] + a * gradient_spread(v))
    g = family.grad(path[-1], c)
    given_path = L * e[-1]
    sampled = given_path + gradient_spread(path[-1])
    for v, gap in zip(path[-2::-1], e[-2::-1], strict=True):
        hessian_gap = rho * gap
        given_path = (1 + a * L) * given_path + a * np.minimum(hessian_gap, 2 * L) * norm(g)
        hessian_gap = np.minimum(hessian_gap + family.hessian_spread(v), 2 * L)
        sampled = (1 + a * L) * sampled + a * hessian_gap * norm(g)
        g = g - a * family.hvp(v, g, c)
    slack = 1 + 1e-9  # far above the rounding of the arithmetic here
    return SureBounds(np.stack(e, -1) * slack, given_path * slack, (norm(g) + sampled) * slack)
