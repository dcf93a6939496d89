"""A seeded sample of changes, the same number in each place, spread over the kinds of change.

A change is drawn by a hash of the seed and of what it is (file, function, line, text), so that an edit
elsewhere leaves the rest of the sample as it was: what is edited goes, and the next in its kind comes.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.mutants.sites import Change, changes

ROOT = Path(__file__).resolve().parents[2]
# Where changes are planted: the engine alone of proofs_check, since the proofs themselves are its data.
PLACES = {
    "problems": ["problems"],
    "maml_verify": ["maml_verify"],
    "proofs_check": ["proofs_check/engine"],
}
# What certificates rest on: a sample of its own.
RESTS = {
    "problems": ["problems/ridge_sums/suprema", "problems/rationals.py", "problems/rounding.py"],
    "maml_verify": ["maml_verify/checks", "maml_verify/arithmetic", "maml_verify/left_sides"],
    "proofs_check": ["proofs_check/engine", "proofs_check/certificates"],
}


def rank(change: Change, seed: int) -> str:
    """Where a change stands in its kind: the same whatever else is in the project."""
    return hashlib.sha256("\n".join([str(seed), *change.identity]).encode()).hexdigest()


def draw(found: Iterable[Change], number: int, seed: int) -> list[Change]:
    """Take from the kinds in turn, and within each those of least rank."""
    kinds: dict[str, list[Change]] = defaultdict(list)
    for change in found:
        kinds[change.kind].append(change)
    waiting = [
        sorted(kinds[kind], key=lambda change: rank(change, seed), reverse=True) for kind in sorted(kinds)
    ]
    chosen: list[Change] = []
    while len(chosen) < number and any(waiting):
        chosen += [each.pop() for each in waiting if each]
    return chosen[:number]


def sample(
    places: dict[str, list[str]], wanted: Sequence[str], number: int, seed: int
) -> list[tuple[str, Change]]:
    """Changes with their places; ``number`` is over all, whichever are wanted."""
    chosen = []
    for k, (place, parts) in enumerate(places.items()):
        if place in wanted:
            share = number * (k + 1) // len(places) - number * k // len(places)
            files = sorted(file for part in parts for file in _files(ROOT / part))
            found = (change for file in files for change in changes(file, ROOT))
            chosen += [(place, change) for change in draw(found, share, seed)]
    return chosen


def _files(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(path.rglob("*.py"))
