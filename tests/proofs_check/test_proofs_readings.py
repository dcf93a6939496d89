"""Where glyphs are lost, every reading has a verdict of its own; what is only sampled says so."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Any

import pytest
import sympy as sp

from maml_verify.theory import coefficients
from maml_verify.theory.symbols import Constants, Parameters
from proofs_check.audit import DEPENDS, judge
from proofs_check.instances.order import slow_order, slow_resampling, vanishing_theta
from proofs_check.instances.root import smaller_factor
from proofs_check.ledger import ledger

STEPS = {step.id: step for step in ledger()}
PROVED, REFUTED, SUPPORTED = "proved", "refuted", "supported"
READ = {
    "eq-20": (PROVED, PROVED, SUPPORTED, SUPPORTED),
    "eq-44": (PROVED, REFUTED),
    "eq-31.b": (PROVED, REFUTED),
    "eq-32": (PROVED, REFUTED),
    "eq-62.f": (PROVED, REFUTED, REFUTED),
    "proposition-2/first-moment": (PROVED, REFUTED, REFUTED),
    "proposition-2/second-expansion": (PROVED, REFUTED),
    "proposition-3/final.a": (PROVED, REFUTED),
    "lemma-16/25-8": (PROVED, REFUTED),
    "corollary-6/rate": (PROVED, REFUTED, REFUTED, REFUTED),
    "corollary-6/theta-positive": (REFUTED, REFUTED, PROVED),
    "corollary-10/rate": (PROVED, PROVED, REFUTED, REFUTED),
    "corollary-10/batch-size": (PROVED, REFUTED),
}


@pytest.mark.parametrize("step", READ)
def test_each_reading_has_its_verdict(step: str) -> None:
    record = judge(STEPS[step])
    assert record["verdict"] == DEPENDS
    assert tuple(reading["verdict"] for reading in record["readings"]) == READ[step]
    assert all(reading["scope"] for reading in record["readings"])
    assert record["why"]
    assert record["correction"]
    assert (record["counterexample"] is None) == (REFUTED not in READ[step])


def test_a_supported_reading_of_20_says_how_many_instances_were_tried() -> None:
    for reading in STEPS["eq-20"].readings[2:]:
        (goal,) = reading.goals
        found, tried = goal.search()  # type: ignore[union-attr]
        assert (found, tried) == (None, 9)


def test_claims_of_order_are_no_definitions() -> None:
    for step in ("corollary-6/rate", "corollary-6/batches", "corollary-10/rate"):
        assert STEPS[step].kind == "relation"
    assert judge(STEPS["corollary-6/batches"])["verdict"] == PROVED


def test_43_allows_more_than_20_with_a_smaller_factor() -> None:
    found, _ = smaller_factor()
    assert found is not None
    h = sp.Symbol("h", positive=True)
    left, right = (sp.sympify(found[side], locals={"h": h}) for side in ("left", "right"))
    # By hand at h = 1: s = 2, m = 3, sqrt(r) = 3/2, c = 1/9, so r + sqrt(c r) = 9/4 + 1/2.
    assert (left.subs(h, 1), right.subs(h, 1)) == (3, sp.Rational(11, 4))


@pytest.mark.parametrize("C_err_2", [coefficients.C_err_2, coefficients.C_err_2_b])
def test_theta_of_19_can_be_as_small_as_one_likes_at_sizes_of_corollary_6(C_err_2: Any) -> None:
    found, _ = vanishing_theta(C_err_2)
    assert found is not None
    delta = Fraction(1, 10**9)
    square = sp.sympify(found["point"]["sigma_g^2"]).subs("delta", sp.Rational(1, 10**9))
    c = Constants(L=1.0, rho=1.0, sigma=1.0, sigma_g=float(sp.sqrt(square)), sigma_H=1.0)
    p = Parameters(alpha=0.125, N=1, S=1, D=4, T=1, B=1, K=1, C_beta=100.0)
    assert 15 * float(square) <= p.S
    assert coefficients.theta_5_bracket(c, p, C_err_2) == pytest.approx(float(delta), abs=1e-14)


def test_a_large_sigma_slows_both_algorithms_for_every_K() -> None:
    for search in (
        slow_resampling,
        *(partial(slow_order, f) for f in (coefficients.C_b_7, coefficients.C_b_7_b)),
    ):
        found, tried = search()
        assert found is not None
        assert tried == 3
        assert found["point"]["for every"] == "K >= 1"
