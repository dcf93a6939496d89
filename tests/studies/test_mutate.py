"""Planted errors: the false ones are refuted, the true ones are not; witnesses of the sharp editions."""

import json
from fractions import Fraction as F

import pytest

from maml_verify.__main__ import main
from maml_verify.checks.check import check_setting
from maml_verify.checks.witness import read_witness, shipped, witness_name
from maml_verify.claims import CLAIMS, find_claim
from maml_verify.studies.mutate import known_cases, mutate, summary, trial
from maml_verify.studies.planted_errors import MUTATIONS, effect, planted, target_edition
from maml_verify.studies.tightness import known_witnesses, tightness

EXACT = [c for c in CLAIMS if target_edition(c)]
ATTAINED = [c.id for c in EXACT if "sharp" in c.editions]
# Attained in a limit: the shipped witness is this near to it.
APPROACHED = {
    "meta-smoothness": 1e-6,
    "estimator-bias": 3e-4,
    "estimator-second-moment": 2e-4,
    "finite-sum-meta-smoothness": 1e-6,
    "finite-sum-second-moment": 1e-7,
    "mean-gradient": 1e-6,
    "finite-sum-mean-gradient": 1e-6,
}
# The points of a witness of another are chosen for its N.
AT_EVERY_N = {
    "path-second-moment", "path-stability", "path-gradient", "product-deviation", "task-gradient-gap",
    "support-path-gradient", "finite-sum-gradient-gap",
}  # fmt: skip
NAMED = {m.name: m for m in MUTATIONS}


def test_names_of_errors_are_distinct():
    assert len(NAMED) == len(MUTATIONS)


@pytest.mark.parametrize("name", ATTAINED)
def test_every_smaller_bound_is_refuted_by_the_shipped_worst_case(name):
    claim = find_claim(name)
    _, edition, s = read_witness(shipped(name, "sharp"))
    known = claim.known(s.family)
    for mutation in MUTATIONS:
        record = check_setting(planted(claim, edition, mutation), s, edition, known, certified=True)
        if mutation.delta is not None:
            assert record.verdict == "violated", mutation.name
        elif effect(claim, edition, mutation) == "loosens":
            assert record.verdict == "holds", mutation.name


@pytest.mark.parametrize("claim", EXACT, ids=lambda c: c.id)
def test_an_error_that_loosens_is_never_refuted_by_a_known_case(claim):
    edition = target_edition(claim)
    cases = [(s, claim.known(s.family)) for s in known_cases(claim)]
    # Runs and the least value of a loss take long: there the smallest error stands for the others.
    for mutation in MUTATIONS[-1:] if claim.enclosed else MUTATIONS:
        if effect(claim, edition, mutation) != "tightens":
            for s, known in cases:
                record = check_setting(planted(claim, edition, mutation), s, edition, known)
                assert record.verdict != "violated", mutation.name


def test_a_bound_that_is_not_changed_is_no_mutant():
    assert effect(find_claim("path-gradient"), "printed", NAMED["sigma_g dropped"]) == "none"
    assert effect(find_claim("path-gradient"), "printed", NAMED["N -> N + 1"]) == "loosens"
    assert effect(find_claim("path-gradient"), "printed", NAMED["N -> N - 1"]) == "tightens"


@pytest.mark.parametrize(
    "error", ["0.1% less", "N -> N - 1", "sigma_g dropped", "S -> S^2", "alpha -> alpha/2"]
)
def test_a_search_refutes_an_error_in_the_second_moment(error):
    mutant = trial("path-second-moment", NAMED[error])
    assert mutant is not None
    assert mutant.found
    assert mutant.kind in ("false", "open")


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("finite-sum-second-moment", "sigma dropped"),
        ("stepsize-moments", "square of sigma lost"),
        ("estimator-bias", "2N -> 2N - 1"),
    ],
)
def test_a_search_refutes_what_only_tasks_apart_or_a_jump_of_the_curvature_refute(name, error):
    mutant = trial(name, NAMED[error])
    assert mutant is not None
    assert mutant.kind == "false"
    assert mutant.found


def test_the_kill_matrix_counts_every_error():
    mutants = list(mutate(["product-deviation"], evaluations=300, jobs=1))
    (row,) = summary(mutants)
    assert row["false"] == row["refuted"] > 0
    assert row["true"] > 0
    assert row["true_refuted"] == 0
    assert row["smallest_delta"] == 0.001
    assert row["false"] + row["true"] + row["open"] == len(mutants)
    assert list(mutate(["product-deviation"], evaluations=300, jobs=2)) == mutants


def test_the_command_says_what_was_refuted(capsys):
    assert main(["mutate", "path-stability", "--evaluations", "100", "--jobs", "1", "--format", "json"]) == 0
    values = json.loads(capsys.readouterr().out)
    row = values["rows"][0]
    assert row["refuted"] == row["false"] >= 1
    assert {m["claim"] for m in values["mutants"]} == {"path-stability"}
    assert row["true_refuted"] == 0


def test_the_tightness_table_has_a_row_a_witness():
    rows = tightness(steps=(1, 2), shares=(F(1, 2),))
    assert len(rows) == len(list(known_witnesses())) >= 25
    found = {row["witness"]: row for row in rows}
    for name in ATTAINED:
        row = found[f"{witness_name(name, 'sharp')}.json"]
        assert row["verdict"] == "holds"
        assert row["gap"] <= APPROACHED.get(name, 0)
        if name in AT_EVERY_N:
            assert row["N=1"] == row["N=2"] == row["aL*1/2"] == 1
        assert row["attained"] == find_claim(name).attained
    assert found["finite-sum-rate-derived.json"]["gap"] < 1e-4
    for row in rows:
        assert find_claim(row["claim"]).expected[row["edition"]] == row["verdict"]


def test_the_tightness_command_shows_how_the_ratio_moves(capsys):
    assert main(["tightness", "path-gradient", "--replay", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [row["edition"] for row in rows] == ["printed", "sharp", "beyond"]
    assert all(row["gap"] == 0 == 1 - row["N=4"] == 1 - row["aL*1/2"] for row in rows)
    assert main(["tightness", "path-gradient", "--edition", "derived"]) == 2


def test_a_search_may_be_limited_by_time_in_place_of_evaluations():
    mutants = list(mutate(["product-deviation"], seconds=0.2, jobs=1))
    assert mutants
    assert not any(m.found for m in mutants if m.kind == "true")
