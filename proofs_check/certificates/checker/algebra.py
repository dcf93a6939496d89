"""Quotients of polynomials with rational coefficients, and sums of products of operators, read from text.

``base^(a n + b)`` is ``U^a base^b`` with U an unknown of its own, which a certificate names with its base and
its exponent: what holds for all values of the unknowns holds for the powers at every n.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator
from typing import Any

import flint

OPERATIONS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}  # fmt: skip


class Refused(Exception):
    """The certificate does not show its goal."""


def require(condition: Any, why: str) -> None:
    """Refuse the certificate unless the condition holds."""
    if not condition:
        raise Refused(why)


def fraction(text: Any) -> Any:
    """The number that "p/q" says."""
    return flint.fmpq(*map(int, str(text).split("/")))


def names(value: Any) -> set[str]:
    """The symbols in a text, or in any text within lists and objects."""
    if isinstance(value, str) and not value.startswith(("<", "=")):
        return {node.id for node in ast.walk(ast.parse(value)) if isinstance(node, ast.Name)}
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return set().union(*map(names, parts))


def value(text: Any, leaf: Callable[[Any], Any], call: Callable[[ast.Call], Any] | None = None) -> Any:
    """What an expression, text or tree, says, with ``leaf`` for its numbers and symbols."""
    node = text if isinstance(text, ast.expr) else ast.parse(str(text), mode="eval").body
    if isinstance(node, ast.Name | ast.Constant):
        return leaf(node.id if isinstance(node, ast.Name) else int(str(node.value)))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return leaf(0) - value(node.operand, leaf, call)
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
        return OPERATIONS[type(node.op)](value(node.left, leaf, call), value(node.right, leaf, call))
    if not isinstance(node, ast.Call) or call is None:
        raise Refused(f"not read: {ast.unparse(node)}")
    return call(node)


class Ratio:
    """top/below in lowest terms, below not 0."""

    def __init__(self, ring: Ring, top: Any, below: Any) -> None:
        require(below != 0, "a denominator is 0")
        common = below if below.is_constant() else top.gcd(below)
        self.ring, self.top, self.below = ring, top / common, below / common

    def __add__(self, other: Ratio) -> Ratio:
        return Ratio(self.ring, self.top * other.below + other.top * self.below, self.below * other.below)

    def __sub__(self, other: Ratio) -> Ratio:
        return Ratio(self.ring, self.top * other.below - other.top * self.below, self.below * other.below)

    def __mul__(self, other: Ratio) -> Ratio:
        return Ratio(self.ring, self.top * other.top, self.below * other.below)

    def __truediv__(self, other: Ratio) -> Ratio:
        return Ratio(self.ring, self.top * other.below, self.below * other.top)

    def __pow__(self, exponent: Ratio | int) -> Ratio:
        if isinstance(exponent, int):
            whole = self if exponent >= 0 else self.ring.number(1) / self
            return Ratio(self.ring, whole.top ** abs(exponent), whole.below ** abs(exponent))
        out = self.ring.number(1)
        for monomial, count in self.ring.terms(exponent.polynomial()):
            require(count.q == 1, "an exponent is no integer")
            out = out * (self.ring.unknown(self, monomial) if monomial else self) ** int(count.p)
        return out

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ratio) and self.top * other.below == other.top * self.below

    def polynomial(self) -> Any:
        """The numerator, where the denominator is a number."""
        require(self.below.is_constant(), "not a polynomial")
        return self.top / self.below


class Ring:
    """The symbols of a goal and its certificate, and the unknowns that stand for powers."""

    def __init__(self, symbols: set[str]) -> None:
        self.spare = [f"power{k}" for k in range(9)]
        self.symbols = sorted({*symbols, *self.spare})
        self.context = flint.fmpq_mpoly_ctx.get(self.symbols, "degrevlex")
        #: U: (base, exponent).
        self.powers: dict[str, tuple[Ratio, str]] = {}

    def number(self, value: Any) -> Ratio:
        """A rational number."""
        return Ratio(self, self.context.constant(flint.fmpq(value)), self.context.constant(flint.fmpq(1)))

    def symbol(self, name: str) -> Ratio:
        """A symbol."""
        require(name in self.symbols, f"unknown symbol {name}")
        return Ratio(self, self.context.gen(self.symbols.index(name)), self.context.constant(flint.fmpq(1)))

    def unknown(self, base: Ratio, exponent: dict[str, int]) -> Ratio:
        """What stands for base^exponent, the exponent being one symbol."""
        require(list(exponent.values()) == [1], "an exponent is not linear")
        found = [u for u, (b, n) in self.powers.items() if {n: 1} == exponent and b == base]
        name = found[0] if found else self.spare.pop()
        self.powers.setdefault(name, (base, next(iter(exponent))))
        return self.symbol(name)

    def terms(self, polynomial: Any) -> Iterator[tuple[dict[str, int], Any]]:
        """Monomials as symbol: exponent, and their coefficients."""
        for exponents, coefficient in polynomial.to_dict().items():
            yield {s: int(e) for s, e in zip(self.symbols, exponents, strict=True) if e}, coefficient

    def leaf(self, name: Any) -> Ratio:
        """A number or a symbol."""
        return self.number(name) if isinstance(name, int) else self.symbol(name)

    def read(self, text: Any, put: dict[str, Ratio] | None = None) -> Ratio:
        """The quotient that a text says, with ``put`` put in for symbols."""
        return value(text, lambda name: (put or {}).get(name) or self.leaf(name))


class Words(dict[tuple[str, ...], Ratio]):
    """A sum of products of operators that need not commute: the coefficient of each word."""

    def __add__(self, other: Words, sign: int = 1) -> Words:
        out = dict(self)
        for word, c in other.items():
            out[word] = out.get(word, c.ring.number(0)) + c * c.ring.number(sign)
        return Words({word: c for word, c in out.items() if c.top != 0})

    def __sub__(self, other: Words) -> Words:
        return self.__add__(other, -1)

    def __mul__(self, other: Words) -> Words:
        out = Words()
        for a, c in self.items():
            out = sum((Words({a + b: c * d}) for b, d in other.items()), out)
        return out

    def __truediv__(self, other: Words) -> Words:
        return Words({word: c / other[()] for word, c in self.items()})

    def __pow__(self, other: Words) -> Words:
        require(self.keys() <= {()} or other[()] == other[()].ring.number(2), "an operator's power")
        return self * self if self.keys() - {()} else Words({(): self[()] ** other[()]})
