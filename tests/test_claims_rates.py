"""Claims on step sizes and rates: conditions, verdicts, the counterexample, and errors they must notice."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from importlib import resources

import numpy as np
import pytest

from maml_verify import bounds, constants, derived, rates, stepsizes
from maml_verify.algorithms import driver, estimated, run
from maml_verify.algorithms.objective import meta_gradient_norms, meta_losses
from maml_verify.bounds import Observed
from maml_verify.checking import check, check_setting, prepared
from maml_verify.claims import find_claim
from maml_verify.constants import Constants, Parameters
from maml_verify.fields import arb_precision, lift
from maml_verify.infimum import gap, lower_bound
from maml_verify.paths import split
from maml_verify.settings import setting
from maml_verify.sweep import sweep
from maml_verify.witness import replay
from problems import FAMILIES, cubic, ridge
from problems.opposed import opposed

WITNESSES = resources.files("maml_verify") / "witnesses"
F = Fraction


def rate_setting(claim, family, **options):
    found = find_claim(claim)
    s = setting(family, alpha=options.pop("alpha", F(1, 16)), steps=options.pop("steps", 1), **options)
    return found, prepared(found, s, "printed", found.known(family))


# --- conditions ---------------------------------------------------------------------------------------------


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


def test_too_small_batches_of_the_step_size_make_the_lemmas_vacuous():
    cases = (("stepsize-moments", "D_L", 8), ("finite-sum-stepsize-moments", "B_prime", 0))
    for claim, name, noise in cases:
        family = cubic(rng=0, noise=noise, spread=8)
        _, s = rate_setting(claim, family, alpha=F(1, 3))
        assert getattr(s, name) > 1
        record = check(claim, family, alpha=F(1, 3), steps=1, **{name: getattr(s, name) - 1})
        assert record.verdict == "vacuous"
        assert check(claim, family, alpha=F(1, 3), steps=1).verdict == "holds"


def test_rates_take_their_limit_at_C_L_0():
    c = Constants(1.0, 0.0, 2.0, 1.0, 0.5, 0.3, 0.1)
    p = Parameters(0.05, 2, S=40, D=2, T=3, B=50, K=7, C_beta=100.0)
    near = c._replace(rho=1e-9)
    for bound in (bounds.resampling_rate, bounds.finite_sum_rate):
        at, close = (bound(x, p, Observed(gap=2.0)) for x in (c, near))
        assert at == pytest.approx(close, rel=1e-6)
    chi, theta = constants.chi_5(near, p), constants.theta_5(near, p)
    r = (2.0 / 7 + constants.xi_5(near, p) / 40 + constants.phi_5(near, p) / 50) / theta
    assert bounds.resampling_rate(near, p, Observed(gap=2.0)) == pytest.approx(r + (chi * r) ** 0.5, rel=1e-9)


# --- step size moments --------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", ["stepsize-moments", "finite-sum-stepsize-moments"])
def test_enumerated_moments_agree_with_simulated_ones(claim):
    family = cubic(rng=1, noise=4, spread=4)
    found, s = rate_setting(claim, family, B_prime=2, D_L=2, C_beta=3)
    exact = found.measure(s)
    rule = (rates.resampling_beta if claim == "stepsize-moments" else rates.finite_sum_beta)(
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
    true = stepsizes.finite_sum_moments
    claim = find_claim("finite-sum-stepsize-moments")

    def measure(s):
        return true(s) * lift(F(1001, 1000), "surd" if s.field == "exact" else s.field)

    planted = replace(claim, measure=measure)
    family = ridge("cubic", [[[F(1)]], [[F(1)]]], name="same")
    s = setting(family, alpha=F(1, 10), steps=2)
    assert check_setting(planted, s).verdict == "violated"


# --- the counterexample -------------------------------------------------------------------------------------


@pytest.mark.parametrize("edition", ["printed", "printed-b"])
def test_theorem_9_is_violated_by_the_stored_witness(edition):
    path = WITNESSES / f"finite-sum-rate-{edition}.json"
    record = replay(str(path))
    stored = json.loads(path.read_text())
    assert record.verdict == stored["verdict"] == "violated"
    assert record.decided_by == "arb"
    assert record.ratio > 3
    assert record.lhs[0] == pytest.approx(stored["lhs"][0], rel=1e-9)
    assert record.rhs[1] < record.lhs[0]


def test_the_witness_moves_as_its_certificate_says():
    # The enclosure says that E ||grad L(w_zeta)|| exceeds the bound; runs at a size that can be drawn agree.
    found, s = rate_setting(
        "finite-sum-rate", opposed(), alpha=F(1, 8), w=[8], points=1, K=200, C_beta=2, B=10**16
    )
    h = run(rates.finite_sum_run(s), s.family, [8.0], 200, runs=20, rng=0, record=("meta_gradient",))
    record = check_setting(found, replace(s, runs=2))
    assert h.meta_gradient[:-1].mean() > record.lhs[0] > record.rhs[1]


def test_ten_times_the_bound_is_exceeded_with_the_corollary_s_own_choices():
    # alpha = 1/(8NL), C_beta = 80: by longer runs and larger pull the ratio grows without limit.
    found, s = rate_setting(
        "finite-sum-rate", opposed(2**17), alpha=F(1, 8), w=[8], points=1, K=40_000, C_beta=80, B=10**18
    )
    with arb_precision(128):
        low = rates.finite_sum_norm(in_balls(s)).low[0]
        c = Constants(*(None if v is None else lift(v, "arb") for v in s.constants))
        p = rates.lifted(in_balls(s))[1]
        o = found.observe(in_balls(s))
        assert low > 10 * bounds.finite_sum_rate(c, p, o)[0]
        # With sigma restored to xi, as (59) has it, the bound holds.
        r = (o.gap[0] / p.K + constants.phi_9(c, p) / p.B) / constants.theta_9(c, p)
        xi = constants.xi_9(c, p) + c.sigma
        assert r / 2 + (xi * r + (r / 2) ** 2).sqrt() > 8


def in_balls(s):
    family = s.family.cast(lambda v: lift(v, "arb"))
    return replace(
        s, family=family, alpha=lift(s.alpha, "arb"), w=lift(s.w, "arb"), u=lift(s.u, "arb"), field="arb"
    )


def test_lower_bounds_on_the_meta_loss_are_below_it_and_near_it():
    family = opposed(8)
    w = np.linspace(-12, 12, 4001)[:, None]
    for N in (1, 2):
        least = meta_losses(family, w, 0.1, N, split).min()
        with arb_precision(128):
            balls = family.cast(lambda v: lift(v, "arb"))
            bottom = float(lower_bound(balls, lift(F(1, 10), "arb"), N, split, 1e-3))
        assert least - 5e-3 < bottom <= least
        start = np.array([[5.0]])
        assert gap(family, start, 0.1, N, split)[0] <= meta_losses(family, start, 0.1, N, split)[0] - bottom


def test_no_lower_bound_is_claimed_where_none_is_proved():
    family = FAMILIES["cubic-well"](d=1, rng=0).cast(lambda v: lift(v, "arb"))
    assert lower_bound(family, lift(F(1, 10), "arb"), 1, split, 1e-3) is None


# --- rates --------------------------------------------------------------------------------------------------


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
        ("resampling-rate", rates.resampling_run, "resampling_norm"),
        ("finite-sum-rate", rates.finite_sum_run, "finite_sum_norm"),
    ):
        family = cubic(rng=3, noise=4, spread=4)
        _, s = rate_setting(claim, family, K=30, w=[[3, -3]], points=1)
        captured = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(rates, "_simulated", lambda s, a, top, keep=captured: keep.append(top))
            getattr(rates, role)(s)
        h = run(make(s), family, [3.0, -3.0], 30, runs=50, rng=0, record=("meta_gradient",))
        assert (h.meta_gradient[:-1].mean(0) <= captured[0]).all()


def test_a_step_size_far_too_small_breaks_the_bound():
    # A planted error in the algorithm: beta_k = 1/(10^4 C_beta Lhat), with K larger than C_beta.
    family = ridge("cubic", [[[F(1)]], [[F(1)]]], name="same")
    found, s = rate_setting("finite-sum-rate", family, w=[4], points=1, K=2000, C_beta=4, B=10**12)
    c, p = rates.lifted(s)
    rhs = bounds.finite_sum_rate(c, p, found.observe(s))[0]

    def mean_norm():
        history = run(rates.finite_sum_run(s), family, [4.0], 2000, rng=0, record=("meta_gradient",))
        return history.meta_gradient[:-1].mean()

    assert mean_norm() < rhs
    beta = estimated(
        family,
        smoothness=lambda g: 1e4 * constants.smoothness_9(c, p, g, constants.C_b_7, constants.C_b_7),
        C_beta=4,
        B_prime=s.B_prime,
        query=True,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rates, "finite_sum_beta", lambda s: beta)
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
        if constants.theta_5_bracket(c, p) <= 0:
            continue
        o = Observed(gap=10 ** rng.uniform(-6, 6))
        assert derived.theta_5_bracket(c, p) >= constants.theta_5_bracket(c, p) * (1 - 1e-12)
        assert derived.resampling_rate(c, p, o) <= bounds.resampling_rate(c, p, o) * (1 + 1e-9)
        checked += 1
    assert checked > 300


@pytest.mark.parametrize("claim", ["stepsize-moments", "finite-sum-stepsize-moments"])
def test_every_edition_holds_on_every_family(claim):
    editions = find_claim(claim).editions
    records = [record for _, record in sweep([claim], editions=tuple(editions), steps=(2,), jobs=1)]
    assert len(records) == 5 * len(editions)
    assert {record.verdict for record in records} == {"holds"}


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

    monkeypatch.setattr(driver, "meta_gradient_norms", norms)
    with pytest.raises(KeyboardInterrupt):
        check("resampling-rate", "cosine", alpha_L=0.0625, steps=1, K=20)
