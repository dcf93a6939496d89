"""The edge of the range of step sizes, and sizes at theirs, in rationals."""

from fractions import Fraction as F

import pytest

from maml_verify.theory.coefficients import theta_5_terms, theta_9_terms
from maml_verify.theory.conditions import corollary_step, range_edge, sizes_5, sizes_9
from maml_verify.theory.symbols import Constants, Parameters


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


C = Constants(*map(F, (2, 3, 5, 4, 4, 13, 190)))
P = Parameters(F(1, 80), 2, 2, *map(F, (4, 2, 3, 6, 8, 100, 9, 10)))


@pytest.mark.parametrize("C_beta", [11, 12, 20, 100])
def test_sizes_of_theorem_5_are_the_least_that_leave_each_term_a_quarter(C_beta):
    p = P._replace(C_beta=F(C_beta))
    sizes = sizes_5(C, p)
    assert min(sizes.values()) > 1
    for k, name in enumerate(("S", "B")):
        terms = theta_5_terms(C, p._replace(**sizes))
        less = theta_5_terms(C, p._replace(**sizes | {name: sizes[name] - 1}))
        quarter = (F(1, 5) - terms[2]) / 4
        assert terms[k] <= quarter < less[k]


def test_the_size_of_theorem_9_is_the_least_that_leaves_its_term_a_half():
    p = P._replace(alpha=F(1, 15), C_beta=F(3))
    ((name, B),) = sizes_9(C, p).items()
    assert name == "B"
    assert B > 1
    in_B, in_C_beta = theta_9_terms(C, p._replace(B=B))
    half = (F(1, 3) - in_C_beta) / 2
    assert in_B <= half < theta_9_terms(C, p._replace(B=B - 1))[0]


def test_nothing_is_left_where_the_multiple_is_too_small():
    assert sizes_5(C, P._replace(C_beta=F(10))) == {}
    assert sizes_9(C, P._replace(C_beta=F(1))) == {}
