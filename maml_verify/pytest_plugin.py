"""A plugin of pytest: versions in the header, and a line that counts the verdicts that the tests asked for.

Loaded wherever the package is installed: it imports no library, and says nothing where nothing was checked.
"""

from __future__ import annotations

from collections import Counter
from importlib import metadata
from typing import Any

import pytest

from maml_verify import __version__, record

__all__: list[str] = []

LIBRARIES = ("numpy", "python-flint", "hypothesis")
KEY = "maml_verify_counts"
ORDER = ("violated", "undecided", "vacuous")


class Counts:
    """Verdicts of this process and of its workers, and how many comparisons they stand for."""

    def __init__(self) -> None:
        self.found: Counter[str] = Counter()

    def add(self, found: record.Record) -> None:
        """One more record."""
        self.found.update({found.verdict: 1, "comparisons": found.checked})

    def line(self) -> str:
        """What the run ends with; "" where nothing was checked."""
        verdicts = sum(self.found[verdict] for verdict in record.VERDICTS)
        if not verdicts:
            return ""
        rest = ", ".join(f"{self.found[verdict]} {verdict}" for verdict in ORDER)
        decided = verdicts - self.found["vacuous"]
        return f"maml-verify: {decided} checked ({self.found['comparisons']:,} comparisons), {rest}"


def pytest_configure(config: pytest.Config) -> None:
    """Begin to count."""
    counts = Counts()
    config.stash[_COUNTS] = counts
    record.LISTENERS.append(counts.add)


_COUNTS = pytest.StashKey[Counts]()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Count no more."""
    counts = config.stash.get(_COUNTS, None)
    if counts is not None and counts.add in record.LISTENERS:
        record.LISTENERS.remove(counts.add)


def pytest_report_header(config: pytest.Config) -> str:
    """The versions that a verdict depends on."""
    found = []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return f"maml-verify {__version__} ({', '.join(found)})"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of pytest-xdist sends what it counted."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[KEY] = dict(session.config.stash[_COUNTS].found)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """What a worker counted."""
    node.config.stash[_COUNTS].found.update(getattr(node, "workeroutput", {}).get(KEY, {}))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The line of counts."""
    line = terminalreporter.config.stash[_COUNTS].line()
    if line:
        terminalreporter.write_line(line)
