"""Which tests judge a change, and in which order: those that are likely to notice it, the quickest first."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.mutants.sites import Change

# The first stage: what runs in so many seconds, and takes no longer alone.
FIRST, LONGEST = 6.0, 1.5


class Reached:
    """What ``reached.py`` wrote: seconds of each test, and which tests reach a line."""

    def __init__(self, written: dict[str, Any]) -> None:
        self.seconds: dict[str, float] = written["seconds"]
        self.names = list(self.seconds)
        self._sets, self._lines, self._imported = written["sets"], written["lines"], written["imported"]

    def tests(self, change: Change) -> set[str]:
        """The tests that reach its lines; all that reach its file where the import runs them, too.

        A module is imported once, so that what its constants and tables do is seen by whoever uses the file.
        """
        lines = self._lines.get(change.file, {})
        at = range(change.line, change.last + 1)
        if not change.function or any(line in self._imported.get(change.file, ()) for line in at):
            return self._of(lines.values())
        return self._of(lines[str(line)] for line in at if str(line) in lines)

    def _of(self, sets: Iterable[int]) -> set[str]:
        return {self.names[k] for one in set(sets) for k in self._sets[one]}


def stages(change: Change, reached: Reached, without: frozenset[str] = frozenset()) -> list[list[str]]:
    """The tests that reach a change in two stages, the second for what the first has not noticed.

    First one case of each test, then its others; those whose file is named after the changed one or its room
    before the rest; the quickest first.
    """
    *rooms, name = Path(change.file).with_suffix("").parts
    words = {part for word in (name, rooms[-1]) for part in word.split("_") if len(part) > 3}

    def near(test: str) -> bool:
        path = Path(test.split("::")[0])
        return any(word[:6] in path.stem for word in words) or rooms[-1] == path.parent.name

    quick = sorted(reached.tests(change) - without, key=lambda test: (reached.seconds[test], test))
    met: Counter[str] = Counter()
    keyed = []
    for test in quick:
        function = test.split("[")[0]
        met[function] += 1
        keyed.append(((met[function] > 1) + (met[function] > 4), not near(test), reached.seconds[test], test))
    first: list[str] = []
    spent = 0.0
    for wave, _, seconds, test in sorted(keyed):
        if wave == 0 and seconds < LONGEST and spent + seconds < FIRST:
            first.append(test)
            spent += seconds
    chosen = set(first)
    return [stage for stage in (first, [test for *_, test in sorted(keyed) if test not in chosen]) if stage]


def state(change: Change, tests: Iterable[str], root: Path) -> str:
    """A digest of the file changed and of the files of tests: a result stands as long as it is the same."""
    files = {change.file, *(test.split("::")[0] for test in tests)}
    found = b"".join(hashlib.sha256((root / file).read_bytes()).digest() for file in sorted(files))
    return hashlib.sha256(found).hexdigest()[:16]
