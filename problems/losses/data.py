"""Data of tasks as arrays with tasks and atoms leading, and the weights of the roles on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from problems.arrays import Array
from problems.validation import probability_vector

__all__ = ["TaskData", "task_data"]


class TaskData(NamedTuple):
    """Tables of all tasks.

    Attributes
    ----------
    tables : arrays (n, m, ...); a task with fewer atoms repeats its first, which then has no weight
    task_weights : (n,)
    probabilities, support, query : (n, m)
    """

    tables: tuple[Array, ...]
    task_weights: Array
    probabilities: Array
    support: Array
    query: Array


def task_data(
    data: Any, probabilities: Any = None, support: Any = None, query: Any = None, task_weights: Any = None
) -> TaskData:
    """Checked data and weights.

    Parameters
    ----------
    data : sequence of tasks, each an array (m_i, ...); or a tuple of such sequences
        A row is an atom.  A tuple holds what a row is made of, such as inputs and labels.
    probabilities : weights (n, m_i), or booleans that choose rows of equal weight; default all rows
    support, query : the same, default ``probabilities``
    task_weights : (n,), default uniform

    Raises
    ------
    TypeError, ValueError
        Named by argument, value and rule.
    """
    columns = data if isinstance(data, tuple) else (data,)
    if not columns:
        raise ValueError("data = (); rule: an array (tasks, atoms, ...), or a tuple of them")
    tasks = [_tasks(column) for column in columns]
    sizes = [len(task) for task in tasks[0]]
    for column in tasks:
        if [len(task) for task in column] != sizes:
            rule = "the same tasks and rows in each part"
            raise ValueError(f"data: parts of {sizes} and {[len(t) for t in column]} rows; rule: {rule}")
    n, m = len(sizes), max(sizes)
    tables = tuple(np.stack([_padded(task, m) for task in column]) for column in tasks)
    p = _weights("probabilities", probabilities, sizes, None)
    roles = [_weights(name, value, sizes, p) for name, value in (("support", support), ("query", query))]
    shares = np.full(n, 1 / n) if task_weights is None else _vector("task_weights", task_weights, n)
    return TaskData(tables, shares, p, *roles)


def _tasks(column: Any) -> list[Array]:
    """One array a task, in float64 (or integers or booleans, where all are), checked."""
    try:
        tasks = [np.asarray(task) for task in column]
    except (TypeError, ValueError):
        raise ValueError("data: tasks that are no arrays; rule: an array (atoms, ...) a task") from None
    if not tasks or any(task.ndim < 1 or not len(task) for task in tasks):
        raise ValueError("data: a task without rows; rule: at least one task, and one row in each")
    if len({task.shape[1:] for task in tasks}) > 1:
        shapes = sorted({str(task.shape[1:]) for task in tasks})
        raise ValueError(f"data: rows of shapes {', '.join(shapes)}; rule: one shape for all rows")
    for task in tasks:
        if task.dtype.kind not in "biuf":
            raise TypeError(f"data has dtype {task.dtype}; rule: numbers")
        if task.dtype.kind == "f" and not np.isfinite(task).all():
            raise ValueError(f"data holds {task[~np.isfinite(task)].flat[0]}; rule: finite numbers")
    kinds = {task.dtype.kind for task in tasks}
    return [task.astype(np.float64) if "f" in kinds else task for task in tasks]


def _padded(task: Array, rows: int) -> Array:
    return np.concatenate([task, np.repeat(task[:1], rows - len(task), axis=0)])


def _weights(name: str, value: Any, sizes: Sequence[int], default: Array | None) -> Array:
    n, m = len(sizes), max(sizes)
    if value is None and default is not None:
        return default
    result = np.zeros((n, m))
    rows = [np.ones(size, dtype=bool) for size in sizes] if value is None else list(value)
    if len(rows) != n:
        raise ValueError(f"{name} has {len(rows)} rows; rule: one for each of the {n} tasks")
    for i, (row, size) in enumerate(zip(rows, sizes, strict=True)):
        array = np.asarray(row)
        if array.dtype == bool:
            if not array.any():
                raise ValueError(f"{name} of task {i} chooses no row; rule: at least one")
            array = array / array.sum()
        result[i, :size] = _vector(f"{name} of task {i}", array, size)
    return result


def _vector(name: str, value: Any, size: int) -> Array:
    weights = probability_vector(name, value).astype(np.float64)
    if len(weights) != size:
        raise ValueError(f"{name} has {len(weights)} entries; rule: {size}, as the data say")
    return weights
