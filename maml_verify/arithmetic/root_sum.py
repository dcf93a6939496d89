"""Exact sums of square roots: numbers sum_k c_k sqrt(a_k), c_k rational, a_k positive integers.

No two radicands of a number have a square as their product, and square roots of such radicands are
linearly independent over the rationals.  So a number is zero exactly when it has no terms, and the
sign of any other is found by balls of rising precision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import total_ordering, wraps
from math import prod
from numbers import Rational, Real
from typing import Any, final

from flint import arb, fmpq, fmpz

from maml_verify.arithmetic.exact import as_fmpq
from maml_verify.arithmetic.precision import arb_precision

__all__ = ["RootSum"]

Terms = tuple[tuple[Any, Any], ...]
_ROOT = Fraction(1, 2)


def _merged(merged: Terms, terms: Iterable[tuple[Any, Any]]) -> Terms:
    # sqrt(b) = sqrt(ab)/a sqrt(a) where ab is a square: both are multiples of the same root.
    kept = dict(merged)
    for b, c in terms:
        if b.is_square():
            b, c = fmpz(1), c * b.isqrt()
        a = b if b in kept else next((a for a in kept if (a * b).is_square()), b)
        kept[a] = kept.get(a, 0) + c * fmpq((a * b).isqrt(), a)
    return tuple((a, c) for a, c in kept.items() if c != 0)


def _coercing(method: Callable[[RootSum, RootSum], Any]) -> Callable[[RootSum, Any], Any]:
    @wraps(method)
    def mixed(self: RootSum, other: Any) -> Any:
        if isinstance(other, RootSum):
            return method(self, other)
        return method(self, RootSum(other)) if isinstance(other, Rational | fmpq | fmpz) else NotImplemented

    return mixed


@final
@total_ordering
class RootSum:
    """An element of the field spanned by square roots of positive rationals.

    Supports ``+ - *``, ``/`` by a number of at most two terms, integer powers, ``** Fraction(1, 2)``
    of a rational >= 0, order and equality; mixes with int, Fraction and fmpq, and refuses float.
    A power or quotient that leaves the field, or is not implemented, raises ArithmeticError.

    Parameters
    ----------
    value : int, Fraction, fmpq or RootSum
    """

    __slots__ = ("terms",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, value: Any = 0) -> None:
        if isinstance(value, RootSum):
            self.terms: Terms = value.terms
        elif isinstance(value, Rational | fmpq | fmpz):
            self.terms = ((fmpz(1), as_fmpq(value)),) if value else ()
        else:
            raise TypeError(f"value = {value!r}; rule: int, Fraction, fmpq or RootSum")

    def _plus(self, terms: Iterable[tuple[Any, Any]]) -> RootSum:
        result = RootSum()
        result.terms = _merged(self.terms, terms)
        return result

    @property
    def as_rational(self) -> Any:
        """The number as an fmpq, or None if it is irrational."""
        a, c = self.terms[0] if self.terms else (1, fmpq(0))
        return c if a == 1 and len(self.terms) < 2 else None

    def sqrt(self) -> RootSum:
        """The square root of a rational >= 0."""
        value = self.as_rational
        if value is None or value < 0:
            raise ArithmeticError(f"square root of {self!r}; rule: of a rational >= 0")
        return RootSum()._plus([(value.p * value.q, fmpq(1, value.q))] if value else [])

    def sign(self) -> int:
        """-1, 0 or 1, exactly."""
        if len(self.terms) < 2:
            return sum(1 if c > 0 else -1 for _, c in self.terms)
        bits = 64
        while True:  # ends: a number with terms is not zero
            with arb_precision(bits):
                ball = self.to_arb()
            if not ball.contains(0):
                return 1 if ball > 0 else -1
            bits *= 2

    def to_arb(self) -> Any:
        """An enclosing ball at the present precision."""
        return sum((arb(c) * arb(a).sqrt() for a, c in self.terms), arb(0))

    def __float__(self) -> float:
        if not self.terms:
            return 0.0
        bits = 128
        while True:  # ends as in `sign`; terms may cancel to any number of bits
            with arb_precision(bits):
                ball = self.to_arb()
            if ball.rel_accuracy_bits() > 64:
                return float(ball)
            bits *= 2

    def __repr__(self) -> str:
        text = " + ".join(f"{c}" if a == 1 else f"{c}*sqrt({a})" for a, c in self.terms)
        return f"RootSum({text or 0})"

    def __neg__(self) -> RootSum:
        return self * -1

    def __abs__(self) -> RootSum:
        return -self if self.sign() < 0 else self

    @_coercing
    def __add__(self, other: RootSum) -> RootSum:
        return self._plus(other.terms)

    @_coercing
    def __mul__(self, other: RootSum) -> RootSum:
        pairs = [(p, c, q, e, p.gcd(q)) for p, c in self.terms for q, e in other.terms]
        return RootSum()._plus([((p // g) * (q // g), c * e * g) for p, c, q, e, g in pairs])

    @_coercing
    def __sub__(self, other: RootSum) -> RootSum:
        return self + other * -1

    def __rsub__(self, other: Any) -> RootSum:
        return -self + other

    __radd__, __rmul__ = __add__, __mul__

    def _inverse(self) -> RootSum:
        if not self.terms:
            raise ZeroDivisionError("division by a RootSum that is zero")
        if len(self.terms) > 2:
            raise ArithmeticError(f"division by {self!r}; rule: a divisor of at most two terms")
        (a, c), (b, e) = (*self.terms, (fmpz(1), fmpq(0)))[:2]
        return RootSum()._plus([(a, c), (b, -e)]) * (1 / (c * c * a - e * e * b))

    @_coercing
    def __truediv__(self, other: RootSum) -> RootSum:
        return self * other._inverse()

    def __rtruediv__(self, other: Any) -> RootSum:
        return self._inverse() * other

    def __pow__(self, power: Any) -> RootSum:
        if not isinstance(power, Real):
            return NotImplemented  # an array of exponents calls back element by element
        if power == _ROOT:
            return self.sqrt()
        if not isinstance(power, int):
            raise ArithmeticError(f"power {power!r}; rule: an integer or 1/2")
        base = self if power >= 0 else self._inverse()
        return prod([base] * abs(power), start=RootSum(1))

    @_coercing
    def __eq__(self, other: RootSum) -> bool:
        return not (self - other).terms

    @_coercing
    def __lt__(self, other: RootSum) -> bool:
        return (self - other).sign() < 0
