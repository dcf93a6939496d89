"""Euclidean norms in float64 at every scale."""

from __future__ import annotations

import math

import numpy as np
import pytest

from problems.arrays import length

SIDES = [
    ([3.0, 4.0], 5.0),
    ([-5.0, 12.0], 13.0),
    ([1.0, -2.0, 2.0], 3.0),
    ([0.0, -7.0], 7.0),
    ([0.0, 0.0], 0.0),
]


@pytest.mark.parametrize("k", [-1074, -1070, -800, -541, -540, -100, 0, 100, 508, 509, 800, 1019])
@pytest.mark.parametrize(("sides", "hypotenuse"), SIDES)
def test_a_length_scales_with_its_vector(sides: list[float], hypotenuse: float, k: int) -> None:
    rows = np.array([sides, sides[::-1]])
    expected = math.ldexp(hypotenuse, k)
    np.testing.assert_allclose(length(np.ldexp(rows, k)), expected, rtol=1e-15, atol=0)


def test_rows_of_all_scales_have_their_own_lengths() -> None:
    rows = np.array(
        [[3e-300, 4e-300], [3.0, 4.0], [3e300, -4e300], [0.0, 0.0], [np.inf, 1.0], [-np.inf, 0.0]]
    )
    np.testing.assert_allclose(length(rows), [5e-300, 5.0, 5e300, 0.0, np.inf, np.inf], rtol=1e-15)
    assert np.isnan(length(np.array([[np.nan, 1.0]]))).all()
