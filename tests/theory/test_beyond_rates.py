"""Rates of the editions beyond: their polynomials bound what they stand for, and solve what they say."""

from fractions import Fraction as F

import numpy as np
import pytest

from maml_verify import check
from maml_verify.checks.check import check_setting
from maml_verify.claims import find_claim
from maml_verify.claims.finite_sum_rate import CLAIM as THEOREM_9
from maml_verify.claims.resampling_rate import CLAIM as THEOREM_5
from maml_verify.studies.extremal import rates as extremal
from maml_verify.theory import beyond, beyond_rates, derived
from maml_verify.theory.symbols import Constants, Observed, Parameters

MOMENTS = {
    "level of the bias": (beyond_rates.bias, beyond.estimator_bias),
    "its second order": (beyond_rates.second_order_bias, beyond.second_order_bias),
    "variance": (beyond_rates.variance, beyond.estimator_variance),
}


def draws(count, seed=5):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        c = Constants(*map(float, 10 ** rng.uniform(-2, 2, 7)))
        c = c._replace(b2=c.b**2 * (1 + 10 ** rng.uniform(-3, 2)))
        c = c._replace(convexity=float(rng.choice([0, 0.5, 1])) * c.L)
        N = int(rng.integers(1, 7))
        alpha = float(rng.uniform(0.01, 0.9) / (2 * N * c.L))
        sizes = [float(2 ** rng.integers(0, 24)) for _ in "SDTB"]
        p = Parameters(alpha, N, None, *sizes, K=float(2 ** rng.integers(0, 20)))
        p = p._replace(C_beta=float(rng.uniform(2, 100)))
        large = (float(2 ** rng.integers(0, 20)) for _ in range(2))
        yield c, p._replace(B_prime=next(large), D_L=next(large)), float(10 ** rng.uniform(-3, 3))


@pytest.mark.parametrize("what", MOMENTS)
def test_a_polynomial_is_nowhere_below_the_bound_that_it_stands_for(what):
    parts, bound = MOMENTS[what]
    for c, p, _ in draws(300):
        coefficients = parts(c, p)
        for G in (0.0, 1e-3, 1.0, 1e3):
            value = sum(a * G**n for n, a in enumerate(coefficients))
            assert bound(c, p, Observed(meta_gradient=G)) <= value * (1 + 1e-9)
        if c.sigma == 0:
            assert bound(c, p, Observed(meta_gradient=0.0)) == pytest.approx(coefficients[0])


def test_the_deviation_of_tasks_in_the_finite_sum_case_is_bounded_too():
    for c, p, _ in draws(300):
        d = beyond_rates.finite_sum(c, p)
        omega = beyond.C_L(c, p) / d.least * c.sigma / p.B_prime**0.5
        share = (1 + omega) ** 2 / p.C_beta
        for G in (0.0, 1e-3, 1.0, 1e3):
            second = beyond.finite_sum_second_moment(c, p, Observed(meta_gradient=G))
            least = 2 * G**2 - share * (G**2 + (second - G**2) / p.B)
            assert d.curve * G**2 - d.slope * G - d.level <= least + 1e-9 * (G**2 + share * second)


@pytest.mark.parametrize("claim", [THEOREM_5, THEOREM_9], ids=lambda c: c.paper)
def test_the_rate_solves_what_the_descent_leaves(claim):
    met = 0
    for c, p, gap in draws(200):
        if claim is THEOREM_5:
            d = beyond_rates.resampling(c, p, beyond_rates.smaller_bias(c, p))
        else:
            d = beyond_rates.finite_sum(c, p)
        if d.curve <= 0:
            continue
        d = beyond_rates.settled(d)
        assert beyond_rates.theta(d) > 0
        met += 1
        X = claim.editions["beyond"](c, p, Observed(gap=gap))
        left = 2 * p.C_beta * gap / p.K + d.level / d.least + d.slope * X / d.least
        assert d.curve * X**2 / (d.start + d.rise * X) == pytest.approx(left, rel=1e-9)
    assert met > 40


