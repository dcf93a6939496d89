"""Truncated Taylor expansions in d variables over Arb balls: derivatives of whatever NumPy code computes.

A `Taylor` is sum_a c_a z^a over the multi-indices a up to an order, each c_a a ball that contains the
derivative / a! at every point of the balls that the variables stand for.  In an object array NumPy's ufuncs
call its methods by their names (``np.exp`` calls ``exp``), and ``@`` its sums and products.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from itertools import combinations_with_replacement
from typing import Any, ClassVar, Self

import numpy as np
from flint import arb, fmpq

from problems.rationals import rational

__all__ = ["Kink", "Taylor", "ball_of", "expansions"]

Index = tuple[int, ...]
_NUMBERS = (int, float, Fraction, fmpq, arb, np.floating, np.integer)


class Kink(ArithmeticError):
    """A comparison that the ball does not decide, as at a corner: there is no derivative to be had there."""


def ball_of(value: Any) -> arb:
    """A number as a ball."""
    if isinstance(value, arb):
        return value
    return arb(float(value)) if isinstance(value, float | np.floating) else arb(rational(value))


class Taylor:
    """An expansion; its class, made by `expansions`, knows how many variables there are and the order.

    Attributes
    ----------
    terms : coefficient by number of its multi-index, those that are not there are 0
    """

    __slots__ = ("terms",)
    indices: ClassVar[list[Index]] = [()]
    order: ClassVar[int] = 0
    products: ClassVar[list[dict[int, int]]] = [{0: 0}]

    def __init__(self, value: Any = 0, terms: dict[int, arb] | None = None) -> None:
        self.terms = {0: ball_of(value)} if terms is None else terms

    @property
    def value(self) -> arb:
        """The constant term."""
        return self.terms.get(0, arb(0))

    def _other(self, value: Any) -> Self | None:
        if isinstance(value, Taylor):
            return value  # type: ignore[return-value]
        return type(self)(value) if isinstance(value, _NUMBERS) else None

    def __add__(self, value: Any) -> Self:
        other = self._other(value)
        if other is None:
            return NotImplemented
        terms = dict(self.terms)
        for k, c in other.terms.items():
            terms[k] = terms[k] + c if k in terms else c
        return type(self)(terms=terms)

    __radd__ = __add__

    def __neg__(self) -> Self:
        return type(self)(terms={k: -c for k, c in self.terms.items()})

    def __pos__(self) -> Self:
        return self

    def __sub__(self, value: Any) -> Self:
        other = self._other(value)
        return NotImplemented if other is None else self + -other

    def __rsub__(self, value: Any) -> Self:
        return -self + value

    def __mul__(self, value: Any) -> Self:
        if isinstance(value, _NUMBERS):
            factor = ball_of(value)
            return type(self)(terms={k: c * factor for k, c in self.terms.items()})
        other = self._other(value)
        if other is None:
            return NotImplemented
        terms: dict[int, arb] = {}
        for k, c in self.terms.items():
            into = self.products[k]
            for m, e in other.terms.items():
                at = into.get(m)
                if at is not None:
                    terms[at] = terms[at] + c * e if at in terms else c * e
        return type(self)(terms=terms)

    __rmul__ = __mul__

    def __truediv__(self, value: Any) -> Self:
        if isinstance(value, _NUMBERS):
            return self * (1 / ball_of(value))
        other = self._other(value)
        return NotImplemented if other is None else self * other**-1

    def __rtruediv__(self, value: Any) -> Self:
        return self**-1 * value

    def composed(self, f: Callable[[arb, int], list[arb]]) -> Self:
        """f of it; ``f(t, n)`` gives the coefficients f^(k)(t)/k! for k = 0..n."""
        outer = f(self.value, self.order)
        inner = type(self)(terms={k: c for k, c in self.terms.items() if k})
        result = type(self)(outer[-1])
        for c in reversed(outer[:-1]):
            result = result * inner + c
        return result

    def __pow__(self, p: Any) -> Self:
        if isinstance(p, Taylor):
            return (p * self.log()).exp()
        return self.composed(lambda t, n: _power(t, p, n))

    def __rpow__(self, base: Any) -> Self:
        return (self * ball_of(base).log()).exp()

    def exp(self) -> Self:
        """The exponential."""
        return self.composed(lambda t, n: _over_factorials([t.exp()] * (n + 1)))

    def expm1(self) -> Self:
        """exp - 1."""
        return self.composed(lambda t, n: _over_factorials([t.expm1(), *[t.exp()] * n]))

    def log(self) -> Self:
        """The natural logarithm."""
        return self.composed(lambda t, n: [t.log(), *(-((-t) ** -k) / k for k in range(1, n + 1))])

    def log1p(self) -> Self:
        """log(1 + t)."""
        return self.composed(lambda t, n: [t.log1p(), *(-((-1 - t) ** -k) / k for k in range(1, n + 1))])

    def sin(self) -> Self:
        """The sine."""
        return self.composed(lambda t, n: _over_factorials(_turning([t.sin(), t.cos()], n)))

    def cos(self) -> Self:
        """The cosine."""
        return self.composed(lambda t, n: _over_factorials(_turning([t.cos(), -t.sin()], n)))

    def sinh(self) -> Self:
        """The hyperbolic sine."""
        return self.composed(lambda t, n: _over_factorials(([t.sinh(), t.cosh()] * (n + 1))[: n + 1]))

    def cosh(self) -> Self:
        """The hyperbolic cosine."""
        return self.composed(lambda t, n: _over_factorials(([t.cosh(), t.sinh()] * (n + 1))[: n + 1]))

    def tanh(self) -> Self:
        """The hyperbolic tangent, whose derivative is 1 - tanh^2."""
        return self.composed(_tanh)

    def arctan(self) -> Self:
        """The inverse tangent, whose derivative is 1/(1 + t^2)."""
        return self.composed(_arctan)

    def tan(self) -> Self:
        """The tangent."""
        return self.sin() / self.cos()

    def sqrt(self) -> Self:
        """The square root."""
        return self ** Fraction(1, 2)

    def square(self) -> Self:
        """The square."""
        return self**2

    def __abs__(self) -> Self:
        return self if self > 0 else -self

    # What `problems.arrays.minimum` and `maximum` ask of numbers that may have no order.
    def min(self, other: Any) -> Any:
        """The lesser one."""
        return self if self <= other else other

    def max(self, other: Any) -> Any:
        """The greater one."""
        return self if self >= other else other

    def overlaps(self, other: Any) -> bool:
        """Whether the values have a number in common."""
        return bool(self.value.overlaps(type(self)._value(other)))

    @staticmethod
    def _value(other: Any) -> arb:
        return other.value if isinstance(other, Taylor) else ball_of(other)

    def _less(self, other: Any) -> bool:
        # Equal values at a single point decide nothing about the points around it.
        a, b = self.value, self._value(other)
        if a < b:
            return True
        if a > b:
            return False
        raise Kink(f"the values {a} and {b} have no order")

    def __lt__(self, other: Any) -> bool:
        return self._less(other)

    def __le__(self, other: Any) -> bool:
        return self._less(other)

    def __gt__(self, other: Any) -> bool:
        return not self._less(other)

    def __ge__(self, other: Any) -> bool:
        return not self._less(other)

    def __float__(self) -> float:
        raise TypeError("a Taylor expansion is no float64; rule: a loss in NumPy's ufuncs, @ and sums")


def _over_factorials(derivatives: list[arb]) -> list[arb]:
    result, factorial = [], 1
    for k, value in enumerate(derivatives):
        factorial *= max(k, 1)
        result.append(value / factorial)
    return result


def _turning(first: list[arb], n: int) -> list[arb]:
    return [first[k % 2] * (-1) ** (k // 2) for k in range(n + 1)]


def _power(t: arb, p: Any, n: int) -> list[arb]:
    if isinstance(p, float | np.floating) and float(p).is_integer():
        p = int(p)
    integer = isinstance(p, int | np.integer)
    p = int(p) if integer else ball_of(p)
    result, factor = [], arb(1)
    for k in range(n + 1):
        # A whole power ends: beyond it there is no 0 times infinity.
        gone = integer and 0 <= p < k
        result.append(arb(0) if gone else factor * t ** (p - k))
        factor = factor * (p - k) / (k + 1)
    return result


def _tanh(t: arb, n: int) -> list[arb]:
    c = [t.tanh()]
    if n:
        c.append(t.sech() ** 2)
    for k in range(1, n):
        c.append(-sum((c[i] * c[k - i] for i in range(k + 1)), arb(0)) / (k + 1))
    return c


def _arctan(t: arb, n: int) -> list[arb]:
    slope = _power(1 + t * t, -1, 0)[0]
    c, d = [t.atan()], [slope]
    for k in range(1, n):
        # (1 + t^2) times the series of the slope is 1.
        d.append(-(2 * t * d[k - 1] + (d[k - 2] if k > 1 else 0)) * slope)
    return c + [x / (k + 1) for k, x in enumerate(d[:n])]


@lru_cache(maxsize=32)
def expansions(d: int, order: int) -> type[Taylor]:
    """The class of expansions in d variables up to an order; its `indices` are sorted tuples of variables."""
    indices = [a for k in range(order + 1) for a in combinations_with_replacement(range(d), k)]
    number = {a: k for k, a in enumerate(indices)}
    products = [
        {number[b]: number[tuple(sorted(a + b))] for b in indices if len(a) + len(b) <= order}
        for a in indices
    ]
    fields = {"__slots__": (), "indices": indices, "order": order, "products": products}
    return type(f"Taylor{d}_{order}", (Taylor,), fields)
