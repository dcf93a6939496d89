"""A family whose loss is a weighted sum over rows of data; its functions know one task at one point."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from problems.arrays import Array
from problems.family import Case, Family, converted
from problems.known import Known
from problems.losses.data import TaskData
from problems.validation import count

__all__ = ["Claims", "RowwiseFamily", "stated"]

# Constants of both cases, or how a family of its own gets them.
Claims = Known | Callable[[Family, Case], Known]


class RowwiseFamily(Family):
    """l_i(w; c) = sum_k c_k loss(w, row k of task i); a subclass says how a point is evaluated.

    Attributes
    ----------
    tables : arrays (n, m, ...), of which a row is an atom
    """

    def __init__(self, d: Any, data: TaskData, constants: Claims | None, name: str) -> None:
        self._d = count("d", d)
        self.name = str(name)
        self._tables, self._constants = data.tables, stated(constants)
        self.task_weights, self.probabilities = data.task_weights, data.probabilities
        self.support, self.query = data.support, data.query

    @property
    def d(self) -> int:
        """Dimension of the parameter w."""
        return self._d

    @property
    def tables(self) -> tuple[Array, ...]:
        """What the rows are made of."""
        return self._tables

    def constants(self, case: Case) -> Known:
        """As given, or as found by what was given."""
        if self._constants is None:
            return super().constants(case)
        return self._constants(self, case) if callable(self._constants) else self._constants


def stated(constants: Claims | None) -> Claims | None:
    """Constants of a family, as they are.

    Raises
    ------
    TypeError
        For what is none.
    """
    if constants is not None and not isinstance(constants, Known) and not callable(constants):
        raise TypeError(f"constants = {constants!r}; rule: problems.claimed(L=..., ...)")
    return constants


def rows_of(value: Any, shape: tuple[int, ...], what: str) -> Array:
    """What a function of the user's returned for the rows of a task, an array of the shape that it must have.

    Raises
    ------
    ValueError
        Where it has another.
    """
    array = np.asarray(value)
    if array.shape != shape:
        words = {1: "one loss a row", 2: "one vector a row"}[len(shape)]
        raise ValueError(f"{what} returned shape {array.shape}; rule: {shape}, {words} of the task's data")
    return array


class FunctionsFamily(RowwiseFamily):
    """A family of the functions loss, grad and hvp of one point and the rows of one task."""

    def __init__(
        self,
        functions: tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]],
        d: Any,
        data: TaskData,
        constants: Claims | None,
        name: str,
        over_balls: bool,
    ) -> None:
        super().__init__(d, data, constants, name)
        self._functions, self._over_balls = functions, over_balls
        # Arrays among the attributes themselves, which is where a cast looks for numbers.
        for k, table in enumerate(data.tables):
            setattr(self, f"table_{k}", table)

    @property
    def tables(self) -> tuple[Array, ...]:
        """What the rows are made of."""
        return tuple(getattr(self, f"table_{k}") for k in range(len(self._tables)))

    def loss(self, w: Array, c: Array) -> Array:
        """l_i(w; c), shape (n, R)."""
        return self._each("loss", self._functions[0], (w,), c, ())

    def grad(self, w: Array, c: Array) -> Array:
        """Gradient of l_i(.; c) at w, shape (n, R, d)."""
        return self._each("grad", self._functions[1], (w,), c, (self.d,))

    def hvp(self, w: Array, v: Array, c: Array) -> Array:
        """Hessian of l_i(.; c) at w times v, shape (n, R, d)."""
        return self._each("hvp", self._functions[2], (w, v), c, (self.d,))

    def _each(self, what: str, function: Any, points: tuple[Array, ...], c: Array, tail: Any) -> Array:
        n, R, _ = points[0].shape
        weights = np.broadcast_to(c, (n, R, self.atoms))
        exact = object in (points[0].dtype, weights.dtype)
        result = np.empty((n, R, *tail), dtype=object if exact else np.float64)
        tables = self.tables
        for i in range(n):
            rows = [table[i] for table in tables]
            for r in range(R):
                value = function(*(x[i, r] for x in points), *rows)
                result[i, r] = weights[i, r] @ rows_of(value, (self.atoms, *tail), what)
        return result

    def cast(self, convert: Callable[[Any], Any]) -> Family | None:
        """The same functions over another kind of number, where they were said to run over it."""
        return converted(self, convert) if self._over_balls else None
