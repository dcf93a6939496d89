"""Every statement, sweep and algorithm takes any family, with the stated consequences of what it can't do."""

from fractions import Fraction as F
from importlib import import_module

import numpy as np
import pytest
from any_families import CLAIMED, ExactFactors, Factors, Plain, Softplus

from maml_verify import CLAIMS, check
from maml_verify.algorithms import constant, finite_sum, resampling, run
from maml_verify.checks.check import check_setting
from maml_verify.checks.witness import witness
from maml_verify.claims import find_claim
from maml_verify.settings import setting
from maml_verify.studies.sweep import sweep
from problems import claimed, finite_sum_constants, resampling_constants, ridge

EVERY = [(claim.id, edition) for claim in CLAIMS for edition in claim.editions]
RATES = ("resampling-rate", "finite-sum-rate")


def options(name):
    """Small enough for a test, and within the conditions."""
    if name in RATES:
        return {"alpha_L": F(1, 16), "K": 2, "runs": 16, "w": [[0.5] * 2], "steps": 2}
    step = F(1, 16) if name.endswith("complexity") else F(1, 20)
    return {"alpha_L": step, "points": 2, "steps": (find_claim(name).steps or (2,))[0]}


@pytest.mark.parametrize(("name", "edition"), EVERY)
def test_every_statement_takes_a_family_of_four_methods(name, edition):
    record = check(name, Factors(), edition=edition, constants=CLAIMED, **options(name))
    assert record.relative_to == record.to_dict()["relative_to"] == "claimed constants"
    assert record.decided_by == "float"
    assert record.checked
    assert record.verdict != "vacuous"
    assert "relative to claimed constants" in str(record)
    if name == "resampling-rate":
        assert (record.verdict, record.method) == ("undecided", "monte-carlo")
        assert "no valid interval without the family's atom_bounds" in record.reason
    elif record.verdict == "undecided":
        assert "no cast to Arb balls" in record.reason
        assert 1 - record.ratio < 1e-6
    else:
        assert abs(1 - record.ratio) > 1e-6


@pytest.mark.parametrize(("name", "edition"), EVERY)
def test_a_statement_whose_constants_are_unknown_is_vacuous(name, edition):
    known = dict.fromkeys(("steps", "alpha_L"))
    by_L = check(name, Factors(), edition=edition, **{k: options(name)[k] for k in known})
    assert (by_L.verdict, by_L.reason) == ("vacuous", "L: the family factors tells no constants")
    by_alpha = check(name, Factors(), edition=edition, steps=2, alpha=F(1, 40))
    assert (by_alpha.verdict, by_alpha.setting["alpha_L"], by_alpha.checked) == ("vacuous", None, 0)
    unbounded = claimed(L=2, lower_bounded=False)
    lacking = check(name, Factors(), edition=edition, constants=unbounded, steps=2, alpha_L=F(1, 40))
    assert lacking.verdict == "vacuous"
    assert lacking.reason.startswith("lower_bounded: ")


OFFSETS = ((0.0, 0.5), (-0.25, 1.0))
LOGISTIC = ridge("logistic", np.ones((2, 2, 1)), OFFSETS, [np.eye(2)] * 2)
KNOWN = {"resampling": resampling_constants(LOGISTIC), "finite-sum": finite_sum_constants(LOGISTIC)}


# A rate takes a second, most of it for the infimum of the meta objective.
FEW = [(name, edition) for name, edition in EVERY if name not in RATES or edition == "printed"]


@pytest.mark.parametrize(("name", "edition"), FEW)
def test_the_verdicts_of_a_ridge_sum_that_does_not_say_so_are_those_of_one_that_does(name, edition):
    given = options(name) | ({"w": [[0.5]]} if name in RATES else {})
    family = Softplus(OFFSETS, KNOWN, LOGISTIC.atom_bounds())
    record, same = (check(name, one, edition=edition, **given) for one in (family, LOGISTIC))
    assert (record.verdict, record.relative_to) == (same.verdict, "")
    near = {"rel": 1e-5, "abs": 1e-5 * abs(same.rhs[1])} if same.rhs else {}
    assert record.lhs == pytest.approx(same.lhs, **near)
    assert record.rhs == pytest.approx(same.rhs, **near)
    if record.method != "monte-carlo" and record.verdict == "holds":
        assert record.decided_by in ("arb", "exact") or find_claim(name).unit == "constants"


def test_balls_that_decide_all_comparisons_at_once_leave_none_to_be_tried_alone(monkeypatch):
    def alone(case, index, tie):
        raise AssertionError(index)

    monkeypatch.setattr(import_module("maml_verify.checks.check"), "certify", alone)
    family = Softplus(OFFSETS, KNOWN, LOGISTIC.atom_bounds())
    # Where j = 0 no operation rounds, so that float64 decides.
    record = check("path-gradient", family, **options("path-gradient"))
    assert (record.verdict, record.decided_by) == ("holds", "arb")


def test_an_equality_that_only_exact_numbers_decide():
    one = {"task_weights": np.ones(1), "probabilities": np.ones((1, 1))}

    class Exact(Plain):
        rational = True

        def cast(self, convert):
            return self

    # ||grad l(w_j)|| <= (1 - alpha)^j ||grad l(w)|| with equality would need L = -1: at L = 1, (9/8)^j.
    bowl = check("path-gradient", Plain(**one), steps=2, alpha_L=F(1, 8), w=[[1.0]])
    assert bowl.verdict == "holds"
    assert bowl.ratio == pytest.approx(7 / 9)
    # Both sides of Lemma 20 are 1/L here: float64 can't tell, and says so.
    name = "finite-sum-stepsize-moments"
    at = {"steps": 1, "alpha_L": F(1, 8), "w": [[1.0]], "edition": "sharp"}
    assert check(name, Plain(**one), **at).verdict == "undecided"
    exact = check(name, ExactFactors(claims=CLAIMED), **at | {"w": [[0.0, 0.0]]})
    assert (exact.verdict, exact.decided_by) == ("holds", "exact")


