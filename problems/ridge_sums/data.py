"""Tasks from a data set: one task per distinct value of a column, one atom per row.

A row (x, y) has the logistic loss log(1 + exp(x . w)) - y x . w with y in {0, 1}, or the least-squares loss
(x . w - y)^2 / 2.  Nothing is rescaled, centred or added unless that is asked for.

Same data, same family, whether they come as a file, an array or a frame.  Exact statements are about the
numbers in the file: 0.1 is 1/10.  A float64 stands for the decimal of at most 15 digits that rounds to it, as
the file has it that it came from, and otherwise for itself.  Text in arrays is read as a file's cells are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from problems.arrays import Array
from problems.reading import (
    Levels,
    Numbers,
    Table,
    levels,
    numbers,
    table_of_arrays,
    table_of_file,
    table_of_frame,
)
from problems.ridge_sums.data_set import data_set
from problems.ridge_sums.ridge import Ridge

__all__ = ["from_data", "from_table", "read_table", "table"]


def from_data(
    X: Any,
    y: Any,
    task: Any,
    link: str = "logistic",
    *,
    task_weights: Any = None,
    rng: Any = 0,
    name: str | None = None,
    not_missing: Collection[str] = (),
    sample: int | None = None,
    intercept: bool = False,
    standardise: bool = False,
    positive: Any = None,
) -> Ridge:
    """A ridge family whose atoms are the rows of a data set.

    Tasks have as many rows as they have; shorter ones are padded with atoms of probability zero.  The rows
    of each task are split at random into a support and a query half (the query set gets the odd row).

    Parameters
    ----------
    X : (rows, d)
        Features, as an array or list of any dtype, or a frame of pandas, polars and others (by narwhals).
    y : (rows,)
        Labels: any two values for ``logistic`` (the larger one is 1), numbers for the other links.
    task : (rows,)
        Task of each row; tasks are in the sorted order of its values, numbers as numbers.
    link : ``"logistic"``, ``"quadratic"`` or ``"huber"``
    task_weights : (tasks,), default uniform
        p(T).
    rng : None, int, SeedSequence or Generator, default 0
        Draws the sample and splits the rows.
    name : str, default the link's
    not_missing : spellings of missing values, such as ``NA``, that are names in this data set
    sample : int, default all
        At most so many rows of each task, drawn without replacement by ``rng``.
    intercept : bool
        Add a feature that is 1.
    standardise : bool
        Subtract each feature's mean over the rows taken, and divide by its standard deviation, in float64.
    positive : default the larger label
        The label that is 1, for ``logistic``.

    Returns
    -------
    Ridge
        With one task a value of ``task``, over w of shape (d,), or (d + 1,) with an intercept.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and the rule.

    Examples
    --------
    >>> from problems import from_data
    >>> family = from_data([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1], ["a", "a", "b", "b"])
    >>> family.tasks, family.atoms, family.d
    (2, 2, 1)
    """
    found = table_of_arrays(X, y, task, not_missing)
    how = {"sample": sample, "intercept": intercept, "standardise": standardise, "positive": positive}
    return data_set(found, link, task_weights=task_weights, rng=rng, name=name, **how).family


def from_table(
    source: Any,
    label: str,
    task: str,
    features: Sequence[str] | None = None,
    link: str = "logistic",
    *,
    task_weights: Any = None,
    rng: Any = 0,
    name: str | None = None,
    sep: str | None = None,
    decimal: str = ".",
    not_missing: Collection[str] = (),
    sample: int | None = None,
    intercept: bool = False,
    standardise: bool = False,
    positive: Any = None,
) -> Ridge:
    """The family of a file or frame: `from_data` of `read_table`; errors name file, column and row.

    Parameters
    ----------
    source, label, task, features, sep, decimal, not_missing : as in `read_table`
    link, task_weights, rng, name, sample, intercept, standardise, positive : as in `from_data`
        The name is by default that of the file.

    Returns
    -------
    Ridge

    Raises
    ------
    OSError
        If the file can't be read.
    TypeError, ValueError
        Naming file, column, row and the rule.

    Examples
    --------
    >>> import pandas
    >>> from problems import from_table
    >>> frame = pandas.DataFrame({"x": [1, 2, 3, 4], "ill": [True, False] * 2, "clinic": [1, 1, 2, 2]})
    >>> family = from_table(frame, label="ill", task="clinic", intercept=True)
    >>> family.tasks, family.d
    (2, 2)
    """
    found = table(source, label, task, features, sep=sep, decimal=decimal, not_missing=not_missing)
    name = name or (Path(source).stem if isinstance(source, str | Path) else None)
    how = {"sample": sample, "intercept": intercept, "standardise": standardise, "positive": positive}
    return data_set(found, link, task_weights=task_weights, rng=rng, name=name, **how).family


def table(
    source: Any,
    label: str,
    task: str,
    features: Sequence[str] | None = None,
    *,
    sep: str | None = None,
    decimal: str = ".",
    not_missing: Collection[str] = (),
) -> Table:
    """The columns of a file or frame, as `read_table` takes them."""
    if not isinstance(source, str | Path):
        return table_of_frame(source, label, task, features, not_missing)
    options: dict[str, Any] = {"separator": sep, "point": decimal, "not_missing": not_missing}
    return table_of_file(source, label, task, features, **options)


def read_table(
    source: Any,
    label: str,
    task: str,
    features: Sequence[str] | None = None,
    *,
    sep: str | None = None,
    decimal: str = ".",
    not_missing: Collection[str] = (),
) -> tuple[Array, Array, Array]:
    """X, y and task from a CSV file with a header line, an NPZ file with one array a column, or a frame.

    In an NPZ file an array may have two dimensions: then it gives several features.

    Parameters
    ----------
    source : str, Path or frame
        A file ends in ``.csv``, ``.tsv`` (either may have ``.gz`` behind it) or ``.npz``, UTF-8.
    label, task : str
        Columns of y and task.
    features : list of str, default all other columns
    sep, decimal : how a CSV file separates cells (default ``,``, in ``.tsv`` a tab) and writes 1/2
    not_missing : spellings of missing values, such as ``NA``, that are names in this data set

    Returns
    -------
    X : (rows, d) float64, or Fractions where float64 would not stand for the numbers in the file
    y, task : (rows,) the same where all are numbers, and as they are otherwise

    Raises
    ------
    OSError
        If the file can't be read.
    TypeError, ValueError
        Naming file, column, row and the rule.

    Examples
    --------
    >>> import os, tempfile
    >>> from problems import read_table
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "data.csv")
    ...     with open(path, "w") as file:
    ...         _ = file.write("x,y,task\\n0.5,1,a\\n1.5,0,b\\n")
    ...     X, y, task = read_table(path, label="y", task="task")
    >>> X.tolist(), y.tolist(), task.tolist()
    ([[0.5], [1.5]], [1.0, 0.0], ['a', 'b'])
    """
    found = table(source, label, task, features, sep=sep, decimal=decimal, not_missing=not_missing)
    parts = [numbers(feature) for feature in found.features]
    plain = all(part.stood_for() for part in parts)
    X = np.stack([part.floats if plain else part.rationals() for part in parts], axis=1)
    return X, _plain(levels(found.label)), _plain(levels(found.task))


def _plain(found: Levels) -> Array:
    keys = np.empty(len(found), dtype=object)
    keys[:] = found.keys
    if all(isinstance(key, Fraction) for key in found.keys):
        rounded = Numbers(np.array([float(key) for key in found.keys]), keys)
        return (rounded.floats if rounded.stood_for() else keys)[found.which]
    if all(isinstance(key, bool) for key in found.keys):
        return keys.astype(bool)[found.which]
    return keys[found.which]
