"""The package as it is imported here, from another folder: its files, and commands in processes of their own.

CI runs this on the built wheel, where no source is near.
"""

import os
import re
import subprocess
import sys
from importlib import metadata, resources
from pathlib import Path

import pytest

import maml_verify
import problems
import proofs_check
from maml_verify.__main__ import COMMANDS
from maml_verify.checks.witness import witness_name
from maml_verify.claims import CLAIMS

HOME = Path(maml_verify.__file__).parents[1]
# In the source tree the commands are tested in this process; the long ones wait for the wheel.
SOURCE = (HOME / "pyproject.toml").exists()
LONG = {"audit", "mutate", "sample", "search", "table", "replay"}

LINES = [
    ("--version", rf"^maml-verify {re.escape(maml_verify.__version__)}\n$"),
    ("list --format csv", r"(?m)^meta-smoothness,Proposition 1,"),
    (
        "table path-stability --steps 1 --alpha-L 1/10 --jobs 2 --store sweep.db",
        r"5 checked \(.*, 0 violated",
    ),
    ("check path-gradient --family cubic --steps 2 --alpha-L 1/10", r"Lemma 12 +holds"),
    ("run algorithm-2 --beta 1/10 -K 2 --runs 2", r"(?m)^2 "),
    ("audit eq-26", r"eq-26\.a +proved"),
    (
        "search path-second-moment --steps 4 --evaluations 300 --seconds 5 --jobs 1 --witnesses found",
        r"1 violated",
    ),
    ("replay path-second-moment-printed.json", r"1 violated"),
    ("sample path-stability --checks 1 --jobs 1", r"0 violated"),
    ("tightness path-stability", r"path-stability-sharp\.json"),
    ("mutate path-stability --evaluations 50 --jobs 1", r"true mutants refuted 0 of 5"),
    ("conjecture 0<=L --evaluations 9 --planted 1 --jobs 1", r"holds: the worst of"),
    ("constants quadratic --evaluations 0 --points 5", r"(?m)^L_w +Proposition 1"),
    ("laws cosine --seconds 4", r"(?m)^\d\d run: \d\d passed, 0 failed"),
    ("gradient mine.py:meta_gradient", r"^right; relative error"),
]
# What a user has in a file.
MINE = """
def meta_gradient(task, w, alpha, steps):
    path = [w]
    for _ in range(steps):
        path.append(path[-1] - alpha * task.grad(path[-1], "support"))
    g = task.grad(path[-1], "query")
    for w in reversed(path[:-1]):
        g = g - alpha * task.hvp(w, g, "support")
    return g
"""


def run(line, folder):
    """The command in a process that finds the package where this one does."""
    (folder / "mine.py").write_text(MINE, encoding="utf-8")
    command = [sys.executable, "-m", "maml_verify", *line.split()]
    where = os.environ | {"PYTHONPATH": str(HOME)}
    return subprocess.run(command, cwd=folder, env=where, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(("line", "expected"), LINES, ids=[line.split()[0] for line, _ in LINES])
def test_a_command_runs_in_a_process_of_its_own(line, expected, tmp_path):
    if SOURCE and line.split()[0] in LONG:
        pytest.skip("run by CI on the wheel")
    done = run(line, tmp_path)
    assert re.search(expected, done.stdout), done.stdout + done.stderr
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)


def test_every_command_is_run_here_but_the_report():
    assert {line.split()[0] for line, _ in LINES} == {name for name, _, _ in COMMANDS} - {"report"} | {
        "--version"
    }


@pytest.mark.skipif(SOURCE, reason="run by CI on the wheel")
def test_the_report_is_made_or_names_what_it_lacks(tmp_path):
    done = run("report path-stability --steps 1 --alpha-L 1/10 --output page.html", tmp_path)
    try:
        metadata.version("matplotlib")
    except metadata.PackageNotFoundError:
        assert done.returncode == 2
        assert done.stderr.endswith("matplotlib is missing; rule: pip install maml-verify[plot]\n")
    else:
        assert done.returncode == 0
        assert "Lemma 11" in (tmp_path / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("package", [maml_verify, problems, proofs_check])
def test_a_package_says_that_it_is_typed(package):
    assert (resources.files(package) / "py.typed").is_file()


def test_the_files_of_the_package_are_there():
    files = resources.files("maml_verify")
    assert (files / "registry.json").is_file()
    stored = {path.name for path in (files / "witnesses").iterdir()}
    violated = {
        f"{witness_name(c.id, e)}.json"
        for c in CLAIMS
        for e, verdict in c.expected.items()
        if verdict == "violated"
    }
    assert violated <= stored


def test_the_version_is_the_one_that_is_installed():
    try:
        installed = metadata.version("maml-verify")
    except metadata.PackageNotFoundError:
        pytest.skip("run from the source alone")
    assert installed == maml_verify.__version__
