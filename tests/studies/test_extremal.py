"""Instances of the sharp editions: stored as they are made, with every term of the bound; their limits."""

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest

from maml_verify.__main__ import main
from maml_verify.algorithms import run
from maml_verify.arithmetic.precision import arb_precision
from maml_verify.checks.case import prepare
from maml_verify.checks.certify import lifted_setting
from maml_verify.checks.check import check_setting
from maml_verify.checks.witness import read_witness
from maml_verify.claims import CLAIMS, find_claim
from maml_verify.left_sides.runs import finite_sum_norm, finite_sum_run
from maml_verify.reports.tables import FORMATS
from maml_verify.studies.extremal import EXTREMAL, gradients, paths, rates, smoothness, stepsizes
from maml_verify.studies.planted_errors import MUTATIONS, Mutation, effect, planted
from maml_verify.studies.tightness import known_witnesses
from maml_verify.theory.coefficients import growth
from problems import resampling_constants, ridge
from problems.ridge_sums.opposed import opposed

RECORD = ("meta_gradient",)
SHARP = [claim for claim in CLAIMS if "sharp" in claim.editions]
# A constant, an observed scalar or a batch's noise taken out of the bound.
OUT = [m for m in MUTATIONS if m.name.endswith("dropped")] + [
    Mutation(f"{name} infinite", lambda c, p, o, name=name: (c, p._replace(**{name: 10**40}), o))
    for name in ("S", "D", "T", "B_prime", "D_L")
]
# What a claim says is not exercised: `Claim.attained` names the regime.
IDLE = {
    "estimator-bias": {"rho dropped", "sigma dropped", "meta_gradient term dropped"},
    "finite-sum-second-moment": {"b dropped"},
    "beyond/estimator-bias-second-order": {"sigma dropped", "meta_gradient term dropped"},
}


def cases(claim):
    """The witnesses that exercise all terms; one an inequality where the statement is a list of them."""
    return [p for p in known_witnesses([claim.id], ["sharp"]) if not p.stem.endswith(".exact")]


def refutes(path, wrong):
    """Whether a witness refutes a bound by more than a hundredth."""
    _, edition, s = read_witness(path)
    record = check_setting(wrong, s, edition, wrong.known(s.family), certified=True)
    return record.verdict == "violated" and (record.ratio is None or record.ratio > 1.01)


@pytest.mark.parametrize("name", EXTREMAL)
def test_a_witness_is_stored_as_it_is_made(name):
    (path,) = [p for p in known_witnesses() if p.stem == name.replace("/", "-")]
    _, _, stored = read_witness(path)
    made = EXTREMAL[name]()
    assert (stored.alpha, stored.steps) == (made.alpha, made.steps)
    assert (stored.w == made.w).all()
    assert (stored.u == made.u).all()
    for table in ("features", "offsets", "coefficients", "linear", "probabilities", "support", "query"):
        assert (getattr(stored.family.exact, table) == getattr(made.family.exact, table)).all(), table
    assert all(
        getattr(stored, size) == getattr(made, size) for size in ("S", "D", "T", "K", "B_prime", "D_L")
    )


@pytest.mark.parametrize("claim", SHARP, ids=lambda c: c.id)
def test_every_term_of_a_sharp_bound_counts_at_its_witness(claim):
    assert claim.attained
    used = [m for m in OUT if effect(claim, "sharp", m) != "none"]
    assert used or claim.id in ("path-stability", "product-deviation")
    for mutation in used:
        counts = any(refutes(path, planted(claim, "sharp", mutation)) for path in cases(claim))
        assert counts != (mutation.name in IDLE.get(claim.id, ())), mutation.name


@pytest.mark.parametrize("name", ["meta-smoothness", "finite-sum-meta-smoothness"])
def test_the_term_of_L_counts_too(name):
    claim = find_claim(name)
    bound = claim.editions["sharp"]
    for N in (1, 2, 3, 4):
        s = getattr(smoothness, name.replace("-", "_"))(steps=N)
        known = claim.known(s.family)
        record = check_setting(claim, s, "sharp", known, certified=True)
        assert record.verdict == "holds"
        assert record.ratio > 1 - 1e-6

        def without(c, p, o):
            return bound(c, p, o) - growth(c, p) ** (2 * p.N) * c.L * o.distance

        wrong = replace(claim, editions={**claim.editions, "sharp": without})
        record = check_setting(wrong, s, "sharp", known, certified=True)
        assert (record.verdict, record.ratio > 1.01) == ("violated", True)


@pytest.mark.parametrize("path", list(known_witnesses(editions=["sharp", "beyond"])), ids=lambda p: p.stem)
def test_one_percent_less_is_refuted_by_every_witness_of_a_sharp_edition(path):
    claim, edition, s = read_witness(path)
    known, bound = claim.known(s.family), claim.editions[edition]
    # Of two inequalities each has its own witness.
    shares = (99, 100) if path.stem.endswith(".mean") else (100, 99)

    def less(c, p, o):
        value = bound(c, p, o)
        if claim.over != "item":
            return value * 99 / 100
        return np.stack([x * share / 100 for x, share in zip(value, shares, strict=True)])

    wrong = replace(claim, editions={**claim.editions, edition: less})
    assert check_setting(claim, s, edition, known, certified=True).verdict == "holds"
    assert check_setting(wrong, s, edition, known, certified=True).verdict == "violated"