def test_the_least_number_of_iterations_reaches_the_accuracy_and_one_percent_less_does_not():
    met = 0
    for c, p, gap in draws(200):
        p = p._replace(S=1e9, D=1e9, T=1e9, B=1e9)
        d = beyond_rates.settled(beyond_rates.resampling(c, p, beyond_rates.smaller_bias(c, p)))
        eps = 0.1
        K = beyond_rates.least_K(d, p, gap, eps)
        if d.curve > 0 and K > 0:
            met += 1
            assert beyond_rates.rate(d, p._replace(K=K), gap) == pytest.approx(eps, rel=1e-6)
            assert beyond_rates.rate(d, p._replace(K=0.99 * K), gap) > eps
        # Where batches are too small, no K does.
        if d.curve > 0 and K < 0:
            assert beyond_rates.rate(d, p._replace(K=1e30), gap) > eps
    assert met > 40


def test_it_is_below_the_derived_rate_wherever_that_holds():
    met = 0
    for c, p, gap in draws(3000, seed=8):
        q = p._replace(C_beta=100.0, B=1e6, S=1e9, B_prime=1e12, D_L=1e12)
        q = q._replace(alpha=p.alpha * 0.6)
        conditions = THEOREM_5.assumptions["derived"]
        if all(condition.margin(c, q) > 0 for condition in conditions):
            met += 1
            o = Observed(gap=gap)
            assert beyond_rates.resampling_rate(c, q, o) <= derived.resampling_rate(c, q, o)
    assert met > 100


def test_conditions_are_decided_in_balls_at_their_edge():
    c = Constants(*map(F, (1, 1, 1, 1, 1, 0, 0, 0)))
    p = Parameters(F(1, 8), 1, None, *map(F, (2**20, 64, 64, 2**20, 10)), F(2), F(16), F(64))
    least = beyond_rates.least_C_beta(c, p._replace(**{k: float(getattr(p, k)) for k in ("B_prime", "D_L")}))
    assert least == pytest.approx((1 + (65 / 64 / 16) ** 0.5 / 8) ** 2 * (1 + 1 / 64))
    names = {a.name: a for a in THEOREM_5.assumptions["beyond"]}
    margin = names["C_beta >= (1 + omega)^2 (1 + delta)"].margin
    assert margin(c, p._replace(C_beta=F(least) + F(1, 10**12))) > 0
    assert not margin(c, p._replace(C_beta=F(least) - F(1, 10**12))) > 0
    wild = c._replace(sigma_H=F(100))
    assert not names["theta > 0"].margin(wild, p._replace(D=F(1), B=F(1))) > 0
    assert names["theta > 0"].margin(c, p) > 0


def test_a_step_that_is_too_long_is_refused():
    record = check(
        "resampling-rate", "quadratic", alpha_L=F(1, 8), steps=1, edition="beyond", C_beta=F(9, 10)
    )
    assert record.verdict == "vacuous"
    assert "(1 + omega)^2 (1 + delta)" in record.reason


def test_batches_need_not_grow_with_the_number_of_steps():
    # alpha = 1/(8 N L): N S for a bias of 1/20, L = rho = sigma = sigma_g = ||grad L|| = 1.
    one = 1.0
    for l in (0.0, 1.0):
        c = Constants(one, one, one, one, one, 0.0, 0.0, l)
        products = []
        for N in (1, 4, 16, 64, 256):
            p = Parameters(1 / (8 * N), N, None, S=1.0)
            products.append(N * (20 * beyond.estimator_bias(c, p, Observed(meta_gradient=1.0))) ** 2)
        assert products == sorted(products)
        assert products[-1] < 12.6
        assert products[-1] < 1.05 * products[-3]


def test_one_step_to_the_minimum_is_approached_and_one_percent_less_is_refuted():
    ratios = []
    for k in (6, 10, 14):
        s = extremal.resampling_rate(F(1, 2**k))
        record = check_setting(THEOREM_5, s, "beyond", THEOREM_5.known(s.family), certified=True)
        assert record.verdict == "holds"
        ratios.append(record.ratio)
    assert ratios == sorted(ratios)
    assert 1 - ratios[-1] < 1e-3


def test_both_theorems_have_the_edition():
    for name in ("resampling-rate", "finite-sum-rate"):
        assert find_claim(name).expected["beyond"] == "holds"
