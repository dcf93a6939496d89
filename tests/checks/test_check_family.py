"""check_family refutes what is wrong, by the right check and with a point, and nothing that is right."""

import json

import numpy as np
import pytest
from any_families import Factors
from right_families import right_families
from small_families import small
from wrong_families import Scaled, WrongSign, wrong_families

from maml_verify import CLAIMS, check_family, parametrize_with_checks
from maml_verify.checks.family import CONSTANTS, LAWS, check_families, check_names
from maml_verify.checks.laws.differences import derivative
from maml_verify.checks.laws.maximise import maximise
from problems import claimed, cubic, from_data

RIGHT = right_families()
WRONG = list(wrong_families())
OWN = ("shapes", "purity", "linearity", "gradient", "hvp", "hvp-symmetry", "atoms", "sampler")
OWN = (*OWN, "L", "rho", "sigma", "sigma_g", "sigma_H", "b", "lower-bound")


def test_every_id_is_there_once():
    assert (*LAWS, *CONSTANTS) == OWN
    assert sorted(check_names()) == sorted([*OWN, *(claim.id for claim in CLAIMS)])


@pytest.mark.parametrize("family", RIGHT.values(), ids=RIGHT)
def test_a_family_that_is_what_it_says_passes(family):
    # A part of what benchmarks/family_checks.py runs with a hundred seeds.
    names = [*LAWS, *CONSTANTS, "path-stability", "mean-gradient"]
    found = list(check_families(family, seconds=0.9, only=names))
    assert [(result.check, result.why) for result in found if result.status == "failed"] == []
    passed = [result.check for result in found if result.status == "passed"]
    assert {"shapes", "purity", "linearity", "gradient", "hvp", "atoms", "sampler", "L"} <= {*passed}


@pytest.mark.parametrize(
    ("name", "family"), WRONG, ids=[f"{type(f).__name__}-{f.name}-{name}" for name, f in WRONG]
)
def test_what_is_wrong_is_seen_by_the_check_that_is_for_it(name, family):
    law = "L" if name == "convexity" else name
    (result,) = check_families(family, seconds=6, only=[law])
    assert result.status == "failed", result.why
    assert result.counterexample or name == "shapes"
    json.dumps(result.counterexample)
    if name in ("L", "rho", "sigma", "sigma_g", "sigma_H", "b"):
        told = result.counterexample
        assert told["claimed"] < told["found"] <= told["claimed"] / 0.95 * (1 + 1e-9)


def test_a_counterexample_of_a_constant_is_one():
    family = Scaled(small("cosine"), "L")
    (result,) = check_families(family, seconds=6, only=["L"])
    told = result.counterexample
    w = np.array(told["w"])[None, None].repeat(family.tasks, 0)
    columns = [family.hvp(w, np.broadcast_to(e, w.shape), family.probabilities[:, None]) for e in np.eye(2)]
    norm = np.abs(np.linalg.eigvalsh(np.stack(columns, -1)[told["task"], 0])).max()
    assert norm == pytest.approx(told["found"])
    assert norm > told["claimed"]


def test_a_failure_raises_warns_or_is_told():
    family = WrongSign(small("cosine"))
    with pytest.raises(AssertionError, match=r"wrong-cosine: hvp: entry 1 of hvp .* counterexample: {'task'"):
        check_family(family, seconds=1)
    with pytest.warns(UserWarning, match="hvp") as told:
        found = check_family(family, seconds=1, on_fail="warn")
    failed = [result.check for result in found if result.status == "failed"]
    assert failed[:2] == ["hvp", "hvp-symmetry"]
    assert len(told) == len(failed)
    reasons = dict.fromkeys(failed, "the sign is known to be wrong")
    again = check_family(family, seconds=1, expected_failures=reasons)
    assert {result.status for result in again} <= {"passed", "expected", "skipped"}
    assert [r.check for r in again if r.status == "expected"] == failed
    assert all(r.why.startswith("the sign is known") for r in again if r.status == "expected")


def test_constants_are_taken_as_claimed_and_refuted():
    names = ["L", "rho", "sigma_H"]
    wide = claimed(L=100, rho=100)
    found = {r.check: r for r in check_families(Factors(), wide, seconds=3, only=names)}
    # The product of two parameters has no L for all w.
    assert {name: found[name].status for name in names} == dict(L="failed", rho="failed", sigma_H="skipped")
    assert found["sigma_H"].why == "the family factors tells no constants"


def test_what_a_family_does_not_tell_is_not_put_to_the_test():
    found = {result.check: result for result in check_families(Factors(), seconds=1)}
    assert found["L"].why == "the family factors tells no constants"
    assert found["meta-smoothness"].status == "skipped"
    assert found["gradient"].status == "passed"


