"""Tasks from a data set: one task per distinct value of a column, one atom per row.

A row (x, y) has the logistic loss log(1 + exp(x . w)) - y x . w with y in {0, 1}, or the least-squares loss
(x . w - y)^2 / 2.  Nothing is rescaled or centred: standardise the features first where that is wanted.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import numpy as np

from problems.arrays import Array
from problems.ridge import Ridge, ridge
from problems.validation import finite_array, uniform_weights

__all__ = ["from_data", "read_table"]

# A task's coefficients are a square table with one row and one column per data row.
LARGEST_TASK = 1000


def from_data(
    X: Any,
    y: Any,
    task: Any,
    link: str = "logistic",
    *,
    task_weights: Any = None,
    rng: Any = 0,
    name: str | None = None,
) -> Ridge:
    """A ridge family whose atoms are the rows of a data set.

    Tasks have as many rows as they have; shorter ones are padded with atoms of probability zero.  The rows
    of each task are split at random into a support and a query half (the query set gets the odd row).

    Parameters
    ----------
    X : (rows, d)
        Features.
    y : (rows,)
        Labels: any two values for ``logistic`` (the larger one is 1), numbers for ``quadratic``.
    task : (rows,)
        Task of each row; tasks are in the sorted order of its values.
    link : ``"logistic"`` or ``"quadratic"``
    task_weights : (tasks,), default uniform
        p(T).
    rng : None, int, SeedSequence or Generator, default 0
        Splits the rows.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and the rule.
    """
    if link not in ("logistic", "quadratic"):
        raise ValueError(f"link = {link!r}; rule: logistic or quadratic")
    X = np.asarray(finite_array("X", X, 2), dtype=np.float64)
    rows, d = X.shape
    if not rows or not d:
        raise ValueError(f"X has shape {X.shape}; rule: at least one row and one feature")
    ids, which, sizes = np.unique(_column("task", task, rows), return_inverse=True, return_counts=True)
    if sizes.min() < 2:
        lone = ids[sizes.argmin()]
        raise ValueError(f"task {lone!s} has 1 row; rule: at least 2, one each for support and query")
    if sizes.max() > LARGEST_TASK:
        big = ids[sizes.argmax()]
        raise ValueError(
            f"task {big!s} has {sizes.max()} rows; rule: at most {LARGEST_TASK}, take a sample of them"
        )
    target = _labels(y, rows) if link == "logistic" else _numbers(y, rows)
    rng = np.random.default_rng(rng)
    n, m = len(ids), int(sizes.max())
    features, linear, offsets = np.zeros((n, m, d)), np.zeros((n, m, d)), np.zeros((n, m))
    p, support, query = (np.full((n, m), uniform_weights(1)[0] * 0) for _ in range(3))
    for i, size in enumerate(sizes):
        member = np.flatnonzero(which == i)
        features[i, :size] = X[member]
        if link == "logistic":
            linear[i, :size] = -target[member, None] * X[member]
        else:
            offsets[i, :size] = target[member]
        order, half = rng.permutation(size), size // 2
        p[i, :size] = uniform_weights(size)
        support[i, order[:half]] = uniform_weights(half)
        query[i, order[half:]] = uniform_weights(size - half)
    return ridge(
        link,
        features,
        offsets,
        np.broadcast_to(np.eye(m), (n, m, m)),
        linear,
        probabilities=p,
        support=support,
        query=query,
        task_weights=task_weights,
        name=name or f"data-{link}",
    )


def _column(name: str, value: Any, rows: int) -> Array:
    column = np.asarray(value)
    if column.dtype == object:
        for row, entry in enumerate(column.ravel(), 1):
            if entry is None or entry != entry:
                raise ValueError(f"{name} holds {entry} in row {row}; rule: no missing values")
        column = np.asarray([str(entry) for entry in column.ravel()]).reshape(column.shape)
    if column.shape != (rows,):
        raise ValueError(f"{name} has shape {column.shape}; rule: ({rows},), one entry per row of X")
    if column.dtype.kind == "f" and not np.isfinite(column).all():
        raise ValueError(f"{name} holds {column[~np.isfinite(column)][0]}; rule: finite numbers")
    return column


def _labels(y: Any, rows: int) -> Array:
    values, which = np.unique(_column("y", y, rows), return_inverse=True)
    if len(values) != 2:
        shown = ", ".join(map(str, values[:5])) + (", ..." if len(values) > 5 else "")
        raise ValueError(f"y has {len(values)} different values ({shown}); rule: two for link = 'logistic'")
    return which.astype(np.float64)


def _numbers(y: Any, rows: int) -> Array:
    return np.asarray(finite_array("y", _column("y", y, rows), 1), dtype=np.float64)


def read_table(
    path: str | Path, label: str, task: str, features: list[str] | None = None
) -> tuple[Array, Array, Array]:
    """X, y and task from a CSV file with a header line, or from an NPZ file with one array a column.

    In an NPZ file an array may have two dimensions: then it gives several features.

    Parameters
    ----------
    path : str or Path
        Ends in ``.csv`` or ``.npz``.
    label, task : str
        Columns of y and task.
    features : list of str, default all other columns

    Raises
    ------
    OSError
        If the file can't be read.
    ValueError
        Naming file, column (and row) and the rule.
    """
    path = Path(path)
    if path.suffix.lower() not in (".csv", ".npz"):
        raise ValueError(f"{path}: unknown kind {path.suffix!r}; rule: .csv or .npz")
    columns = _read_csv(path) if path.suffix.lower() == ".csv" else _read_npz(path)
    if label == task:
        raise ValueError(f"{path}: column {label!r} is both label and task; rule: two columns")
    if features is None:
        features = [name for name in columns if name not in (label, task)]
    for name in (label, task, *features):
        if name not in columns:
            raise ValueError(f"{path}: no column {name!r}; rule: one of {', '.join(columns)}")
    for name in (label, task):
        if name in features:
            raise ValueError(f"{path}: column {name!r} is a feature too; rule: features apart")
    if not features:
        raise ValueError(f"{path}: no feature columns; rule: at least one")
    if len(set(features)) < len(features):
        twice = next(name for name in features if features.count(name) > 1)
        raise ValueError(f"{path}: feature {twice!r} is named twice; rule: each once")
    X = [_feature(path, name, columns[name]) for name in features]
    rows = len(columns[label])
    for name in (task, *features):
        if len(columns[name]) != rows:
            raise ValueError(
                f"{path}: column {name!r} has {len(columns[name])} rows; rule: {rows}, as {label!r} has"
            )
    for name in (label, task):
        for row, cell in enumerate(columns[name], 1):
            if isinstance(cell, str) and not cell:
                raise ValueError(f"{path}: column {name!r}, row {row}: empty; rule: no missing values")
    tasks = _plain(columns[task])
    if len(np.unique(tasks)) < len(np.unique(columns[task])):
        # As numbers 007 and 7 would be one task, and so would long ids that float64 rounds.
        tasks = columns[task]
    return np.concatenate(X, axis=1), _plain(columns[label]), tasks


def _read_csv(path: Path) -> dict[str, Array]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = [line for line in csv.reader(file, strict=True) if line]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path}: {error}; rule: a CSV file in UTF-8") from None
    if len(lines) < 2:
        raise ValueError(f"{path}: no rows; rule: a header line and at least one row")
    header = [name.strip() for name in lines[0]]
    if len(set(header)) < len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise ValueError(f"{path}: column {twice!r} is there twice; rule: different names")
    for number, line in enumerate(lines[1:], 1):
        if len(line) != len(header):
            raise ValueError(
                f"{path}: row {number} has {len(line)} cells; rule: {len(header)}, as the header"
            )
    cells = np.array(lines[1:], dtype=str)
    return {name: np.char.strip(cells[:, k]) for k, name in enumerate(header)}


def _read_npz(path: Path) -> dict[str, Array]:
    try:
        with np.load(path, allow_pickle=False) as file:
            columns = {name: file[name] for name in file.files}
    except OSError:
        raise
    except Exception as error:
        raise ValueError(f"{path}: {error}; rule: an NPZ file of plain arrays") from None
    for name, column in columns.items():
        if not column.size:
            raise ValueError(f"{path}: column {name!r} has no rows; rule: at least one row")
        if column.dtype.kind == "c":
            raise ValueError(f"{path}: column {name!r} holds complex numbers; rule: real ones")
        if column.ndim not in (1, 2):
            raise ValueError(f"{path}: column {name!r} has shape {column.shape}; rule: 1 or 2 dimensions")
    return columns


def _feature(path: Path, name: str, column: Array) -> Array:
    """A feature column as float64, (rows, 1 or more)."""
    flat = column.reshape(len(column), -1)
    if flat.dtype.kind in "fiub":
        numbers = flat.astype(np.float64)
    else:
        numbers = np.empty(flat.shape)
        for at, cell in np.ndenumerate(flat):
            try:
                numbers[at] = float(cell)
            except ValueError:
                raise ValueError(
                    f"{path}: column {name!r}, row {at[0] + 1}: {str(cell)!r}; rule: a number"
                ) from None
    for at, number in np.ndenumerate(numbers):
        if not math.isfinite(number):
            raise ValueError(f"{path}: column {name!r}, row {at[0] + 1}: {number}; rule: a finite number")
    return numbers


def _plain(column: Array) -> Array:
    """Text that is a number in every cell, as numbers."""
    if column.dtype.kind == "U":
        try:
            return column.astype(np.float64)
        except ValueError:
            return column
    return column
