"""Inner paths and meta gradients: one loop and one reverse sweep serve every edition.

The weights of each role are passed in: the inner batches give (1), (6), (9), (11); the Hessian and outer
batches give (3), (7), (12).  Arrays are (tasks, replicates, d) and (tasks, replicates or 1, atoms).
`inner_path` and `estimator` also take batches as the atoms drawn, and leave float64 ridge families
to `kernel`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from maml_verify.meta_gradients import kernel
from maml_verify.meta_gradients.batches import check_batches, check_points, weights_of
from maml_verify.meta_gradients.inner_path import inner_path
from maml_verify.meta_gradients.roles import Roles
from problems.arrays import Array
from problems.family import Family

__all__ = [
    "estimator",
    "meta_gradient",
]


def estimator(family: Family, w: Array, alpha: Any, roles: Roles) -> Array:
    """The meta gradient (3), (7) or (12) from w with the batches of ``roles``, (tasks, replicates, d).

    Parameters
    ----------
    w : (tasks, replicates, d)
    alpha : number

    Raises
    ------
    ValueError
        If a shape is another, or a role has another number of batches.
    """
    inner, hessian, outer = roles
    check_points(family, w)
    check_batches(family, w, "inner", inner)
    if hessian is not inner:
        check_batches(family, w, "hessian", hessian)
        if len(hessian) != len(inner):
            raise ValueError(f"hessian has {len(hessian)} batches; rule: {len(inner)}, as inner has")
    check_batches(family, w, "outer", (outer,))
    if kernel.serves(family, w):
        return kernel.meta_gradient(family, w, alpha, inner, hessian, outer)
    path = inner_path(family, w, alpha, roles.inner)
    hessian = [weights_of(c, family.atoms) for c in roles.hessian]
    return meta_gradient(family, path, alpha, hessian, weights_of(roles.outer, family.atoms))


def meta_gradient(
    family: Family, path: Sequence[Array], alpha: Any, hessian: Sequence[Array], outer: Array
) -> Array:
    """prod_j (I - alpha Hess l_i(w_j; c'_j)) grad l_i(w_N; c_T), factors in increasing j from the left.

    Parameters
    ----------
    path : N + 1 arrays (tasks, replicates, d)
    hessian : N arrays (tasks, replicates or 1, atoms);  outer : one such array
    """
    if len(path) != len(hessian) + 1:
        raise ValueError(
            f"path has {len(path)} points and hessian {len(hessian)} batches; rule: one point more"
        )
    g = family.grad(path[-1], outer)
    for w, c in zip(reversed(path[:-1]), reversed(hessian), strict=True):
        g = g - alpha * family.hvp(w, g, c)
    return g
