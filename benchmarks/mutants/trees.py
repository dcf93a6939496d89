"""Copies of the project in which changes are planted, each with a process that runs tests there."""

from __future__ import annotations

import compileall
import json
import os
import py_compile
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from benchmarks.mutants.sample import ROOT
from benchmarks.mutants.sites import Change

PACKAGES = ("problems", "maml_verify", "proofs_check")


class Tree:
    """A copy of what git tracks, as it is now."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
        )
        for name in filter(None, listed.stdout.split("\0")):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
        # Bytecode that is checked by the text of its source: it is neither old nor made anew each time.
        mode = py_compile.PycInvalidationMode.CHECKED_HASH
        for package in PACKAGES:
            compileall.compile_dir(str(folder / package), quiet=2, invalidation_mode=mode)
        command = [sys.executable, "-m", "benchmarks.mutants.worker"]
        environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": ""}
        self._worker = subprocess.Popen(
            command, cwd=folder, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def __enter__(self) -> Tree:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, at: TracebackType | None
    ) -> None:
        self._worker.kill()
        self._worker.communicate()

    def run(
        self, tests: Sequence[str], known: Sequence[str], seconds: float, **options: bool
    ) -> dict[str, Any]:
        """Run tests: exit code (None: out of time), names of the failed ones, seconds of CPU time."""
        assert self._worker.stdin is not None
        assert self._worker.stdout is not None
        request = {"tests": list(tests), "known": list(known), "seconds": seconds, **options}
        self._worker.stdin.write(json.dumps(request) + "\n")
        self._worker.stdin.flush()
        line = self._worker.stdout.readline()
        if not line:
            raise RuntimeError(f"the worker of {self.folder} has ended")
        return json.loads(line)

    def plant(self, change: Change) -> str:
        """Write the change; the text before it."""
        path = self.folder / change.file
        before = path.read_text(encoding="utf-8")
        path.write_text(change.planted(before), encoding="utf-8")
        return before

    def restore(self, change: Change, before: str) -> None:
        """Take the change back."""
        (self.folder / change.file).write_text(before, encoding="utf-8")

    def is_compiled(self, change: Change) -> bool:
        """Whether numba compiles what stands beside it."""
        beside = (self.folder / change.file).parent.glob("*.py")
        return any("numba" in file.read_text(encoding="utf-8") for file in beside)
