"""The plugin of pytest and the strategies of hypothesis: light, and silent where nothing was checked."""

import doctest
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import maml_verify.strategies
from maml_verify import conjecture
from maml_verify.checks.case import prepare
from maml_verify.checks.check import check_setting
from maml_verify.strategies import batches, settings_of, step_sizes
from problems import Family, Ridge, quadratic

ROOT = Path(__file__).parents[2]
NARROW = conjecture(
    "norm(path(w, N) - w) <= N*alpha*q**N * norm(dl(w))", where=["alpha*L == 1/(8*N)", "N >= 3"]
)

TESTS = """
from maml_verify import check
from problems import ridge

def test_a_bound():
    assert check("path-stability", "quadratic", alpha_L=0.1, steps=2).verdict == "holds"

def test_another_and_one_that_is_vacuous():
    check("path-second-moment", "quadratic", alpha_L=0.1, steps=4)
    check("estimator-bias", "quadratic", alpha_L=3, steps=2)
"""


def run(folder, *options):
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    line = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "maml_verify.pytest_plugin",
        "-p",
        "no:cacheprovider",
        *options,
    ]
    return subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True).stdout


@pytest.mark.parametrize("workers", [0, 2])
def test_the_run_ends_with_the_verdicts_counted(tmp_path, workers):
    (tmp_path / "test_mine.py").write_text(TESTS)
    if workers:
        pytest.importorskip("xdist")
    shown = run(tmp_path, *(["-p", "xdist", "-n", str(workers)] if workers else []))
    assert f"maml-verify {maml_verify.__version__} (numpy {np.__version__}" in shown
    assert "2 passed" in shown
    (line,) = [line for line in shown.splitlines() if line.startswith("maml-verify: ")]
    assert line.startswith("maml-verify: 2 checked (")
    assert line.endswith("0 violated, 0 undecided, 1 vacuous")


def test_who_does_not_check_sees_no_line_and_pays_nothing(tmp_path):
    heavy = "{'numpy', 'scipy', 'sympy', 'flint', 'hypothesis'}"
    (tmp_path / "test_other.py").write_text(
        f"import sys\n\ndef test_light():\n    assert not {heavy} & set(sys.modules)\n"
    )
    shown = run(tmp_path)
    assert "1 passed" in shown
    assert "maml-verify: " not in shown


def test_hypothesis_brings_nothing_with_it_and_finds_our_types():
    code = (
        "import sys, hypothesis; from maml_verify.hypothesis_entry import register; register()\n"
        "assert not {'numpy', 'scipy', 'problems'} & set(sys.modules)\n"
        "import maml_verify.claims; register(); assert 'maml_verify.strategies' in sys.modules"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT), "HYPOTHESIS_NO_PLUGINS": "1"}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)


@given(family=st.from_type(Family), ridge=st.from_type(Ridge))
def test_a_family_is_drawn_by_its_type(family, ridge):
    assert family.tasks >= 1
    assert isinstance(ridge, Ridge)


@given(batch=batches(quadratic(atoms=3, rng=1), 4))
def test_a_batch_is_weights_of_four_draws(batch):
    assert batch.shape == (quadratic(atoms=3, rng=1).tasks, 3)
    assert np.allclose(batch.sum(1), 1)
    assert np.allclose(batch * 4 % 1, 0)


@given(drawn=settings_of(NARROW, name="cubic"))
def test_settings_of_a_claim_of_one_s_own_obey_its_conditions(drawn):
    s, known = drawn
    assert prepare(NARROW, s, "printed", known).unmet is None
    assert s.steps >= 3
    assert check_setting(NARROW, s, "printed", known).verdict == "holds"


def within(strategy):
    @given(strategy)
    def drawn(value):
        assert value > 0

    drawn()


def test_a_step_size_needs_one_that_the_conditions_leave():
    with pytest.raises(ValueError, match="rule: a number that the conditions of conjecture leave"):
        within(step_sizes(NARROW, "printed", 2))


def test_the_examples_of_the_strategies_are_true():
    finder = doctest.DocTestFinder(recurse=False)
    for name in maml_verify.strategies.__all__:
        for test in finder.find(getattr(maml_verify.strategies, name), name, globs={}):
            assert not doctest.DocTestRunner().run(test).failed, name


def test_without_hypothesis_the_strategies_say_what_they_need():
    code = "import sys; sys.modules['hypothesis'] = None; import maml_verify.strategies"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert "maml_verify.strategies needs hypothesis: pip install 'maml-verify[testing]'" in run.stderr


def test_the_entry_points_name_what_there_is():
    import tomllib

    points = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    assert set(points) == {"hypothesis", "pytest11"}
    for group in points.values():
        for value in group.values():
            module, _, name = value.partition(":")
            assert find_spec(module)
            assert not name or name == "register"
