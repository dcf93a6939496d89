"""Families whose constants, or powers of them, leave float64: the right verdict or one line with a rule."""

import math
from fractions import Fraction as F

import numpy as np
import pytest

from maml_verify import check
from maml_verify.claims import CLAIMS
from maml_verify.commands.console.faults import is_input
from problems import FAMILIES, finite_sum_constants, ridge

EXPONENTS = (-1000, -600, 600, 900)


def in_other_units(name: str, k: int):
    """A family drawn by name with its loss times 2^k."""
    e = FAMILIES[name](rng=0).exact
    scaled = (
        np.array([x * F(2) ** k for x in a.ravel()]).reshape(a.shape) for a in (e.coefficients, e.linear)
    )
    roles = {name: getattr(e, name) for name in ("probabilities", "support", "query", "task_weights")}
    return ridge(e.link.name, e.features, e.offsets, *scaled, **roles)


@pytest.mark.parametrize("k", EXPONENTS)
@pytest.mark.parametrize("name", ["quadratic", "cosine"])
def test_units_that_leave_float64_are_told_or_do_no_harm(name, k):
    family = in_other_units(name, k)
    told = []
    for claim in CLAIMS:
        options = {"edition": list(claim.editions)[-1], "points": 2, "replicates": 50, "runs": 2}
        try:
            record = check(claim, family, alpha_L=F(1, 40), steps=2, budget=300, **options)
        except ArithmeticError as error:
            told.append(is_input(error))
        else:
            assert record.verdict != "violated", record
            assert record.ratio is None or math.isfinite(record.ratio)
    assert all(told)
    assert len(told) < len(CLAIMS)


def test_a_constant_beyond_float64_is_named_where_a_claim_needs_it():
    family = in_other_units("quadratic", 600)
    assert finite_sum_constants(family).b2.value > F(10) ** 308
    with pytest.raises(OverflowError, match="b2 of the family is finite and beyond float64; rule: b2 within"):
        check("finite-sum-second-moment", family, alpha_L=F(1, 40), steps=1)
    # Lemma 17 speaks of L alone.
    assert check("support-path-gradient", family, alpha_L=F(1, 40), steps=1).verdict == "holds"


def test_a_side_that_divides_by_what_underflows_is_told():
    with pytest.raises(OverflowError, match=r"steps = 2, alpha = .*: a side overflows; rule: both sides"):
        check("resampling-rate", in_other_units("quadratic", -600), alpha_L=F(1, 40), steps=2, points=1)


@pytest.mark.parametrize("given", [F(1, 20), 0.05])
def test_a_step_size_beyond_float64_names_what_was_typed(given):
    # L is about 2^-1057, so that alpha = 1/(20 L) is about 2^1053.
    family = ridge("quadratic", [[[F(1)]], [[F(2)]]], coefficients=[[[F(1, 2**1060)]]] * 2)
    with pytest.raises(ValueError, match=rf"^alpha_L = {given}; rule: alpha_L/L with L = 3.2\d*e-319 is"):
        check("path-stability", family, alpha_L=given, steps=2)


def test_ten_million_steps_are_refused_in_one_line():
    family = ridge("quadratic", [[[F(1)]], [[F(2)]]])
    with pytest.raises(OverflowError, match=r"^steps = 10000000; rule: at most 100000, as"):
        check("path-stability", family, alpha_L=F(1, 10**9), steps=10**7)


def test_a_linear_loss_is_called_so():
    family = ridge("quadratic", [[[F(1)]]], coefficients=[[[F(0)]]], linear=[[[F(1)]]])
    record = check("path-stability", family, alpha=F(1, 20), steps=1)
    assert record.verdict == "vacuous"
    assert record.reason.endswith("the loss is linear and not constant")
