"""One N at a time: Sturm chains, the edge of the admissible range, and near misses at either end of it."""

from __future__ import annotations

from fractions import Fraction

import flint
import pytest
import sympy as sp

from proofs_check.engine.provers import small_steps
from proofs_check.engine.provers.normal_form import rational_function
from proofs_check.engine.provers.small_steps import TOP, positive_up_to, sturm_count
from proofs_check.symbols import N, k, q, s, x, y, z

R = sp.Rational
a = sp.Symbol("a", positive=True)


def _shown(gap, admissible: bool = True, top: int = TOP, strict: bool = True) -> bool:  # type: ignore[no-untyped-def]
    form = rational_function(gap)
    return positive_up_to(sp.expand(form.numerator), form.generators, admissible, top, strict)


@pytest.mark.parametrize("steps", [*range(1, 20), 32, 48, 64])
def test_the_edge_lies_beyond_the_range_by_little(steps: int) -> None:
    edge = small_steps._edge(steps)
    assert (1 + edge) ** (2 * steps) >= 2
    # Nearer than a fiftieth: a much larger edge would refuse what is true.
    assert (1 + edge * flint.fmpq(49, 50)) ** (2 * steps) < 2


@pytest.mark.parametrize("steps", [1, 2, 3, 8, 64])
def test_a_sign_change_just_inside_the_range_is_seen(steps: int) -> None:
    """x runs up to 2^(1/2N) - 1, of which the root below takes 99 parts in 100."""
    inside = Fraction((2 ** (1 / (2 * steps)) - 1) * 0.99).limit_denominator(10**6)
    root = R(inside.numerator, inside.denominator)
    gap = q**N - 1 + root - x - (q**N - 1)
    form = rational_function(gap * q**N)
    poly = sp.expand(form.numerator)
    assert not positive_up_to(poly, form.generators, True, steps)
    assert (1 + inside) ** (2 * steps) < 2


@pytest.mark.parametrize(
    ("gap", "top"),
    [
        (R(21, 50) * q**N - x * q**N, 1),  # x < 0.4143 at N = 1
        (3 - q ** (2 * N), 16),
        (R(203, 100) - q ** (2 * N), 16),
        (q ** (2 * N) - 1, 8),
        (q**N - 1 - N * x + x**3 * q**N, 8),
        ((2 + R(1, 10) - s) * (q**N + 1), 8),
    ],
    ids=str,
)
def test_what_is_true_by_little_is_shown(gap: sp.Expr, top: int) -> None:
    assert _shown(gap, top=top)


@pytest.mark.parametrize(
    ("gap", "top", "admissible"),
    [
        (R(2, 5) * q**N - x * q**N, 1, True),
        (R(41, 100) * q**N - x * q**N, 1, True),
        (R(199, 100) - q ** (2 * N), 1, True),
        (R(199, 100) - q ** (2 * N), 64, True),
        (2 - q ** (3 * N), 4, True),
        (q**N - 1 - R(101, 100) * N * x, 1, False),
        (1 + N * x - q**N, 2, True),  # an equality at N = 1, false at N = 2
        ((x - R(1, 5)) ** 2 * q**N, 1, True),  # 0 at x = 1/5
        ((x - R(1, 5)) ** 2 * q**N - R(1, 10**6) * q**N, 1, True),
        ((x - 1) ** 2 * q**N - R(1, 10**6) * q**N, 1, False),
        ((x - 50) ** 2 * q**N, 1, False),
    ],
    ids=str,
)
def test_what_is_false_by_little_is_refused(gap: sp.Expr, top: int, admissible: bool) -> None:
    assert not _shown(gap, admissible, top)


def test_other_symbols_are_taken_coefficient_by_coefficient() -> None:
    assert _shown(a * (3 - s) + y * q**N, top=4)
    assert not _shown(a * (3 - s) + y * (R(7, 5) - q**N), top=4)
    assert not _shown(y * (3 - s) + z * q**N, top=4), "both y and z may be 0"
    assert _shown(y * (3 - s) + z * q**N, top=4, strict=False)


def test_symbols_of_unknown_sign_and_further_integers_are_refused() -> None:
    r = sp.Symbol("r", real=True)
    assert not _shown(r * (3 - s) + 1, top=2)
    assert not _shown(k * (3 - s) + 1, top=2)


def test_two_bases_are_refused() -> None:
    assert not _shown((1 + 2 * x) ** N - q**N, top=2)


def test_sturm_counts_distinct_roots_in_a_half_open_interval() -> None:
    p = flint.fmpq_poly
    assert sturm_count(p([6, -5, 1]), flint.fmpq(2), flint.fmpq(3)) == 1  # 2 is out, 3 is in
    assert sturm_count(p([4, -4, 1]), flint.fmpq(0), flint.fmpq(3)) == 1  # 2 twice
    assert sturm_count(p([-1, 0, 10**6]), flint.fmpq(0), flint.fmpq(1)) == 1  # at 1/1000
    assert sturm_count(p([1, 0, 10**6]), flint.fmpq(-1), flint.fmpq(1)) == 0
    assert (
        sturm_count(p([flint.fmpq(1, 10**8), -2, 10**8]), flint.fmpq(0), flint.fmpq(1)) == 1
    )  # a double root


@pytest.mark.parametrize("root", [flint.fmpq(1, 10**6), flint.fmpq(1, 7), flint.fmpq(999, 1000)])
def test_a_double_root_or_a_pair_of_near_ones_is_seen(root: flint.fmpq) -> None:
    touching = flint.fmpq_poly([root**2, -2 * root, 1])
    edge = flint.fmpq(1)
    assert not small_steps._positive(touching, edge)
    assert not small_steps._positive(flint.fmpq_poly([root, -1]), root), "0 at the edge"
    assert not small_steps._positive(touching - flint.fmpq(1, 10**30), edge)
    assert small_steps._positive(touching + flint.fmpq(1, 10**30), edge)


def test_on_the_whole_half_line_roots_beyond_the_coefficients_are_seen() -> None:
    assert not small_steps._positive(flint.fmpq_poly([100, -20, 1]), None)
    assert small_steps._positive(flint.fmpq_poly([101, -20, 1]), None)
    assert not small_steps._positive(flint.fmpq_poly([1, 1, flint.fmpq(-1, 1000)]), None)
    assert not small_steps._positive(flint.fmpq_poly([0]), None)
    assert not small_steps._positive(flint.fmpq_poly([0, 0, -1]), None)
