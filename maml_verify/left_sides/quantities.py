"""Left sides and observed scalars of the statements, as functions of a setting.

The name of a role (``population`` or ``split``) says which weights drive inner steps, Hessians and outer
gradient: (1), (3) of the resampling case, or (9), (12) of the finite-sum case.
"""

from __future__ import annotations

from collections.abc import Callable

from maml_verify.arithmetic.norms import norm
from maml_verify.meta_gradients.inner_path import inner_path
from maml_verify.meta_gradients.maml import estimator
from maml_verify.meta_gradients.roles import Roles, population
from maml_verify.settings import Setting
from problems.arrays import Array
from problems.family import Family

__all__ = [
    "distance",
    "gradient_norm",
    "mean_gradient_norm",
    "meta_gradient_norm",
    "path",
    "task_mean",
    "task_meta_gradients",
]

RoleMaker = Callable[[Family, int], Roles]


def task_mean(s: Setting, values: Array) -> Array:
    """E over i ~ p(T) of values (tasks, ...)."""
    weights = s.family.task_weights.reshape((-1,) + (1,) * (values.ndim - 1))
    return (weights * values).sum(0)


def distance(s: Setting) -> Array:
    """||w - u||, shape (R,)."""
    return norm(s.points("w")[0] - s.points("u")[0])


def path(s: Setting, role: RoleMaker = population, which: str = "w") -> list[Array]:
    """The exact inner path from w (or u), N + 1 arrays (tasks, R, d)."""
    return inner_path(s.family, s.points(which), s.alpha, role(s.family, s.steps).inner)


def gradient_norm(s: Setting, which: str = "probabilities") -> Array:
    """||grad l_i(w)|| with the weights of a role, shape (tasks, R)."""
    return norm(s.family.grad(s.points("w"), getattr(s.family, which)[:, None, :]))


def mean_gradient_norm(s: Setting, which: str = "probabilities") -> Array:
    """||E_i grad l_i(w)||, shape (R,)."""
    return norm(task_mean(s, s.family.grad(s.points("w"), getattr(s.family, which)[:, None, :])))


def task_meta_gradients(s: Setting, role: RoleMaker = population, which: str = "w") -> Array:
    """grad L_i(w) of every task, shape (tasks, R, d)."""
    return estimator(s.family, s.points(which), s.alpha, role(s.family, s.steps))


def meta_gradient_norm(s: Setting, role: RoleMaker = population) -> Array:
    """||grad L(w)||, shape (R,)."""
    return norm(task_mean(s, task_meta_gradients(s, role)))
