"""Claims on the moments of the step size: batches too small, equality, and a wrong moment."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from rate_settings import rate_setting

from maml_verify.arithmetic.domains import lift
from maml_verify.checks.check import check, check_setting
from maml_verify.claims import find_claim
from maml_verify.left_sides import runs, stepsize_moments
from maml_verify.settings import setting
from maml_verify.studies.sweep import sweep
from problems import cubic, ridge

F = Fraction


def test_too_small_batches_of_the_step_size_make_the_lemmas_vacuous():
    cases = (("stepsize-moments", "D_L", 8), ("finite-sum-stepsize-moments", "B_prime", 0))
    for claim, name, noise in cases:
        family = cubic(rng=0, noise=noise, spread=8)
        _, s = rate_setting(claim, family, alpha=F(1, 3))
        assert getattr(s, name) > 1
        record = check(claim, family, alpha=F(1, 3), steps=1, **{name: getattr(s, name) - 1})
        assert record.verdict == "vacuous"
        assert check(claim, family, alpha=F(1, 3), steps=1).verdict == "holds"


@pytest.mark.parametrize("claim", ["stepsize-moments", "finite-sum-stepsize-moments"])
def test_enumerated_moments_agree_with_simulated_ones(claim):
    family = cubic(rng=1, noise=4, spread=4)
    found, s = rate_setting(claim, family, B_prime=2, D_L=2, C_beta=3)
    exact = found.measure(s)
    rule = (runs.resampling_beta if claim == "stepsize-moments" else runs.finite_sum_beta)(
        s if claim == "stepsize-moments" else replace(s, C_beta=1)
    )
    X = rule.size(np.repeat(s.w.astype(float), 20_000, axis=0), 0, np.random.default_rng(0))[0]
    X = X.reshape(len(s.w), -1)
    np.testing.assert_allclose(exact[0], 1 / X.mean(1), rtol=0.02)
    np.testing.assert_allclose(exact[1], (X**2).mean(1), rtol=0.02)
    estimate = found.measure(replace(s, budget=1))
    assert (estimate.low <= exact).all()
    assert (exact <= estimate.high).all()


def test_jensen_is_an_equality_where_all_gradients_agree():
    family = ridge("cubic", [[[F(1)]], [[F(1)]]], name="same")
    record = check("finite-sum-stepsize-moments", family, alpha=F(1, 10), steps=2)
    assert (record.verdict, record.decided_by, record.ratio) == ("holds", "exact", 1.0)


def test_a_wrong_moment_is_noticed():
    # Jensen's inequality turned round: a step size without randomness taken for one with it.
    true = stepsize_moments.finite_sum_moments
    claim = find_claim("finite-sum-stepsize-moments")

    def measure(s):
        return true(s) * lift(F(1001, 1000), "root_sum" if s.field == "exact" else s.field)

    planted = replace(claim, measure=measure)
    family = ridge("cubic", [[[F(1)]], [[F(1)]]], name="same")
    s = setting(family, alpha=F(1, 10), steps=2)
    assert check_setting(planted, s).verdict == "violated"


@pytest.mark.parametrize("claim", ["stepsize-moments", "finite-sum-stepsize-moments"])
def test_every_edition_holds_on_every_family(claim):
    editions = find_claim(claim).editions
    records = [record for _, record in sweep([claim], editions=tuple(editions), steps=(2,), jobs=1)]
    assert len(records) == 5 * len(editions)
    assert {record.verdict for record in records} == {"holds"}


@pytest.mark.parametrize("claim", ["stepsize-moments", "finite-sum-stepsize-moments"])
def test_the_interval_of_simulated_moments_scales_as_a_step_size(claim):
    # beta scales as 1/c where losses do as c: powers of two change no digit of the same draws.
    ends = []
    for c in (F(1), F(1, 2**20), F(2**20)):
        one = cubic(rng=1, noise=4, spread=4).exact
        family = ridge("cubic", one.features, one.offsets, one.coefficients * c, one.linear * c)
        found, s = rate_setting(claim, family, alpha=F(1, 16) / c, B_prime=2, D_L=2, C_beta=3, budget=1)
        estimate = found.measure(s)
        assert (estimate.low < estimate.high).all()
        factor = np.array([[float(c)], [1 / float(c) ** 2]])
        ends.append([estimate.low / factor, estimate.high / factor])
    np.testing.assert_allclose(ends[1], ends[0], rtol=1e-9)
    np.testing.assert_allclose(ends[2], ends[0], rtol=1e-9)
