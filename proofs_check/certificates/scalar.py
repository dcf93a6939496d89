"""Certificates of scalar relations: what was found, and the mathematics that makes it a proof.

Each holds what a check by plain substitution needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from proofs_check.certificates.base import Certificate

__all__ = [
    "Bounded",
    "Coefficients",
    "Constraint",
    "Counterexample",
    "Factor",
    "Factors",
    "Identity",
    "Inductive",
    "Parts",
    "Polynomial",
    "Positive",
    "Power",
    "Products",
    "Shifted",
    "Substitution",
]

#: What to put in for symbols, one after the other.
Substitution = tuple[tuple[sp.Symbol, Any], ...]
#: An expression, and whether it is > 0 or only >= 0.
Constraint = tuple[sp.Expr, bool]
#: U = base^exponent, an independent unknown of which only what is shown to be true of the power is used.
Power = tuple[sp.Symbol, sp.Expr, sp.Symbol]


@dataclass(frozen=True)
class Polynomial:
    """Sum of ``coefficient * product of symbols^exponents``, coefficients exact."""

    symbols: tuple[sp.Symbol, ...]
    terms: tuple[tuple[tuple[int, ...], sp.Rational], ...]

    @classmethod
    def of(cls, expr: sp.Expr) -> Polynomial:
        """The polynomial, expanded, in its own symbols."""
        symbols = tuple(sorted(expr.free_symbols, key=lambda s: (s.name, s.sort_key())))
        if not symbols:
            return cls((), (((), expr),))
        return cls(symbols, tuple(sp.Poly(expr, *symbols).terms()))

    def degree(self, symbol: sp.Symbol) -> int:
        """The highest power of a symbol."""
        if symbol not in self.symbols:
            return 0
        place = self.symbols.index(symbol)
        return max(powers[place] for powers, _ in self.terms)

    @property
    def expr(self) -> sp.Expr:
        """The sum."""
        return sp.Add(*[
            c * sp.Mul(*[s**k for s, k in zip(self.symbols, powers, strict=True)]) for powers, c in self.terms
        ])  # fmt: skip


@dataclass(frozen=True)
class Identity(Certificate):
    """left = right: with ``put`` put in and every power written by its U, left - right is 0 once expanded.

    base^(a N + b) is U^a base^b. What is 0 for all values of the unknowns is 0 for the powers at every N.
    """

    left: Any
    right: Any
    put: Substitution
    powers: tuple[Power, ...]

    @property
    def method(self) -> str:
        """For all N at once."""
        return "identity in symbolic N (FLINT)"


@dataclass(frozen=True)
class Shifted:
    """After the substitution the polynomial is top/below, all of whose coefficients are >= 0.

    A symbol that may be negative occurs in even powers only. What is put in covers the whole range of each
    symbol: a count is its least value plus a non-negative symbol; U = base^k is base^start (1 + v), or that
    with Bernoulli's (k - start)(base - 1), v >= 0; on the admissible range U = 1 + v and x = v/(1 + z) with
    v = w/(2 (1 + w)), from x <= U - 1 < 1/2.
    """

    substitution: Substitution
    top: Polynomial
    below: Polynomial


@dataclass(frozen=True)
class Coefficients(Certificate):
    """A polynomial is >= 0, or > 0 if ``strict``: each part has then a monomial of positive symbols alone.

    Where the counts start above 1, the parts before the last are the smaller counts, one by one.
    """

    expression: sp.Expr
    strict: bool
    label: str
    powers: tuple[Power, ...]
    parts: tuple[Shifted, ...]

    @property
    def method(self) -> str:
        """With the substitution's name."""
        return f"coefficients of one sign ({self.label})"


@dataclass(frozen=True)
class Factor:
    """sign * base > 0 by ``why``, or >= 0 where 0 is allowed; a base to an even power has then no ``why``.

    ``why`` is a certificate, or a hypothesis of which sign * base is a positive rational multiple.
    """

    base: sp.Expr
    power: int
    sign: int
    why: Coefficients | sp.Expr | None


@dataclass(frozen=True)
class Factors(Certificate):
    """The sign of ``coefficient * product of base^power``, from those of the factors."""

    expression: sp.Expr
    coefficient: sp.Expr
    factors: tuple[Factor, ...]
    sign: int

    @property
    def method(self) -> str:
        """By factors."""
        return "coefficients of one sign, factor by factor"


@dataclass(frozen=True)
class Parts(Certificate):
    """A polynomial in ``symbols``, all >= 0, is >= 0: each coefficient is > 0 by its own certificate.

    Counts among the symbols are 1 more than what stands in the polynomial, by ``shift``.
    """

    expression: sp.Expr
    symbols: tuple[sp.Symbol, ...]
    shift: Substitution
    parts: tuple[tuple[tuple[int, ...], Factors], ...]

    @property
    def method(self) -> str:
        """By coefficients."""
        return "coefficients of one sign, part by part"


@dataclass(frozen=True)
class Products(Certificate):
    """expression = sum of weight * product of ``factors``, all weights > 0, all factors >= 0.

    A factor is a constraint (expression, whether > 0 or >= 0), by its place in ``constraints``, or a square.
    Is the relation strict, one product is of constraints that are > 0 alone. No search is left: it is one
    identity.
    """

    expression: sp.Expr
    strict: bool
    powers: tuple[Power, ...]
    constraints: tuple[Constraint, ...]
    terms: tuple[tuple[sp.Rational, tuple[int, ...], sp.Expr], ...]

    @property
    def method(self) -> str:
        """In words."""
        return "sum of products of what is >= 0"


@dataclass(frozen=True)
class Positive(Certificate):
    """left <= right, or < if ``strict``: right - left is numerator/denominator, both of a certified sign.

    ``put`` and ``powers`` as in `Identity`. ``below`` is the sign of the denominator; ``above`` is that
    below.sign * numerator is >= 0 (> 0).
    """

    left: Any
    right: Any
    strict: bool
    put: Substitution
    powers: tuple[Power, ...]
    numerator: sp.Expr
    denominator: sp.Expr
    below: Factors
    above: Certificate

    @property
    def method(self) -> str:
        """That of the numerator."""
        return self.above.method


@dataclass(frozen=True)
class Bounded(Certificate):
    """A relation whose symbols with 0 < symbol <= bound are put in as bound/(1 + slack), slack >= 0."""

    put: Substitution
    scalar: Certificate

    @property
    def method(self) -> str:
        """That of the relation after it."""
        return self.scalar.method


@dataclass(frozen=True)
class Inductive(Certificate):
    """Of a recursion: the first value, the step from n - 1 to n, and that the step's factor is >= 0."""

    base: Certificate
    step: Certificate
    factor: Certificate

    @property
    def method(self) -> str:
        """With the method of the first value."""
        return f"induction; {self.base.method}"


@dataclass(frozen=True)
class Counterexample(Certificate):
    """At the point every hypothesis is > 0 and the relation is false, by the exact values of both sides.

    Where symbols are bounded from above or the step size is set, what they stand for is already put in.
    """

    left: Any
    relation: str
    right: Any
    given: tuple[Any, ...]
    admissible: bool
    point: Substitution
    values: tuple[Fraction, Fraction]

    @property
    def method(self) -> str:
        """By a point."""
        return "exact counterexample"
