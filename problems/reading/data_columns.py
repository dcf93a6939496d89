"""One column of data: what its cells are, and where they are, with nothing missing.

The cells keep their type: numbers, truth values and dates are never turned into text, so that 9 comes before
10, and text that a file or an array holds is read by the same rules.
"""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from numbers import Rational
from typing import Any, Literal, NoReturn

import numpy as np

from problems.arrays import Array
from problems.reading.decimals import of_floats

__all__ = ["MISSING", "DataColumn", "data_column", "shown"]

# What programs write where there is no value; compared without regard to case.
SPELLINGS = r"""
    na n/a #n/a #na n.a. <na> nan -nan +nan 1.#ind -1.#ind 1.#qnan -1.#qnan nat null (null) none nil missing
    \n ? . - -- #null! #value! #div/0! #ref! #num! #name?
"""
MISSING = frozenset(("", "#n/a n/a", *SPELLINGS.split()))
SHOWN = 40
DATES = (datetime.date, datetime.time, datetime.timedelta, np.datetime64, np.timedelta64)
Kind = Literal["truth values", "numbers", "dates", "text"]


def shown(cell: Any) -> str:
    """A cell in an error message, short and on one line."""
    text = repr(cell) if isinstance(cell, str) else str(cell)
    text = text if text.isprintable() else repr(text)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


@dataclass(frozen=True, eq=False)
class DataColumn:
    """A column without missing values.

    Attributes
    ----------
    where : how errors name it;  name : its own name
    kind : ``"truth values"``, ``"numbers"``, ``"dates"`` (and what else is ordered) or ``"text"``
    cells : (rows,) bool, integers, float64, dates, or objects (str, Fraction, dates of Python)
    rows : (rows,) number of each row, from 1;  lines : where each is in its file
    point : the decimal point of text
    """

    where: str
    name: str
    kind: Kind
    cells: Array
    rows: Array
    lines: Array | None = None
    point: str = "."

    def __len__(self) -> int:
        return len(self.cells)

    def take(self, index: Array) -> DataColumn:
        """Some of the rows, each with its number."""
        lines = None if self.lines is None else self.lines[index]
        return replace(self, cells=self.cells[index], rows=self.rows[index], lines=lines)

    def position(self, k: int) -> str:
        """Where the cell at index ``k`` is."""
        line = "" if self.lines is None or self.lines[k] == self.rows[k] + 1 else f" (line {self.lines[k]})"
        return f"{self.where}, row {self.rows[k]}{line}"

    def refuse(self, k: int, rule: str, what: str = "", kind: type[Exception] = ValueError) -> NoReturn:
        """Raise an error about the cell at index ``k``."""
        raise kind(f"{self.position(k)}: {shown(self.cells[k])}{what}; rule: {rule}")


def data_column(
    where: str,
    name: str,
    values: Any,
    *,
    lines: Sequence[int] | None = None,
    point: str = ".",
    not_missing: Collection[str] = (),
) -> DataColumn:
    """A column from one-dimensional values of any dtype.

    Parameters
    ----------
    where, name, lines, point : as in `DataColumn`
    values : ndarray (masked, too)
    not_missing : spellings of missing values that are names here

    Raises
    ------
    TypeError
        If a cell is neither number, truth value, text nor anything that can be sorted.
    ValueError
        If a cell is masked, missing or infinite; the message names its row.
    """
    numbered = None if lines is None else np.asarray(lines)
    raw = DataColumn(where, name, "text", np.asarray(values), np.arange(1, len(values) + 1), numbered, point)
    _refuse_first(raw, np.ma.getmaskarray(values), " is masked", np.ma.isMaskedArray(values))
    cells = raw.cells
    letter = cells.dtype.kind
    if letter in "biu":
        return replace(raw, kind="truth values" if letter == "b" else "numbers")
    if letter == "f":
        return _floats(raw)
    if letter in "Mm":
        _refuse_first(raw, np.isnat(cells))
        return replace(raw, kind="dates")
    if letter == "c":
        raise TypeError(f"{where} holds complex numbers; rule: real ones")
    if letter not in "OSUT":
        raise TypeError(f"{where} has dtype {cells.dtype}; rule: numbers, truth values, dates or text")
    return _objects(replace(raw, cells=_boxed(cells.tolist())), frozenset(not_missing))


def _boxed(values: Sequence[Any]) -> Array:
    cells = np.empty(len(values), dtype=object)
    cells[:] = values
    return cells


def _refuse_first(column: DataColumn, bad: Array, what: str = "", ask: bool = True) -> None:
    if ask and bad.any():
        column.refuse(int(np.flatnonzero(bad)[0]), "no missing values", what)


