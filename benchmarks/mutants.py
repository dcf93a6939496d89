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
from collections.abc import Callable, Container, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import Queue
from typing import Any

from benchmarks.mutant_sites import Change, changes

ROOT = Path(__file__).resolve().parents[1]
EQUIVALENT = Path(__file__).with_name("mutants_equivalent.json")
# Where changes are planted: the engine alone of proofs_check, since the proofs themselves are its data.
PLACES = {"problems": "problems", "maml_verify": "maml_verify", "proofs_check": "proofs_check/engine"}
# A change may make a loop endless: that is noticed too, where the tests take so many times as long with it.
PATIENCE = 3


class Durations:
    """A pytest plugin that keeps the seconds of each test that passes."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.failed: set[str] = set()

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Add a phase of a test."""
        self.seconds[report.nodeid] += report.duration
        if report.failed:
            self.failed.add(report.nodeid)

    def passed(self) -> dict[str, float]:
        """Seconds of the tests that passed: no other can notice anything."""
        return {test: taken for test, taken in self.seconds.items() if test not in self.failed}


def reached() -> dict[str, Any]:
    """Seconds of each test, and file -> line -> tests, from one run of the suite under coverage."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "coverage"
        code = (
            "import sys, json, pytest; from benchmarks.mutants import Durations; d = Durations();"
            "code = pytest.main(sys.argv[2:], plugins=[d]); json.dump(d.passed(), open(sys.argv[1], 'w'));"
            "sys.exit(code)"
        )
        options = ["-q", "--cov", "--cov-context=test", "--cov-report="]
        seconds = Path(folder) / "seconds.json"
        command = [sys.executable, "-c", code, str(seconds), *options]
        environment = {**os.environ, "COVERAGE_FILE": str(data)}
        if subprocess.run(command, cwd=ROOT, check=False, env=environment).returncode not in (0, 1):
            raise SystemExit("the tests could not be run under coverage")
        passed = json.loads(seconds.read_text(encoding="utf-8"))
        return {"seconds": passed, "lines": dict(_lines(data, passed))}


def _lines(data: Path, passed: Container[str]) -> Iterator[tuple[str, dict[str, list[str]]]]:
    from coverage import CoverageData

    measured = CoverageData(str(data))
    measured.read()
    for file in measured.measured_files():
        by_line = measured.contexts_by_lineno(file)
        tests = {line: {context.split("|")[0] for context in found} for line, found in by_line.items()}
        lines = {str(line): sorted(t for t in found if t in passed) for line, found in tests.items()}
        yield str(Path(file).relative_to(ROOT)), lines


def tests_of(change: Change, known: dict[str, Any]) -> list[list[str]]:
    """The tests that reach a line; all of its file's where only the import does.

    First those in files named after the module or its folder, then those of its room, then the others, the
    quickest first: each of the three is run only if nothing before has noticed.
    """
    lines = known["lines"].get(change.file, {})
    found = set().union(*(lines.get(str(line), ()) for line in range(change.line, change.last + 1)))
    if not found:
        found = {test for tests in lines.values() for test in tests}
    *rooms, name = Path(change.file).with_suffix("").parts
    stages: list[list[str]] = [[], [], []]
    for test in sorted(found, key=lambda test: (known["seconds"].get(test, 1.0), test)):
        path = Path(test.split("::")[0])
        near = any(part in path.stem for part in (name, name[:6], rooms[-1]) if len(part) > 3)
        stages[0 if near else 1 if set(rooms) & set(path.parts) else 2].append(test)
    return [stage for stage in stages if stage]


def sample(wanted: Sequence[str], number: int, rng: int) -> list[tuple[str, Change]]:
    """The same number of changes in each place, taken in turn from the kinds of change.

    ``number`` is over all places: a place has the same sample whichever others are wanted.
    """
    chosen = []
    for k, (place, folder) in enumerate(PLACES.items()):
        if place not in wanted:
            continue
        draw = random.Random(f"{rng} {place}")
        kinds: dict[str, list[Change]] = defaultdict(list)
        for path in sorted((ROOT / folder).rglob("*.py")):
            for change in changes(path, ROOT):
                kinds[change.kind].append(change)
        for found in kinds.values():
            draw.shuffle(found)
        share = number * (k + 1) // len(PLACES) - number * k // len(PLACES)
        turn = [found.pop() for _ in range(share) for found in kinds.values() if found]
        chosen += [(place, change) for change in turn[:share]]
    return chosen


def judge(
    change: Change, stages: Sequence[Sequence[str]], tree: Path, known: dict[str, Any], seconds: float
) -> dict[str, Any]:
    """``killed`` or ``survived``, and by what: plants a change in a copy and runs tests until one fails."""
    path = tree / change.file
    before = path.read_text(encoding="utf-8")
    path.write_text(change.planted(before), encoding="utf-8")
    start = time.monotonic()
    compiled = _is_compiled(path)
    result, by, last = "survived", "" if any(stages) else "no test reaches it", []
    try:
        for tests in filter(None, stages):
            left = max(1.0, start + seconds - time.monotonic())
            code, noticed = run(tests, tree, known, left, compiled=compiled)
            if code not in (0, 5):
                result, by, last = "killed", noticed[0] if noticed else "time", list(tests)
                break
    finally:
        path.write_text(before, encoding="utf-8")
    taken = round(time.monotonic() - start, 1)
    if result == "killed" and by in ("", "time"):
        # No test failed: the change is noticed only if all goes well, and in far less time, without it.
        limit = left / PATIENCE if by == "time" else 10 * seconds
        result = "killed" if run(last, tree, known, limit, compiled=compiled)[0] == 0 else "survived"
        by = by or f"exit code {code}"
    return {"result": result, "by": by, "seconds": taken}


def run(
    tests: Sequence[str],
    tree: Path,
    known: dict[str, Any],
    seconds: float,
    *,
    compiled: bool,
    first: bool = True,
) -> tuple[int | None, list[str]]:
    """Exit code of pytest (None: time ran out) and the names of the tests that failed."""
    names = tree / "tests-to-run.json"
    names.write_text(json.dumps({"tests": list(tests), "known": list(known["seconds"])}), encoding="utf-8")
    noticed = names.with_suffix(".noticed")
    noticed.unlink(missing_ok=True)
    command = [sys.executable, "-m", "benchmarks.mutant_tests", str(names), *([] if first else ["--all"])]
    with tempfile.TemporaryDirectory() as folder:
        # A copy that keeps no bytecode can't take that of the change before, nor what numba has compiled.
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        if compiled:
            environment["NUMBA_CACHE_DIR"] = folder
        process = subprocess.Popen(
            command, cwd=tree, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        try:
            code = process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return None, []
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, 9)
            process.wait()
    return code, noticed.read_text(encoding="utf-8").split("\n") if noticed.exists() else [""]


def _is_compiled(path: Path) -> bool:
    return any("numba" in file.read_text(encoding="utf-8") for file in path.parent.glob("*.py"))


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
    given = _options(argv)
    if given.keep and given.keep.exists():
        known = json.loads(given.keep.read_text(encoding="utf-8"))
    else:
        known = reached()
        if given.keep:
            given.keep.write_text(json.dumps(known), encoding="utf-8")
    equivalent = {tuple(e["change"]): e["reason"] for e in json.loads(EQUIVALENT.read_text(encoding="utf-8"))}
    earlier = _earlier(given.output)
    results: list[dict[str, Any]] = []
    wanted = sample(given.places, given.number, given.rng)
    with tempfile.TemporaryDirectory() as folder:
        free = trees(given.jobs, Path(folder))

        def one(place: str, change: Change, without: frozenset[str] = frozenset()) -> dict[str, Any]:
            row = {"place": place, "kind": change.kind, "change": list(change.identity), "line": change.line}
            if change.identity in equivalent:
                return row | {"result": "equivalent", "reason": equivalent[change.identity]}
            if change.identity in earlier:
                return row | earlier[change.identity]
            stages = [[t for t in stage if t not in without] for stage in tests_of(change, known)]
            tree = free.get()
            try:
                return row | judge(change, stages, tree, known, given.seconds)
            finally:
                free.put(tree)

        with ThreadPoolExecutor(given.jobs) as pool:
            for row in pool.map(lambda pair: one(*pair), wanted):
                results.append(row)
                _keep(row, given.output)
        results = unmistaken(results, wanted, one, free, known)
    table = summary(results)
    for place, row in table.items():
        print(f"{place}: {row['killed']} killed, {row['survived']} survived, {row['equivalent']} equivalent; "
              f"{100 * row['rate']:.1f} % of those that change something were noticed")  # fmt: skip
    return int(any(row["rate"] < given.least for row in table.values()))


def unmistaken(
    results: list[dict[str, Any]],
    wanted: Sequence[tuple[str, Change]],
    one: Callable[..., dict[str, Any]],
    free: Queue[Path],
    known: dict[str, Any],
) -> list[dict[str, Any]]:
    """The results, judged again without the tests that fail on the code as it is, too."""
    failing: set[str] = set()
    while True:
        by = {row.get("by") for row in results if row["result"] == "killed"}
        noticed = sorted(by & set(known["seconds"]))
        tree = free.get()
        _, found = run(noticed, tree, known, 3600, compiled=False, first=False) if noticed else (0, [])
        free.put(tree)
        if not set(found) & by:
            return results
        failing |= set(found)
        print("fail on the code as it is, too:", *sorted(set(found)), sep="\n  ")
        results = [
            one(*pair, frozenset(failing)) if row.get("by") in failing else row
            for row, pair in zip(results, wanted, strict=True)
        ]


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--number", type=int, default=200, help="over all places, default 200")
    parser.add_argument("--rng", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seconds", type=float, default=40.0, help="for one change, default 40")
    parser.add_argument("--least", type=float, default=0.9, help="part to be killed in each place")
    parser.add_argument("--places", nargs="+", default=list(PLACES), choices=list(PLACES))
    parser.add_argument("--keep", type=Path, help="what tests reach, made if missing")
    parser.add_argument(
        "--output",
        type=Path,
        help="results as lines of JSON; the changes it holds as killed are not run again",
    )
    return parser.parse_args(argv)


def _earlier(path: Path | None) -> dict[tuple[str, ...], dict[str, Any]]:
    """What was killed in a run before; a survivor is tried again."""
    if path is None or not path.exists():
        return {}
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {
        tuple(row["change"]): {name: row[name] for name in ("result", "by", "seconds")}
        for row in rows
        if row["result"] == "killed"
    }


def _keep(row: dict[str, Any], path: Path | None) -> None:
    """Print a result, and append it to the file: an interruption loses one."""
    print(
        f"{row['result']:10} {' '.join(row['change'])} (line {row['line']})  {row.get('by', '')}", flush=True
    )
    if path:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    sys.exit(main())
