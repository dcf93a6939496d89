"""Margins are infinite where squares and products of a setting's numbers leave float64, and finite before."""

from __future__ import annotations

import math
from fractions import Fraction as F

import pytest

from maml_verify.checks.rounding import errors
from maml_verify.settings import setting
from problems import ridge

FAR, NEAR = F(2) ** 210, F(2) ** 60


def one(*, curvature=F(1), pull=F(1), w=F(1), alpha=F(1, 2)):
    """The largest margin of l = curvature w^2/2 + pull w at w."""
    family = ridge("quadratic", [[[F(1)]]], coefficients=[[[curvature]]], linear=[[[pull]]])
    return max(errors(setting(family, alpha=alpha, steps=1, w=[[w]], u=[[w]])))


# Each number large or small alone; what is derived from it stays moderate where it can.
MOVED = {
    "a point far out": lambda x: one(w=x, curvature=1 / x, alpha=F(1)),
    "a large curvature": lambda x: one(curvature=x, alpha=1 / x, w=F(0)),
    "a large gradient": lambda x: one(pull=x, alpha=1 / x, w=F(0)),
    "a large step size": lambda x: one(alpha=x, curvature=1 / x, pull=1 / x, w=F(0)),
    "a small step size": lambda x: one(alpha=1 / x),
    "small gradients": lambda x: one(pull=1 / x, curvature=1 / x, alpha=F(1)),
    "a small point": lambda x: one(w=1 / x, pull=1 / x, alpha=F(1)),
}


@pytest.mark.parametrize("name", MOVED)
def test_a_margin_is_infinite_beyond_what_squares_can_hold_and_finite_before(name):
    assert math.isfinite(MOVED[name](NEAR))
    assert MOVED[name](FAR) == math.inf


def test_a_setting_of_zeros_has_a_finite_margin():
    family = ridge("quadratic", [[[F(1)]]])
    assert max(errors(setting(family, alpha=F(1, 2), steps=1, w=[[F(0)]], u=[[F(0)]]))) < math.inf
