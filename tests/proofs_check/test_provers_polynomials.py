"""Quotients of polynomials: the same as sympy's, in lowest terms; what is none is said to be none."""

from __future__ import annotations

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from proofs_check.certificates.scalar import Polynomial
from proofs_check.engine.provers.polynomials import NotRational, factor_list, quotient

x, y, z = sp.symbols("x y z")
LEAVES = st.sampled_from([x, y, z]) | st.integers(-3, 3).map(sp.Integer) | st.just(sp.Rational(2, 3))
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda part: (
        st.tuples(part, part).map(lambda pair: pair[0] + pair[1])
        | st.tuples(part, part).map(lambda pair: pair[0] * pair[1])
        | st.tuples(part, part).map(lambda pair: pair[0] / (pair[1] ** 2 + 1))
        | st.tuples(part, st.integers(0, 3)).map(lambda pair: pair[0] ** pair[1])
    ),
    max_leaves=6,
)


@given(EXPRESSIONS)
def test_a_quotient_is_what_sympy_cancels_to(expr: sp.Expr) -> None:
    found = quotient(expr)
    numerator, denominator = sp.fraction(sp.cancel(sp.together(expr)))
    assert sp.expand(numerator * found.denominator - found.numerator * denominator) == 0
    assert sp.gcd(found.numerator, found.denominator) in (1, sp.gcd(numerator, denominator))
    assert found.below.leading_coefficient() > 0
    assert found.unknowns == numerator.free_symbols | denominator.free_symbols


@given(EXPRESSIONS)
def test_a_certificate_gets_the_polynomials_that_sympy_reads(expr: sp.Expr) -> None:
    found = quotient(expr)
    assert found.polynomials() == (Polynomial.of(found.numerator), Polynomial.of(found.denominator))


@given(EXPRESSIONS, EXPRESSIONS)
def test_substitutions_are_made_one_after_the_other(expr: sp.Expr, value: sp.Expr) -> None:
    put = ((x, value + y), (y, z**2 + 1))
    found = quotient(expr, put)
    for symbol, other in put:
        expr = expr.subs(symbol, other)
    assert sp.cancel(expr - found.numerator / found.denominator) == 0


@given(EXPRESSIONS)
def test_factors_multiply_to_the_polynomial(expr: sp.Expr) -> None:
    whole = quotient(expr).numerator
    number, parts = factor_list(whole / 6)
    assert sp.expand(number * sp.Mul(*[base**power for base, power in parts]) - whole / 6) == 0


@given(EXPRESSIONS)
def test_a_polynomial_is_collected_in_some_of_its_symbols(expr: sp.Expr) -> None:
    whole = quotient(expr).numerator / 6
    parts = dict(quotient(whole, (), (y, x)).collected(2))
    assert sp.expand(sum(c * y**i * x**j for (i, j), c in parts.items()) - whole) == 0
    assert all(c.free_symbols <= {z} for c in parts.values())


def test_zero_has_no_unknowns_and_no_terms() -> None:
    found = quotient(x * y - y * x, (), (x,))
    assert (found.numerator, found.denominator, found.unknowns) == (0, 1, set())
    assert list(found.collected(1)) == []


@pytest.mark.parametrize("expr", [sp.sqrt(x), sp.exp(x), x**y, sp.sqrt(2) * x, sp.Float(0.5) * x])
def test_what_is_no_quotient_is_refused(expr: sp.Expr) -> None:
    with pytest.raises(NotRational):
        quotient(expr)


def test_a_denominator_that_vanishes_is_refused() -> None:
    with pytest.raises(ZeroDivisionError):
        quotient(1 / x, ((x, y - y),))
    with pytest.raises(NotRational):
        factor_list(1 / x)
    with pytest.raises(NotRational):
        list(quotient(1 / x).collected(0))
