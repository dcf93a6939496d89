"""Which tests reach which lines of the project, and how long each takes: the suite once, under coverage.

``python -m benchmarks.mutants.reached FILE`` writes it: ``seconds`` of each test that passed, and ``lines``,
file -> line -> number of a list in ``sets``, which holds numbers of tests in the order of ``seconds``.  Lines
that run as their module is imported, whoever imports it, are in ``imported``, too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
OURS = ("problems", "maml_verify", "proofs_check")
# How contexts begin that are not of one test.
COLLECTED, SHARED = "collected ", "shared "
# A process that a test starts is measured under the test's name, and says nothing of it on standard error.
SETTINGS = """[run]
source = {source}
data_file = {data}
parallel = true
patch = subprocess
context = ${{PYTEST_CURRENT_TEST-}}
disable_warnings = no-data-collected, module-not-measured, module-not-imported, already-imported
"""


class Told:
    """A pytest plugin that keeps what the tests tell of themselves: seconds, failures, shared fixtures."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.failed: set[str] = set()
        self.shared: dict[str, set[str]] = defaultdict(set)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Add a phase of a test."""
        self.seconds[report.nodeid] += report.duration
        if report.failed:
            self.failed.add(report.nodeid)
        for name, value in report.user_properties:
            if name == SHARED:
                for fixture in value:
                    self.shared[fixture].add(report.nodeid)


def run_suite(path: Path, wanted: list[str]) -> int:
    """Run tests under coverage and write the map of what they reach."""
    with tempfile.TemporaryDirectory() as folder:
        data, settings = Path(folder) / "coverage", Path(folder) / "settings"
        settings.write_text(SETTINGS.format(source=",".join(OURS), data=data), encoding="utf-8")
        os.environ["COVERAGE_PROCESS_START"] = str(settings)
        told = Told()
        try:
            code = pytest.main(["-q", "-p", "benchmarks.mutant_reach", *wanted], plugins=[told])
        finally:
            del os.environ["COVERAGE_PROCESS_START"]
        if code not in (0, 1):
            raise SystemExit("the tests could not be run under coverage")
        subprocess.run(
            [sys.executable, "-m", "coverage", "combine", "-q", f"--rcfile={settings}"], check=True
        )
        path.write_text(json.dumps(as_map(read(data), told)), encoding="utf-8")
    return int(code)


def read(data: Path) -> dict[str, dict[int, list[str]]]:
    """File -> line -> names of contexts."""
    from coverage import CoverageData

    measured = CoverageData(str(data))
    measured.read()
    return {
        str(Path(file).relative_to(ROOT)): measured.contexts_by_lineno(file)
        for file in measured.measured_files()
    }


def as_map(found: dict[str, dict[int, list[str]]], told: Told) -> dict[str, Any]:
    """Contexts made into tests that passed: no other can notice anything."""
    seconds = {test: taken for test, taken in told.seconds.items() if test not in told.failed}
    number = {test: k for k, test in enumerate(seconds)}
    by_file: dict[str, set[str]] = defaultdict(set)
    for test in seconds:
        by_file[test.split("::")[0]].add(test)
    sets: dict[tuple[int, ...], int] = {}
    lines: dict[str, dict[str, int]] = {}
    imported: dict[str, list[int]] = {}
    for file, by_line in found.items():
        lines[file], imported[file] = {}, []
        for line, contexts in by_line.items():
            tests = set().union(*(_tests(context, told, by_file) for context in contexts))
            reached = tuple(sorted(number[test] for test in tests if test in number))
            lines[file][str(line)] = sets.setdefault(reached, len(sets))
            if "" in contexts:
                imported[file].append(line)
    return {"seconds": seconds, "sets": [list(s) for s in sets], "lines": lines, "imported": imported}


def _tests(context: str, told: Told, by_file: dict[str, set[str]]) -> set[str]:
    """The tests that a context stands for: a process's is its test's, with the phase in brackets."""
    context = context.strip("|")
    if context.startswith(COLLECTED):
        return by_file[context.removeprefix(COLLECTED)]
    if context.startswith(SHARED):
        return told.shared[context]
    return {context if context in told.seconds else context.rpartition(" (")[0]}


if __name__ == "__main__":
    sys.exit(run_suite(Path(sys.argv[1]), sys.argv[2:]))
