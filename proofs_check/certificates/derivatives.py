"""Certificates that rest on a derivative."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from proofs_check.certificates.base import Certificate
from proofs_check.certificates.scalar import Factors

__all__ = ["Primitive", "Rising"]


@dataclass(frozen=True)
class Rising(Certificate):
    """f > 0 for all values > 0 of the symbol: f(0) = 0, and f' is top/below, positive there.

    f is a polynomial plus multiples of logarithms of polynomials.
    """

    function: sp.Expr
    symbol: sp.Symbol
    top: Factors
    below: Factors

    @property
    def method(self) -> str:
        """In words."""
        return "f(0) = 0 and f' > 0"


@dataclass(frozen=True)
class Primitive(Certificate):
    """The derivative of the primitive by the variable is the integrand (fundamental theorem of calculus)."""

    variable: sp.Symbol
    integrand: Any
    primitive: Any

    @property
    def method(self) -> str:
        """In words."""
        return "fundamental theorem of calculus, derivative of the primitive"
