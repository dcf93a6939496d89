"""Settings of the rates: the fewest runs where a violation needs none, many where a bound is to hold."""

import json
from fractions import Fraction as F
from importlib.resources import files

import pytest

from maml_verify.claims import find_claim
from maml_verify.claims.grids import rate_grid
from maml_verify.settings import setting
from problems.ridge_sums.opposed import opposed


@pytest.mark.parametrize("edition", ["printed", "printed-b", "derived"])
def test_opposed_tasks_have_one_run_without_noise_to_speak_of(edition):
    family = opposed()
    known = find_claim("finite-sum-rate").known(family)
    (s,) = rate_grid(family, known, edition, (1, 2, 3), None, None)
    assert (s.alpha, s.steps, s.K, s.C_beta, s.w.tolist()) == (F(1, 8), 1, 200, 2, [[8]])
    assert s.B >= 10**15
    if edition == "derived":
        assert s.runs >= 10_000
        return
    # What a violation shows without sampling takes the fewest runs there may be.
    with pytest.raises(ValueError, match=f"runs = {s.runs - 1}; rule: at least {s.runs}"):
        setting(family, alpha=s.alpha, steps=1, runs=s.runs - 1)


def test_a_stored_violation_is_of_the_setting_that_a_table_has():
    family = opposed()
    known = find_claim("finite-sum-rate").known(family)
    (s,) = rate_grid(family, known, "printed-b", (1,), None, None)
    file = files("maml_verify") / "witnesses/finite-sum-rate-printed-b.json"
    stored = json.loads(file.read_text("utf-8"))
    sizes = stored["sizes"]["B"], stored["K"], stored["C_beta"], stored["runs"]
    assert (F(stored["alpha"]), stored["steps"], stored["points"][0]) == (s.alpha, s.steps, s.w[0].tolist())
    assert sizes == (s.B, s.K, s.C_beta, s.runs)
    assert {name: getattr(known, name).value for name in ("L", "rho", "sigma")} == {
        name: stored["constants"][name] for name in ("L", "rho", "sigma")
    }
