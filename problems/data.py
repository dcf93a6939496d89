"""Tasks from a data set: one task per distinct value of a column, one atom per row.

A row (x, y) has the logistic loss log(1 + exp(x . w)) - y x . w with y in {0, 1}, or the least-squares loss
(x . w - y)^2 / 2.  Nothing is rescaled, centred or added unless that is asked for.

Same data, same family, whether they come as a file, an array or a frame.  Exact statements are about the
numbers in the file: 0.1 is 1/10.  A float64 stands for the decimal of at most 15 digits that rounds to it, as
the file has it that it came from, and otherwise for itself.  Text in arrays is read as a file's cells are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
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
from problems.reading.levels import listed
from problems.reading.numbers import stacked
from problems.ridge import Ridge, ridge
from problems.scaling import in_range, standardised, with_intercept
from problems.validation import count, uniform_weights

__all__ = ["DataSet", "data_set", "from_data", "from_table", "read_table", "table"]

# A task's coefficients are a square table with one row and one column per data row.
LARGEST_TASK = 1000
COEFFICIENTS = 10**8


@dataclass(frozen=True, eq=False)
class DataSet:
    """A family, and what was made of the data.

    Attributes
    ----------
    family : the tasks
    rows, given : how many rows are atoms, how many there were
    features : names;  label : name of the column
    ones : the label that is 1, None for least squares
    standardised, intercept : whether that was asked for
    """

    family: Ridge
    rows: int
    given: int
    features: tuple[str, ...]
    label: str
    ones: str | None
    standardised: bool
    intercept: bool

    def driver(self) -> tuple[float, str]:
        """L of the resampling case in float64, and the feature with most weight in its direction."""
        found = []
        for X, p in zip(self.family.features, self.family.probabilities, strict=True):
            _, values, directions = np.linalg.svd(np.sqrt(p[p > 0])[:, None] * X[p > 0], full_matrices=False)
            found.append((float(values[0]) ** 2, int(np.abs(directions[0]).argmax())))
        top, k = max(found)
        return top * float(self.family.link.curvature[1]), self.features[k]

    def summary(self) -> str:
        """One line on what was read."""
        taken = f"{self.rows} rows" if self.rows == self.given else f"{self.rows} of {self.given} rows"
        scaled = "standardised in float64" if self.standardised else "not standardised"
        added = "with intercept" if self.intercept else "no intercept"
        d = len(self.features) - self.intercept
        size = f"{self.family.tasks} tasks, {d} feature" + "s" * (d != 1)
        ones = "" if self.ones is None else f"; {self.label} = {self.ones} is 1"
        L, name = self.driver()
        return f"{taken}, {size} ({scaled}, {added}){ones}; L = {L:.3g}, driven by {name}"


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
        Labels: any two values for ``logistic`` (the larger one is 1), numbers for ``quadratic``.
    task : (rows,)
        Task of each row; tasks are in the sorted order of its values, numbers as numbers.
    link : ``"logistic"`` or ``"quadratic"``
    task_weights : (tasks,), default uniform
        p(T).
    rng : None, int, SeedSequence or Generator, default 0
        Draws the sample and splits the rows.
    not_missing : spellings of missing values, such as ``NA``, that are names in this data set
    sample : int, default all
        At most so many rows of each task, drawn without replacement by ``rng``.
    intercept : bool
        Add a feature that is 1.
    standardise : bool
        Subtract each feature's mean over the rows taken, and divide by its standard deviation, in float64.
    positive : default the larger label
        The label that is 1, for ``logistic``.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and the rule.
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
    """The family of a file or frame: `from_data` of `read_table`; errors name file, column and row."""
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


def data_set(
    found: Table,
    link: str = "logistic",
    *,
    task_weights: Any = None,
    rng: Any = 0,
    name: str | None = None,
    sample: int | None = None,
    intercept: bool = False,
    standardise: bool = False,
    positive: Any = None,
) -> DataSet:
    """The family of a table, and what was made of it; parameters as in `from_data`."""
    if link not in ("logistic", "quadratic"):
        raise ValueError(f"link = {link!r}; rule: logistic or quadratic")
    if positive is not None and link != "logistic":
        raise ValueError(f"positive = {positive!r}; rule: link = 'logistic'")
    rng = np.random.default_rng(rng)
    tasks = levels(found.task)
    labels = _two_labels(found) if link == "logistic" else None
    members = _members(found, tasks, sample, rng)
    rows = np.concatenate(members)
    taken = found.take(rows)
    X = stacked([numbers(feature) for feature in taken.features])
    names = tuple(feature.name for feature in taken.features)
    if standardise:
        X = standardised(X, taken.features)
    in_range(X, taken.features)
    if intercept:
        X, names = with_intercept(X), (*names, "intercept")
    ones = None
    if labels is not None:
        one = 1 if positive is None else labels.find("positive", positive)
        ones = labels.names[one]
        target = Numbers((labels.which[rows] == one).astype(np.float64))
    else:
        target = numbers(taken.label)
        in_range(target, [taken.label])
    sizes = [len(member) for member in members]
    family = _family(link, X, target, sizes, rng, task_weights, name or f"data-{link}")
    return DataSet(family, len(rows), len(found), names, found.label.name, ones, standardise, intercept)


def _two_labels(found: Table) -> Levels:
    labels = levels(found.label)
    if len(labels) != 2:
        raise ValueError(
            f"{found.label.where} has {len(labels)} different values ({listed(labels.names)});"
            " rule: two for link = 'logistic'"
        )
    return labels


def _members(found: Table, tasks: Levels, sample: int | None, rng: np.random.Generator) -> list[Array]:
    """The rows of each task, or a sample of them."""
    most = LARGEST_TASK if sample is None else min(count("sample", sample, 2), LARGEST_TASK)
    order = np.argsort(tasks.which, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(tasks.which, minlength=len(tasks)))[:-1])
    for k, member in enumerate(members):
        size, name = len(member), f"{found.prefix}task {tasks.names[k]}"
        if size < 2:
            raise ValueError(f"{name} has 1 row; rule: at least 2, one each for support and query")
        if size > most and sample is None:
            raise ValueError(f"{name} has {size} rows; rule: at most {LARGEST_TASK}, or a --sample of them")
        if size > most:
            members[k] = np.sort(rng.choice(member, most, replace=False))
    n, m = len(members), max(map(len, members))
    if n * m**2 > COEFFICIENTS:
        what = f"{n} tasks, the largest of {m} rows, take {n * m**2:.1e} coefficients"
        raise ValueError(f"{found.prefix}{what}; rule: at most {COEFFICIENTS:.0e}, or a --sample of the rows")
    return members


def _family(
    link: str,
    X: Numbers,
    y: Numbers,
    sizes: list[int],
    rng: np.random.Generator,
    task_weights: Any,
    name: str,
) -> Ridge:
    """The ridge family of rows in the order of their tasks."""
    x, target = X.exactly(), y.exactly()
    n, m, d = len(sizes), max(sizes), x.shape[1]
    zero = Fraction(0) if object in (x.dtype, target.dtype) else 0.0
    kind = object if isinstance(zero, Fraction) else np.float64
    features, linear, offsets = (np.full((n, m, *more), zero, dtype=kind) for more in ((d,), (d,), ()))
    p, support, query = (np.full((n, m), Fraction(0)) for _ in range(3))
    start = 0
    for i, size in enumerate(sizes):
        member = slice(start, start + size)
        start += size
        features[i, :size] = x[member]
        if link == "logistic":
            ones = np.flatnonzero(target[member])
            linear[i, ones] = -x[member][ones]
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
        name=name,
    )
