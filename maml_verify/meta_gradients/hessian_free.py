"""The meta gradient with Hessian products by differences of gradients: Hessian-free MAML.

Weights of each role are passed in, as in `maml`; a Hessian batch serves both gradients of a difference.
"""

from __future__ import annotations

from typing import Any

from maml_verify.meta_gradients.batches import weights_of
from maml_verify.meta_gradients.inner_path import inner_path
from maml_verify.meta_gradients.roles import Roles
from problems.arrays import Array
from problems.family import Family

__all__ = ["difference", "estimator"]


def difference(family: Family, w: Array, v: Array, c: Array, width: Any) -> Array:
    """(grad l(w + width v; c) - grad l(w - width v; c))/(2 width), near Hess l(w; c) v.

    Parameters
    ----------
    w, v : (tasks, replicates, d)
    c : (tasks, replicates or 1, atoms), weights
    width : positive number; its product with v is a length
    """
    step = width * v
    return (family.grad(w + step, c) - family.grad(w - step, c)) / (2 * width)


def estimator(family: Family, w: Array, alpha: Any, roles: Roles, width: Any) -> Array:
    """The meta gradient with a `difference` for each Hessian product, (tasks, replicates, d).

    Parameters
    ----------
    w : (tasks, replicates, d)
    alpha : number (scales as s^2/c)
    width : of the differences, along the vectors that the Hessians multiply
    """
    path = inner_path(family, w, alpha, roles.inner)
    g = family.grad(path[-1], weights_of(roles.outer, family.atoms))
    for point, c in zip(reversed(path[:-1]), reversed(roles.hessian), strict=True):
        g = g - alpha * difference(family, point, g, weights_of(c, family.atoms), width)
    return g
