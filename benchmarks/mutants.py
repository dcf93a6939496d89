"""Do the tests see a change of the code?  One is planted at a time, and the tests that reach its line run.

Run ``python -m benchmarks.mutants`` from the root.  It first runs the suite once under coverage, which says
which tests reach which lines and how long each takes (``--keep FILE`` keeps that); then it plants a seeded
sample of changes, the same number in each place, spread over the kinds of change.  A change that no test
notices in ``--seconds`` has survived.  Those that are known to change nothing stand in
``mutants_equivalent.json``, each with the reason.  Exit code 1 where less than ``--least`` of the others were
killed in a place.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import Any

from benchmarks.mutant_sites import Change, changes

ROOT = Path(__file__).resolve().parents[1]
EQUIVALENT = Path(__file__).with_name("mutants_equivalent.json")
# Where changes are planted: the engine alone of proofs_check, since the proofs themselves are its data.
PLACES = {"problems": "problems", "maml_verify": "maml_verify", "proofs_check": "proofs_check/engine"}
# A change may make a loop endless: that is noticed too, once the tests take so many times as long.
PATIENCE = 6


class Durations:
    """A pytest plugin that keeps the seconds of each test."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Add a phase of a test."""
        self.seconds[report.nodeid] += report.duration


def reached() -> dict[str, Any]:
    """Seconds of each test, and file -> line -> tests, from one run of the suite under coverage."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "coverage"
        code = (
            "import sys, json, pytest; from benchmarks.mutants import Durations; d = Durations();"
            "code = pytest.main(sys.argv[2:], plugins=[d]); json.dump(d.seconds, open(sys.argv[1], 'w'));"
            "sys.exit(code)"
        )
        options = ["-q", "--cov", "--cov-context=test", "--cov-report="]
        seconds = Path(folder) / "seconds.json"
        run = [sys.executable, "-c", code, str(seconds), *options]
        subprocess.run(run, cwd=ROOT, check=True, env={**os.environ, "COVERAGE_FILE": str(data)})
        return {"seconds": json.loads(seconds.read_text()), "lines": dict(_lines(data))}


def _lines(data: Path) -> Iterator[tuple[str, dict[str, list[str]]]]:
    from coverage import CoverageData

    measured = CoverageData(str(data))
    measured.read()
    for file in measured.measured_files():
        by_line = measured.contexts_by_lineno(file)
        lines = {str(line): sorted({c.split("|")[0] for c in found if c}) for line, found in by_line.items()}
        yield str(Path(file).relative_to(ROOT)), lines


def tests_of(change: Change, known: dict[str, Any]) -> list[str]:
    """The tests that reach a line, the quickest first; all of its file's where only the import does."""
    lines = known["lines"].get(change.file, {})
    found = set().union(*(lines.get(str(line), ()) for line in range(change.line, change.last + 1)))
    if not found:
        found = {test for tests in lines.values() for test in tests}
    return sorted(found, key=lambda test: (known["seconds"].get(test, 1.0), test))


def sample(places: dict[str, str], number: int, rng: int) -> list[tuple[str, Change]]:
    """The same number of changes in each place, taken in turn from the kinds of change."""
    chosen = []
    for k, (place, folder) in enumerate(places.items()):
        draw = random.Random(f"{rng} {place}")
        kinds: dict[str, list[Change]] = defaultdict(list)
        for path in sorted((ROOT / folder).rglob("*.py")):
            for change in changes(path, ROOT):
                kinds[change.kind].append(change)
        for found in kinds.values():
            draw.shuffle(found)
        wanted = number * (k + 1) // len(places) - number * k // len(places)
        turn = [found.pop() for _ in range(wanted) for found in kinds.values() if found]
        chosen += [(place, change) for change in turn[:wanted]]
    return chosen


