"""The float64 ends of a side contain it, wherever it lies between two floats."""

from fractions import Fraction as F

import numpy as np
import pytest
from flint import arb, fmpq

from maml_verify.arithmetic.precision import arb_precision
from maml_verify.checks.certify import _enclosure


def near():
    """Numbers just beside, and halfway between, floats at both ends of a binade and elsewhere."""
    rng = np.random.default_rng(0)
    some = [float(x) for x in rng.uniform(1, 2, 40)]
    for x in (1.0, np.nextafter(1.0, 2), np.nextafter(2.0, 1), 1.5, *some):
        ulp = F(float(np.spacing(x)))
        for part in (F(0), F(1, 2) - F(1, 2**40), F(1, 2), F(1, 2) + F(1, 2**40), F(1, 2**40)):
            for sign in (1, -1):
                yield sign * (F(float(x)) + part * ulp)


@pytest.mark.parametrize("exponent", [0, 700, -700])
def test_an_exact_number_is_between_its_ends(exponent):
    for value in near():
        value *= F(2) ** exponent
        low, high = map(F, _enclosure(fmpq(value.numerator, value.denominator)))
        assert low <= value <= high
        # They are a few units of the last place apart.
        assert high - low <= abs(value) / 2**49


@pytest.mark.parametrize("bits", [30, 53, 128])
def test_a_ball_is_between_its_ends(bits):
    with arb_precision(bits):
        for value in near():
            for radius in (0.0, 2.0**-60, 2.0**-53, 2.0**-20, 3.0):
                ball = arb(fmpq(value.numerator, value.denominator)) + arb(0, radius)
                ends = _enclosure(ball)
                with arb_precision(300):
                    assert arb(ends[0]) <= ball.lower()
                    assert arb(ends[1]) >= ball.upper()
                    assert ends[1] - ends[0] <= 2 * float(ball.rad()) * 1.0001 + 2.0**-49
