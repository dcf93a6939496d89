"""Statements on a ball: they hold where paths are proved to stay inside, and are vacuous elsewhere."""

from fractions import Fraction as F

import numpy as np
import pytest
from ball_families import TILTS, Polynomial

from maml_verify import CLAIMS, check, check_family
from maml_verify.algorithms import constant, finite_sum, resampling, run
from maml_verify.claims import find_claim
from maml_verify.left_sides.optimality_gap import best_point
from maml_verify.meta_gradients.roles import population
from maml_verify.settings import setting
from maml_verify.studies.sweep import sweep
from problems import Ball, ridge

WELL = Ball([0.0], 1.5).on(Polynomial(TILTS))
REGRESSION = Ball([0.0, 0.0], 4.0).on(
    ridge("quadratic", [[[1.0, 0.0], [0.5, 2.0]], [[1.0, 1.0], [0.0, 1.5]]], [[0.5, 1.0], [1.0, 0.0]],
          [np.eye(2)] * 2, support=[[1, 0]] * 2, query=[[0, 1]] * 2)
)  # fmt: skip
RATES = ("resampling-rate", "finite-sum-rate")
EVERY = [(claim.id, edition) for claim in CLAIMS for edition in claim.editions]


def options(name):
    if name in RATES:
        return {"alpha_L": F(1, 16), "K": 2, "runs": 16, "w": [[0.25]], "steps": 2}
    alpha_L, steps = F(1, 16) if name.endswith("complexity") else F(1, 20), 1 if "fallah" in name else 2
    return {"alpha_L": alpha_L, "points": 2, "steps": steps}


@pytest.mark.parametrize("family", [WELL, REGRESSION], ids=["well", "regression"])
@pytest.mark.parametrize(("name", "edition"), EVERY)
def test_every_statement_is_decided_where_paths_stay_inside(name, edition, family):
    given = options(name) | ({"w": [[0.25] * family.d]} if name in RATES else {})
    record = check(name, family, edition=edition, **given)
    claim = find_claim(name)
    if record.reason == "not met: rho > 0":  # as a quadratic has none
        return
    assert record.verdict in ("holds", "undecided") or claim.expected[edition] == "violated", record
    assert record.checked
    assert record.relative_to == ""


@pytest.mark.parametrize(("name", "edition"), [pair for pair in EVERY if not pair[0].endswith("complexity")])
def test_a_start_whose_paths_may_leave_is_vacuous(name, edition):
    given = options(name) | {"w": [[1.5]]}
    record = check(name, WELL, edition=edition, **given)
    assert (record.verdict, record.checked) == ("vacuous", 0)
    what = "a run" if name in RATES else "a path"
    assert record.reason.startswith(f"{what} from 1.5 off the centre may leave Ball([0.0], 1.5): proved")


def test_a_second_point_counts_where_two_are_compared():
    inside, outside = {"w": [[0.5]], "u": [[1.0]]}, {"w": [[0.5]], "u": [[1.6]]}
    for name, verdict in (("meta-smoothness", "vacuous"), ("estimator-bias", "holds")):
        assert check(name, WELL, alpha_L=F(1, 20), steps=1, **inside).verdict == "holds"
        assert check(name, WELL, alpha_L=F(1, 20), steps=1, **outside).verdict == verdict


def test_a_run_needs_room_for_all_its_meta_steps():
    def verdict(K):
        return check("resampling-rate", WELL, alpha_L=F(1, 16), steps=2, w=[[0.25]], K=K, runs=4).verdict

    assert verdict(2) == "holds"
    assert verdict(100_000) == "vacuous"


@pytest.mark.parametrize("variant", [resampling, finite_sum])
def test_iterates_of_both_algorithms_stay_where_it_is_proved(variant):
    alpha, N, K, beta = 0.002, 3, 12, 0.004
    growth = WELL.certified.growth
    step = growth.meta_step(beta, alpha, N)
    radius = WELL.start_radius(alpha, N, meta_steps=K, meta_step_size=beta)
    assert 0 < radius < 1.5
    w = np.full((8, 1), radius) * np.where(np.arange(8) % 2, 1, -1)[:, None]
    sizes = {"S": 1, "D": 1, "T": 1} if variant is resampling else {}
    algorithm = variant(WELL, alpha=alpha, steps=N, beta=constant(beta), B=1, **sizes)
    history = run(algorithm, WELL, w, K, runs=8, rng=3)
    ends = np.asarray(history.state.w)
    assert np.abs(ends).max() <= WELL.start_radius(alpha, N)
    assert np.abs(ends - w).max() <= K * step


def test_drawn_points_and_the_best_one_are_where_the_constants_hold():
    s = setting(WELL, alpha=F(1, 500), steps=3, points=6)
    radius = WELL.start_radius(F(1, 500), 3)
    assert np.abs(np.concatenate([s.w, s.u])).max() <= radius
    assert len(np.unique(s.w)) > 3
    steep = Ball([0.0], 1.0).on(ridge("quadratic", [[[1.0]]], linear=[[[8.0]]]))  # its minimum is at -8
    best = best_point(steep, np.array([[0.5]]), 0.02, 2, population)
    assert -steep.start_radius(0.02, 2) <= best[0, 0] < -0.5


def test_a_sweep_takes_a_family_on_a_ball():
    records = dict(sweep(["path-second-moment", "finite-sum-rate"], [WELL], steps=(2,), jobs=1)).values()
    assert [record.verdict for record in records] == ["holds", "holds"]


def test_the_laws_refute_no_constant_of_a_ball_and_find_those_of_a_larger_one_too_small():
    results = {result.check: result for result in check_family(WELL, on_fail=None, seconds=20)}
    assert {result.status for result in results.values()} == {"passed", "skipped"}
    assert results["L"].status == results["rho"].status == results["meta-smoothness"].status == "passed"
    larger = Ball([0.0], 2.0).on(Polynomial(TILTS))
    larger.certified.found = {case: WELL.constants(case) for case in ("resampling", "finite-sum")}
    results = {result.check: result for result in check_family(larger, on_fail=None, seconds=20)}
    assert results["L"].status == results["rho"].status == "failed"
