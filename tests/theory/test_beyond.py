"""Editions beyond: with l = L the sharp bounds, nowhere above them, and values worked out by hand."""

from fractions import Fraction as F

import numpy as np
import pytest

from maml_verify import check
from maml_verify.checks.check import check_setting
from maml_verify.claims import CLAIMS, find_claim
from maml_verify.claims.base import edge_of
from maml_verify.studies.extremal import EXTREMAL
from maml_verify.theory import beyond
from maml_verify.theory.symbols import Constants, Observed, Parameters
from problems import resampling_constants, ridge

BOTH = [c for c in CLAIMS if "beyond" in c.editions and "sharp" in c.editions]
# L = 2, l = 1, alpha = 1/20: 1 + alpha l = 21/20; N = 2, j = 3; other numbers distinct.
C = Constants(*map(F, (2, 3, 5, 7, 11, 13, 190, 1)))
P = Parameters(F(1, 20), 2, 3, *map(F, (4, 2, 3, 6, 8, 100, 9, 10)))
O = Observed(F(1, 3), F(17), F(19), F(23), F(29))
R, X = F(21, 20), F(1, 10)
CONVEX = C._replace(convexity=F(0))
NOISE = F(49, 1600)  # alpha^2 sigma_g^2/S


def draws(count):
    rng = np.random.default_rng(7)
    for _ in range(count):
        c = Constants(*map(float, 10 ** rng.uniform(-3, 3, 7)))
        c = c._replace(b2=c.b**2 * (1 + 10 ** rng.uniform(-3, 2)))
        N = int(rng.integers(1, 9))
        alpha = float((2 ** (1 / (2 * N)) - 1) * rng.uniform(0.001, 0.9999) / c.L)
        p = Parameters(alpha, N, N, *(int(2 ** rng.integers(0, 5)) for _ in "SDTB"))
        yield c, p, Observed(*map(float, 10 ** rng.uniform(-3, 3, 5))), float(rng.uniform(0, 1)) * c.L


@pytest.mark.parametrize("claim", BOTH, ids=lambda c: c.id)
def test_with_l_equal_to_L_it_is_the_sharp_bound_and_with_less_nowhere_above_it(claim):
    new, old = claim.editions["beyond"], claim.editions["sharp"]
    for c, p, o, l in draws(300):
        known = old(c, p, o)
        for same in (c, c._replace(convexity=c.L)):
            assert new(same, p, o) == pytest.approx(known, rel=1e-9)
        less, least = (new(c._replace(convexity=x), p, o) for x in (l, 0.0))
        assert least <= less * (1 + 1e-12) <= known * (1 + 1e-9)


VALUES = {
    "path_stability": (R**3 / 3, F(1, 3)),
    "path_gradient": (R**3 * 17, F(17)),
    "path_second_moment": (NOISE * (1 + R**2 + R**4), 3 * NOISE),
    "C_L": (F(3, 20) * R**3 * (1 + R), F(3, 10)),
    "drift": (X * (1 + R), 2 * X),
    "C_b": (F(3, 20) * R * (1 + R) * X * (1 + R), F(3, 10) * 2 * X),
    "meta_smoothness": ((R**4 * 2 + F(3, 20) * R**3 * (1 + R) * 17) / 3, (2 + F(3, 10) * 17) / 3),
    # t = 4 (X + 1/20)/(2 - X + 1/20) = 4/13, and 4 X/(2 - X) = 4/19 for convex losses.
    "reach": (F(4, 13), F(4, 19)),
    "range_left": (F(39, 20) - F(3, 5), F(19, 10) - F(2, 5)),
    # 2t/(1+t) with 2 factors, t = 2/19.
    "product_deviation": (None, F(4, 21)),
    "task_gradient_gap": (None, F(8, 23) * 17),
    "finite_sum_gradient_gap": (None, F(4, 21) * 17 + F(1, 5) * 19),
    "support_drift": (R**2 * X * (1 + R), F(1, 5)),
    "mean_shift": (F(3, 40) * NOISE, F(3, 40) * NOISE),
}  # fmt: skip


