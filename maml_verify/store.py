"""What a sweep has done, in a file that outlives it: SQLite, a row a cell, each written whole or not at all.

A row is found by a digest of the cell and of all that determines its record: the source of this project and
the versions of the libraries that compute.  A changed formula finds no stale record.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from problems import Ridge

__all__ = ["Store", "digest", "source"]

LIBRARIES = ("numpy", "scipy", "python-flint", "numba")
# In the file's header, so that no other program's database is taken for a store.
APPLICATION = 0x6D616D6C
HEADER = b"SQLite format 3\0"
_log = logging.getLogger(__name__)


def digest(*parts: Any) -> str:
    """A short name of the content of numbers, strings, tuples and families."""
    return blake2b("\n".join(map(_text, parts)).encode(), digest_size=16).hexdigest()


def _text(value: Any) -> str:
    if isinstance(value, Ridge):
        return _family(value)
    return f"({', '.join(map(_text, value))})" if isinstance(value, tuple) else repr(value)


@lru_cache(maxsize=64)
def _family(family: Ridge) -> str:
    tables = {name: value for name, value in vars(family).items() if isinstance(value, np.ndarray)}
    content = [(name, v.shape, [str(x) for x in v.ravel().tolist()]) for name, v in tables.items()]
    exact = _family(family.exact) if family.exact else ""
    return digest(family.name, family.link.name, repr(content), exact)


@lru_cache(maxsize=1)
def source() -> str:
    """A digest of the source of the packages that compute, and of the versions of their libraries."""
    files = [
        (f"{package}/{path.relative_to(root)}", blake2b(path.read_bytes()).hexdigest())
        for package in ("maml_verify", "problems")
        for root in [Path(str(resources.files(package)))]
        for path in sorted(root.rglob("*.py"))
    ]
    return digest(*files, *((name, _version(name)) for name in LIBRARIES))


def _version(name: str) -> str | None:
    from importlib import metadata  # late: it takes longer to import than this module

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


class Store:
    """A file of results by cell; with no path it keeps nothing.

    Raises
    ------
    ValueError
        If the file is something else than a store, or cannot be written.
    """

    def __init__(self, path: str | Path | None) -> None:
        self._path = path
        self._rows = None if path is None else _opened(Path(path))

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._rows is not None:
            self._rows.close()

    def read(self, cells: Sequence[tuple[Any, ...]]) -> Iterator[tuple[int, Any]]:
        """The cells that are there, as places and values; a damaged row counts as not there."""
        if self._rows is None:
            return
        damaged = 0
        for k, cell in enumerate(cells):
            key = digest(source(), cell)
            row = self._rows.execute("SELECT value, mark FROM cells WHERE key = ?", (key,)).fetchone()
            if row is None:
                continue
            if row[1] != digest(key, row[0]):
                damaged += 1
                continue
            yield k, json.loads(row[0])
        if damaged:
            _log.warning("store %s: %d damaged rows; these cells are computed anew", self._path, damaged)

    def write(self, cell: tuple[Any, ...], value: Any) -> None:
        """Keep the value of a cell."""
        if self._rows is not None:
            key, text = digest(source(), cell), json.dumps(value)
            self._rows.execute("REPLACE INTO cells VALUES (?, ?, ?)", (key, text, digest(key, text)))


def _opened(path: Path) -> sqlite3.Connection:
    rule = "rule: a file made by a sweep, or a new one"
    try:
        return _connected(path)
    except sqlite3.OperationalError as error:
        raise ValueError(f"store = {path}: {error}; {rule}") from None
    except sqlite3.DatabaseError as error:
        with path.open("rb") as file:
            if file.read(len(HEADER)) != HEADER:
                raise ValueError(f"store = {path}: {error}; {rule}") from None
        aside = path.with_name(path.name + ".damaged")
        path.replace(aside)
        _log.warning("store %s: %s; kept as %s, every cell is computed anew", path, error, aside.name)
        return _connected(path)


def _connected(path: Path) -> sqlite3.Connection:
    # Each statement is a transaction of its own; a killed process leaves whole rows and no others.
    rows = sqlite3.connect(path, timeout=60, isolation_level=None)
    try:
        mark = rows.execute("PRAGMA application_id").fetchone()[0]
        if mark != APPLICATION and rows.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise sqlite3.OperationalError("the database of another program")
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
