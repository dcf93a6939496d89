"""Lower bounds on the least meta loss: below it at any precision, and as near as asked for."""

from fractions import Fraction as F

import numpy as np
import pytest
from flint import arb

from maml_verify.arithmetic.domains import lift
from maml_verify.arithmetic.precision import arb_precision
from maml_verify.left_sides import optimality_gap
from maml_verify.left_sides.optimality_gap import gap, gap_enclosure, lower_bound
from maml_verify.meta_gradients.roles import population
from problems import ridge


def logistic():
    """log(1 + e^w) - w/2, whose least value is log 2, at 0."""
    return ridge("logistic", [[[F(1)]]], linear=[[[F(-1, 2)]]])


def balls(family):
    return family.cast(lambda x: lift(x, "arb"))


@pytest.mark.parametrize("bits", [7, 8, 9, 10, 12, 20])
def test_a_lower_bound_is_below_at_any_precision(bits):
    # What rounding makes of a value near the minimum is more here than what the pieces leave.
    with arb_precision(bits):
        bottom = lower_bound(balls(logistic()), arb(0), 0, population, 2.0**-4)
    with arb_precision(200):
        assert arb(bottom) <= arb(2).log()
        assert arb(bottom) >= arb(2).log() - 2.0**-4 - 2.0 ** (2 - bits)


@pytest.mark.parametrize("k", [2, 6, 10, 14])
def test_a_lower_bound_is_as_near_as_asked_for(k):
    # l = (w - 1/3)^2/2 - 1/18 is least at 1/3, and so is its meta loss: a step multiplies the square.
    family = ridge("quadratic", [[[F(1)]]], linear=[[[F(-1, 3)]]])
    for N in (0, 1):
        with arb_precision(128):
            bottom = float(lower_bound(balls(family), arb(1) / 4, N, population, 2.0**-k))
        assert -1 / 18 - 1.001 * 2.0**-k <= bottom <= -1 / 18


@pytest.mark.parametrize("start", [1.0, 1000.0, 30.0])
def test_the_gap_is_enclosed_to_a_hundredth_by_few_pieces(start, monkeypatch):
    monkeypatch.setattr(optimality_gap, "PIECES", 40)
    w = np.array([[start]])
    for family, least in ((logistic(), np.log(2)), (ridge("quadratic", [[[F(1)]]]), 0.0)):
        true = float(family.loss(w[None], np.ones((1, 1, 1)))[0, 0]) - least
        assert gap(family, w, 0.0, 0, population)[0] == pytest.approx(true, rel=1e-4)
        with arb_precision(128):
            (found,) = gap_enclosure(balls(family), lift(w, "arb"), arb(0), 0, population, np.zeros((1, 1)))
        low, high = float(found.lower()), float(found.upper())
        assert low <= true * (1 + 1e-9)
        assert true * (1 - 1e-9) <= high
        assert high - low <= true / 100


@pytest.mark.parametrize("k", [-400, -100, 0, 100, 400])
def test_the_gap_scales_as_the_loss(k):
    # Powers of two change no digit.
    w = np.array([[3.0], [1.0]])
    one, other = (
        ridge("cubic", [[[F(1)]]], coefficients=[[[c]]], linear=[[[c / 8]]]) for c in (F(1), F(2) ** k)
    )
    found = gap(one, w, 1 / 4, 1, population)
    assert (gap(other, w, 1 / 4 / 2.0**k, 1, population) == found * 2.0**k).all()
    assert (found > 0).all()
