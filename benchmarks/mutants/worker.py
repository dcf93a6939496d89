"""``python -m benchmarks.mutants.worker``: runs chosen tests until one fails, again and again.

A line of standard input is a request in JSON (``Request``), a line of standard output its answer.  The
libraries are imported once, the project's modules and the tests anew for each request, in a fork.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import coverage  # noqa: F401
import flint  # noqa: F401
import hypothesis  # noqa: F401
import joblib  # noqa: F401
import numpy as np  # noqa: F401
import pytest
import pytest_cov.plugin  # noqa: F401
import rich.console  # noqa: F401
import scipy.linalg
import scipy.optimize
import scipy.special  # noqa: F401
import sympy  # noqa: F401
import xdist.plugin  # noqa: F401

# A process that waits (for a lock, for a process of its own) spends no time of the processor.
CLOCK = 12
BEFOREHAND = "ignore::pytest.PytestAssertRewriteWarning"


class Request(NamedTuple):
    """Tests to run.

    Attributes
    ----------
    tests : names, in the order wanted
    known : all names there are
    seconds : of CPU time
    every : go on after a failure
    compiled : numba compiles what is changed
    """

    tests: list[str]
    known: list[str]
    seconds: float
    every: bool = False
    compiled: bool = False


class Chosen:
    """A pytest plugin that keeps the tests wanted, in their order, and writes down those that fail."""

    def __init__(self, given: Request, path: Path) -> None:
        self.rank = {test: k for k, test in enumerate(given.tests)}
        self.functions = {test.split("[")[0] for test in given.tests}
        self.known = set(given.known)
        self.path = path

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Keep what is wanted; a change may have renamed the cases of a test: these run last."""
        kept = [item for item in items if item.nodeid in self.rank or self._renamed(item.nodeid)]
        items[:] = sorted(kept, key=lambda item: self.rank.get(item.nodeid, len(self.rank)))

    def _renamed(self, name: str) -> bool:
        return name not in self.known and name.split("[")[0] in self.functions

    def _note(self, report: Any) -> None:
        if report.failed:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(report.nodeid) + "\n")

    # A file that can't be imported is noticed, and so is a test that fails.
    pytest_collectreport = pytest_runtest_logreport = _note


def answer(given: Request) -> dict[str, Any]:
    """Exit code of pytest (None: time ran out), the names of the tests that failed, seconds of CPU time."""
    with tempfile.TemporaryDirectory() as folder:
        noticed = Path(folder) / "noticed"
        child = os.fork()
        if child == 0:
            _run(given, noticed, folder)
        code, used = _wait(child, given.seconds * CLOCK)
        names = [json.loads(line) for line in noticed.read_text().splitlines()] if noticed.exists() else []
    return {"code": code, "noticed": names, "seconds": round(used, 1)}


def _run(given: Request, noticed: Path, folder: str) -> None:
    """In the fork: silent, in a group of its own, with so much CPU time."""
    code = 3
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        limit = int(given.seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
        if given.compiled:
            # What numba has compiled would outlive the change.
            os.environ["NUMBA_CACHE_DIR"] = folder
        files = list(dict.fromkeys(test.split("::")[0] for test in given.tests))
        first = [] if given.every else ["-x"]
        # What is imported beforehand can't have its assertions rewritten, which pytest would warn of.
        options = [*first, "-q", "-n", "0", "-p", "no:cacheprovider", "-W", BEFOREHAND, *files]
        code = int(pytest.main(options, plugins=[Chosen(given, noticed)]))
    finally:
        os._exit(code)


def _wait(child: int, clock: float) -> tuple[int | None, float]:
    """Exit code of a child (None: its time was over) and its CPU time, with that of its own children."""
    end = time.monotonic() + clock
    while True:
        found, status, used = os.wait4(child, os.WNOHANG)
        if found:
            break
        if time.monotonic() > end:
            _end_group(child)
        time.sleep(0.02)
    _end_group(child)
    code = os.waitstatus_to_exitcode(status)
    return None if code in (-signal.SIGKILL, -signal.SIGXCPU) else code, used.ru_utime + used.ru_stime


def _end_group(child: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)


def main() -> None:
    """Answer until there is no more."""
    for line in sys.stdin:
        print(json.dumps(answer(Request(**json.loads(line)))), flush=True)


if __name__ == "__main__":
    main()
