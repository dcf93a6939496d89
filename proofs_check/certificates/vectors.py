"""Certificates of relations between vectors, matrices and their norms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from proofs_check.certificates.base import Certificate
from proofs_check.certificates.scalar import Identity

__all__ = [
    "Expansion",
    "GramIdentity",
    "Norms",
    "Segmentwise",
    "Semidefinite",
]


@dataclass(frozen=True)
class Norms(Certificate):
    """A vector is the sum of products; the products of the factors' bounds add up to no more than the right.

    ``terms`` has the (factor, bound of its norm) of each product.
    """

    vector: sp.Expr
    terms: tuple[tuple[tuple[Any, Any], ...], ...]
    scalar: Certificate

    @property
    def method(self) -> str:
        """With the method of the scalar relation."""
        return f"norm calculus; {self.scalar.method}"


@dataclass(frozen=True)
class Semidefinite(Certificate):
    """right - left - sum of weight * fact is a form with this matrix, whose principal minors are >= 0.

    ``weights`` shows that each weight is >= 0, ``minors`` the rows of each minor and that it is >= 0.
    """

    vectors: tuple[str, ...]
    matrix: tuple[tuple[sp.Expr, ...], ...]
    facts: tuple[tuple[Any, dict[tuple[str, str], Any]], ...]
    weights: tuple[Certificate, ...]
    minors: tuple[tuple[tuple[int, ...], Certificate], ...]

    @property
    def method(self) -> str:
        """By minors."""
        return "positive semidefinite: principal minors (sympy)"


@dataclass(frozen=True)
class GramIdentity(Certificate):
    """The coefficients of every pair of vectors agree, by one identity each."""

    entries: tuple[tuple[tuple[str, str], Identity], ...]

    @property
    def method(self) -> str:
        """By entries."""
        return "identity of Gram matrices (sympy)"


@dataclass(frozen=True)
class Segmentwise(Certificate):
    """The bound of the integrand at every point of the segment, and that of the bound's integral."""

    inside: Certificate
    outside: Certificate

    @property
    def method(self) -> str:
        """With the method of the integral."""
        return f"integral along the segment; {self.outside.method}"


@dataclass(frozen=True)
class Expansion(Certificate):
    """Both sides of each pair have the same expansion in operators that need not commute.

    A product that holds one of ``centred`` once has mean 0 and is left out.
    """

    text: str
    pairs: tuple[tuple[Any, Any], ...]
    centred: tuple[sp.Symbol, ...] = ()

    @property
    def method(self) -> str:
        """Whether it is an identity or one step of an induction."""
        return self.text
