"""Text on a terminal: as wide as it is, broken between words, never cut, and never read as markup."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Sequence
from typing import Any

from maml_verify.record import Record
from maml_verify.reports.tables import counts, grid, notes

__all__ = ["columns", "show", "wrapped"]

# Between two columns of a table.
GAP = 2
USUAL = 80


def columns() -> int:
    """How many characters a line of the terminal has; COLUMNS, where it is set, says so."""
    said = os.environ.get("COLUMNS", "")
    if said.isdecimal() and int(said):
        return int(said)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or USUAL
    except (OSError, ValueError):
        return USUAL  # it says that it is a terminal, and not how wide


def wrapped(text: str, wide: int) -> str:
    """Text with its long lines broken between words, what follows set in."""
    lines = []
    for line in text.splitlines():
        margin = line[: len(line) - len(line.lstrip())] + "    "
        lines += [line] if len(line) <= wide else _broken(line, wide, margin)
    return "\n".join(lines) + "\n" * text.endswith("\n")


def _broken(line: str, wide: int, margin: str = "", hyphens: bool = False) -> list[str]:
    # In running text a file's name, an id or an option stays whole.
    found = textwrap.wrap(
        line, wide, subsequent_indent=margin, break_long_words=False, break_on_hyphens=hyphens
    )
    return found or [""]


def show(records: Sequence[Record], wide: int) -> None:
    """A table of records, in as many parts as its columns take, then legend, worst cases and counts."""
    from rich.console import Console
    from rich.text import Text

    console = Console(width=wide)
    header, rows = grid(records)
    cells = [[(name,), *(row[k] for row in rows)] for k, name in enumerate(header)]
    for part in _parts([_least(column) for column in cells], wide):
        console.print(_table([cells[k] for k in part], wide), "")
    for line in (*notes(records), counts(records)):
        # What is in brackets is no markup, and a name between colons no emoji.
        console.print(Text("\n".join(_broken(line, wide, "    "))), soft_wrap=True)


def _least(column: Sequence[Sequence[str]]) -> int:
    """The width below which a word of the column would be broken."""
    return max(len(word) for entry in column for line in entry for word in _broken(line, 1, hyphens=True))


def _parts(least: Sequence[int], wide: int) -> list[list[int]]:
    """The columns in parts that fit, the first column (the statements) in each of them."""
    parts: list[list[int]] = [[0]]
    for k in range(1, len(least)):
        room = wide - sum(least[j] + GAP for j in parts[-1])
        if least[k] > room and len(parts[-1]) > 1:
            parts.append([0])
        parts[-1].append(k)
    return parts


def _widths(cells: Sequence[Sequence[Sequence[str]]], wide: int) -> list[int]:
    """Every column as wide as its words, then the narrowest grow as long as there is room."""
    widths = [_least(column) for column in cells]
    # A name longer than a line is the one thing that is broken.
    widths[-1] = max(1, min(widths[-1], wide - sum(widths[:-1]) - GAP * (len(widths) - 1)))
    most = [max(len(line) for entry in column for line in entry) for column in cells]
    for _ in range(wide - sum(widths) - GAP * (len(widths) - 1)):
        growing = [k for k, width in enumerate(widths) if width < most[k]]
        if not growing:
            break
        widths[min(growing, key=lambda k: widths[k])] += 1
    return widths


def _table(cells: Sequence[Sequence[Sequence[str]]], wide: int) -> Any:
    from rich.box import HORIZONTALS
    from rich.table import Table
    from rich.text import Text

    colours = {"VIOLATED": "bold red", "holds": "green", "undecided": "yellow", "vacuous": "dim"}
    table = Table(box=HORIZONTALS, show_lines=True, show_edge=False, pad_edge=False, collapse_padding=True)
    widths = _widths(cells, wide)

    def text(entry: Sequence[str], width: int) -> Text:
        style = colours.get(entry[0].partition(" ")[0], "") if entry else ""
        return Text("\n".join(part for line in entry for part in _broken(line, width, hyphens=True)), style)

    for (name, *_), width in zip(cells, widths, strict=True):
        table.add_column(text(name, width), width=width, overflow="fold")
    for row in zip(*(column[1:] for column in cells), strict=True):
        table.add_row(*(text(entry, width) for entry, width in zip(row, widths, strict=True)))
    return table
