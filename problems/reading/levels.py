"""The distinct labels or tasks of a column, in order.

Numbers are ordered as numbers, dates by time, text letter by letter; where all is true or false, in any case,
false comes first.  Text is of numbers where every cell
writes one without leading zeros; then 1, 1.0 and 1e0 are the same.  Otherwise it is of names, the same only
where they are spelled the same: in a column that holds 007, all are names, and 007 and 7 are two.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from problems.arrays import Array
from problems.reading.data_columns import DataColumn, shown
from problems.reading.decimals import of_floats, plain_decimal

__all__ = ["Levels", "levels", "listed"]

LISTED = 8


@dataclass(frozen=True, eq=False)
class Levels:
    """What a column distinguishes.

    Attributes
    ----------
    keys : in increasing order: Fractions, truth values, dates or text
    names : how they are written
    which : (rows,) the index of each row's level
    """

    keys: list[Any]
    names: list[str]
    which: Array
    point: str = "."

    def __len__(self) -> int:
        return len(self.keys)

    def find(self, argument: str, value: Any) -> int:
        """The index of the level that ``value`` names.

        Raises
        ------
        ValueError
            If it names none.
        """
        text = str(value).strip()
        number = plain_decimal(text, self.point) if isinstance(value, str) else None
        if isinstance(value, float):
            number = of_floats([value])[0]
        for k, key in enumerate(self.keys):
            same = key == number if isinstance(key, Fraction) and number is not None else bool(key == value)
            if same or self.names[k] == text or (isinstance(key, bool) and str(key).lower() == text.lower()):
                return k
        raise ValueError(f"{argument} = {shown(value)}; rule: one of {listed(self.names)}")


def listed(names: list[str]) -> str:
    """The first few of the names."""
    return ", ".join(map(_short, names[:LISTED])) + (", ..." if len(names) > LISTED else "")


def _short(name: str) -> str:
    return name if name.isprintable() and len(name) <= 40 else shown(name)


def levels(column: DataColumn) -> Levels:
    """The distinct cells of a column, in order.

    Raises
    ------
    TypeError
        If they can't be ordered, as dates with and without a time zone.
    """
    cells, point = column.cells, column.point
    if cells.dtype != object:
        known, which = np.unique(cells, return_inverse=True)
        keys = known.tolist() if known.dtype.kind not in "Mm" else list(known)
        if known.dtype.kind in "iuf":
            keys = of_floats(keys) if known.dtype.kind == "f" else [Fraction(x) for x in keys]
        return Levels(keys, [_written(key) for key in known], which, point)
    spelled: dict[Any, str] = {}
    key_of = _keys(column)
    for cell, key in key_of.items():
        spelled.setdefault(key, _written(cell))
    try:
        keys = sorted(spelled)
    except TypeError as error:
        raise TypeError(f"{column.where}: {error}; rule: entries that can be ordered") from None
    index = {key: k for k, key in enumerate(keys)}
    at = {cell: index[key] for cell, key in key_of.items()}
    which = np.fromiter((at[cell] for cell in cells), dtype=np.intp, count=len(cells))
    return Levels(keys, [spelled[key] for key in keys], which, point)


def _keys(column: DataColumn) -> dict[Any, Any]:
    """What each distinct cell is compared by."""
    distinct = dict.fromkeys(column.cells.tolist())
    if column.kind != "text":
        return {cell: cell for cell in distinct}
    if all(cell.lower() in ("true", "false") for cell in distinct):
        return {cell: cell.lower() == "true" for cell in distinct}
    found = {cell: plain_decimal(cell, column.point) for cell in distinct}
    return {cell: cell for cell in distinct} if None in found.values() else found


def _written(key: Any) -> str:
    if isinstance(key, float) and key == int(key) and abs(key) < 1e15:
        return str(int(key))
    return str(key)
