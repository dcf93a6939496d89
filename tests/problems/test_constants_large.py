"""Constants of large data sets: certified eigenvalues, time, and what is told on the way."""

from __future__ import annotations

import math
import time
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx, fmpq

from problems import finite_sum_constants, from_data, resampling_constants, ridge, rounding
from problems.rationals import power, rational, rationals, root, round_up
from problems.ridge_sums.suprema.bounded_below import atom_bounded_below, bounded_below
from problems.ridge_sums.suprema.eigenvalues import directions, spectral_bound, spectral_bounds
from problems.ridge_sums.suprema.gradients import gradient_bound
from problems.ridge_sums.suprema.merged_terms import Tables
from problems.rounding import dot, terms, units

F = Fraction


def data(tasks: int, rows: int, d: int) -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(tasks * rows, d))
    noise = rng.normal(size=len(X))
    return X, (X @ rng.normal(size=d) + noise > 0).astype(int), np.repeat(np.arange(tasks), rows)


def below(bound: fmpq, c: Any, q: Any) -> bool:
    """Whether an eigenvalue exceeds the bound: a pivot of bound I - H that is not positive."""
    A = -(c[:, None] * q).T @ q
    for i in range(len(A)):
        A[i, i] += bound
    for i in range(len(A)):
        if A[i, i] <= 0:
            return True
        for j in range(i + 1, len(A)):
            A[j, i:] = A[j, i:] - A[i, i:] * (A[j, i] / A[i, i])
    return False


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("exact", [True, False])
def test_a_spectral_bound_is_above_and_close(seed: int, exact: bool, monkeypatch: Any) -> None:
    if not exact:
        monkeypatch.setattr("problems.ridge_sums.suprema.eigenvalues.EXACT_WORK", 0)
    rng = np.random.default_rng(seed)
    G, d = int(rng.integers(3, 9)), 2 + seed % 4
    q = rationals(rng.normal(size=(G, d)) * 2.0 ** rng.integers(-30, 30, (G, 1)))
    c = rationals(rng.normal(size=G)) * power(int(rng.integers(-2000, 2000)))
    bound = spectral_bound(c, directions(q))
    size = abs(c) @ np.array([row @ row for row in q], dtype=object)
    assert bound > 0
    assert not below(bound, c, q)
    assert below(bound - size * fmpq(1, 2**40), c, q) or bound < size * fmpq(1, 2**40)


def test_a_bound_covers_the_radius_of_its_coefficients() -> None:
    q = np.array([[1.0, 0.0], [0.5, 0.5]])
    tops = spectral_bounds(np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([[0.25, 0.5], [0.0, 0.0]]), q)
    assert 0.25 + 0.5 * 0.5 <= tops[0] <= 0.5 + 1e-12
    assert 1 <= tops[1] <= 1 + 1e-12


def test_blocks_of_a_product_are_the_product() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(3, 1000)), rng.normal(size=(1000, 2))
    np.testing.assert_allclose(dot(a, b), a @ b, rtol=1e-12)


@pytest.mark.parametrize("n", [1, 2, 1000, 2**20, 2**30 - 1])
def test_so_many_units_cover_the_error_of_so_many_roundings_and_hardly_more(n: int, monkeypatch: Any) -> None:
    monkeypatch.setattr(ctx, "prec", 300)
    error = (1 + arb(2) ** -53) ** n - 1
    assert error <= arb(units(n)) <= error * (1 + arb(2) ** -19)


@pytest.mark.parametrize("n", [1, 2, 127, 128, 129, 256, 257, 1000])
def test_roundings_of_a_sum_are_those_of_a_block_and_of_the_sum_of_blocks(n: int) -> None:
    block = rounding._BLOCK
    lengths = [len(range(n)[k : k + block]) for k in range(0, n, block)]
    assert terms(n) == max(lengths) + len(lengths)
    # Rounded to even, each block of halves of a unit is lost but for its first entry.
    a = np.full(n, 2.0**-53)
    a[::block] = 1.0
    error = n * 2.0**-53 + len(lengths) - float(dot(a, np.ones(n)))
    assert error <= units(terms(n)) * (n * 2.0**-53 + len(lengths))


@pytest.mark.parametrize("k", [-3000, -1075, -1074, -1022, 0, 971, 1024, 3000])
def test_rounding_upward_keeps_53_bits_at_every_scale(k: int) -> None:
    for value in (fmpq(1, 3), fmpq(2**53 + 1), fmpq(2**54 - 1, 7), fmpq(1), fmpq(2**60 - 1)):
        for found, exact in (
            (round_up(value * power(k)), value * power(k)),
            (root(value**2 * power(k)), None),
        ):
            if exact is None:
                assert F(found) ** 2 >= F(int(value.p), int(value.q)) ** 2 * F(2) ** k
                assert F(found) ** 2 <= F(int(value.p), int(value.q)) ** 2 * F(2) ** k * (1 + F(1, 2**51))
            else:
                assert exact <= rational(found) <= exact * (1 + fmpq(1, 2**52))
                assert isinstance(found, float) == (2**-1022 <= F(found) < 2**1024)