def _floats(column: DataColumn) -> DataColumn:
    cells = column.cells
    _refuse_first(column, np.isnan(cells))
    if np.isinf(cells).any():
        column.refuse(int(np.flatnonzero(np.isinf(cells))[0]), "a finite number")
    with np.errstate(over="ignore", under="ignore"):
        floats = cells.astype(np.float64)
    if (floats != cells).any():
        # A float of more than 64 bits is taken for the decimal that it prints as.
        text = [np.format_float_scientific(x, unique=True) for x in cells]
        return replace(column, kind="numbers", cells=_boxed([Fraction(x) for x in text]))
    return replace(column, kind="numbers", cells=floats)


def _objects(column: DataColumn, names: frozenset[str]) -> DataColumn:
    """Python objects: all of one kind; text and numbers together are text, as in a file."""
    cells = column.cells.tolist()
    if set(map(type, cells)) != {str}:
        cells = [_value(column, k, cell) for k, cell in enumerate(cells)]
    kinds = {_kind(cell) for cell in cells}
    if kinds == {"truth values"}:
        return replace(column, kind="truth values", cells=np.array(cells, dtype=bool))
    if kinds <= {"numbers", "truth values"}:
        if {type(cell) for cell in cells} == {float}:
            return _floats(replace(column, cells=np.array(cells)))
        return replace(column, kind="numbers", cells=_boxed(_numbers(cells)))
    if kinds == {"dates"}:
        return replace(column, kind="dates", cells=_boxed(cells))
    if "dates" in kinds:
        raise TypeError(
            f"{column.where} holds dates and {', '.join(sorted(kinds - {'dates'}))}; rule: one kind"
        )
    return _text(replace(column, kind="text"), [c if isinstance(c, str) else str(c) for c in cells], names)


def _value(column: DataColumn, k: int, cell: Any) -> Any:
    """A cell as a Python object of a kind that is known; missing ones are refused."""
    if isinstance(cell, np.generic) and not isinstance(cell, np.datetime64 | np.timedelta64):
        cell = cell.item()
    if isinstance(cell, bytes):
        try:
            cell = cell.decode()
        except UnicodeDecodeError:
            column.refuse(k, "text in UTF-8")
    if isinstance(cell, str):
        return cell
    if str(cell).lower() in MISSING:
        column.refuse(k, "no missing values")
    if isinstance(cell, np.longdouble):
        cell = Decimal(np.format_float_scientific(cell, unique=True))
    if isinstance(cell, float | Decimal) and cell in (float("inf"), -float("inf")):
        column.refuse(k, "a finite number")
    if isinstance(cell, (int, float, *DATES)):
        return cell
    if isinstance(cell, Decimal):
        # A decimal is expanded only if its exponent is one of a number of usual size.
        return Fraction(cell) if abs(cell.adjusted()) < 10**4 else column.refuse(k, "a number of usual size")
    if isinstance(cell, Rational):
        return Fraction(int(cell.numerator), int(cell.denominator))
    if _ordered(cell):
        return cell
    return column.refuse(k, "numbers, truth values, dates or text", f" is a {type(cell).__name__}", TypeError)


def _ordered(cell: Any) -> bool:
    """Whether cells like this one can be told apart and sorted: months, intervals, versions."""
    try:
        return hash(cell) is not None and (cell < cell) is not None and not isinstance(cell, frozenset)
    except TypeError:
        return False


def _kind(cell: Any) -> Kind:
    if isinstance(cell, str):
        return "text"
    if isinstance(cell, bool):
        return "truth values"
    return "numbers" if isinstance(cell, int | float | Fraction) else "dates"


def _numbers(cells: list[Any]) -> list[Fraction]:
    floats = [cell for cell in cells if isinstance(cell, float)]
    exact = iter(of_floats(floats))
    return [next(exact) if isinstance(cell, float) else Fraction(cell) for cell in cells]


def _text(column: DataColumn, cells: list[str], names: frozenset[str]) -> DataColumn:
    """Text without the spaces around it, composed, none of it a spelling of a missing value."""
    stripped = {cell: unicodedata.normalize("NFC", cell.strip()) for cell in dict.fromkeys(cells)}
    missing = {cell for cell, text in stripped.items() if text.lower() in MISSING and text not in names}
    column = replace(column, cells=_boxed([stripped[cell] for cell in cells]))
    if missing:
        k = next(k for k, cell in enumerate(cells) if cell in missing)
        if not stripped[cells[k]]:
            raise ValueError(f"{column.position(k)}: empty; rule: no missing values")
        word = stripped[cells[k]]
        column.refuse(k, f"no missing values; where it is a name, --not-missing {word}")
    return column
