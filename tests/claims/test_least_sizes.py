"""Conditions on sizes at their edge: the least size meets them, anything less does not."""

from fractions import Fraction as F

import pytest

from maml_verify.claims import CLAIMS
from maml_verify.theory.symbols import Constants, Parameters

# Each least size is a whole number here: rho^2 sigma_g^2/L^4 = 9, sigma_H^2/L^2 = 4.
C = Constants(*map(F, (2, 3, 5, 4, 4, 13, 190)))
P = Parameters(F(1, 20), 2, 2, *map(F, (4, 2, 3, 6, 8, 100, 9, 10)))
LEAST = {
    "S >= rho^2 sigma_g^2/L^4": {"S": F(9)},
    "S >= 15 rho^2 sigma_g^2/L^4": {"S": F(135)},
    "D >= sigma_H^2/L^2": {"D": F(4)},
    "D >= sigma_H^2 L^2": {"D": F(64)},
    "B >= 2": {"B": F(2)},
}
FOUND = {a.name: a for claim in CLAIMS for edition in claim.editions for a in claim.assumptions[edition]}


@pytest.mark.parametrize("name", LEAST)
def test_the_least_size_meets_its_condition(name):
    ((size, least),) = LEAST[name].items()
    margin = FOUND[name].margin
    assert margin(C, P._replace(**{size: least})) > 0
    assert margin(C, P._replace(**{size: least + 1})) > 0
    assert margin(C, P._replace(**{size: least - F(1, 10**9)})) <= 0
