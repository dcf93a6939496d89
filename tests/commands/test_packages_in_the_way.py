"""Another package of the name of one of ours, in the folder that Python looks in first."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("stranger", ["problems/__init__.py", "problems.py", "proofs_check/__init__.py"])
@pytest.mark.parametrize("command", [["list"], ["check", "path-stability"], []])
def test_the_folder_in_the_way_is_named(stranger: str, command: list[str], tmp_path: Path) -> None:
    path = tmp_path / stranger
    path.parent.mkdir(exist_ok=True)
    path.write_text("raise SystemExit('imported')\n")
    line = [sys.executable, "-m", "maml_verify", *command]
    run = subprocess.run(
        line,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    name = stranger.split("/")[0].removesuffix(".py")
    rule = "rule: another current folder, or PYTHONSAFEPATH=1"
    assert run.stderr == f"maml-verify: {name}: found in {tmp_path}, not in {ROOT}; {rule}\n"


def test_a_folder_without_code_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "problems").mkdir()
    (tmp_path / "problems" / "sheet.txt").write_text("1")
    line = [sys.executable, "-m", "maml_verify", "list"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    run = subprocess.run(line, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
