"""Features, labels and tasks of the same rows, from a file, a frame or arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from problems.arrays import Array
from problems.reading.csv_files import read_csv
from problems.reading.data_columns import DataColumn, data_column
from problems.reading.frames import array_of, columns_of, same_rows
from problems.reading.levels import listed
from problems.reading.npz_files import read_npz

__all__ = ["Table", "table_of_arrays", "table_of_file", "table_of_frame"]

SEPARATED = {".csv": ",", ".tsv": "\t"}
INDEX = "a name for each (a row index? name it, or say which features to take)"


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of the same rows.

    Attributes
    ----------
    source : what errors call the whole, empty for arrays;  features : at least one
    """

    source: str
    features: tuple[DataColumn, ...]
    label: DataColumn
    task: DataColumn

    def __len__(self) -> int:
        return len(self.label)

    @property
    def prefix(self) -> str:
        """What errors about the whole begin with."""
        return f"{self.source}: " if self.source else ""

    def take(self, index: Array) -> Table:
        """Some of the rows."""
        features = tuple(feature.take(index) for feature in self.features)
        return replace(self, features=features, label=self.label.take(index), task=self.task.take(index))


def table_of_arrays(X: Any, y: Any, task: Any, not_missing: Collection[str] = ()) -> Table:
    """A table from features (rows, d), labels and tasks (rows,): arrays, lists, frames and series.

    Raises
    ------
    TypeError, ValueError
        Naming argument, row and the rule.
    """
    same_rows(X=X, y=y, task=task)
    named = columns_of(X)
    if named is None:
        array = array_of(X)
        if array.dtype == object and any(
            isinstance(row, list | tuple | np.ndarray) for row in array.ravel()[:1]
        ):
            raise ValueError("X: rows of different lengths; rule: a 2-d array")
        if array.ndim != 2:
            raise ValueError(f"X has shape {array.shape}{_kind(X, array)}; rule: 2 dimensions")
        named = [(f"column {k + 1}", array[:, k]) for k in range(array.shape[1])]
        shape = array.shape
    else:
        _named("X", [name for name, _ in named])
        shape = (len(named[0][1]) if named else 0, len(named))
    rows, d = shape
    if not rows or not d:
        raise ValueError(f"X has shape {shape}; rule: at least one row and one feature")
    features = [
        data_column(
            f"X, column {k + 1}" if name == f"column {k + 1}" else f"X, column {name!r}", name, values
        )
        for k, (name, values) in enumerate(named)
    ]
    sides = []
    for argument, value in (("y", y), ("task", task)):
        array = array_of(value)
        if array.shape != (rows,):
            shape = f"{array.shape}{_kind(value, array)}"
            raise ValueError(f"{argument} has shape {shape}; rule: ({rows},), one entry per row of X")
        sides.append(data_column(argument, argument, array, not_missing=not_missing))
    return Table("", tuple(features), *sides)


def _kind(value: Any, array: Array) -> str:
    """What a value is that is no array."""
    return "" if array.ndim else f" (type {type(value).__name__})"


def table_of_frame(
    frame: Any,
    label: str,
    task: str,
    features: Sequence[str] | None = None,
    not_missing: Collection[str] = (),
) -> Table:
    """A table from the columns of a frame.

    Raises
    ------
    TypeError, ValueError
        Naming column, row and the rule.
    """
    found = columns_of(frame)
    if found is None:
        raise TypeError(f"{type(frame).__name__}: no file and no frame; rule: the path of one, or a frame")
    names = [name for name, _ in found]
    chosen = _chosen("frame", names, label, task, features)
    values = dict(found)
    parts = {
        name: data_column(f"frame: column {name!r}", name, values[name], not_missing=not_missing)
        for name in chosen
    }
    return Table("frame", tuple(parts[name] for name in chosen[2:]), parts[label], parts[task])


