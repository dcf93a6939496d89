"""The versions that are declared: a lowest one for each library, all of them in what CI installs."""

import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def bounds(requirements):
    return dict(re.fullmatch(r"([\w.-]+)>=([\w.]+)", one).groups() for one in requirements)


def test_ci_takes_the_lowest_version_of_every_library():
    command = [sys.executable, ROOT / ".ci" / "lowest.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    declared = bounds(PROJECT["dependencies"]) | bounds(EXTRAS["test"])
    assert dict(line.split("==") for line in done.stdout.splitlines()) == declared


def test_an_extra_asks_for_what_the_tests_have_at_the_same_bound():
    tested = bounds(PROJECT["dependencies"]) | bounds(EXTRAS["test"])
    # JAX and PyTorch are large, and the tests pass without them.
    for name in EXTRAS.keys() - {"lint", "bench", "jax", "torch"}:
        assert bounds(EXTRAS[name]).items() <= tested.items(), name


def test_every_library_that_is_imported_is_declared_and_every_declared_one_imported():
    names = {"python-flint": "flint", "z3-solver": "z3", "scikit-learn": "sklearn"}
    sources = [
        *ROOT.glob("maml_verify/**/*.py"),
        *ROOT.glob("problems/**/*.py"),
        *ROOT.glob("proofs_check/**/*.py"),
    ]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    kept = EXTRAS.keys() - {"test", "lint", "bench"}
    declared = {names.get(one, one) for group in kept for one in bounds(EXTRAS[group])}
    declared |= {names.get(one, one) for one in bounds(PROJECT["dependencies"])}
    imported = set(re.findall(r"^\s*(?:from|import) (\w+)", text, flags=re.M))
    declared |= {"pytest"}  # of users whose own tests ask for it
    imported |= {name for name in declared & {"z3", "cvc5"} if f'"{name}"' in text}  # by import_module
    ours = {"maml_verify", "problems", "proofs_check"}
    assert imported - set(sys.stdlib_module_names) - ours == declared


def test_the_parts_of_the_suite_that_ci_runs_again_are_there():
    PARTS = runpy.run_path(str(ROOT / "tests" / "conftest.py"))["PARTS"]

    tests = {path.stem.removeprefix("test_") for path in (ROOT / "tests").rglob("test_*.py")}
    assert {*PARTS["lowest"], *PARTS["wheel"]} <= tests
