"""Do the tests see a change of the code?  One is planted at a time, and the tests that reach its line run.

Run ``python -m benchmarks.mutants`` from the root.  ``--reached FILE`` says which tests reach which lines
(``python -m benchmarks.mutants.reached FILE`` makes it: the suite once, under coverage).  A seeded sample of
changes is planted, the same number in each place, spread over the kinds of change.  A change that no test
notices has survived, and so has one that no test reaches.  Those that are known to change nothing stand in
``equivalent.json``, each with the reason.  Exit code 1 where less than ``--least`` of the others were killed
in a place.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import Queue
from typing import Any

from benchmarks.mutants.order import Reached, stages, state
from benchmarks.mutants.sample import PLACES, RESTS, ROOT, sample
from benchmarks.mutants.sites import Change, changes
from benchmarks.mutants.trees import Tree

EQUIVALENT = Path(__file__).with_name("equivalent.json")
# A change may make a loop endless: that is noticed, too, where the tests take so many times as long with it.
PATIENCE = 3
Pair = tuple[str, Change]
Row = dict[str, Any]


def judge(change: Change, tree: Tree, reached: Reached, seconds: float, without: frozenset[str]) -> Row:
    """``killed`` or ``survived``, and by what: plants a change in a copy and runs tests until one fails."""
    found = stages(change, reached, without)
    every = [test for stage in found for test in stage]
    row: Row = {"result": "survived", "by": "" if every else "no test reaches it", "seconds": 0.0}
    compiled = tree.is_compiled(change)
    before = tree.plant(change)
    try:
        for tests in found:
            usual = sum(reached.seconds[test] for test in tests)
            # Never so few that the end of the time tells nothing.
            limit = max(seconds - row["seconds"], 10.0)
            answer = tree.run(tests, reached.names, limit, compiled=compiled)
            row["seconds"] += answer["seconds"]
            if answer["noticed"]:
                return _killed(row, answer["noticed"][0], change, answer["noticed"][:1])
            if answer["code"] is None:
                if PATIENCE * usual > limit:
                    return row | {"by": "time was over before all tests had run", "state": ""}
                return _killed(row, "time", change, tests)
            if answer["code"] not in (0, 5):
                return _killed(row, f"exit code {answer['code']}", change, tests)
    finally:
        tree.restore(change, before)
    return row | {"state": state(change, every, ROOT)}


def _killed(row: Row, by: str, change: Change, tests: Sequence[str]) -> Row:
    return row | {
        "result": "killed",
        "by": by,
        "tests": list(tests[:1]),
        "state": state(change, tests[:1], ROOT),
    }


def known(path: Path | None) -> dict[tuple[str, ...], Row]:
    """What was found before, the last of each change."""
    if path is None or not path.exists():
        return {}
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {tuple(row["change"]): row for row in rows}


def stands(row: Row, change: Change, reached: Reached) -> bool:
    """Whether a result is of the file and the tests as they are now."""
    tests = row["tests"] if row["result"] == "killed" else reached.tests(change)
    try:
        return row["state"] == state(change, tests, ROOT)
    except OSError:
        return False


def stale(names: Sequence[tuple[str, ...]], root: Path) -> list[tuple[str, ...]]:
    """The changes that can't be planted any more, since their line was edited."""
    files = [root / file for file in {name[0] for name in names}]
    found = {change.identity for file in files if file.exists() for change in changes(file, root)}
    return [name for name in names if name not in found]


def summary(results: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """Counts of each place, and which part of those that are not equivalent was killed."""
    table: dict[str, dict[str, Any]] = {}
    for result in results:
        row = table.setdefault(result["place"], {"killed": 0, "survived": 0, "equivalent": 0})
        row[result["result"]] += 1
    for row in table.values():
        row["rate"] = row["killed"] / max(1, row["killed"] + row["survived"])
    return table


def run(
    wanted: Sequence[Pair], given: argparse.Namespace, without: frozenset[str] = frozenset()
) -> list[Row]:
    """A result for each change, those that stand from before included."""
    reached = Reached(json.loads(given.reached.read_text(encoding="utf-8")))
    reasons = {tuple(e["change"]): e["reason"] for e in json.loads(EQUIVALENT.read_text(encoding="utf-8"))}
    for name in stale(list(reasons), ROOT):
        print("no longer there:", " | ".join(name))
    earlier = known(given.output)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        free: Queue[Tree] = Queue()
        for k in range(given.jobs):
            free.put(stack.enter_context(Tree(folder / str(k))))

        def one(pair: Pair) -> Row:
            place, change = pair
            row = {"place": place, "kind": change.kind, "change": list(change.identity), "line": change.line}
            if change.identity in reasons:
                return _told(row | {"result": "equivalent", "reason": reasons[change.identity]}, None)
            before = earlier.get(change.identity)
            if before and before.get("by") not in without and stands(before, change, reached):
                return _told(before | row, None)
            tree = free.get()
            try:
                row |= judge(change, tree, reached, given.seconds, without)
            finally:
                free.put(tree)
            return _told(row, given.output)

        with ThreadPoolExecutor(given.jobs) as pool:
            results = list(pool.map(one, wanted))
        by = sorted({row.get("by") for row in results if row["result"] == "killed"} & set(reached.names))
        failing = free.get().run(by, reached.names, 3600.0, every=True)["noticed"] if by else []
    if set(failing) & set(by):
        print("fail on the code as it is, too:", *sorted(set(failing)), sep="\n  ")
        return run(wanted, given, without | set(failing))
    return results


def _told(row: Row, path: Path | None) -> Row:
    """Print a result, and append a new one to the file: an interruption loses one."""
    print(
        f"{row['result']:10} {' | '.join(row['change'])} (line {row['line']})  {row.get('by', '')}",
        flush=True,
    )
    if path:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
    return row


def main(argv: Sequence[str] | None = None) -> int:
    """Plant, run, report."""
    given = _options(argv)
    places = RESTS if given.rests else PLACES
    table = summary(run(sample(places, given.places, given.number, given.rng), given))
    for place, row in table.items():
        print(f"{place}: {row['killed']} killed, {row['survived']} survived, {row['equivalent']} equivalent; "
              f"{100 * row['rate']:.1f} % of those that change something were noticed")  # fmt: skip
    return int(any(row["rate"] < given.least for row in table.values()))


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--reached", type=Path, required=True, help="which tests reach which lines")
    parser.add_argument("--number", type=int, default=200, help="over all places, default 200")
    parser.add_argument("--rng", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=40.0, help="of CPU time for one change, default 40")
    parser.add_argument("--least", type=float, default=0.9, help="part to be killed in each place")
    parser.add_argument("--places", nargs="+", default=list(PLACES), choices=list(PLACES))
    parser.add_argument("--rests", action="store_true", help="only where certificates rest")
    parser.add_argument(
        "--output", type=Path, help="results as lines of JSON; those that still stand are kept"
    )
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