def table_of_file(
    path: str | Path,
    label: str,
    task: str,
    features: Sequence[str] | None = None,
    *,
    separator: str | None = None,
    point: str = ".",
    not_missing: Collection[str] = (),
) -> Table:
    """A table from a CSV or NPZ file; only the columns that are taken are kept in memory.

    Raises
    ------
    OSError, TypeError, ValueError
        Naming file, column, row and the rule.
    """
    path = Path(path)
    suffix = path.with_suffix("").suffix.lower() if path.suffix.lower() == ".gz" else path.suffix.lower()
    if suffix not in (*SEPARATED, ".npz") or (suffix == ".npz" and path.suffix.lower() == ".gz"):
        raise ValueError(f"{path}: unknown kind {path.suffix!r}; rule: .csv or .npz (or .tsv, .csv.gz)")
    if point not in (".", ","):
        raise ValueError(f"decimal = {point!r}; rule: '.' or ','")
    wanted = None if features is None else {label, task, *features}
    if suffix == ".npz":
        return _of_archive(path, label, task, features, wanted, not_missing)
    separator = SEPARATED[suffix] if separator is None else separator
    if len(separator) != 1 or separator in '."\r\n' or separator == point:
        raise ValueError(f"sep = {separator!r}; rule: one character, and not the decimal {point!r}")
    header, cells, lines = read_csv(path, separator, wanted)
    unnamed = [k for k, name in enumerate(header) if not name and not any(map(str.strip, cells.get(k, ())))]
    kept = [name for k, name in enumerate(header) if k not in unnamed]
    chosen = _chosen(str(path), kept, label, task, features)
    options: dict[str, Any] = {"lines": lines, "point": point, "not_missing": not_missing}
    at = {name: k for k, name in enumerate(header)}
    parts = {}
    for name in chosen:
        values = np.empty(len(lines), dtype=object)
        values[:] = cells[at[name]]
        parts[name] = data_column(f"{path}: column {name!r}", name, values, **options)
    return Table(str(path), tuple(parts[name] for name in chosen[2:]), parts[label], parts[task])


def _of_archive(
    path: Path,
    label: str,
    task: str,
    features: Sequence[str] | None,
    wanted: set[str] | None,
    not_missing: Collection[str],
) -> Table:
    names, arrays = read_npz(path, wanted)
    chosen = _chosen(str(path), names, label, task, features)
    rows = len(arrays[label])
    parts: dict[str, list[DataColumn]] = {}
    for name in chosen:
        array, where = arrays[name], f"{path}: column {name!r}"
        if len(array) != rows:
            raise ValueError(f"{where} has {len(array)} rows; rule: {rows}, as {label!r} has")
        if array.ndim == 1:
            parts[name] = [data_column(where, name, array, not_missing=not_missing)]
        elif name in (label, task):
            raise ValueError(f"{where} has shape {array.shape}; rule: one dimension")
        else:
            sides = [(f"{name}[:, {k}]", array[:, k]) for k in range(array.shape[1])]
            parts[name] = [data_column(f"{path}: column {side!r}", side, values) for side, values in sides]
    taken = tuple(part for name in chosen[2:] for part in parts[name])
    return Table(str(path), taken, parts[label][0], parts[task][0])


def _chosen(
    source: str, names: list[str], label: str, task: str, features: Sequence[str] | None
) -> list[str]:
    """Label, task, and the features: those named, or all others."""
    if label == task:
        raise ValueError(f"{source}: column {label!r} is both label and task; rule: two columns")
    if features is None:
        _named(source, names)
        features = [name for name in names if name not in (label, task)]
    wanted, there = {label, task, *features}, set(names)
    _named(source, [name for name in names if name in wanted])
    for name in (label, task, *features):
        if name not in there:
            raise ValueError(f"{source}: no column {name!r}; rule: one of {listed(names)}")
    for name in (label, task):
        if name in features:
            raise ValueError(f"{source}: column {name!r} is a feature too; rule: features apart")
    if not features:
        raise ValueError(f"{source}: no feature columns; rule: at least one")
    if (twice := _twice(features)) is not None:
        raise ValueError(f"{source}: feature {twice!r} is named twice; rule: each once")
    return [label, task, *features]


def _named(source: str, names: list[str]) -> None:
    """Each column has a name of its own."""
    for k, name in enumerate(names):
        if not name or name.startswith("Unnamed: "):
            raise ValueError(f"{source}: column {k + 1} has no name ({name!r}); rule: {INDEX}")
    if (twice := _twice(names)) is not None:
        raise ValueError(f"{source}: column {twice!r} is there twice; rule: different names")


def _twice(names: Sequence[str]) -> str | None:
    return next((name for name, count in Counter(names).items() if count > 1), None)
