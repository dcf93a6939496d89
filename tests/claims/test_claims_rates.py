"""Claims on rates: conditions, verdicts, and errors they must notice."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from rate_settings import rate_setting

from maml_verify import settings
from maml_verify.algorithms import estimated, loop, run
from maml_verify.checks.check import check, check_setting
from maml_verify.claims import find_claim
from maml_verify.left_sides import runs
from maml_verify.meta_gradients.objective import meta_gradient_norms
from maml_verify.settings import setting
from maml_verify.theory import coefficients, derived, printed
from maml_verify.theory.symbols import Constants, Observed, Parameters
from problems import FAMILIES, cubic, ridge
from problems.ridge_sums.opposed import opposed

F = Fraction


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("claim", ["resampling-rate", "finite-sum-rate"])
def test_sizes_left_free_meet_every_condition(claim, name):
    family = FAMILIES[name](rng=0, noise=2, spread=2)
    found, s = rate_setting(claim, family, alpha=F(1, 32), steps=2)
    record = check_setting(found, replace(s, K=2, runs=2))
    assert record.verdict in ("holds", "undecided")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"C_beta": 5}, "C_beta > 10"),
        ({"S": 1}, r"C_err2\^2/S\] .* mended by S >= \d+"),
        ({"B": 1, "alpha": F(1, 3)}, r"mended by .*B"),
    ],
)
def test_theta_not_positive_says_which_term_and_what_mends_it(options, text):
    family = cubic(rng=0, noise=4)
    found, s = rate_setting("resampling-rate", family, **options)
    record = check_setting(found, s)
    assert record.verdict == "vacuous"
    with pytest.raises(AssertionError, match=text):
        raise AssertionError(record.reason)


@pytest.mark.parametrize("C_beta", [F(1, 2), 1, 2, 3])
def test_what_is_said_to_mend_theta_of_theorem_9_does(C_beta):
    family = cubic(rng=0)
    found, s = rate_setting("finite-sum-rate", family, C_beta=C_beta, B=1)
    reason = check_setting(found, replace(s, K=2, runs=2)).reason
    if C_beta <= 1:
        assert "mended by C_beta > 1" in reason
        return
    B = int(reason.split("B >= ")[1].split(" ")[0])
    for size, expected in ((B - 1, "vacuous"), (B, None)):
        found, s = rate_setting("finite-sum-rate", family, C_beta=C_beta, B=size)
        verdict = check_setting(found, replace(s, K=2, runs=2)).verdict
        assert (verdict == "vacuous") == (expected == "vacuous")


def test_rates_take_their_limit_at_C_L_0():
    c = Constants(1.0, 0.0, 2.0, 1.0, 0.5, 0.3, 0.1)
    p = Parameters(0.05, 2, S=40, D=2, T=3, B=50, K=7, C_beta=100.0)
    near = c._replace(rho=1e-9)
    for bound in (printed.resampling_rate, printed.finite_sum_rate):
        at, close = (bound(x, p, Observed(gap=2.0)) for x in (c, near))
        assert at == pytest.approx(close, rel=1e-6)
    chi, theta = coefficients.chi_5(near, p), coefficients.theta_5(near, p)
    r = (2.0 / 7 + coefficients.xi_5(near, p) / 40 + coefficients.phi_5(near, p) / 50) / theta
    assert printed.resampling_rate(near, p, Observed(gap=2.0)) == pytest.approx(
        r + (chi * r) ** 0.5, rel=1e-9
    )


@pytest.mark.parametrize("claim", ["resampling-rate", "finite-sum-rate"])
def test_rates_state_their_confidence_and_repeat(claim):
    family = cubic(rng=0)
    first, again = (check(claim, family, alpha=F(1, 16), steps=1, runs=20, K=5) for _ in range(2))
    assert first.verdict == "holds"
    assert first.method == "monte-carlo"
    assert first.confidence == 1 - 1e-6
    assert replace(first, seconds=0) == replace(again, seconds=0)
    assert {"K", "C_beta", "B_prime"} <= set(first.setting)


def test_norms_in_a_run_stay_below_what_the_intervals_assume():
    for claim, make, role in (
        ("resampling-rate", runs.resampling_run, "resampling_norm"),
        ("finite-sum-rate", runs.finite_sum_run, "finite_sum_norm"),
    ):
        family = cubic(rng=3, noise=4, spread=4)
        _, s = rate_setting(claim, family, K=30, w=[[3, -3]], points=1)
        captured = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(runs, "_simulated", lambda s, a, top, keep=captured: keep.append(top))
            getattr(runs, role)(s)
        h = run(make(s), family, [3.0, -3.0], 30, runs=50, rng=0, record=("meta_gradient",))
        assert (h.meta_gradient[:-1].mean(0) <= captured[0]).all()


def test_a_step_size_far_too_small_breaks_the_bound():
    # A planted error in the algorithm: beta_k = 1/(10^4 C_beta Lhat), with K larger than C_beta.
    family = ridge("cubic", [[[F(1)]], [[F(1)]]], name="same")
    found, s = rate_setting("finite-sum-rate", family, w=[4], points=1, K=2000, C_beta=4, B=10**12)
    c, p = settings.lifted(s)
    rhs = printed.finite_sum_rate(c, p, found.observe(s))[0]

    def mean_norm():
        history = run(runs.finite_sum_run(s), family, [4.0], 2000, rng=0, record=("meta_gradient",))
        return history.meta_gradient[:-1].mean()

    assert mean_norm() < rhs
    beta = estimated(
        family,
        smoothness=lambda g: 1e4 * coefficients.smoothness_9(c, p, g, coefficients.C_b_7, coefficients.C_b_7),
        C_beta=4,
        B_prime=s.B_prime,
        query=True,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "finite_sum_beta", lambda s: beta)
        assert mean_norm() > rhs


def test_the_printed_bound_of_theorem_5_is_never_below_the_derived_one():
    # Both loosen the same inequality; so what the proof supports, the printed statement does.
    rng = np.random.default_rng(0)
    checked = 0
    for _ in range(4000):
        N = int(rng.integers(1, 7))
        c = Constants(*10.0 ** rng.uniform(-4, 4, 5))
        alpha = rng.uniform(0.001, 0.999) * (2 ** (1 / (2 * N)) - 1) / c.L
        sizes = dict(zip("SDTBK", 10.0 ** rng.uniform(0, 12, 5), strict=True))
        p = Parameters(alpha, N, None, **sizes, C_beta=10 ** rng.uniform(1.01, 6))
        if coefficients.theta_5_bracket(c, p) <= 0:
            continue
        o = Observed(gap=10 ** rng.uniform(-6, 6))
        assert derived.theta_5_bracket(c, p) >= coefficients.theta_5_bracket(c, p) * (1 - 1e-12)
        assert derived.resampling_rate(c, p, o) <= printed.resampling_rate(c, p, o) * (1 + 1e-9)
        checked += 1
    assert checked > 300


def test_no_factor_of_the_lower_end_of_a_run_is_negative():
    # Where the box is too small for the noise, nothing is known beyond the first iterate.
    family = ridge("cubic", [[[1]]])
    s = setting(family, alpha=Fraction(1, 14), steps=5, w=[-65536], B=9745)
    record = check_setting(find_claim("finite-sum-rate"), s, "printed", certified=True)
    assert record.verdict == "holds"


@pytest.mark.parametrize("name", ["resampling-rate", "finite-sum-rate"])
def test_a_run_of_one_iterate_is_exact(name):
    claim = find_claim(name)
    s = setting(opposed(8), alpha=Fraction(1, 16), steps=2, w=[2], K=1, C_beta=100)
    record = check_setting(claim, s, "derived", certified=True)
    assert (record.verdict, record.method, record.decided_by) == ("holds", claim.method, "arb")
    assert record.lhs[1] - record.lhs[0] < 1e-12


def test_an_interrupted_run_gives_no_record(monkeypatch):
    calls = iter(range(3))

    def norms(*arguments):
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return meta_gradient_norms(*arguments)

    monkeypatch.setattr(loop, "meta_gradient_norms", norms)
    with pytest.raises(KeyboardInterrupt):
        check("resampling-rate", "cosine", alpha_L=0.0625, steps=1, K=20)