@pytest.mark.parametrize("name", VALUES)
def test_a_formula_has_the_value_worked_out(name):
    formula = getattr(beyond, name)
    for c, value in zip((C, CONVEX), VALUES[name], strict=True):
        if value is not None:
            arguments = (c, P, O) if formula.__code__.co_argcount == 3 else (c, P)
            assert formula(*arguments) == value


def test_the_deviation_of_a_product_has_two_cases():
    # s = 1 + rest above 1 + t: s - 1; else (s t + t + 1 - s)/(1 + t).
    assert beyond.deviation(F(3), F(2)) == 3
    assert beyond.deviation(F(1), F(2)) == (F(2) * 2 + 1) / 3


def test_the_mean_gradient_of_convex_losses_has_the_value_worked_out():
    t = 4 / 19
    m = (1 - t) * 23 / 0.9**4
    root = (m**2 + (1 - t**2) * 25) ** 0.5
    assert beyond.mean_gradient(CONVEX, P, O) == pytest.approx((m + t * root) / (1 - t**2), rel=1e-14)


def test_at_one_step_the_bias_to_second_order_is_that_of_a_parabola():
    one = P._replace(N=1)
    assert beyond.second_order_bias(C, one, O) == pytest.approx(float(R * 3 * NOISE / 2), rel=1e-14)
    assert beyond.second_order_bias(C, one, O) < beyond.estimator_bias(C, one, O) / 5


def test_the_variance_of_the_estimator_has_the_value_worked_out():
    gradient = beyond.solved(CONVEX, P, 23)[1]
    noise, distance = F(121, 800), float(2 * NOISE) ** 0.5
    t = 4 / 19
    tasks = (5 + t * (25 + (1 + t) / (1 - t) * 23**2) ** 0.5) / (1 + t)
    path = 2 * distance + F(3, 20) * float(NOISE) ** 0.5 * gradient
    expected = ((1 + noise) ** 2 - 1) * (gradient + 2 * distance) ** 2 + (1 + noise) ** 2 * F(49, 3)
    assert beyond.estimator_variance(CONVEX, P, O) == pytest.approx(
        float(expected + (tasks + path) ** 2), rel=1e-12
    )


def test_a_convex_family_has_no_growth_and_a_wider_range():
    family = ridge("cubic", [[[F(1)]]])
    assert resampling_constants(family).convexity.value == 0
    record = check("path-stability", family, alpha=F(1), steps=5, edition="beyond", w=[[F(1)]], u=[[F(0)]])
    assert (record.verdict, record.rhs[1]) == ("holds", pytest.approx(1, abs=1e-9))
    inside = {"alpha": F(39, 100), "steps": 2, "w": [[F(1)]]}
    assert check("mean-gradient", family, edition="beyond", **inside).verdict == "holds"
    assert check("mean-gradient", family, edition="sharp", **inside).verdict == "vacuous"
    record = check("mean-gradient", family, edition="beyond", alpha=F(2, 5), steps=2)
    assert record.verdict == "vacuous"
    assert "2 N alpha (L + l) < 2 - alpha (L - l)" in record.reason


def test_where_convexity_is_not_known_L_stands_for_it_and_a_claimed_one_is_said():
    assert beyond.growth(C._replace(convexity=None), P) == 1 + X
    assert edge_of(find_claim("mean-gradient").assumptions["beyond"], 2) == F(2, 5)


@pytest.mark.parametrize("name", [n for n in EXTREMAL if "beyond" in n])
def test_its_witness_lies_where_alpha_is_in_range(name):
    s = EXTREMAL[name]()
    known = resampling_constants(s.family)
    c = Constants(L=known.L.value, convexity=known.convexity.value)
    assert beyond.shape(c, Parameters(s.alpha, s.steps)) > 0


def test_a_smaller_convexity_than_the_family_has_is_refuted():
    # Curvature -1/2 claimed to be -1/4: the path parts faster.
    s = EXTREMAL["path-stability-beyond"]()
    claim, known = find_claim("path-stability"), resampling_constants(s.family)
    less = known._replace(convexity=known.convexity._replace(value=F(1, 4)))
    assert check_setting(claim, s, "beyond", known, certified=True).verdict == "holds"
    assert check_setting(claim, s, "beyond", less, certified=True).verdict == "violated"