@pytest.mark.parametrize(
    ("exponent", "kind"), [(1024, Fraction), (1023, float), (-1021, float), (-1022, float), (-1023, Fraction)]
)
def test_rounded_up_to_a_power_of_two_it_is_a_float64_where_that_is_normal(exponent: int, kind: Any) -> None:
    for below in (fmpq(1), fmpq(1, 2**60), fmpq(1, 2**54)):
        found = round_up(power(exponent) * (1 - below / 2**54))
        assert (F(found), type(found)) == (F(2) ** exponent, kind)


class Flushed(float):
    """A normal number half of which is taken for zero."""

    def __mul__(self, other: float) -> float:
        return 0.0


class Vector(list[float]):
    """Two numbers whose products or elements are as a flushing processor makes them."""

    def __mul__(self, other: Any) -> Any:
        return [0.0, 0.0]


@pytest.mark.parametrize("where", ["numbers", "products of numbers", "sums of arrays", "products of arrays"])
def test_a_processor_that_flushes_anywhere_is_refused(where: str, monkeypatch: Any) -> None:
    rounding.require_subnormals()
    ldexp = math.ldexp
    if where == "numbers":
        monkeypatch.setattr(rounding.math, "ldexp", lambda x, k: 0.0 if k < -1022 else ldexp(x, k))
    elif where == "products of numbers":
        monkeypatch.setattr(rounding.math, "ldexp", lambda x, k: Flushed(ldexp(x, k)))
    elif where == "sums of arrays":
        monkeypatch.setattr(rounding.np, "array", lambda x: np.asarray([0.0, x[1]]))
    else:
        monkeypatch.setattr(rounding.np, "array", Vector)
    with pytest.raises(FloatingPointError, match="takes subnormal numbers for zero"):
        rounding.require_subnormals()


def test_progress_is_told_part_by_part() -> None:
    family = from_data(*data(5, 8, 2))
    for constants in (resampling_constants, finite_sum_constants):
        told: list[tuple[int, int]] = []
        known = constants(family, progress=lambda done, total, told=told: told.append((done, total)))
        assert [done for done, _ in told] == list(range(1, len(told) + 1))
        assert told[-1][0] == told[-1][1]
        assert known == constants(family)


def test_a_thousand_rows_take_less_than_a_second_of_the_processor() -> None:
    family = from_data(*data(2, 500, 10))
    start = time.process_time()
    known, other = resampling_constants(family), finite_sum_constants(family)
    # Half a second on an idle core; the limit leaves room for a busy one.
    assert time.process_time() - start < 2
    assert known.sigma_g.value == pytest.approx(3.123661045, rel=1e-8)
    assert known.sigma_H.value == pytest.approx(2.726898074, rel=1e-8)
    assert other.sigma.value == pytest.approx(1.621063942, rel=1e-8)


@pytest.mark.parametrize("value", [fmpq(9) + fmpq(1, 2**300), fmpq(1, 4) + fmpq(1, 2**400)])
def test_a_root_that_is_barely_no_float64_is_rounded_up(value: fmpq) -> None:
    assert rational(root(value)) ** 2 > value


def test_what_float64_does_not_see_is_within_its_error(monkeypatch: Any) -> None:
    # The gradient y_2 - 1 = 2^-60 along an axis: float64 rounds y_2 to 1.
    monkeypatch.setattr("problems.ridge_sums.suprema.ranges.EXACT_WORK", 0)
    y = F(1) + F(1, 2**60)
    q = [[[F(1), F(0)], [F(1), F(0)]]]
    one = ridge("quadratic", q, [[F(0), y]], [[[F(1), F(-1)]]], [[[F(-1), F(0)]]])
    tables = Tables(one)
    found = gradient_bound(tables.single(tables.atom[0][0]))
    assert found is not None
    assert F(1, 2**60) <= found.value < 1e-13


@pytest.mark.parametrize(
    ("shares", "bounded"),
    [
        ((0, 1), True),
        ((F(1, 2), F(1, 3)), True),
        ((F(1, 2), 2), False),
        ((2, F(1, 2)), False),
        ((-1, 2), False),
    ],
)
def test_a_linear_term_has_to_be_within_the_slopes_of_every_direction(shares: Any, bounded: bool) -> None:
    linear = [[[-share if k == g else F(0) for g in (0, 1)] for k, share in enumerate(shares)]]
    pulls = [[sum(row[g] for row in linear[0]) for g in (0, 1)]]
    one = ridge("logistic", [[[F(1), F(0)], [F(0), F(1)]]], coefficients=[[[F(1), F(1)]]], linear=[pulls])
    tables = Tables(one)
    assert bounded_below(tables.single(tables.atom[0][0]))[0] is bounded


@pytest.mark.parametrize("link", ["quadratic", "logistic", "cubic", "cubic-well", "cosine"])
def test_an_atom_alone_and_as_a_field_are_bounded_below_alike(link: str) -> None:
    slopes = [F(k, 2) for k in range(-4, 5)]
    rows = [[[s * 3, s * 4]] for s in slopes] + [[[F(1), F(0)]]]
    for a in (F(1), F(-1), F(3, 2)):
        one = ridge(link, [[[F(3), F(4)]]] * len(rows), coefficients=[[[a]]] * len(rows), linear=rows)
        tables = Tables(one)
        found = [atom_bounded_below(tables, atom[0]) for atom in tables.atom]
        assert found == [bounded_below(tables.single(atom[0]))[0] for atom in tables.atom]
        if link == "logistic":
            assert found == [0 <= -s <= a for s in slopes] + [False]
