"""A family of a loss alone, whose derivatives a library of automatic differentiation finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from problems.arrays import Array
from problems.family import Family
from problems.losses.backends import BACKENDS, chosen, compiled
from problems.losses.data import TaskData, task_data
from problems.losses.rowwise import Claims, RowwiseFamily

__all__ = ["from_loss"]


class AutodiffFamily(RowwiseFamily):
    """A family of a loss, by the name of a backend."""

    def __init__(
        self, loss: Callable[..., Any], d: Any, data: TaskData, constants: Claims | None, name: str, by: str
    ) -> None:
        super().__init__(d, data, constants, name)
        self._loss, self.backend = loss, by

    def loss(self, w: Array, c: Array) -> Array:
        """l_i(w; c), shape (n, R)."""
        return self._found("loss", (w,), c)

    def grad(self, w: Array, c: Array) -> Array:
        """Gradient of l_i(.; c) at w, shape (n, R, d)."""
        return self._found("grad", (w,), c)

    def hvp(self, w: Array, v: Array, c: Array) -> Array:
        """Hessian of l_i(.; c) at w times v, shape (n, R, d)."""
        return self._found("hvp", (w, v), c)

    def _found(self, verb: str, points: tuple[Array, ...], c: Array) -> Array:
        n, R, _ = points[0].shape
        weights = np.broadcast_to(c, (n, R, self.atoms))
        try:
            value = getattr(compiled(self.backend, self._loss), verb)(*points, weights, *self.tables)
        except Exception as error:
            if "rule: " in str(error):
                raise
            first = (str(error).strip() or type(error).__name__).splitlines()[0]
            rule = f"(w, *rows) -> (m,), written for {self.backend}"
            raise ValueError(f"loss: {type(error).__name__}: {first}; rule: {rule}") from error
        if value.dtype != np.float64:
            rule = "float64, so no tensors of another precision in it"
            raise ValueError(f"loss returned {value.dtype}; rule: {rule}")
        return value


def from_loss(
    loss: Callable[..., Any],
    data: Any,
    d: int,
    *,
    constants: Claims | None = None,
    probabilities: Any = None,
    support: Any = None,
    query: Any = None,
    task_weights: Any = None,
    backend: str | None = None,
    name: str = "loss",
) -> Family:
    """A family of a loss; gradient, Hessian product and stacking are the library's.

    Parameters
    ----------
    loss : (w, *rows) -> (m,), the loss of each row of a task's data at w (d,)
        Written with ``jax.numpy``, ``torch``, ``autograd.numpy`` or NumPy itself, in float64.
    data : one array (m_i, ...) a task, or a tuple of such sequences, each an argument of the loss
    d : dimension of w
    constants : `problems.claimed` ones, or a function (family, case) that finds them; default none
    probabilities : weights of each task's rows, or booleans that choose rows; default all rows equally
    support, query : the same for the support and the query set, default ``probabilities``
    task_weights : (n,), default uniform
        p(T).
    backend : ``jax``, ``torch`` or ``autograd``
        Default: the one whose functions the loss calls (NumPy's: autograd); where it calls none, the first
        that is installed.
    name : a label

    Returns
    -------
    Family
        Over float64 alone: what is within its rounding is ``undecided``.

    Raises
    ------
    TypeError, ValueError
        Named by argument, value and rule; for a loss that the backend can't take, at the first call.

    Examples
    --------
    >>> import autograd.numpy as np
    >>> from problems import from_loss
    >>> def loss(w, x, y):
    ...     return np.logaddexp(0, x @ w) - y * (x @ w)
    >>> x, y = np.ones((2, 3, 1)), np.array([[0.0, 1.0, 1.0], [0.0, 0.0, 1.0]])
    >>> family = from_loss(loss, (x, y), d=1)
    >>> family.grad(np.zeros((2, 1, 1)), family.probabilities[:, None]).round(6).tolist()
    [[[-0.166667]], [[0.166667]]]
    """
    if not callable(loss):
        raise TypeError(f"loss = {loss!r}; rule: a function (w, *rows) -> (m,)")
    found = task_data(data, probabilities, support, query, task_weights)
    by = chosen(loss, backend)
    assert by in BACKENDS
    return AutodiffFamily(loss, d, found, constants, name, by)
