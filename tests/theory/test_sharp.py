"""Sharp editions: nowhere above the other editions, and the limits in which they are attained."""

from fractions import Fraction as F

import numpy as np
import pytest

from maml_verify.checks.check import check_setting
from maml_verify.claims import CLAIMS, find_claim
from maml_verify.settings import setting
from maml_verify.theory.derived import path_second_moment
from maml_verify.theory.sharp import mean_norm, reciprocal
from maml_verify.theory.symbols import HALF, Constants, Observed, Parameters
from problems import ridge
from problems.ridge_sums.links import STEEP

# The sharp Lemma 20 has another L-hat than the printed one.
SHARP = [c for c in CLAIMS if "sharp" in c.editions and c.id != "finite-sum-stepsize-moments"]
UNIT = [[[F(1)]]]


def ratio(name, family, **where):
    """lhs/rhs of the sharp edition, certified to hold."""
    claim = find_claim(name)
    s = setting(family, u=[[F(0)] * family.d], **where)
    record = check_setting(claim, s, "sharp", claim.known(family), certified=True)
    assert record.verdict == "holds"
    return record.ratio


@pytest.mark.parametrize("claim", SHARP, ids=lambda c: c.id)
def test_a_sharp_bound_is_at_most_every_other_that_holds(claim):
    rng = np.random.default_rng(11)
    others = [e for e in claim.editions if e != "sharp" and claim.expected[e] == "holds"]
    for _ in range(2000):
        c = Constants(*map(float, 10 ** rng.uniform(-3, 3, 7)))
        c = c._replace(b2=c.b**2 * (1 + 10 ** rng.uniform(-3, 2)))
        N = int(rng.integers(1, 9))
        alpha = float((2 ** (1 / (2 * N)) - 1) * rng.uniform(0.001, 0.9999) / c.L)
        p = Parameters(alpha, N, N, *(int(2 ** rng.integers(0, 5)) for _ in "SDTB"))
        p = p._replace(B_prime=10**9, D_L=10**9)
        o = Observed(*map(float, 10 ** rng.uniform(-3, 3, 5)))
        sharp = np.asarray(claim.editions["sharp"](c, p, o))
        for edition in others:
            if all(condition.margin(c, p) > 0 for condition in claim.assumptions[edition]):
                assert (sharp <= claim.editions[edition](c, p, o) * (1 + 1e-9)).all(), (edition, c, p, o)
        if claim.id == "estimator-second-moment":
            assert sharp <= claim.editions["printed"](c, p, o) / 3 * (1 + 1e-9)


def test_the_bias_is_attained_as_curvature_jumps():
    # From w on the left of the jump one exact step goes to t = 1, noise to both sides of it.
    alpha = F(3, 16)
    ratios = []
    for size in (F(1, 64), F(1, 8), 2 - F(1, STEEP)):
        family = ridge("steep-well", UNIT, linear=[[[size / alpha], [-size / alpha]]])
        found = ratio("estimator-bias", family, alpha=alpha, steps=1, w=[[1 / (1 + alpha)]])
        assert found == pytest.approx(1 - 1 / (2 * STEEP * float(size)), rel=1e-9)
        ratios.append(found)
    assert ratios == sorted(ratios)
    assert ratios[-1] > 0.999


@pytest.mark.parametrize("steps", [1, 2])
def test_the_second_moment_is_attained_by_noise_and_approached_by_tasks(steps):
    noisy = ridge("cubic-well", UNIT, linear=[[[F(1, 8)], [-F(1, 8)]]])
    assert ratio("estimator-second-moment", noisy, alpha=F(1, 8), steps=steps, S=2, w=[[F(0)]]) == 1
    opposed = ridge("cubic-well", UNIT * 2, linear=[[[F(1, 8)]], [[-F(1, 8)]]])
    ratios = [
        ratio("estimator-second-moment", opposed, alpha=x, steps=steps, w=[[F(0)]])
        for x in (F(1, 8), F(1, 32), F(1, 128))
    ]
    assert ratios == sorted(ratios)
    assert ratios[-1] > 0.99


