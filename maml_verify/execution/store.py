"""What a sweep has done, in a file that outlives it: SQLite, a row a cell, each written whole or not at all.

A row is found by a digest of the cell and of all that determines its record: the source of this project and
the versions of the libraries that compute.  A changed formula finds no stale record.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from maml_verify.execution.identity import digest, source
from maml_verify.execution.whole_file import replaceable

__all__ = ["Store", "digest", "source"]

# In the file's header, so that no other program's database is taken for a store.
APPLICATION = 0x6D616D6C
HEADER, AT = b"SQLite format 3\0", slice(68, 72)
# What a store has in it, and the columns of its table.
CONTENT = {"cells", "sqlite_autoindex_cells_1"}
COLUMNS = ("key", "value", "mark")
# Seconds to wait for another process that writes.
TIMEOUT = 20
# Faults of the machine, or of its moment, by the start of SQLite's name; any other is one of the file.
MACHINE = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_NOMEM")
RULE = "rule: a file made by a sweep, or a new one"
_log = logging.getLogger(__name__)


class Store:
    """A file of results by cell; with no path it keeps nothing.

    Raises
    ------
    ValueError
        If the file is something else than a store, or cannot be written.
    """

    def __init__(self, path: str | Path | None) -> None:
        self._path = path
        # Where no source is found, a row could not say which formulas made it.
        self._source = None if path is None else source()
        self._rows = None if path is None else _opened(Path(path))

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._rows is not None:
            # What is written is written; a full disk may still keep the log from being joined to the file.
            with suppress(sqlite3.Error):
                self._rows.close()

    def read(self, cells: Sequence[tuple[Any, ...]]) -> Iterator[tuple[int, Any]]:
        """The cells that are there, as numbers and values; a damaged row counts as not there."""
        if self._rows is None:
            return
        damaged = 0
        for k, cell in enumerate(cells):
            key = digest(self._source, cell)
            row = self._asked("SELECT value, mark FROM cells WHERE key = ?", (key,)).fetchone()
            if row is None:
                continue
            if row[1] != digest(key, row[0]):
                damaged += 1
                continue
            yield k, json.loads(row[0])
        if damaged:
            _log.warning("store %s: %d damaged rows; these cells are computed anew", self._path, damaged)

    def write(self, cell: tuple[Any, ...], value: Any) -> None:
        """Keep the value of a cell.

        Raises
        ------
        OSError
            Where that fails, such as on a full disk; what was kept before stays.
        """
        if self._rows is not None:
            key, text = digest(self._source, cell), json.dumps(value)
            self._asked("REPLACE INTO cells VALUES (?, ?, ?)", (key, text, digest(key, text)))

    def _asked(self, statement: str, values: tuple[str, ...]) -> sqlite3.Cursor:
        assert self._rows is not None
        try:
            return self._rows.execute(statement, values)
        except sqlite3.Error as error:
            raise OSError(f"store = {self._path}: {error}; what was kept before stays there") from None


def _opened(path: Path) -> sqlite3.Connection:
    if not replaceable(path) and not path.is_dir():
        raise ValueError(f"store = {path}: a pipe or a device; {RULE}")
    try:
        return _connected(path)
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorname", "").startswith(MACHINE):
            raise OSError(f"store = {path}: {error}") from None
        raise ValueError(f"store = {path}: {error}; {RULE}") from None
    except sqlite3.DatabaseError as error:
        with path.open("rb") as file:
            head = file.read(AT.stop)
        if not head.startswith(HEADER) or head[AT] != APPLICATION.to_bytes(4, "big"):
            raise ValueError(f"store = {path}: {error}; {RULE}") from None
        aside = _set_aside(path)
        _log.warning("store %s: %s; kept as %s, every cell is computed anew", path, error, aside.name)
        return _connected(path)


def _set_aside(path: Path) -> Path:
    """Another name for a damaged store, its log with it: in a new file it would be played back."""
    aside, k = path.with_name(f"{path.name}.damaged"), 1
    while aside.exists():
        aside, k = path.with_name(f"{path.name}.damaged-{k + 1}"), k + 1
    for suffix in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).replace(aside.with_name(aside.name + suffix))
    return path.replace(aside)


def _connected(path: Path) -> sqlite3.Connection:
    # Each statement is a transaction of its own; a killed process leaves whole rows and no others.
    # An absolute path, since ":memory:" would be no file.
    rows = sqlite3.connect(path.absolute(), timeout=TIMEOUT, isolation_level=None)
    try:
        mark = rows.execute("PRAGMA application_id").fetchone()[0]
        content = {name for (name,) in rows.execute("SELECT name FROM sqlite_master")}
        if mark not in (0, APPLICATION) or (content and (mark != APPLICATION or content != CONTENT)):
            raise sqlite3.OperationalError("the database of another program")
        columns = tuple(row[1] for row in rows.execute("PRAGMA table_info(cells)"))
        if columns not in ((), COLUMNS):
            raise sqlite3.OperationalError("a table of another program")
        (state,) = rows.execute("PRAGMA quick_check(1)").fetchone()
        if state != "ok":
            raise sqlite3.DatabaseError(state)
        rows.execute("PRAGMA journal_mode = WAL")
        rows.execute("PRAGMA synchronous = NORMAL")
        rows.execute(f"PRAGMA application_id = {APPLICATION}")
        rows.execute("CREATE TABLE IF NOT EXISTS cells (key TEXT PRIMARY KEY, value TEXT, mark TEXT)")
    except sqlite3.Error:
        rows.close()
        raise
    return rows
