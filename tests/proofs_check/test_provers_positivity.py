"""Certificates of positivity alone, no counterexample sought: near misses are refused, near truths proved."""

from __future__ import annotations

import pytest
import sympy as sp

from proofs_check.engine.provers.normal_form import X, rational_function
from proofs_check.engine.provers.positivity import certificate, parts_nonnegative, sign
from proofs_check.symbols import B, L, N, alpha, j, k, q, s, u, v, x, y, z

R = sp.Rational
r = sp.Symbol("r", real=True)
a = sp.Symbol("a", positive=True)


def _certified(gap, strict: bool, admissible: bool = False) -> bool:  # type: ignore[no-untyped-def]
    form = rational_function(sp.sympify(gap))
    assert form.denominator.is_number
    return certificate(sp.expand(form.numerator), form.generators, strict, admissible) is not None


#: gap, strict, admissible: true, and within a few per cent of being false.
TRUE = [
    (q**N - 1 - N * x, False, False),
    (q**N - 1 - (N - R(1, 100)) * x, True, False),
    (q ** (2 * N) - 1 - 2 * N * x, False, False),
    (q**N - q * (1 + x * (N - 1)), False, False),
    (q ** (2 * N) - 1 - 2 * N * x, True, False),
    (q**N * (q**N - 1) - N * x, False, False),
    (R(3, 2) - q**N, True, True),
    (q**N - 1 - x, False, True),
    (3 * y - 2 * y * q**N, False, True),
    (y**2 + 2 * y * z + u, False, False),
    (a + y, True, False),
    (r**2 + a, True, False),
    (q**j - 1, False, False),
    ((1 + y) ** N - 1 - y, False, False),
    (B - R(99, 100), True, False),
]
#: False somewhere on the range that its hypotheses leave.
FALSE = [
    (q**N - 1 - (N + R(1, 100)) * x, False, False),
    (q ** (2 * N) - 1 - 2 * N * x - R(101, 100) * x**2, False, False),  # at N = 1
    (q**N - q * (1 + x * (N - 1)), True, False),  # 0 at N = 1 and 2
    (R(69, 50) - q**N, True, True),  # at (1+x)^N = 1.4
    (R(7, 5) - q**N, True, True),
    (q**N - 1 - R(101, 100) * x, False, True),  # at N = 1
    (q**N * (R(41, 100) - x), True, True),  # at N = 1, x = 0.414
    (y * z - R(1, 10**6), False, False),
    (y + z, True, False),  # both may be 0
    (r, False, False),
    (r**2 + 2 * r + a, False, False),
    (r * y + a, False, False),
    (q**j - 1 - R(1, 100), False, False),  # at j = 0
    (q**j - q, False, False),  # at j = 0
    (q**N - 1 - x - R(3, 2) * (N - 1) * x, False, False),  # at N = 2
    (k, True, False),
    (B - R(101, 100), False, False),
    (q**N - 1 - N * x + (N - 1) * (B - R(3, 2)), False, False),  # at N = 2, B = 1, small x
    (y**N - y, False, False),  # at N = 2, y = 1/2
    ((1 + y) ** N - (1 + y) ** 2, False, False),  # at N = 1
    (sp.Integer(0), True, False),
    (sp.sqrt(y) + 1, False, False),  # no polynomial: not false, but beyond the prover
]


@pytest.mark.parametrize(("gap", "strict", "admissible"), TRUE, ids=str)
def test_what_is_true_by_little_is_certified(gap: sp.Expr, strict: bool, admissible: bool) -> None:
    assert _certified(gap, strict, admissible)


@pytest.mark.parametrize(("gap", "strict", "admissible"), FALSE, ids=str)
def test_what_is_false_by_little_is_refused(gap: sp.Expr, strict: bool, admissible: bool) -> None:
    assert not _certified(gap, strict, admissible)


