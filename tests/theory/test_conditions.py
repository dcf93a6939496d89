"""The edge of the range of step sizes, and sizes at theirs, in rationals."""

from fractions import Fraction as F

import pytest

from maml_verify.theory.conditions import corollary_step, range_edge


@pytest.mark.parametrize("N", [1, 2, 3, 10, 1000, 10**6])
def test_the_edge_is_just_below_the_one_of_the_range(N):
    edge = range_edge(N)
    # (1 + x)^(2N) < 2 for x = 2^(1/(2N)) - 1; it is a short number, right to two percent.
    if N <= 1000:
        assert (1 + edge) ** (2 * N) <= 2 < (1 + edge * F(102, 100)) ** (2 * N)
    assert F(68, 200) / N < edge < F(42, 100) / N
    assert edge.denominator <= 2 ** max(20, N.bit_length() + 10)


def test_without_steps_the_edge_is_one_and_the_corollary_has_the_step_of_one():
    assert range_edge(0) == 1
    assert [corollary_step(N) for N in (0, 1, 2, 10)] == [F(1, 8), F(1, 8), F(1, 16), F(1, 80)]
