"""Verdicts can be trusted: planted errors are refuted, equality cases never are."""

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from flint import arb

from maml_verify.arithmetic.domains import lift
from maml_verify.arithmetic.precision import arb_precision
from maml_verify.arithmetic.spectral import spectral_norm
from maml_verify.checks.both_sides import sides
from maml_verify.checks.case import known_values, prepare
from maml_verify.checks.certify import certify
from maml_verify.checks.check import check_setting
from maml_verify.claims import find_claim
from maml_verify.left_sides.quantities import gradient_norm
from maml_verify.settings import setting
from maml_verify.theory import printed, symbols
from maml_verify.theory.symbols import Parameters
from problems import plateau, resampling_constants, ridge

# Statements with an equality case on the plateau of the cubic-well, where the curvature is exactly -L.
TIGHT = ["path-stability", "path-gradient", "product-deviation", "task-gradient-gap", "meta-smoothness"]


def tight_setting(d=2, steps=4, rng=0):
    family = plateau(d=d, tasks=2, rng=rng)
    w = np.random.default_rng(rng).integers(-8, 8, (2, d)) / 1024
    return setting(family, alpha=F(1, 3), steps=steps, w=w, u=np.asarray(w) / 2)


@pytest.mark.parametrize("name", TIGHT)
@pytest.mark.parametrize("share", [F(99, 100), F(999999, 1000000)])
def test_a_bound_planted_too_small_is_refuted(name, share):
    claim = find_claim(name)
    s = tight_setting(d=1) if name != "meta-smoothness" else critical()
    planted = replace(
        claim,
        editions={
            "printed": lambda c, p, o: claim.editions["printed"](c, p, o) * lift(share, field_of(o, p))
        },
    )
    record = check_setting(planted, s)
    assert record.verdict == "violated"
    assert record.decided_by in ("arb", "exact")


def field_of(o, p):
    kind = type(p.alpha).__name__
    return {"float": "float", "arb": "arb", "RootSum": "root_sum"}[kind]


def critical():
    """w is critical and on the plateau, so that Proposition 1 is an equality."""
    family = ridge("cubic-well", [[[F(1)]]], name="plateau")
    return setting(family, alpha=F(1, 2), steps=3, w=[0], u=[F(1, 64)])


@pytest.mark.parametrize("name", TIGHT)
def test_the_equality_case_holds_and_is_decided_exactly(name):
    s = tight_setting(d=1) if name != "meta-smoothness" else critical()
    record = check_setting(find_claim(name), s)
    assert record.verdict == "holds"
    assert record.ratio == pytest.approx(1, abs=1e-12)
    assert record.decided_by == "exact"


def test_float64_alone_would_call_an_equality_violated():
    claim = find_claim("path-stability")
    wrong = 0
    for rng in range(40):
        s = tight_setting(d=2, rng=rng)
        both = sides(prepare(claim, s))
        wrong += int((both.low > both.rhs).any())
    assert wrong > 0


def test_an_exact_tie_of_irrational_numbers_stays_undecided():
    # sin is irrational: both sides are equal, and no precision shows it.
    family = ridge("cosine", [[[1.0]]])
    claim = replace(
        find_claim("path-gradient"),
        editions={"printed": lambda c, p, o: o.gradient + 0 * p.alpha},
        measure=lambda s: np.stack([gradient_norm(s)] * 2, -1),
    )
    s = setting(family, alpha=F(1, 2), steps=1, w=[1.0])
    record = check_setting(claim, s)
    assert record.verdict == "undecided"
    assert "every precision" in record.reason


@pytest.mark.parametrize("field", ["arb", "exact"])
def test_certified_sides_enclose_the_float_ones(field):
    claim = find_claim("path-second-moment")
    s = tight_setting(d=2, steps=3)
    case = prepare(claim, s)
    both = sides(case)
    decision = certify(case, claim.index.at((1, 0, 3)), tie=field == "exact")
    assert decision.decided_by == field
    assert decision.lhs[0] <= both.low[1, 0, 3] * (1 + 1e-9)
    assert decision.lhs[1] >= both.low[1, 0, 3] * (1 - 1e-9)
    assert decision.verdict == "holds"


def test_constants_that_a_family_lacks_cannot_be_used():
    known = resampling_constants(ridge("quadratic", [[[1.0]], [[2.0]]]))
    assert known_values(known).sigma is None
    with pytest.raises(TypeError):
        printed.mean_gradient(known_values(known), Parameters(F(1, 8), 1), symbols.Observed(meta_gradient=1))


def test_overflow_is_an_error_that_names_the_steps():
    s = setting(ridge("quadratic", [[[1.0]]]), alpha=1e3, steps=10**6)
    with pytest.raises(OverflowError, match="steps = 1000000"):
        check_setting(find_claim("path-stability"), s)


@pytest.mark.parametrize("seed", range(5))
def test_balls_enclose_the_spectral_norm(seed):
    matrix = np.random.default_rng(seed).standard_normal((3, 3))
    columns = [matrix[:, k].reshape(1, 1, 3) for k in range(3)]
    with arb_precision(128):
        ball = spectral_norm([lift(c, "arb") for c in columns])[0, 0]
    assert ball.rad() < 1e-9
    assert abs(float(ball.mid()) - np.linalg.norm(matrix, 2)) < 1e-9


def test_exact_spectral_norms_exist_for_scaled_isometries_only():
    identity = [lift(np.array([[[1.0, 0.0]]]), "exact"), lift(np.array([[[0.0, 1.0]]]), "exact")]
    assert spectral_norm(identity)[0, 0] == 1
    shear = [identity[0], identity[0] + identity[1]]
    with pytest.raises(ArithmeticError, match="closed form"):
        spectral_norm(shear)
    with arb_precision(128):
        golden = spectral_norm([lift(c, "arb") for c in shear])[0, 0]
        assert golden.overlaps((arb(5).sqrt() + 1) / 2)
