"""A column as numbers: float64, and exact rationals where float64 can't hold them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NoReturn

import numpy as np

from problems.arrays import Array
from problems.reading.data_columns import DATES, DataColumn
from problems.reading.decimals import LARGEST, LEAST, SIZE, are_decimals, decimal, of_floats
from problems.validation import float_or_inf

__all__ = ["Numbers", "numbers", "stacked"]

TRUTH = {"true": Fraction(1), "false": Fraction(0)}
DATE = re.compile(r"\d{4}-\d\d?-\d\d?|\d\d?[./]\d\d?[./]\d{2,4}")
WHOLE = 2**53


@dataclass(frozen=True, eq=False)
class Numbers:
    """Numbers, rounded and as they are.

    Attributes
    ----------
    floats : float64, each the nearest to its number
    exact : Fractions, or None where ``floats`` are the numbers themselves
    """

    floats: Array
    exact: Array | None = None

    def exactly(self) -> Array:
        """The numbers themselves: Fractions, or float64 where that holds them all."""
        return self.floats if self.exact is None else self.exact

    def stood_for(self) -> bool:
        """Whether a column of ``floats`` would be read as these numbers."""
        known = np.unique(self.floats).tolist()
        if not are_decimals(known):
            return self.exact is None
        if self.exact is None:
            return all(decimal(f"{x:.14e}") == x for x in known)
        pairs = set(zip(self.floats.tolist(), self.exact.tolist(), strict=True))
        return all(decimal(f"{x:.14e}") == number for x, number in pairs)

    def rationals(self) -> Array:
        """The numbers as Fractions."""
        if self.exact is not None:
            return self.exact
        known, where = np.unique(self.floats, return_inverse=True)
        return _boxed([Fraction(x) for x in known.tolist()])[where]


def numbers(column: DataColumn) -> Numbers:
    """The column's numbers; truth values are 0 and 1.

    Raises
    ------
    TypeError
        For dates.
    ValueError
        For text that is no number, and numbers far outside float64; the message names the row.
    """
    cells = column.cells
    if column.kind == "dates":
        _refuse_dates(column)
    if column.kind == "truth values" or (cells.dtype.kind in "iu" and _small(cells)):
        return Numbers(cells.astype(np.float64))
    if cells.dtype != object:
        known, where = np.unique(cells, return_inverse=True)
        if known.dtype.kind == "f" and not are_decimals(known):
            return _gathered(column, known, where)
        exact = of_floats(known.tolist()) if known.dtype.kind == "f" else list(map(Fraction, known.tolist()))
    else:
        distinct = dict.fromkeys(cells.tolist())
        exact = list(distinct) if column.kind == "numbers" else _parsed(column, list(distinct))
        index = {cell: k for k, cell in enumerate(distinct)}
        where = np.fromiter((index[cell] for cell in cells), dtype=np.intp, count=len(cells))
    floats = np.array([float_or_inf(number) for number in exact])
    return _gathered(column, floats, where, exact)


def _refuse_dates(column: DataColumn) -> NoReturn:
    cell = column.cells[0]
    if isinstance(cell, DATES):
        column.refuse(0, "a number, such as the days since some day", " is a date", TypeError)
    column.refuse(0, "a number", f" is a {type(cell).__name__}", TypeError)


def _small(cells: Array) -> bool:
    return int(cells.min()) >= -WHOLE and int(cells.max()) <= WHOLE


def _gathered(
    column: DataColumn, floats: Array, where: Array, exact: Sequence[Fraction] | None = None
) -> Numbers:
    """Distinct numbers at their places, each of usual size."""
    size = np.abs(floats)
    lost = [] if exact is None else [k for k in np.flatnonzero(size == 0).tolist() if exact[k]]
    bad = [*np.flatnonzero((size > LARGEST) | ((size < LEAST) & (size > 0))), *lost]
    if bad:
        column.refuse(int(np.flatnonzero(np.isin(where, bad))[0]), SIZE)
    if exact is None or all(_is(x, number) for x, number in zip(floats.tolist(), exact, strict=True)):
        # Adding 0 makes 0 of a negative zero.
        return Numbers(floats[where] + 0.0)
    return Numbers(floats[where], _boxed(exact)[where])


def _is(x: float, number: Fraction) -> bool:
    return x.as_integer_ratio() == (number.numerator, number.denominator)


def _boxed(values: Sequence[Any]) -> Array:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def _parsed(column: DataColumn, distinct: list[str]) -> list[Fraction]:
    """Each spelling as a number; true and false where there is nothing else."""
    if all(text.lower() in TRUTH for text in distinct):
        return [TRUTH[text.lower()] for text in distinct]
    try:
        return [decimal(text, column.point) for text in distinct]
    except ValueError:
        # Some cell breaks the rule: the cells are read once more, one by one, to name it.
        bad, rule = next(found for text in distinct if (found := _broken(text, column.point)))
    return column.refuse(column.cells.tolist().index(bad), rule)


def _broken(text: str, point: str) -> tuple[str, str] | None:
    """A cell that is no number, with the rule that it breaks."""
    try:
        decimal(text, point)
    except ValueError as error:
        return text, str(error) + _guess(text, point)
    return None


def _guess(text: str, point: str) -> str:
    """What a cell that is no number looks like."""
    other = "," if point == "." else "."
    if DATE.fullmatch(text.split("T")[0].split(" ")[0]):
        return "; it looks like a date"
    if other in text:
        try:
            decimal(text.replace(other, point), point)
        except ValueError:
            return ""
        return f"; with a decimal {'comma' if other == ',' else 'point'}, --decimal {other}"
    return ""


def stacked(parts: Sequence[Numbers]) -> Numbers:
    """Columns side by side, (rows, columns)."""
    floats = np.stack([part.floats for part in parts], axis=1)
    if all(part.exact is None for part in parts):
        return Numbers(floats)
    return Numbers(floats, np.stack([part.rationals() for part in parts], axis=1))