def test_where_the_ground_is_broken_nothing_else_is_asked():
    family = next(family for name, family in WRONG if name == "shapes")
    found = check_family(family, on_fail=None, seconds=1)
    assert found[0].status == "failed"
    assert {(result.status, result.why) for result in found[1:]} == {("skipped", "shapes failed")}


def test_an_error_of_the_familys_own_is_a_failure():
    class Raising(Factors):
        def hvp(self, w, v, c):
            raise RuntimeError("not yet\nwritten")

    (result,) = check_families(Raising(), seconds=1, only=["shapes"])
    assert (result.status, result.why) == ("failed", "RuntimeError: not yet")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"on_fail": "print"}, "on_fail = 'print'; rule: 'raise', 'warn' or None"),
        ({"seconds": 0}, "seconds = 0; rule: positive"),
        ({"rng": -1}, "rng = -1; rule: at least 0"),
        ({"expected_failures": {"hvp-symetry": "?"}}, "rule: a known name, the nearest is hvp-symmetry"),
    ],
)
def test_arguments_are_named(given, message):
    with pytest.raises(ValueError, match=message):
        check_family(small("cosine"), **given)
    with pytest.raises(TypeError, match="family = 3"):
        check_family(3)


FAST = parametrize_with_checks([cubic(1, 2, 2, rng=0)], seconds=1)


@FAST
def test_checks_are_tests(family, check):
    check(family)


def test_a_test_of_a_check_has_a_readable_name_and_fails_where_the_check_does():
    ids = [parameter.id for parameter in FAST.args[1]]
    assert ids[:2] == ["cubic-shapes", "cubic-purity"]
    assert len(ids) == len(check_names())
    mark = parametrize_with_checks([WrongSign(small("cosine"))], seconds=1)
    family, check = next(p.values for p in mark.args[1] if p.id.endswith("-hvp"))
    with pytest.raises(AssertionError, match="hvp: entry 1"):
        check(family)
    mark = parametrize_with_checks([family], seconds=1, expected_failures={"hvp": "known"})
    family, check = next(p.values for p in mark.args[1] if p.id.endswith("-hvp"))
    with pytest.raises(pytest.xfail.Exception, match="known: "):
        check(family)
    with pytest.raises(ValueError, match=r"families = \[\]"):
        parametrize_with_checks([])


def test_differences_tell_a_derivative_and_their_own_error():
    for function, truth in (
        (np.sin, 1.0),
        (np.exp, 1.0),
        (lambda t: np.sin(1000 * t) / 1000, 1.0),
        (lambda t: (t + 2) ** 5, 80.0),
    ):
        found, error = derivative(function)
        assert abs(found - truth) <= 10 * error
        assert error < 1e-9 * truth
    # A kink beside the point: the estimate says what the kink makes of it.
    for offset in (0.3, 0.01, 1e-4):
        found, error = derivative(lambda t, a=offset: np.maximum(t - a, 0.0) ** 2 + t)
        assert abs(found - 1) <= 10 * error + 1e-12


def test_the_largest_value_is_found_near_far_and_on_a_ridge():
    rng = np.random.default_rng(0)
    starts = rng.standard_normal((50, 3)) * np.geomspace(1e-2, 1e4, 50)[:, None]

    def found(value):
        return maximise(value, starts, rng, enough=np.inf, deadline=np.inf).value

    assert found(lambda w: -((w - 3) ** 2).sum(1)) > -1e-3
    assert found(lambda w: 1 - 1 / (1 + np.abs(w).sum(1))) > 0.9999
    assert (
        found(lambda w: np.where(np.abs(w[:, 0]) < 1, 1.0, np.nan) - 0.1 * np.abs(w[:, 1] - w[:, 2])) > 0.95
    )


def test_what_rounding_leaves_of_a_loss_far_out_is_no_fall():
    # Where labels are separable the loss tends to 0, and float64 gives it signs and sizes that grow with w.
    rng = np.random.default_rng(0)
    rows = [(*rng.normal(size=2).round(2), rng.normal()) for _ in range(18)]
    X, y = np.array([row[:2] for row in rows]), np.array([row[0] + row[2] > 0 for row in rows]) * 1
    family = from_data(X, y, np.repeat([0, 1, 2], 6), intercept=True)
    (result,) = check_families(family, only=["lower-bound"])
    assert result.status == "passed", result.why


@pytest.mark.parametrize(("name", "rng"), [("softmax", 2), ("softmax", 99), ("huber", 51)])
def test_a_flat_place_and_a_kink_are_no_errors(name, rng):
    # Seeds that draw a place where rounding is all that is left of the Hessian, and one 1e-6 beside a kink.
    found = check_families(RIGHT[name], rng=rng, seconds=2, only=["hvp", "hvp-symmetry"])
    assert {result.status for result in found} == {"passed"}
