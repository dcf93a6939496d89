"""Theorems 5 and 9 in other units: gap to the infimum, box of a run and verdict stay what they are."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
from flint import arb, fmpq
from same_problem import WAYS, scaled, tables

from maml_verify.arithmetic.precision import arb_precision
from maml_verify.checks.case import prepare
from maml_verify.checks.certify import lifted_setting
from maml_verify.checks.check import check_setting
from maml_verify.claims import find_claim
from maml_verify.left_sides.optimality_gap import gap
from maml_verify.meta_gradients.roles import population
from maml_verify.settings import setting
from problems import FAMILIES, ridge
from problems.ridge_sums.opposed import opposed

SCALES = [
    (F(1, 10**12), F(1)),
    (F(10**12), F(1)),
    (F(1), F(1, 10**12)),
    (F(1), F(10**12)),
    (F(2) ** -60, F(3) ** 20),
]
UNITS = [f"loss {float(c):.0e}, length {float(s):.0e}" for c, s in SCALES]


@pytest.mark.parametrize(("loss", "length"), SCALES, ids=UNITS)
@pytest.mark.parametrize("name", FAMILIES)
def test_the_gap_scales_as_the_loss(name, loss, length):
    f = FAMILIES[name](rng=0)
    w = np.array([[3.0, -2.0], [40.0, 10.0]])
    said = scaled(loss, length)(f, None)
    alpha = 1 / 64
    first = gap(f, w, alpha, 2, population)
    there = gap(said.family, w * float(length), alpha * float(length**2 / loss), 2, population)
    assert first[0] > 0.1
    np.testing.assert_allclose(there / float(loss), first, rtol=1e-6)


@pytest.mark.parametrize("loss", [1e-100, 1e100])
def test_a_gap_beyond_the_usual_scales_is_found_too(loss):
    f = ridge("quadratic", [[[1.0]]], coefficients=[[[loss]]])
    assert gap(f, np.array([[2.0]]), 1 / (16 * loss), 1, population)[0] == pytest.approx(
        2 * loss * (15 / 16) ** 2
    )


def test_a_start_at_the_minimum_has_no_gap():
    f = ridge("quadratic", [[[1.0]]])
    assert gap(f, np.zeros((1, 1)), 0.1, 2, population)[0] == 0


def at_the_counterexample(edition, family, w, unit, runs):
    claim = find_claim("finite-sum-rate")
    sizes = {"steps": 1, "points": 1, "K": 200, "C_beta": 2, "B": 10**16, "runs": runs}
    s = setting(family, alpha=F(1, 8) * unit, w=w, u=w, **sizes)
    return check_setting(claim, s, edition, claim.known(family))


@pytest.mark.parametrize("way", ["rotated", "reordered", "task_padded"])
def test_the_counterexample_of_theorem_9_stays_one(way):
    f, w = opposed(), np.array([[F(8)]], dtype=object)
    said = WAYS[way](f, np.random.default_rng(0))
    record = at_the_counterexample("printed", said.family, said.point(w), 1, 2)
    assert record.verdict == "violated"
    assert record.ratio == pytest.approx(at_the_counterexample("printed", f, w, 1, 2).ratio, rel=1e-6)


@pytest.mark.parametrize("start", [F(8), F(0)])
@pytest.mark.parametrize(("loss", "length"), SCALES, ids=UNITS)
def test_the_lower_end_of_a_run_scales_as_a_gradient(loss, length, start):
    claim, lows = find_claim("finite-sum-rate"), []
    for way in (scaled(F(1), F(1)), scaled(loss, length)):
        said = way(opposed(), None)
        w, unit = np.array([[start * said.length]], dtype=object), said.length**2 / said.loss
        # Not the printed edition, whose (1 + alpha)^(4N) is another number in other units.
        s = setting(said.family, alpha=F(1, 8) * unit, steps=1, w=w, u=w, K=200, C_beta=2, B=10**16, runs=2)
        s = prepare(claim, s, "derived", claim.known(said.family)).setting
        with arb_precision(128):
            low = claim.measure(lifted_setting(s, "arb", 128)).low[0]
            lows.append(
                float(
                    low
                    * arb(fmpq(unit.numerator, unit.denominator))
                    / arb(fmpq(said.length.numerator, said.length.denominator))
                )
            )
    # A stationary start has 0, to the rounding of the balls.
    assert lows[1] == pytest.approx(lows[0], rel=1e-6, abs=2.0**-100)


def test_the_counterexample_leaves_the_derived_edition_undecided_or_true_in_other_units():
    f, w = opposed(), np.array([[F(8)]], dtype=object)
    verdicts = {at_the_counterexample("derived", f, w, 1, 2).verdict}
    for way in ("small_loss", "short_parameters"):
        said = WAYS[way](f, np.random.default_rng(0))
        unit = said.length**2 / said.loss
        verdicts.add(at_the_counterexample("derived", said.family, said.point(w), unit, 2).verdict)
    assert len(verdicts) == 1
    assert "violated" not in verdicts


@pytest.mark.parametrize(
    "way", ["small_loss", "short_parameters", "powers_of_two", "rotated", "reordered", "in_floats"]
)
@pytest.mark.parametrize("name", ["resampling-rate", "finite-sum-rate"])
def test_a_rate_has_the_same_verdict_in_other_words(name, way):
    f = ridge(
        "cubic", [[[F(1), F(0)], [F(0), F(1)]]] * 2, linear=[[[F(1, 8), F(0)]] * 2, [[-F(1, 8), F(0)]] * 2]
    )
    assert tables(f)["linear"].shape == (2, 2, 2)
    said = WAYS[way](f, np.random.default_rng(0))
    claim, w = find_claim(name), np.array([[F(1), F(-2)]], dtype=object)
    records = []
    for family, point, unit in ((f, w, 1), (said.family, said.point(w), said.length**2 / said.loss)):
        s = setting(family, alpha=F(1, 16) * unit, steps=1, w=point, u=point, K=6, runs=64)
        records.append(check_setting(claim, s, "derived", claim.known(family)))
    assert records[0].verdict == records[1].verdict
    assert records[0].rhs[0] == pytest.approx(records[1].rhs[0] / float(said.loss / said.length), rel=1e-5)