@pytest.mark.parametrize("top", [R(3, 2), R(149, 100), R(17, 12), R(141, 100), R(7, 5), R(4, 3), R(5, 4)])
def test_the_admissible_range_is_covered_up_to_the_root_of_2(top: sp.Rational) -> None:
    """(1+x)^N comes as near to 2^(1/2) as one likes, so no smaller bound is certified."""
    certified = _certified(top - q**N, True, True)
    assert not (certified and top**2 <= 2)
    assert certified == (top >= R(3, 2))


def test_the_sign_of_a_product_is_that_of_its_factors() -> None:
    U = rational_function(q**N)
    generators, power = U.generators, U.numerator
    assert sign(sp.expand((power - 1) * (y + a)), generators) == 1
    assert sign(sp.expand((1 - power) * (y + a)), generators) == -1
    assert sign(sp.expand(power - 1 - R(1, 10)), generators) is None
    assert sign(sp.expand((y - z) ** 2 * a), ()) is None
    assert sign(sp.expand((y - z) ** 2 * a), (), strict=False) == 1
    assert sign(sp.expand(-((y - z) ** 2) * a), (), strict=False) == -1
    assert sign(sp.expand((y - z) ** 3 * a), (), strict=False) is None


def test_a_hypothesis_gives_the_sign_of_its_own_factor_only() -> None:
    assert sign(sp.expand((y - z) * a), (), given=(y - z,)) == 1
    assert sign(sp.expand((z - y) * a), (), given=(y - z,)) == -1
    assert sign(sp.expand((y - 2 * z) * a), (), given=(y - z,)) is None
    assert sign(sp.expand((y - z) * a), (), given=(z - y,)) == -1


def test_2_less_the_square_is_positive_on_the_admissible_range_only() -> None:
    form = rational_function(2 - s)
    assert sign(form.numerator, form.generators, True) == 1
    assert sign(form.numerator, form.generators, False) is None
    two = rational_function(2 - q ** (2 * N) * (1 + x))
    assert sign(sp.expand(two.numerator), two.generators, True) is None


def test_parts_are_taken_in_symbols_that_are_not_negative() -> None:
    form = rational_function(y * (q**N - 1) + z * (2 - s))
    assert parts_nonnegative(form.numerator, form.generators, True)
    assert not parts_nonnegative(form.numerator, form.generators, False)
    form = rational_function(r * (q**N - 1))
    assert not parts_nonnegative(form.numerator, form.generators, True)
    form = rational_function(y * (q**N - 1 - R(1, 10)))
    assert not parts_nonnegative(form.numerator, form.generators, True)


def test_two_exponents_at_once_need_every_combination_of_small_values() -> None:
    m = sp.Symbol("m", integer=True, positive=True)
    assert _certified(q ** (N + m) - q**N, True)
    # At N = m = 1 it is 0, elsewhere positive.
    assert not _certified((N + m - 2) * (q**N - 1), True)


@pytest.mark.parametrize("name", ["x", "U0", "U_N", "N_", "v0", "w", "w_", "z_"])
def test_no_symbol_of_a_relation_is_taken_for_one_of_the_prover(name: str) -> None:
    positive, least = sp.Symbol(name, positive=True), sp.Symbol(name, nonnegative=True)
    for own in (positive, least):
        # Were own the prover's symbol of that name, some substitution would cancel.
        for gap in (q**N - 1 - own, own - x, own - (q**N - 1), N - 1 - own, R(1, 2) - own):
            assert not _certified(gap, False, True), gap


def test_x_is_alpha_times_L() -> None:
    assert rational_function(alpha * L).numerator == X
    assert sp.expand(rational_function((u + v) * alpha).numerator - (u + v) * X) == 0


@pytest.mark.parametrize("strict", [True, False])
def test_zero_has_no_sign_that_one_may_multiply_by(strict: bool) -> None:
    for zero in (sp.Integer(0), sp.expand((y - z) * a - a * y + a * z)):
        assert sign(zero, (), strict=strict) is None