def test_the_second_moment_is_approached_by_noise_of_hessians():
    # Narrow terms of opposed signs: noise of the curvature, and next to none of the gradient.
    narrow, sigma_H, alpha = 256, F(1), F(1, 4)
    size = sigma_H / (2 * narrow**2)
    rows = [(1, h * size, -h * size) for h in (1, 1, -1, -1)]
    family = ridge(
        "cubic-well",
        [[[F(1)], [F(narrow)], [F(narrow)]]],
        offsets=[[F(0), F(0), F(-4)]],
        coefficients=[[[F(a) for a in row] for row in rows]],
        linear=[[[F(2)], [-F(2)], [F(2)], [-F(2)]]],
    )
    where = {"alpha": alpha, "steps": 1, "w": [[F(0)]]}
    assert find_claim("estimator-second-moment").known(family).sigma_H.value == sigma_H
    assert ratio("estimator-second-moment", family, **where) > 0.999


def test_smoothness_is_approached_far_from_stationary_points():
    # A wide well, and a narrow one on whose edge w lies: towards u the Hessian leaves -L at rate rho.
    claim, alpha, narrow, w = find_claim("meta-smoothness"), F(1, 8), F(256), F(64)
    ratios = []
    for wide in (F(1, 128), F(1, 512), F(1, 2048)):
        family = ridge(
            "cubic-well",
            [[[wide], [narrow]]],
            offsets=[[F(0), narrow * w + 1]],
            coefficients=[[[1 / wide**2, 1 / narrow**3]]],
        )
        known = claim.known(family)
        s = setting(family, alpha=alpha, steps=1, w=[[w]], u=[[w - F(1, 2**14)]])
        record = check_setting(claim, s, "sharp", known, certified=True)
        assert record.verdict == "holds"
        ratios.append(record.ratio)
        q, gradient = 1 + alpha, abs(float(family.grad(np.full((1, 1, 1), 64.0), np.ones((1, 1)))[0, 0, 0]))
        assert float(alpha * known.rho.value) * gradient > 5 * q  # the term of C_L is most of the bound
    assert ratios == sorted(ratios)
    assert ratios[-1] > 0.99


@pytest.mark.parametrize("name", ["stepsize-moments", "finite-sum-stepsize-moments"])
def test_step_sizes_are_attained_by_two_tasks_one_of_them_stationary(name):
    claim = find_claim(name)
    family = ridge("cubic-well", UNIT * 2, linear=[[[F(0)]], [[F(5)]]])
    s = setting(family, alpha=F(1, 8), steps=2, w=[[F(0)]], u=[[F(0)]], B_prime=1)
    record = check_setting(claim, s, "sharp", claim.known(family), certified=True)
    assert (record.verdict, record.decided_by, record.ratio) == ("holds", "exact", 1)
    assert record.setting["item"] == 2
    still = setting(ridge("cubic-well", UNIT), alpha=F(1, 8), steps=2, w=[[F(0)]], u=[[F(0)]])
    assert check_setting(claim, still, "sharp").verdict == "holds"


def test_reciprocal_moments_and_mean_norms_are_those_of_two_points_at_every_scale():
    assert reciprocal(1.0, 1.0, 1e8, 1e-3) == pytest.approx(1e-16, rel=1e-7)
    assert reciprocal(1.0, 1.0, 1e9, 1e-3) == pytest.approx(1e-18, rel=1e-7)
    for least, slope, mean, variance, noise in [
        (1, 2, 3, 5, 7),
        (3, 1, 10**4, 1, 2),
        (1, 9, 1, 10**6, 10**3),
    ]:
        least, slope, mean, variance = map(F, (least, slope, mean, variance))
        top = (mean**2 + variance) / mean
        share = mean / top
        exact = (1 - share) / least**2 + share / (least + slope * top) ** 2
        assert reciprocal(least, slope, mean, variance) == exact
        assert reciprocal(*map(float, (least, slope, mean, variance))) == pytest.approx(
            float(exact), rel=1e-14
        )
        norms = float(1 - share) * noise + float(share) * float(top**2 + noise**2) ** 0.5
        assert mean_norm(float(mean), float(variance), float(noise)) == pytest.approx(norms, rel=1e-14)


def test_first_moments_of_a_path_are_at_most_the_root_of_second_moments():
    c, p = Constants(2.0, sigma_g=3.0), Parameters(0.25, 3, 3, S=4)
    value = find_claim("path-first-moment").editions["sharp"](c, p, Observed())
    assert value == pytest.approx(path_second_moment(c, p, Observed()) ** HALF)
