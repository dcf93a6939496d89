"""CSV files: text in columns, with the line of every row."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

__all__ = ["CELLS", "TextColumns", "read_csv"]

# A file of more cells is not read: its exact rationals would fill the memory.
CELLS = 10**7
SEPARATORS = {"\t": "tab", ";": "';'", "|": "'|'", ",": "','"}
# Longest line that is read: a file without line ends is one line.
LONGEST = 2**28
_FIELD_LIMIT = threading.Lock()


class TextColumns(NamedTuple):
    """Columns that were asked for, by name; the line of each row in the file."""

    header: list[str]
    cells: dict[int, list[str]]
    lines: list[int]


def read_csv(path: Path, separator: str, wanted: set[str] | None) -> TextColumns:
    """The columns named (all: None), by their place in the header; other cells are not kept.

    Raises
    ------
    OSError, ValueError
        Naming file, line and the rule.
    """
    try:
        with _FIELD_LIMIT:
            before = csv.field_size_limit(LONGEST)
            try:
                return _columns(path, separator, wanted)
            finally:
                csv.field_size_limit(before)
    except (UnicodeError, csv.Error, EOFError, gzip.BadGzipFile, zlib.error) as error:
        hint = ""
        if isinstance(error, UnicodeDecodeError):
            hint = "; in another encoding, save it as UTF-8"
        raise ValueError(f"{path}: {error}; rule: a CSV file in UTF-8{hint}") from None


def _columns(path: Path, separator: str, wanted: set[str] | None) -> TextColumns:
    with _opened(path) as file:
        reader = csv.reader(file, strict=True, delimiter=separator)
        rows = ((line, reader.line_num) for line in reader if len(line) > 1 or (line and line[0].strip()))
        header = [name.strip() for name in next(rows, ([], 0))[0]]
        if not header:
            raise ValueError(f"{path}: no rows; rule: a header line and at least one row")
        _one_separator(path, header, separator)
        keep = [k for k, name in enumerate(header) if wanted is None or name in wanted]
        cells: dict[int, list[str]] = {k: [] for k in keep}
        lines: list[int] = []
        for line, number in _of_length(path, rows, len(header)):
            lines.append(number)
            for k in keep:
                cells[k].append(line[k])
            if len(lines) * len(keep) > CELLS:
                raise ValueError(f"{path}: more than {CELLS} cells; rule: at most so many")
    if not lines:
        raise ValueError(f"{path}: no rows; rule: a header line and at least one row")
    return TextColumns(header, cells, lines)


def _opened(path: Path) -> io.TextIOWrapper:
    # Closing the text stream closes the file under it.
    binary = gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb")  # noqa: SIM115
    start = binary.read(4)
    binary.seek(0)
    wide = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return io.TextIOWrapper(binary, encoding="utf-16" if wide else "utf-8-sig", newline="")


def _of_length(
    path: Path, rows: Iterator[tuple[list[str], int]], width: int
) -> Iterator[tuple[list[str], int]]:
    for row, (line, number) in enumerate(rows, 1):
        if len(line) != width:
            hint = ""
            if len(line) == width + 1:
                hint = "; if the first is a row's name, give it a name in the header"
            raise ValueError(
                f"{path}: row {row} (line {number}) has {len(line)} cells; rule: {width}, as the header{hint}"
            )
        yield line, number


def _one_separator(path: Path, header: list[str], separator: str) -> None:
    """Refuse a header of one name that another separator would split."""
    if any("\0" in name for name in header):
        raise ValueError(f"{path}: NUL characters, as UTF-16 has; rule: a CSV file in UTF-8")
    if len(header) > 1:
        return
    for other, name in SEPARATORS.items():
        if other != separator and other in header[0]:
            shown = "tab" if other == "\t" else f"'{other}'"
            raise ValueError(
                f"{path}: one column {header[0][:40]!r}, which {name} would split; rule: --sep {shown}"
            )
