"""Certificates that enclose a function by Arb balls on pieces of the range of its variables."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from proofs_check.certificates.base import Certificate
from proofs_check.certificates.scalar import Positive, Power, Substitution

__all__ = [
    "Boxes",
    "Ends",
    "EveryStep",
    "Number",
    "Signed",
    "Tail",
]


@dataclass(frozen=True)
class Boxes(Certificate):
    """A polynomial in x and U is > 0: its core is, at U = e^s and x = e^(s t) - 1 on every box of (s, t).

    The core is what is left of the polynomial without its factors x and U - 1, which are > 0. The boxes cover
    0 <= s <= 347/1000 and 0 <= t <= 1, and log(2)/2 < 347/1000; t is 1/N.
    """

    expression: sp.Expr
    core: sp.Expr
    x: sp.Symbol
    power: Power
    boxes: tuple[tuple[tuple[Fraction, Fraction], ...], ...]

    @property
    def method(self) -> str:
        """With the number of boxes tried: these, and one for each time that a box was halved."""
        return f"Arb subdivision in (s, t), {2 * len(self.boxes) - 1} boxes"


#: A piece of 0 <= t <= 1/16.
Ends = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Signed:
    """sign * coefficient > 0 for all N >= 1/``end`` of the tail, t = 1/N in one of the pieces."""

    powers: tuple[int, ...]
    coefficient: sp.Expr
    sign: int
    boxes: tuple[Ends, ...]


@dataclass(frozen=True)
class Tail:
    """sign * expression >= 0 for 0 < t <= end, t = 1/N: each coefficient of ``symbols`` has that sign.

    A coefficient, a polynomial in N and the powers U = (1 + t p(t))^N, is times t^degree a function of t that
    Arb encloses at t = 0, too.
    """

    expression: sp.Expr
    symbols: tuple[sp.Symbol, ...]
    shift: Substitution
    end: sp.Rational
    parts: tuple[Signed, ...]

    @property
    def sign(self) -> int:
        """That of every part."""
        return self.parts[0].sign


@dataclass(frozen=True)
class EveryStep(Certificate):
    """left <= right, or < if ``strict``, at alpha = 1/(8 N L): the first N one by one, then in t = 1/N."""

    left: Any
    right: Any
    strict: bool
    put: Substitution
    powers: tuple[Power, ...]
    numerator: sp.Expr
    denominator: sp.Expr
    first: tuple[Positive, ...]
    below: Tail
    above: Tail

    @property
    def method(self) -> str:
        """With where the pieces begin."""
        n = len(self.first)
        return f"N <= {n} exactly, N > {n} by Arb subdivision in t = 1/N"


@dataclass(frozen=True)
class Number(Certificate):
    """right - left is a number, and the ball that encloses it is positive."""

    left: Any
    right: Any

    @property
    def method(self) -> str:
        """By a ball."""
        return "Arb ball"
