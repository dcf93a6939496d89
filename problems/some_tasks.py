"""Families made of another: some of its tasks, those that have weight, and all of them by identity."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from problems.arrays import Array
from problems.family import ROLES, AtomBounds, Case, Family, TermSizes
from problems.known import Known
from problems.validation import probability_vector

__all__ = ["checked_family", "conditioned", "some_tasks", "without_idle_tasks"]


def some_tasks(family: Family, tasks: Sequence[int]) -> Family:
    """The family of the named tasks alone, with p(T) conditioned on them.

    Raises
    ------
    ValueError
        If the tasks have no weight.
    """
    return family.restrict(tasks) or _SomeTasks(family, conditioned(family, tasks), list(tasks))


def conditioned(family: Family, tasks: Sequence[int]) -> Array:
    """p(T) given that the task is one of those named.

    Raises
    ------
    ValueError
        If they have no weight.
    """
    index = list(tasks)
    weights = family.task_weights[index]
    if not (weights != 0).any():
        raise ValueError(f"tasks = {index}: no weight; rule: at least one with p(T) > 0")
    return weights / weights.sum()


class _SomeTasks(Family):
    """Some tasks of another family, whose verbs it calls for all of them."""

    def __init__(self, family: Family, task_weights: Array, index: list[int]) -> None:
        self.family, self.index = family, index
        self.name, self.case = family.name, family.case
        self.task_weights = task_weights
        for role in ROLES[1:]:
            setattr(self, role, getattr(family, role)[index])

    @property
    def d(self) -> int:
        """Dimension of the parameter w."""
        return self.family.d

    @property
    def rational(self) -> bool:
        """As the whole family."""
        return self.family.rational

    @property
    def convex(self) -> bool:
        """As the whole family."""
        return self.family.convex

    def _all(self, values: Array) -> Array:
        """Values for every task; those that nobody asks for are of the first named."""
        rows = np.zeros(self.family.tasks, dtype=int)
        rows[self.index] = range(len(self.index))
        return values[rows]

    def loss(self, w: Array, c: Array) -> Array:
        """l_i(w; c), shape (n, R)."""
        return self.family.loss(self._all(w), self._all(c))[self.index]

    def grad(self, w: Array, c: Array) -> Array:
        """Gradient of l_i(.; c) at w, shape (n, R, d)."""
        return self.family.grad(self._all(w), self._all(c))[self.index]

    def hvp(self, w: Array, v: Array, c: Array) -> Array:
        """Hessian of l_i(.; c) at w times v, shape (n, R, d)."""
        return self.family.hvp(self._all(w), self._all(v), self._all(c))[self.index]

    def cast(self, convert: Callable[[Any], Any]) -> Family | None:
        """The same tasks of the cast family."""
        cast = self.family.cast(convert)
        return None if cast is None else some_tasks(cast, self.index)

    def over_rationals(self, convert: Callable[[Any], Any]) -> Family | None:
        """The same tasks of the family over rationals."""
        cast = self.family.over_rationals(convert)
        return None if cast is None else some_tasks(cast, self.index)

    def atom_bounds(self) -> AtomBounds | None:
        """Those of the tasks."""
        bounds = self.family.atom_bounds()
        return None if bounds is None else AtomBounds(bounds.L[self.index], bounds.rho[self.index])

    def term_sizes(self) -> TermSizes | None:
        """Those of the whole family, which are as large or larger."""
        return self.family.term_sizes()


class _ByIdentity(_SomeTasks):
    """All tasks of another family."""

    def constants(self, case: Case) -> Known:
        """As the family."""
        return self.family.constants(case)

    def content(self) -> str | None:
        """As the family."""
        return self.family.content()


@lru_cache(maxsize=64)
def without_idle_tasks(family: Family) -> Family:
    """The family without its tasks of weight 0, the same object each time."""
    kept = family.weighted_tasks()
    return family if len(kept) == family.tasks else some_tasks(family, kept)


def checked_family(family: Any) -> Family:
    """The family itself, when its weights are what `Family` says.

    Raises
    ------
    TypeError, ValueError
        If it is no family, or its weights have a wrong shape, value or sum; the message says which.
    """
    if not isinstance(family, Family):
        raise TypeError(f"family = {family!r}; rule: a problems.Family")
    try:
        hash(family)
    except TypeError:
        # A dataclass compares arrays, and has no hash; what is kept of a family goes by identity.
        family = _ByIdentity(family, family.task_weights, list(range(family.tasks)))
    _check_weights(family)
    return family


@lru_cache(maxsize=256)
def _check_weights(family: Family) -> None:
    for role in ("name", *ROLES):
        if not hasattr(family, role):
            raise TypeError(f"{type(family).__name__} has no {role}; rule: name, {', '.join(ROLES)}")
    shape: Any = np.shape(family.probabilities)
    for role in ROLES:
        values = getattr(family, role)
        wanted = shape[:1] if role == "task_weights" else shape
        if not isinstance(values, np.ndarray) or len(shape) != 2 or values.shape != wanted:
            rule = "an array (n,)" if role == "task_weights" else "an array (n, m)"
            raise ValueError(f"{role} of the family {family.name} has shape {np.shape(values)}; rule: {rule}")
        for row in np.atleast_2d(values):
            probability_vector(f"{role} of the family {family.name}", row)