def test_the_first_moment_is_attained_at_every_step():
    claim = find_claim("path-first-moment")
    for N in (1, 2, 4):
        s = paths.path_first_moment(N)
        c = claim.known(s.family)
        record = check_setting(claim, s, "sharp", c, certified=True)
        assert record.verdict == "holds"
        q, alpha, sigma_g = 1.25, 0.25, float(c.sigma_g.value)
        bounds = [alpha * sigma_g * np.sqrt((q ** (2 * j) - 1) / (q**2 - 1)) for j in range(N + 1)]
        np.testing.assert_allclose(claim.measure(s)[0, 0], bounds, rtol=1e-12)


@pytest.mark.parametrize("name", ["mean-gradient", "finite-sum-mean-gradient", "finite-sum-second-moment"])
def test_small_steps_approach_the_bounds_on_means(name):
    claim = find_claim(name)
    ratios = []
    for k in (8, 12, 16, 20):
        s = getattr(gradients, name.replace("-", "_"))(F(1, 2**k))
        record = check_setting(claim, s, "sharp", claim.known(s.family), certified=True)
        assert record.verdict == "holds"
        ratios.append(record.ratio)
    assert ratios == sorted(ratios)
    # The gap is of the order of alpha L.
    assert (1 - ratios[-1]) * 2**20 < 20


def test_one_over_the_mean_step_size_is_approached_as_its_batch_grows():
    claim = find_claim("stepsize-moments")
    ratios = []
    for size in (1, 4, 16):
        s = stepsizes.stepsize_mean(size)
        record = check_setting(claim, s, "sharp", claim.known(s.family), certified=True)
        assert (record.verdict, record.setting["item"]) == ("holds", 1)
        ratios.append(record.ratio)
    assert (1 - ratios[0]) / (1 - ratios[2]) == pytest.approx(16, rel=0.1)


def test_terms_apart_in_one_direction_share_a_rate():
    # Two wells of one feature, and a wide one: rho is that of one narrow well and the wide one.
    family = ridge("cubic-well", [[[F(1)], [F(1)], [F(1, 8)]]], offsets=[[F(0), F(10), F(0)]])
    assert resampling_constants(family).rho.value == 1 + F(1, 512)
    w = np.linspace(-20, 20, 160001)[:, None]
    second = family.hvp(w[None], np.ones((1, len(w), 1)), np.ones((1, 1, 1)))[0, :, 0]
    assert np.abs(np.diff(second)).max() / (w[1, 0] - w[0, 0]) <= 1 + 1 / 512 + 1e-9


def test_where_a_sharp_edition_is_attained_is_shown_wherever_it_is(capsys):
    claim = find_claim("meta-smoothness")
    options = ["--family", "cubic-well", "--steps", "1", "--jobs", "1"]
    for command in (["list"], ["table", claim.id, "--edition", "sharp", *options], ["tightness", claim.id]):
        for style in ("text", "json") if command[0] == "tightness" else FORMATS:
            assert main([*command, "--format", style]) == 0
            shown = " ".join(capsys.readouterr().out.split())
            start = claim.attained.partition(", ")[0]
            assert start in shown, (command, style)
    assert (
        main(["check", claim.id, "--edition", "printed", "--alpha-L", "1/10", *options, "--format", "json"])
        == 0
    )
    assert "attained" not in capsys.readouterr().out


def test_the_derived_theorem_9_is_approached_by_long_runs_and_one_percent_less_is_refuted():
    claim = find_claim("finite-sum-rate")
    ratios = []
    for K, C_beta in ((2**30, 2**10), (2**44, 2**14)):
        s = rates.finite_sum_rate(K, C_beta, F(1, 8 * C_beta))
        known = claim.known(s.family)
        record = check_setting(claim, s, "derived", known, certified=True)
        assert (record.verdict, record.decided_by) == ("holds", "arb")
        assert record.lhs[1] - record.lhs[0] < 1e-9
        ratios.append(record.ratio)
        wrong = planted(claim, "derived", Mutation("1% less", factor=(99, 100)))
        assert check_setting(wrong, s, "derived", known, certified=True).verdict == "violated"
    assert ratios == sorted(ratios)
    assert ratios[-1] > 0.9999


def test_a_run_of_one_task_is_between_the_ends_of_its_enclosure():
    claim = find_claim("finite-sum-rate")
    start = rates.finite_sum_rate(2**8, 8, F(1, 64))
    # Far out all gradients are one number; about 0 they change along the run.
    for w, K in ((start.w, 2**8), (start.w * 0 + 4, 4), (start.w * 0 - 3, 2)):
        s = prepare(claim, replace(start, w=w, u=w, K=K), "derived").setting
        history = run(finite_sum_run(s), s.family, w[0].astype(float), K, runs=1, rng=0, record=RECORD)
        mean = history.meta_gradient[:-1].mean()
        with arb_precision(128):
            found = finite_sum_norm(lifted_setting(s, "arb", 128))
        low, high = float(found.low[0]), float(found.high[0])
        assert low * (1 - 1e-12) <= mean <= high * (1 + 1e-12) < 2 * low
    two = prepare(claim, replace(start, family=opposed(8)), "derived").setting
    with arb_precision(128):
        assert not finite_sum_norm(lifted_setting(two, "arb", 128)).high[0].is_finite()
