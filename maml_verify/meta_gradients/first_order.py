"""The meta gradient without the factors I - alpha Hess: first-order MAML.

Weights of each role are passed in, as in `maml`; the Hessian batches are not looked at.
"""

from __future__ import annotations

from typing import Any

from maml_verify.meta_gradients.batches import weights_of
from maml_verify.meta_gradients.inner_path import inner_path
from maml_verify.meta_gradients.roles import Roles
from problems.arrays import Array
from problems.family import Family

__all__ = ["estimator"]


def estimator(family: Family, w: Array, alpha: Any, roles: Roles) -> Array:
    """grad l_i(w_N; c_T) at the end of the inner path, (tasks, replicates, d).

    Parameters
    ----------
    w : (tasks, replicates, d)
    alpha : number (scales as s^2/c)
    """
    path = inner_path(family, w, alpha, roles.inner)
    return family.grad(path[-1], weights_of(roles.outer, family.atoms))
