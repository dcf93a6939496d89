"""Sums of square roots: exact zero test, exact sign, and arithmetic."""

from __future__ import annotations

import operator
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, fmpq, fmpz
from hypothesis import given, settings
from hypothesis import strategies as st

from maml_verify.arithmetic.precision import arb_precision
from maml_verify.arithmetic.root_sum import RootSum

HALF = Fraction(1, 2)
RATIONALS = st.fractions(min_value=-9, max_value=9, max_denominator=12)


def root(value: object) -> RootSum:
    return RootSum(value).sqrt()


@st.composite
def root_sums(draw: st.DrawFn) -> RootSum:
    terms = draw(st.lists(st.tuples(RATIONALS, st.integers(1, 30)), max_size=4))
    return sum((c * root(a) for c, a in terms), RootSum())


def decimal(value: RootSum) -> Decimal:
    """An independent value to 60 digits; call it within a context."""
    parts = [Decimal(int(c.p)) / Decimal(int(c.q)) * Decimal(int(a)).sqrt() for a, c in value.terms]
    return sum(parts, Decimal(0))


@given(root_sums(), root_sums(), root_sums())
@settings(max_examples=50, deadline=None)
def test_root_sums_are_a_commutative_ring(a: RootSum, b: RootSum, c: RootSum) -> None:
    assert a + b == b + a
    assert a * b == b * a
    assert (a + b) * c == a * c + b * c
    assert (a * b) * c == a * (b * c)
    assert a - a == 0
    assert (a + b) - b == a
    assert 0 - (0 - a) == a
    assert a**2 == a * a


@given(root_sums(), root_sums())
@settings(max_examples=50, deadline=None)
def test_order_and_value_agree_with_sixty_digits(a: RootSum, b: RootSum) -> None:
    with localcontext(prec=60):
        x, y = decimal(a), decimal(b)
        assert (a < b, a > b) == ((False, False) if a == b else (x < y, x > y))
        assert (a <= b, a >= b) == (a < b or a == b, a > b or a == b)
        assert float(a) == pytest.approx(float(x), rel=1e-15)
        assert float(abs(a)) == pytest.approx(abs(float(x)), rel=1e-15)
    assert a.to_arb().overlaps(arb(float(a)))


@given(st.lists(st.tuples(RATIONALS, st.integers(1, 30)), min_size=1, max_size=2), root_sums())
@settings(max_examples=50, deadline=None)
def test_quotients_undo_products(terms: list, a: RootSum) -> None:
    b = sum((c * root(k) for c, k in terms), RootSum())
    if b == 0:
        with pytest.raises(ZeroDivisionError):
            a / b
    else:
        assert a / b * b == a
        assert 1 / b == b**-1


def test_multiples_of_one_root_merge() -> None:
    assert root(8) == 2 * root(2)
    assert len((root(8) + root(2) + root(Fraction(1, 2))).terms) == 1
    assert root(12) - 2 * root(3) == 0
    assert root(Fraction(4, 9)).as_rational == fmpq(2, 3)
    assert root(2).as_rational is None
    assert (root(2) * root(2)).as_rational == 2
    assert RootSum().as_rational == 0
    # sqrt(5 + 2 sqrt 6) = sqrt 2 + sqrt 3
    assert (root(2) + root(3)) ** 2 == 5 + 2 * root(6)


def test_sign_of_a_difference_that_floats_cannot_see() -> None:
    # sqrt(n^2 + 1) - n = 1/(2n) - ..., here below 10^-200.
    n = 10**200
    gap = root(n * n + 1) - n
    assert gap > 0
    assert gap.sign() == 1
    assert (n - root(n * n + 1)).sign() == -1
    assert gap < Fraction(1, 2 * n)


NUMBERS = [3, Fraction(3), fmpq(3), fmpz(3), RootSum(3)]


@pytest.mark.parametrize("three", NUMBERS, ids=[type(x).__name__ for x in NUMBERS])
@pytest.mark.parametrize("op", [operator.add, operator.sub, operator.mul, operator.truediv])
def test_root_sums_mix_with_rationals_on_both_sides(three: object, op: object) -> None:
    assert op(root(2), three) == op(root(2), RootSum(3))  # type: ignore[operator]
    assert op(three, root(2)) == op(RootSum(3), root(2))  # type: ignore[operator]
    assert root(2) < three  # type: ignore[operator]
    assert three > root(2)  # type: ignore[operator]
    assert root(9) == three
    assert three == root(9)
    assert root(2) != three


def test_powers() -> None:
    assert RootSum(2) ** HALF == root(2)
    assert root(2) ** 0 == 1
    assert root(2) ** 3 == 2 * root(2)
    assert root(2) ** -2 == HALF
    assert RootSum(0) ** HALF == 0


REFUSED = {
    "root of a negative": (lambda: root(-1), ArithmeticError, "rational >= 0"),
    "root of an irrational": (lambda: root(2).sqrt(), ArithmeticError, "rational >= 0"),
    "a third": (lambda: RootSum(2) ** Fraction(1, 3), ArithmeticError, "an integer or 1/2"),
    "three-term divisor": (lambda: 1 / (1 + root(2) + root(3)), ArithmeticError, "two terms"),
    "division by zero": (lambda: 1 / RootSum(0), ZeroDivisionError, "zero"),
    "a float": (lambda: root(2) + 0.5, TypeError, "unsupported"),
    "order with a float": (lambda: root(2) < 0.5, TypeError, "not supported"),
    "construction from a float": (lambda: RootSum(0.5), TypeError, r"value = 0\.5; rule"),
    "a key": (lambda: {root(2)}, TypeError, "unhashable"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case: str) -> None:
    action, error, message = REFUSED[case]
    with pytest.raises(error, match=message):
        action()


def test_root_sums_work_in_arrays_and_print() -> None:
    v = np.array([root(2), root(3)], dtype=object)
    assert v @ v == 5
    assert (v * v).sum() == 5
    assert (v != "text").all()
    assert repr(1 + root(2) / 2) == "RootSum(1/2*sqrt(2) + 1)"
    assert repr(RootSum()) == "RootSum(0)"


def test_precision_is_restored() -> None:
    from flint import ctx

    before = ctx.prec
    with arb_precision(300):
        assert ctx.prec == 300
    assert ctx.prec == before
    with pytest.raises(ZeroDivisionError), arb_precision(300):
        1 / RootSum(0)
    assert ctx.prec == before
    with arb_precision(500):
        assert root(2).to_arb().rel_accuracy_bits() > 400


@pytest.mark.parametrize("k", [1, 10, 40, 60, 64, 70, 100, 400])
def test_a_float_is_right_however_much_cancels(k: int) -> None:
    # (n^2 + 1)^(1/2) - n = 1/(2 n) - 1/(8 n^3) + ... loses 2 k bits.
    n = 2**k
    for sign in (1, -1):
        x = (root(n * n + 1) - n) * sign
        exact = Fraction(1, 2 * n) - Fraction(1, 8 * n**3) + Fraction(1, 16 * n**5)
        assert float(x) == pytest.approx(sign * float(exact), rel=1e-2 if k == 1 else 2e-16)
    assert float(root(2) - root(2)) == 0