def test_a_claimed_sigma_g_of_0_is_not_counted_on():
    free = claimed(L=2, rho=2, sigma=4, sigma_g=0, sigma_H=4)
    record = check("path-second-moment", Factors(), steps=2, alpha_L=F(1, 20), constants=free)
    assert record.verdict == "violated"
    assert record.lhs[0] > 1e6 * record.rhs[1]


def test_what_is_clear_in_float64_is_violated_and_the_record_says_how():
    small = claimed(L=F(1, 100), rho=0, sigma=0, sigma_g=0, sigma_H=0)
    record = check("meta-smoothness", Factors(), alpha=F(1, 10), steps=2, constants=small)
    assert (record.verdict, record.decided_by) == ("violated", "float")
    certified = check("meta-smoothness", ExactFactors(), alpha=F(1, 10), steps=2, constants=small)
    assert (certified.verdict, certified.decided_by) == ("violated", "arb")
    s = setting(Factors(), alpha=F(1, 10), steps=2)
    with pytest.raises(ValueError, match="the family factors is no ridge sum; rule: a witness file"):
        witness(find_claim("meta-smoothness"), s, record, small)


def test_beyond_the_budget_a_family_needs_bounds_of_its_atoms():
    at = {"steps": 2, "alpha_L": F(1, 20), "points": 2, "budget": 0, "replicates": 400, "delta": 1e-3}
    for name in ("path-first-moment", "path-second-moment", "estimator-bias", "estimator-second-moment"):
        without = check(name, Softplus(OFFSETS, KNOWN), **at)
        assert (without.verdict, without.lhs[1]) == ("undecided", np.inf)
        assert "atom_bounds; raise budget" in without.reason
        within = check(name, Softplus(OFFSETS, KNOWN, LOGISTIC.atom_bounds()), **at)
        same = check(name, LOGISTIC, **at)
        assert within.method == same.method == "monte-carlo"
        assert within.lhs[1] < np.inf
        assert (within.lhs[0], same.lhs[0]) < (within.lhs[1], same.lhs[1])


def test_a_path_beyond_float64_is_undecided_where_constants_are_only_claimed():
    tiny = claimed(**dict.fromkeys(("L", "rho", "sigma", "b", "b2"), F(1, 10**6)))
    record = check(
        "finite-sum-meta-smoothness", Factors(), alpha=1e6, steps=9, w=[[9.0, 9.0]], constants=tiny
    )
    assert (record.verdict, record.lhs) == ("undecided", None)
    assert "a side overflows" in record.reason
    assert "no ratio" in str(record)


def test_a_sweep_takes_any_family(tmp_path):
    ids, steps = ("meta-smoothness", "estimator-bias", "resampling-rate"), (1, 2)
    families = [
        Factors(claims=CLAIMED),
        Factors(claims=claimed(**dict.fromkeys(("L", *CLAIMED._fields[2:8]), F(1, 100)))),
        Factors(),
    ]
    where = {"steps": steps, "jobs": 1, "store": tmp_path / "sweep.db", "witnesses": tmp_path}
    first = dict(sweep(ids, families, **where))
    told, wrong, silent = (list(first[k] for k in range(start, 9, 3)) for start in range(3))
    assert {record.verdict for record in silent} == {"vacuous"}
    assert all(record.checked and record.relative_to for record in told)
    assert wrong[0].verdict == "violated"
    assert wrong[0].witness is None
    assert wrong[0].reason == "no witness file: the family is no ridge sum"
    assert dict(sweep(ids, families, **where)) == first
    assert not list(tmp_path.glob("*.json"))


@pytest.mark.parametrize("which", ["algorithm-1", "algorithm-2"])
@pytest.mark.parametrize("family", [Factors(), Plain(np.ones(1), np.ones((1, 1)))], ids=["factors", "plain"])
def test_an_algorithm_runs_on_any_family_and_goes_on_from_its_checkpoint(which, family, tmp_path):
    start, beta = np.linspace(1, 2, family.d), constant(0.25)
    if which == "algorithm-1":
        algorithm = resampling(family, alpha=0.1, steps=2, beta=beta, B=3, S=2, D=1, T=2)
    else:
        algorithm = finite_sum(family, alpha=0.1, steps=2, beta=beta, B=3)
    given = {"runs": 4, "rng": 0, "record": ("iterates", "loss", "meta_gradient")}
    whole = run(algorithm, family, start, 12, **given)
    assert whole.loss[-1].mean() < whole.loss[0].mean()
    run(algorithm, family, start, 5, checkpoint=tmp_path / "c.npz", **given)
    on = run(algorithm, family, start, 12, checkpoint=tmp_path / "c.npz", resume=True, **given)
    np.testing.assert_array_equal(on.iterates, whole.iterates)


def test_a_record_of_certified_constants_says_nothing_of_claims():
    record = check_setting(find_claim("meta-smoothness"), setting(LOGISTIC, alpha=F(1, 8), steps=1))
    assert "relative_to" not in record.to_dict()
    assert record.relative_to == ""
