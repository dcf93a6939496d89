"""Bounds on the mean norm of a run, against those worked out by hand on two tasks of one curvature."""

from fractions import Fraction as F
from math import sqrt

import numpy as np
import pytest
from flint import arb

from maml_verify.arithmetic.domains import lift
from maml_verify.arithmetic.precision import arb_precision
from maml_verify.left_sides.run_enclosure import frozen_norm
from maml_verify.meta_gradients.roles import population
from problems import ridge


def balls(pulls, moved, B=1, bits=128, power=0, **options):
    """Both ends for tasks w^2/2 + pull w from w = 1, no inner steps.

    ``moved`` is K times the step size, or that where the least gradient of a task to this power is 1.
    """
    family = ridge("quadratic", [[[F(1)]]] * len(pulls), linear=[[[F(pull)]] for pull in pulls])
    with arb_precision(bits):
        return frozen_norm(
            family.cast(lambda x: lift(x, "arb")),
            np.array([arb(1)], dtype=object),
            arb(0),
            0,
            B=arb(B),
            K=arb(10) ** 9,
            beta=lambda g: arb(moved) / arb(10) ** 9 / g**power,
            role=population,
            **options,
        )


def enclosed(*given, **options):
    """The same as floats."""
    low, high = balls(*given, **options)
    return float(low), float(high)


@pytest.mark.parametrize("common", [0, 31])
@pytest.mark.parametrize("k", range(2, 18))
def test_no_other_half_width_says_much_more_whatever_the_noise(k, common):
    # Noise of mean size n leaves about (1 - slope r)(1 - n/r) of the norm at half-width r, most where r^2 is
    # n/slope: a far smaller or a far larger box leaves much less.  Half-widths are 4 apart, and 2 above 2^-4.
    pull = 2**20
    given = [common + pull, common - pull], 2.0**-k / pull
    low, high = enclosed(*given)
    best = max(enclosed(*given, radii=[2.0 ** (-j / 2)])[0] for j in range(20))
    wide = k < (15 if common else 9)
    whole = 1 + common
    assert whole - low <= (1.14 if wide else 1.25) * (whole - best)
    assert high == np.inf


@pytest.mark.parametrize(("pull", "B"), [(F(1), 1), (F(3), 4), (F(7, 2), 1)])
def test_noise_is_the_largest_in_the_box(pull, B):
    r, moved, p = 0.25, 2.0**-7, float(pull)
    # Of (w + pull)^2 and (w - pull)^2 the largest each over |w - 1| <= r.
    square = ((1 + p + r) ** 2 + (abs(1 - p) + r) ** 2) / 2
    noise, drift = moved * sqrt(square / B), moved * (1 + r)
    low, _ = enclosed([pull, -pull], moved, B, radii=[r])
    # As a ball, w^2 is 1 up to 2 r + r^2.
    assert low == pytest.approx(sqrt(1 - 2 * r - r**2) * (1 - noise / (r - drift)), rel=1e-7)


@pytest.mark.parametrize("pull", [F(3), F(7, 2), F(-6)])
def test_steps_are_as_long_as_the_least_gradient_in_the_box_allows(pull):
    r, moved, p = 0.25, 2.0**-8, abs(float(pull))
    # As a ball, x^2 is that of the middle up to 2 x r + r^2.
    least = sqrt((p - 1) ** 2 - 2 * (p - 1) * r - r**2)
    same, _ = enclosed([pull, -pull], moved / least, radii=[r])
    low, _ = enclosed([pull, -pull], moved, power=1, radii=[r])
    assert low == pytest.approx(same, rel=1e-9)


@pytest.mark.parametrize("share", [2.0**-k for k in range(1, 12)])
def test_one_task_has_both_ends_in_a_box_just_above_its_drift(share):
    # The norm changes by r, the drift is share (1 + r): it fits in a box of at most 1.01 share (1 + share).
    low, high = enclosed([0], share / 2)
    assert 1 - low <= 4 * share
    assert high - 1 <= 4 * share
    assert low <= 1 <= high


def test_a_run_that_may_leave_every_box_is_bounded_by_its_first_iterate_alone():
    low, high = enclosed([0], 2.0)
    assert (low, high) == (pytest.approx(1e-9), np.inf)


@pytest.mark.parametrize("pulls", [[0], [F(1, 3), -F(1, 3)], [3, -3]], ids=str)
@pytest.mark.parametrize("moved", [0.0078125, 0.0521, 2.0])
def test_few_bits_leave_both_ends_on_their_sides(pulls, moved):
    # Rounded to 16 bits towards the other side at one place, an end would be on the wrong side of a true one.
    low, high = balls(pulls, moved, B=3, bits=300)
    for bits in range(12, 20):
        below, above = balls(pulls, moved, B=3, bits=bits)
        assert below <= low
        assert not above < high
