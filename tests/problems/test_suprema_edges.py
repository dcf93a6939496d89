"""The parts of the certified suprema alone, at their edges and against values worked out by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import fmpq

from problems import resampling_constants, ridge
from problems.rationals import rational, rationals
from problems.ridge_sums.links import LINKS
from problems.ridge_sums.suprema import eigenvalues, gradients, one_variable, ranges
from problems.ridge_sums.suprema.bounded_below import _semidefinite
from problems.ridge_sums.suprema.eigenvalues import (
    _positive_definite,
    _tops,
    directions,
    spectral_bound_of_each,
)
from problems.ridge_sums.suprema.merged_terms import Field, Tables

F = Fraction


def exact(rows: Any) -> Any:
    return rationals(np.array(rows, dtype=object))


def field(link: str, features: Any, offsets: Any, coefficients: Any) -> Field:
    """The atoms of one task as outcomes."""
    tables = Tables(ridge(link, [features], [offsets], [coefficients]))
    return tables.atoms(0, rationals(tables.source.probabilities[0]))


TURNED = [[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]
MIXED = [[1.0, 0.5, 0.25], [0.5, 1.0, 0.75]]


# Matrices in exact rationals.


def test_a_singular_matrix_is_not_positive_definite() -> None:
    for singular in ([[1, 0], [0, 2]], [[2, 0], [0, 1]], [[2, 1], [1, 2]], [[2, 0, 0], [0, 1, 1], [0, 1, 1]]):
        H = exact(singular)
        top = fmpq(max(round(x) for x in np.linalg.eigvalsh(np.array(singular, dtype=float))))
        assert not _positive_definite(top, H)
        assert _positive_definite(top + fmpq(1, 2**80), H)
        assert not _positive_definite(top - fmpq(1, 2**80), H)


@pytest.mark.parametrize(
    ("rows", "semidefinite"),
    [
        ([[0]], True),
        ([[0, 0], [0, 1]], True),
        ([[0, 1], [1, 1]], False),
        ([[1, 1], [1, 1]], True),
        ([[1, 2], [2, 3]], False),
        ([[1, 1, 1], [1, 1, 1], [1, 1, 1]], True),
        ([[1, 1, 1], [1, 2, 3], [1, 3, 5]], True),
        ([[1, 1, 1], [1, 2, 3], [1, 3, 4]], False),
        ([[F(1, 2), F(1, 2), 0], [F(1, 2), F(1, 2), 1], [0, 1, 5]], False),
        ([[2, 1, 1, 1], [1, 2, 1, 1], [1, 1, 2, 1], [1, 1, 1, F(3, 4)]], True),
        ([[2, 1, 1, 1], [1, 2, 1, 1], [1, 1, 2, 1], [1, 1, 1, F(7, 10)]], False),
    ],
)
def test_semidefinite_matrices_are_told_from_others(rows: Any, semidefinite: bool) -> None:
    assert _semidefinite(exact(rows)) is semidefinite


# Largest eigenvalues.


@pytest.mark.parametrize(("d", "more"), [(1, 3), (2, 1), (5, 35), (2, 248), (3, 107)])
def test_exact_rationals_take_half_off_what_float64_adds(d: int, more: int, monkeypatch: Any) -> None:
    """The rows e_i, and ``more`` times (1, ..., 1): the largest eigenvalue is 1 + d more."""
    q = exact(np.vstack([np.eye(d, dtype=int), np.ones((more, d), dtype=int)]).tolist())
    c, rows, top = exact([1] * (d + more)), directions(q), 1 + d * more
    sharp = spectral_bound_of_each(c[None], rows)[0]
    monkeypatch.setattr(eigenvalues, "EXACT_WORK", 0)
    rounded = spectral_bound_of_each(c[None], rows)[0]
    assert top <= sharp <= top + (rounded - top) / 2


def test_a_form_depends_on_the_symmetric_part_alone() -> None:
    H = np.random.default_rng(0).normal(size=(4, 3, 3))
    symmetric = (H + H.swapaxes(1, 2)) / 2
    np.testing.assert_array_equal(_tops(H), _tops(symmetric))
    np.testing.assert_allclose(_tops(H), np.maximum(np.linalg.eigvalsh(symmetric)[:, -1], 0), rtol=1e-12)


# Ranges: in exact rationals up to a limit of work, in float64 beyond it.


def test_the_work_is_the_size_of_the_dense_tables() -> None:
    found = field("cosine", TURNED, [0.0, 0.0, 0.0], MIXED)
    assert found.work == 2 * 3 * 2
    assert isinstance(found.work, int)


@pytest.mark.parametrize("link", ["logistic", "cosine", "cubic"])
def test_up_to_the_limit_of_work_ranges_are_exact(link: str, monkeypatch: Any) -> None:
    found = field(link, TURNED, [0.0, 0.25, 0.0], MIXED)
    whole = ranges.hessian_by_ranges(found)
    called = []

    def coarse(values: Any, *_: Any) -> Any:
        called.append(True)
        return np.full(len(values), 4.0)

    monkeypatch.setattr(ranges, "spectral_bounds", coarse)
    monkeypatch.setattr(ranges, "EXACT_WORK", found.work)
    assert ranges.hessian_by_ranges(found) == whole
    assert not called
    monkeypatch.setattr(ranges, "EXACT_WORK", found.work - 1)
    assert ranges.hessian_by_ranges(found) > whole
    assert called


@pytest.mark.parametrize("link", ["logistic", "cosine", "cubic", "cubic-well", "steep-well"])
@pytest.mark.parametrize("seed", range(6))
def test_float64_bounds_are_those_of_exact_rationals_and_hardly_more(
    link: str, seed: int, monkeypatch: Any
) -> None:
    rng = np.random.default_rng(seed)
    K, d = 4, 3
    A = rng.integers(-3, 4, size=(3, K)) / 2.0
    A[:, 1] = -A[:, 0]  # two terms of one direction cancel, so that unbounded slopes do
    q = rng.integers(-2, 3, size=(K, d)) / 4.0 + np.eye(K, d)
    q[1] = q[0]
    A[:, 2:] = A[0, 2:]
    deviation = field(link, q, rng.integers(-4, 5, K) / 2.0, A).centred()
    whole = gradients.gradient_bound(deviation), gradients.hessian_bound(deviation)
    monkeypatch.setattr(ranges, "EXACT_WORK", 0)
    monkeypatch.setattr(one_variable, "EXACT_WORK", 0)
    monkeypatch.setattr(eigenvalues, "EXACT_WORK", 0)
    rounded = gradients.gradient_bound(deviation), gradients.hessian_bound(deviation)
    for one, other in zip(whole, rounded, strict=True):
        if one is None or other is None:
            assert one is other
            continue
        assert float(one.value) * (1 - 1e-15) <= float(other.value) <= float(one.value) * (1 + 1e-8) + 1e-12


def test_beyond_the_search_a_sum_is_its_limit_up_to_what_each_term_lacks() -> None:
    tail = rational(one_variable.TAIL)
    e, shift, weights = exact([[3, -1], [0, 2]]), exact([F(1, 2), 0]), exact([F(1, 4), F(3, 4)])
    limit, beyond = one_variable._ends(LINKS["logistic"], 1, e, shift, weights)
    # Slopes go from 0 to 1: to the sums 1/2 and 0 on the left, 5/2 and 2 on the right.
    assert limit == fmpq(25, 4) / 4 + fmpq(4) * 3 / 4
    boxes, off = (fmpq(9, 2), fmpq(2)), (4 * tail, 2 * tail)
    parts = [2 * box * o + o * o for box, o in zip(boxes, off, strict=True)]
    assert beyond - limit == parts[0] / 4 + parts[1] * 3 / 4


@pytest.mark.parametrize(
    ("outcomes", "multiples"),
    [
        ([[0, 0], [1, 2], [2, 4], [-3, -6]], True),
        ([[1, 1], [2, 2], [0, 0]], True),
        ([[0, 3], [0, -1]], True),
        ([[1, 1], [1, 2]], False),
        ([[0, 1], [1, 0]], False),
    ],
)
def test_multiples_of_one_outcome_are_told_from_others(outcomes: Any, multiples: bool) -> None:
    assert gradients._proportional(exact(outcomes)) is multiples


def test_outcomes_of_few_directions_have_exact_norms() -> None:
    q = [[1, 0], [0, 1], [1, 1], [1, 2], [3, 1]]
    norms = [1, 1, 2, 5, 10]
    one = field(
        "cosine", [[F(x) for x in row] for row in q], [F(0)] * 5, np.diag([F(k) for k in (1, 3, 2, 5, 1)])
    )
    # Curvatures of the cosine go from -1 to 1; an outcome has one term, and its norm is that term's.
    found = ranges._exact_hessians(one)
    assert found == [k * norm for k, norm in zip((1, 3, 2, 5, 1), norms, strict=True)]


@pytest.mark.parametrize(("widest", "exactly"), [(2**400, True), (2**400 - 2**300, False)])
def test_offsets_too_far_apart_for_float64_are_taken_exactly(
    widest: int, exactly: bool, monkeypatch: Any
) -> None:
    outcomes = exact([[1, F(-1, 3), F(-2, 3)]]), exact([0, 1, widest]), exact([F(1, 7)]), exact([1])
    whole = one_variable.sup_mean_square(LINKS["cubic"], 1, *outcomes)
    monkeypatch.setattr(one_variable, "EXACT_WORK", 0)
    rounded = one_variable.sup_mean_square(LINKS["cubic"], 1, *outcomes)
    assert whole is not None
    assert rounded is not None
    assert whole[0] <= rounded[0] <= whole[0] * (1 + fmpq(1, 10**9))
    assert (rounded[0] == whole[0]) == exactly


@pytest.mark.parametrize("link", ["logistic", "cosine", "cubic", "cubic-well"])
@pytest.mark.parametrize("gap", [F(1, 1024), F(1, 16), F(100)])
def test_terms_that_cancel_are_bounded_by_the_nearer_of_two_ranges(link: str, gap: Fraction) -> None:
    """q phi(z) - q phi(z - gap) in three directions of a plane: by the gap, or by the range of phi''."""
    rows = [[3.0, 0.0], [0.0, 3.0], [3.0, 3.0]]
    terms = [row for row in rows for _ in range(2)]
    found = field(link, terms, [F(0), gap] * 3, [[1, -1] * 3])
    low, high = LINKS[link].curvature
    by_one = min(float(gap) * float(LINKS[link].sup3), float(high - low))
    # 9 (e1 e1^T + e2 e2^T + (1, 1)(1, 1)^T) has the largest eigenvalue 27.
    assert ranges.hessian_by_ranges(found) == pytest.approx(27 * by_one, rel=1e-12)
    slopes = [float(gap) * max(-float(low), float(high))]
    if np.isfinite(LINKS[link].slope[1]):
        slopes.append(LINKS[link].slope[1] - LINKS[link].slope[0])
    value, _ = ranges.gradient_by_ranges(found, [])
    assert float(value) <= 3 * (2 + np.sqrt(2)) * min(slopes) * (1 + 1e-12)


def test_a_logistic_that_cancels_in_dependent_directions_is_bounded_below() -> None:
    rows = [row for row in TURNED for _ in range(2)]
    level = ridge("logistic", [rows], [[0.0, 1.0] * 3], [[[1.0, -1.0] * 3]])
    assert resampling_constants(level).lower_bounded[:2] == (1, "exact")
    one_less = ridge("logistic", [rows], [[0.0, 1.0] * 3], [[[1.0, -1.0, 1.0, -1.0, 1.0, -1.5]]])
    assert resampling_constants(one_less).lower_bounded[:2] == (0, "none")


# Suprema in one variable.


@pytest.mark.parametrize("link", ["cubic", "cubic-well", "steep-well"])
@pytest.mark.parametrize("gap", [F(1, 2048), F(1, 512), F(1), F(2), F(3)])
def test_a_difference_of_two_curvatures_is_largest_between_kinks(link: str, gap: Fraction) -> None:
    """sup_t abs(phi''(t) - phi''(t - gap)) is sup3 times the gap up to the height of the ramp."""
    ones, weights = exact([[1, -1]]), exact([1])
    found = one_variable.sup_mean_square(LINKS[link], 2, ones, exact([0, gap]), exact([0]), weights)
    assert found is not None
    steep, height = rational(LINKS[link].sup3), 1 if link == "cubic" else 2
    assert found == (min(rational(gap) * steep, fmpq(height)) ** 2, True)


@pytest.mark.parametrize("offsets", [(0, 1), (0, F(1, 4)), (0, 5)])
def test_logistic_curvatures_are_bounded_by_little_more_than_a_grid_finds(offsets: Any) -> None:
    link = LINKS["logistic"]
    for order, f in ((1, link.dphi), (2, link.d2phi)):
        found = one_variable.sup_mean_square(
            link, order, exact([[1, -1]]), exact(offsets), exact([0]), exact([1])
        )
        assert found is not None
        t = np.linspace(-10, 10, 200_001)
        largest = ((f(t) - f(t - float(offsets[1]))) ** 2).max()
        assert found[1]
        assert largest <= float(found[0]) <= largest * (1 + 1e-7)


@pytest.mark.parametrize("link", ["logistic", "cosine"])
def test_a_search_stops_when_what_is_left_is_within_its_gap(link: str, monkeypatch: Any) -> None:
    """With the gap at 1, hardly a cell is split; with none, the search goes on to its limit."""
    counts = {}
    for gap in (1.0, one_variable.GAP):
        monkeypatch.setattr(one_variable, "GAP", gap)
        evaluated = []
        true = LINKS[link].d2phi

        def counting(t: Any, true: Any = true, evaluated: Any = evaluated) -> Any:
            evaluated.append(t.size)
            return true(t)

        watched = type(LINKS[link])(**{**vars(LINKS[link]), "d2phi": counting})
        one_variable.sup_mean_square(watched, 2, exact([[1, -1]]), exact([0, 1]), exact([0]), exact([1]))
        counts[gap] = sum(evaluated)
    assert counts[1.0] <= 2 * (129 + 5 * 64)
    assert counts[1.0] < counts[one_variable.GAP] < 20_000


def test_the_constants_of_a_steep_well_are_those_at_its_kinks() -> None:
    """Two atoms with the same term at offsets 0 and 1/1024: curvatures differ by 1 on the ramps."""
    one = ridge("steep-well", [[[1.0], [1.0]]], [[0.0, 2.0**-10]], [[[1.0, 0.0], [0.0, 1.0]]])
    assert resampling_constants(one).sigma_H[:2] == (F(1, 2), "exact")


@pytest.mark.parametrize("link", ["quadratic", "logistic", "cosine", "cubic", "cubic-well"])
@pytest.mark.parametrize("row", [[3.0, 4.0], [0.5, 0.0], [1.0, 1.0]])
def test_the_hessians_of_one_direction_grow_with_its_square(link: str, row: list[float]) -> None:
    """Atoms phi(q w) and 2 phi(q w): the root mean square is sqrt(5/2) norm(q)^2 sup abs(phi'')."""
    found = gradients.hessian_bound(field(link, [row], [0.0], [[1.0], [2.0]]))
    top = max(abs(float(end)) for end in LINKS[link].curvature)
    assert found.attained
    assert float(found.value) == pytest.approx(np.sqrt(2.5) * np.dot(row, row) * top, rel=1e-14)


@pytest.mark.parametrize("size", [F(1, 4), F(1), F(4)])
@pytest.mark.parametrize("gap", [F(1, 8), F(7, 4), F(9, 4), F(30)])
def test_the_smaller_of_two_ranges_is_taken_at_every_size(size: Fraction, gap: Fraction) -> None:
    """size (sin z - sin(z - gap)) is at most size min(gap, 2), along (3, 0), (0, 3) and (3, 3)."""
    terms = [row for row in ([3.0, 0.0], [0.0, 3.0], [3.0, 3.0]) for _ in range(2)]
    found = field("cosine", terms, [F(0), gap] * 3, [[size, -size] * 3])
    value, _ = ranges.gradient_by_ranges(found, [])
    assert float(value) == pytest.approx(3 * (2 + np.sqrt(2)) * float(size * min(gap, 2)), rel=1e-12)
