"""The link `huber`: regression whose constants are finite for all w."""

from fractions import Fraction as F

import numpy as np
import pytest

from maml_verify import check
from problems import LINKS, Ball, from_data, huber, resampling_constants, ridge
from problems.balls.link_ranges import link_ranges

LINK = LINKS["huber"]


def test_it_is_the_integral_of_a_curvature_that_falls_from_one_to_zero_between_1_and_2():
    t = np.array([F(k, 16) for k in range(-64, 65)])
    bends = [1 - max(min(F(2 * j + 1, 64) - 1, 1), 0) for j in range(128)]
    slope = [sum(bends[: int(32 * abs(x))]) * F(1, 32) for x in t]
    assert [abs(x) for x in LINK.dphi(t)] == slope  # midpoints are exact on pieces of degree one
    assert LINK.d2phi(t).tolist() == [max(min(2 - abs(x), 1), 0) for x in t]
    assert LINK.dphi(-t).tolist() == (-LINK.dphi(t)).tolist()
    steps = np.diff(LINK.phi(t))
    simpson = (LINK.dphi(t)[:-1] + 4 * LINK.dphi((t[:-1] + t[1:]) / 2) + LINK.dphi(t)[1:]) / 96
    assert (steps == simpson).all()
    assert LINK.phi(t * 0).tolist() == [0] * len(t)


def test_what_its_fields_say_is_attained():
    t = np.array([F(-3), F(-2), F(-3, 2), F(0), F(3, 2), F(2), F(9)])
    assert (min(LINK.dphi(t)), max(LINK.dphi(t))) == LINK.slope
    assert (min(LINK.d2phi(t)), max(LINK.d2phi(t))) == LINK.curvature
    assert abs(LINK.d2phi(t[4:5]) - LINK.d2phi(t[5:6]))[0] == LINK.sup3 / 2
    bend = link_ranges(LINK, 1.5, 0.25)
    assert [middle for middle, _ in bend[1:]] == [0.5, -1.0, 0.0]


def test_regression_with_different_features_has_every_constant():
    rng = np.random.default_rng(0)
    X, y, task = rng.normal(size=(24, 2)).round(2), rng.normal(size=24).round(2), np.arange(24) % 3
    family = from_data(X, y, task, "huber")
    known = resampling_constants(family)
    assert all(getattr(known, name).flag != "none" for name in ("L", "rho", "sigma", "sigma_g", "sigma_H"))
    assert (known.lower_bounded.value, known.convexity[:2]) == (1, (0, "exact"))
    assert resampling_constants(from_data(X, y, task, "quadratic")).sigma.flag == "none"
    assert check("path-stability", family, alpha_L=F(1, 4), steps=2).verdict == "holds"


@pytest.mark.parametrize(("pull", "bounded"), [(F(3, 2), 1), (F(-3, 2), 1), (F(25, 16), 0), (F(-25, 16), 0)])
def test_a_linear_term_beyond_the_slopes_leaves_no_lower_bound(pull, bounded):
    known = resampling_constants(ridge("huber", [[[F(1)]]], linear=[[[pull]]]))
    assert known.lower_bounded.value == bounded
    assert resampling_constants(ridge("huber", [[[F(-1)]]], linear=[[[pull]]])).lower_bounded.value == bounded


def test_spoilt_ends_are_seen_by_the_constants_of_two_shifted_tasks():
    # phi'(w) - phi'(w - 8) is at most 3, so that sigma is 3/2: the slopes' ends count.
    family = ridge("huber", [[[F(1)]], [[F(1)]]], [[F(0)], [F(8)]])
    assert resampling_constants(family).sigma[:2] == (F(3, 2), "exact")
    assert check("mean-gradient", huber(rng=0), alpha_L=F(1, 20), steps=1).verdict == "holds"
    near = Ball([0.0], 0.5).on(family).constants("resampling")
    assert 0.5 + 0.75 <= float(near.sigma.value) + 0.25 <= 1.27
