"""Quotients of polynomials over the rationals, computed by FLINT: expanded, cancelled and factored.

Goals and certificates are expressions of sympy. In between, sums of a thousand terms are expanded, cancelled
and factored, which takes FLINT a hundredth of the time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import flint
import sympy as sp

from proofs_check.certificates.scalar import Polynomial, Substitution

__all__ = ["NotRational", "Quotient", "factor_list", "quotient"]


class NotRational(ValueError):
    """The expression is no quotient of polynomials over the rationals in its symbols."""


@dataclass(frozen=True)
class Quotient:
    """top / below in lowest terms, with integer coefficients; the first coefficient of ``below`` is positive.

    Attributes
    ----------
    symbols : the unknowns of both, in the order of the exponents
    top, below : flint.fmpq_mpoly
    """

    symbols: tuple[sp.Symbol, ...]
    top: Any
    below: Any

    @property
    def numerator(self) -> sp.Expr:
        """``top`` as a sum of sympy."""
        return _expression(self.top.to_dict(), self.symbols)

    @property
    def denominator(self) -> sp.Expr:
        """``below`` as a sum of sympy."""
        return _expression(self.below.to_dict(), self.symbols)

    @property
    def number(self) -> Any:
        """``below`` where this is a polynomial.

        Raises
        ------
        NotRational
            Where it is none.
        """
        if not self.below.is_constant():
            raise NotRational(f"{self.numerator} over {self.denominator} is no polynomial")
        return self.below.leading_coefficient()

    @property
    def unknowns(self) -> set[sp.Symbol]:
        """The symbols that occur."""
        degrees = zip(self.symbols, self.top.degrees(), self.below.degrees(), strict=True)
        return {symbol for symbol, above, below in degrees if above > 0 or below > 0}

    def polynomials(self) -> tuple[Polynomial, Polynomial]:
        """Both, as a certificate writes them."""
        return _polynomial(self.top, self.symbols), _polynomial(self.below, self.symbols)

    def collected(self, count: int) -> Iterator[tuple[tuple[int, ...], sp.Expr]]:
        """The polynomial that this is, in the first ``count`` symbols: exponents and coefficients."""
        number = self.number
        parts: dict[tuple[int, ...], dict[tuple[int, ...], Any]] = {}
        for exponents, c in zip(self.top.monoms(), self.top.coeffs(), strict=True):
            head = tuple(map(int, exponents[:count]))
            parts.setdefault(head, {})[exponents[count:]] = c / number
        for exponents, part in parts.items():
            yield exponents, _expression(part, self.symbols[count:])


def quotient(expr: Any, put: Substitution = (), first: Sequence[sp.Symbol] = ()) -> Quotient:
    """``expr`` once ``put`` is put in, one after the other; the symbols ``first`` come first.

    Raises
    ------
    NotRational
        Where a symbol stands in an exponent, a root or a function.
    ZeroDivisionError
        Where a denominator is zero once expanded.
    """
    expr = sp.sympify(expr)
    free = set(expr.free_symbols).union(*(sp.sympify(value).free_symbols for _, value in put))
    symbols = (*first, *sorted(free - set(first), key=lambda s: (s.name, s.sort_key())))
    ring = flint.fmpq_mpoly_ctx.get([f"v{k}" for k in range(len(symbols))], flint.Ordering.lex)
    one = ring.constant(1)
    values: dict[sp.Expr, tuple[Any, Any]] = {
        symbol: (unknown, one) for symbol, unknown in zip(symbols, ring.gens(), strict=True)
    }
    put_in: dict[sp.Expr, tuple[Any, Any]] = {}
    for symbol, value in reversed(put):
        # What is put in later is put into what was put in before.
        put_in[symbol] = _walk(sp.sympify(value), values | put_in, ring)
    top, below = _walk(expr, values | put_in, ring)
    common = top.gcd(below)
    if not common.is_one():
        top, below = top // common, below // common
    above, under = _content(top), _content(below)
    if under * below.leading_coefficient() < 0:
        under = -under
    scale = above / under
    return Quotient(symbols, top * (scale.p / above), below * (scale.q / under))


def _content(poly: Any) -> flint.fmpq:
    """The positive number that leaves coprime integers as coefficients; 1 for the polynomial 0."""
    found = poly.coeffs()
    if not found:
        return flint.fmpq(1)
    return flint.fmpq(math.gcd(*(int(c.p) for c in found)), math.lcm(*(int(c.q) for c in found)))


def _walk(expr: sp.Expr, values: dict[sp.Expr, tuple[Any, Any]], ring: Any) -> tuple[Any, Any]:
    """Numerator and denominator, not in lowest terms."""
    known = values.get(expr)
    if known is not None:
        return known
    if expr.is_Rational:
        return ring.constant(flint.fmpq(int(expr.p), int(expr.q))), ring.constant(1)
    if expr.is_Pow and expr.exp.is_Integer:
        above, below = _walk(expr.base, values, ring)
        power = int(expr.exp)
        if power < 0:
            if above.is_zero():
                raise ZeroDivisionError(f"{expr.base} is zero")
            above, below, power = below, above, -power
        found = above**power, below**power
    elif expr.is_Add or expr.is_Mul:
        found = ring.constant(int(expr.is_Mul)), ring.constant(1)
        for part in expr.args:
            other = _walk(part, values, ring)
            if expr.is_Mul:
                found = found[0] * other[0], found[1] * other[1]
            elif found[1] == other[1]:
                found = found[0] + other[0], found[1]
            else:
                common = found[1].gcd(other[1])
                mine, its = found[1] // common, other[1] // common
                found = found[0] * its + other[0] * mine, mine * other[1]
    else:
        raise NotRational(f"{expr} is no quotient of polynomials")
    values[expr] = found
    return found


def _expression(terms: dict[tuple[int, ...], Any], symbols: Sequence[sp.Symbol]) -> sp.Expr:
    return sp.Add(*[
        sp.Mul(sp.Rational(int(c.p), int(c.q)), *[s**k for s, k in zip(symbols, powers, strict=True) if k])
        for powers, c in terms.items()
    ])  # fmt: skip


def _polynomial(poly: Any, symbols: Sequence[sp.Symbol]) -> Polynomial:
    """In the symbols that occur; 0 has the one term 0."""
    used = [k for k, degree in enumerate(poly.degrees()) if degree > 0]
    terms = tuple(
        (tuple(int(exponents[k]) for k in used), sp.Rational(int(c.p), int(c.q)))
        for exponents, c in zip(poly.monoms(), poly.coeffs(), strict=True)
    )
    return Polynomial(tuple(symbols[k] for k in used), terms or (((), sp.Integer(0)),))


def factor_list(expr: sp.Expr) -> tuple[sp.Rational, list[tuple[sp.Expr, int]]]:
    """A number, and the irreducible factors of a polynomial with their powers.

    Raises
    ------
    NotRational
        Where ``expr`` is no polynomial.
    """
    found = quotient(expr)
    number, factors = found.top.factor()
    number = number / found.number
    parts = [(_expression(base.to_dict(), found.symbols), int(power)) for base, power in factors]
    return sp.Rational(int(number.p), int(number.q)), parts
