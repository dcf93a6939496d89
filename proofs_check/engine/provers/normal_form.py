"""Rational normal form: every power ``base^(a N + b)`` becomes ``U^a base^b`` with U an independent
generator.

So a relation between expressions with symbolic exponents is a relation between rational functions of x =
alpha L, of the generators U = base^N, and of the other symbols. An identity there is an identity for all N.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import sympy as sp

from proofs_check.certificates.scalar import Power
from proofs_check.engine.provers.polynomials import NotRational, quotient
from proofs_check.symbols import L, alpha

__all__ = ["Fractional", "Generator", "X", "powers", "rational_function"]

X = sp.Dummy("x", positive=True)


@dataclass(frozen=True)
class Generator:
    """U = base^exponent for an integer symbol ``exponent``."""

    symbol: sp.Symbol
    base: sp.Expr
    exponent: sp.Symbol


@dataclass(frozen=True)
class Fractional:
    """numerator / denominator, with the generators they use and what was put in for the step size."""

    numerator: sp.Expr
    denominator: sp.Expr
    generators: tuple[Generator, ...]
    put: tuple[tuple[sp.Symbol, sp.Expr], ...]

    @property
    def powers(self) -> tuple[Power, ...]:
        """The generators as a certificate names them."""
        return powers(self.generators)


def powers(generators: tuple[Generator, ...]) -> tuple[Power, ...]:
    """U, its base and its exponent."""
    return tuple((g.symbol, g.base, g.exponent) for g in generators)


@cache
def _generator(base: sp.Expr, exponent: sp.Symbol) -> Generator:
    """One for a base and an exponent, so that a relation and its hypotheses share it.

    A dummy, so that no symbol of the relation is taken for it; without a sign where the base may be negative.
    """
    sign = {"positive": True} if base.is_positive else {"real": True}
    return Generator(sp.Dummy(f"U_{exponent.name}", **sign), base, exponent)


def _powers(expr: sp.Expr, found: dict[tuple[sp.Expr, sp.Symbol], Generator]) -> sp.Expr:
    if not expr.args:
        return expr
    if expr.is_Pow and any(s.is_integer for s in expr.exp.free_symbols):
        base = sp.expand(_powers(expr.base, found))
        exponent = sp.expand(expr.exp)
        out = sp.Integer(1)
        for term in sp.Add.make_args(exponent):
            count, symbol = term.as_coeff_Mul()
            if symbol == 1:
                out *= base**count
                continue
            if not symbol.is_Symbol or not count.is_integer:
                raise ValueError(f"exponent {expr.exp} is not linear in one integer symbol")
            key = (base, symbol)
            found[key] = _generator(base, symbol)
            out *= found[key].symbol ** count
        return out
    return expr.func(*[_powers(a, found) for a in expr.args])


@cache
def rational_function(expr: sp.Expr, at: sp.Expr | None = None) -> Fractional:
    """Normal form of ``expr``; ``at`` is the step size where a corollary fixes it."""
    expr = sp.sympify(expr)
    step = at if at is not None else X / L
    expr = expr.subs(alpha, step)
    found: dict[tuple[sp.Expr, sp.Symbol], Generator] = {}
    expr = _powers(expr, found)
    try:
        whole = quotient(expr)
        numerator, denominator = whole.numerator, whole.denominator
    except NotRational:
        numerator, denominator = sp.fraction(sp.cancel(sp.together(expr)))
    return Fractional(numerator, denominator, tuple(found.values()), ((alpha, step),))
