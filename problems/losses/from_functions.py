"""A family of the user's own functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from problems.family import Family
from problems.losses.data import task_data
from problems.losses.rowwise import Claims, FunctionsFamily

__all__ = ["from_functions"]


def from_functions(
    loss: Callable[..., Any],
    grad: Callable[..., Any],
    hvp: Callable[..., Any],
    data: Any,
    d: int,
    *,
    constants: Claims | None = None,
    probabilities: Any = None,
    support: Any = None,
    query: Any = None,
    task_weights: Any = None,
    over_balls: bool = False,
    name: str = "functions",
) -> Family:
    """A family of functions that know one task's data at one point; tasks and points are stacked here.

    Parameters
    ----------
    loss : (w, *rows) -> (m,), the loss of each row of a task's data at w (d,)
    grad : (w, *rows) -> (m, d), their gradients
    hvp : (w, v, *rows) -> (m, d), their Hessians times v
    data : one array (m_i, ...) a task, or a tuple of such sequences, each an argument of the functions
    d : dimension of w
    constants : `problems.claimed` ones, or a function (family, case) that finds them; default none
    probabilities : weights of each task's rows, or booleans that choose rows; default all rows equally
    support, query : the same for the support and the query set, default ``probabilities``
    task_weights : (n,), default uniform
        p(T).
    over_balls : whether the functions are NumPy's ufuncs, ``@`` and sums, which run over Arb balls, too:
        then comparisons are certified
    name : a label

    Returns
    -------
    Family

    Raises
    ------
    TypeError, ValueError
        Named by argument, value and rule.

    Examples
    --------
    >>> import numpy as np
    >>> from problems import claimed, from_functions
    >>> def loss(w, x, y):
    ...     return (x @ w - y) ** 2 / 2
    >>> def grad(w, x, y):
    ...     return (x @ w - y)[:, None] * x
    >>> def hvp(w, v, x, y):
    ...     return (x @ v)[:, None] * x
    >>> x, y = np.ones((2, 3, 1)), np.arange(6.0).reshape(2, 3)
    >>> family = from_functions(loss, grad, hvp, (x, y), d=1, constants=claimed(L=1, rho=0))
    >>> family.grad(np.zeros((2, 1, 1)), family.probabilities[:, None]).round(9).tolist()
    [[[-1.0]], [[-4.0]]]
    """
    found = task_data(data, probabilities, support, query, task_weights)
    for what, function in (("loss", loss), ("grad", grad), ("hvp", hvp)):
        if not callable(function):
            raise TypeError(f"{what} = {function!r}; rule: a function")
    return FunctionsFamily((loss, grad, hvp), d, found, constants, name, over_balls)
