"""``python -m benchmarks.mutant_tests FILE`` runs chosen tests until one fails, and says which.

FILE is JSON: ``tests`` (names as pytest gives them, in the order wanted) and ``known`` (all names there are).
The name of what failed, or could not be collected, is written beside it, to a file that ends in ``.noticed``;
with ``--all`` that of every failure is, not of the first alone.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest


class Chosen:
    """A pytest plugin that keeps the tests wanted, in their order, and the names of those that fail."""

    def __init__(self, tests: list[str], known: set[str]) -> None:
        self.rank = {test: k for k, test in enumerate(tests)}
        self.functions = {test.split("[")[0] for test in tests}
        self.known = known
        self.noticed: list[str] = []

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Keep what is wanted; a change may have renamed the cases of a test: these run last."""
        kept = [item for item in items if item.nodeid in self.rank or self._renamed(item.nodeid)]
        items[:] = sorted(kept, key=lambda item: self.rank.get(item.nodeid, len(self.rank)))

    def _renamed(self, name: str) -> bool:
        return name not in self.known and name.split("[")[0] in self.functions

    def pytest_collectreport(self, report: Any) -> None:
        """A file that can't be imported is noticed."""
        if report.failed:
            self.noticed.append(report.nodeid)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """So is a test that fails."""
        if report.failed:
            self.noticed.append(report.nodeid)


def main(argv: list[str]) -> int:
    """Run the tests; exit code of pytest."""
    path = Path(argv[0])
    given = json.loads(path.read_text(encoding="utf-8"))
    plugin = Chosen(given["tests"], set(given["known"]))
    files = list(dict.fromkeys(test.split("::")[0] for test in given["tests"]))
    first = [] if "--all" in argv else ["-x"]
    code = pytest.main([*first, "-q", "-n", "0", "-p", "no:cacheprovider", *files], plugins=[plugin])
    path.with_suffix(".noticed").write_text("\n".join(plugin.noticed), encoding="utf-8")
    return int(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
