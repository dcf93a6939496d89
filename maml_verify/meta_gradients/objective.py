"""Exact meta loss and meta gradient at many points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from maml_verify.arithmetic.norms import norm
from maml_verify.meta_gradients.inner_path import inner_path
from maml_verify.meta_gradients.maml import estimator
from maml_verify.meta_gradients.roles import Roles
from problems.arrays import Array
from problems.family import Family

__all__ = ["meta_gradient_norms", "meta_gradients", "meta_losses"]

RoleMaker = Callable[[Family, int], Roles]


def _start(family: Family, w: Array) -> Array:
    return np.broadcast_to(w, (family.tasks, *w.shape))


def _task_mean(family: Family, values: Array) -> Array:
    weights = family.task_weights.reshape((-1,) + (1,) * (values.ndim - 1))
    return (weights * values).sum(0)


def meta_losses(family: Family, w: Array, alpha: Any, N: int, role: RoleMaker) -> Array:
    """L(w) of (2) or (8) at points (R, d), shape (R,)."""
    roles = role(family, N)
    end = inner_path(family, _start(family, w), alpha, roles.inner)[-1]
    return _task_mean(family, family.loss(end, roles.outer))


def meta_gradients(family: Family, w: Array, alpha: Any, N: int, role: RoleMaker) -> Array:
    """grad L(w) at points (R, d), shape (R, d)."""
    roles = role(family, N)
    return _task_mean(family, estimator(family, _start(family, w), alpha, roles))


def meta_gradient_norms(family: Family, w: Array, alpha: Any, N: int, role: RoleMaker) -> Array:
    """||grad L(w)|| at points (R, d), shape (R,)."""
    return norm(meta_gradients(family, w, alpha, N, role))
