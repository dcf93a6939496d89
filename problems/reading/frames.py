"""What a frame, a series, a list or an array holds, as NumPy arrays that lose no type."""

from __future__ import annotations

from typing import Any

import numpy as np

from problems.arrays import Array

__all__ = ["array_of", "columns_of", "same_rows"]

# Types of columns that an array of NumPy holds without loss.
PLAIN = (
    "Boolean",
    "Float32",
    "Float64",
    *(f"{sign}Int{bits}" for sign in ("", "U") for bits in (8, 16, 32, 64)),
)


def columns_of(data: Any) -> list[tuple[str, Array]] | None:
    """Name and values of each column of a frame or a structured array; None where ``data`` is no such thing.

    Raises
    ------
    TypeError
        For a frame whose rows are not computed yet.
    ValueError
        If two columns have the same name.
    """
    if isinstance(data, np.ndarray) and data.dtype.names:
        return [(name, data[name]) for name in data.dtype.names]
    if hasattr(data, "iloc") and data.ndim == 2 and data.columns.has_duplicates:
        twice = data.columns[data.columns.duplicated()][0]
        raise ValueError(f"column {twice!r} is there twice; rule: different names")
    frame = _native(data)
    if frame is None or hasattr(frame, "to_list"):
        return None
    if not hasattr(frame, "iter_columns"):
        raise TypeError(
            f"a {type(data).__name__}; rule: a frame whose rows are there, such as collect() gives"
        )
    return [(str(series.name), _series(series)) for series in frame.iter_columns()]


def array_of(value: Any) -> Array:
    """An array, masked where ``value`` is; Python's numbers in a list keep their types."""
    if isinstance(value, np.ma.MaskedArray):
        return value
    if isinstance(value, list | tuple):
        return _of_list(value)
    series = _native(value)
    return _series(series) if hasattr(series, "to_list") else np.asarray(value)


def _of_list(values: Any) -> Array:
    if any(isinstance(entry, np.ma.MaskedArray) and entry.ndim for entry in values):
        return np.ma.array(values)
    try:
        found = np.array(values, dtype=object)
    except ValueError:
        # NumPy makes no array of rows of different lengths.
        found = np.empty(len(values), dtype=object)
        found[:] = [str(entry) for entry in values]
        return found
    kinds = set(map(type, found.ravel().tolist()))
    # One dtype holds them all where they are of one type; it would round an integer among floats.
    return found.astype(np.float64 if kinds == {float} else bool) if kinds in ({float}, {bool}) else found


def _native(value: Any) -> Any:
    """The frame or series as narwhals sees it, or None."""
    if isinstance(value, np.ndarray | list | tuple | str) or np.isscalar(value):
        return None
    import narwhals.stable.v1 as nw  # late: most data come without a frame

    seen = nw.from_native(value, pass_through=True, allow_series=True)
    return None if seen is value else seen


def _series(series: Any) -> Array:
    kind = series.dtype
    if str(kind) in PLAIN:
        return _plain(series)
    found = np.empty(len(series), dtype=object)
    found[:] = series.to_list()
    return found


def _plain(series: Any) -> Array:
    """Numbers or truth values, masked where they are null."""
    null = series.is_null().to_numpy().astype(bool)
    if not null.any():
        return np.asarray(series.to_numpy())
    found = np.empty(len(series), dtype=object)
    found[:] = series.to_list()
    found[null] = None
    return found


def same_rows(**parts: Any) -> None:
    """Refuse pandas objects whose indexes differ: read by place, their rows would be mixed up.

    Raises
    ------
    ValueError
        Naming the two arguments.
    """
    indexed = [
        (name, part) for name, part in parts.items() if hasattr(part, "iloc") and hasattr(part, "index")
    ]
    for name, part in indexed[1:]:
        first, other = indexed[0]
        if len(part) == len(other) and not part.index.equals(other.index):
            raise ValueError(f"{name} has another index than {first}; rule: the same rows, or .to_numpy()")