def judge(change: Change, tests: Sequence[str], tree: Path, seconds: float, usual: float) -> str:
    """``killed`` or ``survived``: plants a change in a copy of the tree and runs tests until one fails."""
    if not tests:
        return "survived"
    path = tree / change.file
    before = path.read_text(encoding="utf-8")
    path.write_text(change.planted(before), encoding="utf-8")
    names = tree / "tests-to-run.txt"
    names.write_text("\n".join(tests), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", f"@{names}"]
    # A copy that keeps no bytecode can't take that of the change before.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    start = time.monotonic()
    process = subprocess.Popen(
        command, cwd=tree, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True,
    )  # fmt: skip
    try:
        process.communicate(timeout=seconds)
        return "survived" if process.returncode == 0 else "killed"
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.communicate()
        return "killed" if time.monotonic() - start > PATIENCE * usual + 10 else "survived"
    finally:
        path.write_text(before, encoding="utf-8")


def trees(number: int, folder: Path) -> Queue[Path]:
    """Copies of what git tracks, one a worker."""
    free: Queue[Path] = Queue()
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    for k in range(number):
        for name in filter(None, files.stdout.split("\0")):
            target = folder / str(k) / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
        free.put(folder / str(k))
    return free


def summary(results: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Counts of each place, and which part of those that are not equivalent was killed."""
    table: dict[str, dict[str, Any]] = {}
    for result in results:
        row = table.setdefault(result["place"], {"killed": 0, "survived": 0, "equivalent": 0})
        row[result["result"]] += 1
    for row in table.values():
        row["rate"] = row["killed"] / max(1, row["killed"] + row["survived"])
    return table


def main(argv: Sequence[str] | None = None) -> int:
    """Plant, run, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--number", type=int, default=200)
    parser.add_argument("--rng", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seconds", type=float, default=60.0, help="for one change, default 60")
    parser.add_argument("--least", type=float, default=0.9, help="part to be killed in each place")
    parser.add_argument("--places", nargs="+", default=list(PLACES), choices=list(PLACES))
    parser.add_argument("--keep", type=Path, help="what tests reach, made if missing")
    parser.add_argument("--output", type=Path, help="results as JSON")
    given = parser.parse_args(argv)
    if given.keep and given.keep.exists():
        known = json.loads(given.keep.read_text(encoding="utf-8"))
    else:
        known = reached()
        if given.keep:
            given.keep.write_text(json.dumps(known), encoding="utf-8")
    equivalent = {tuple(e["change"]): e["reason"] for e in json.loads(EQUIVALENT.read_text(encoding="utf-8"))}
    results: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        free = trees(given.jobs, Path(folder))

        def one(place: str, change: Change) -> dict[str, Any]:
            row = {"place": place, "kind": change.kind, "change": list(change.identity), "line": change.line}
            if change.identity in equivalent:
                return row | {"result": "equivalent", "reason": equivalent[change.identity]}
            tests = tests_of(change, known)
            usual = sum(known["seconds"].get(test, 1.0) for test in tests)
            tree = free.get()
            try:
                return row | {"result": judge(change, tests, tree, given.seconds, min(usual, given.seconds))}
            finally:
                free.put(tree)

        places = {name: PLACES[name] for name in given.places}
        with ThreadPoolExecutor(given.jobs) as pool:
            for row in pool.map(lambda pair: one(*pair), sample(places, given.number, given.rng)):
                results.append(row)
                print(f"{row['result']:10} {' '.join(row['change'])} (line {row['line']})", flush=True)
    table = summary(results)
    for place, row in table.items():
        print(f"{place}: {row['killed']} killed, {row['survived']} survived, {row['equivalent']} equivalent; "
              f"{100 * row['rate']:.1f} % of those that change something were noticed")  # fmt: skip
    if given.output:
        given.output.write_text(
            json.dumps({"summary": table, "mutants": results}, indent=1), encoding="utf-8"
        )
    return int(any(row["rate"] < given.least for row in table.values()))


if __name__ == "__main__":
    sys.exit(main())
