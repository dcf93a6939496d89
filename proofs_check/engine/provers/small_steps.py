"""Polynomial inequalities in x for N = 1, ..., 64, one N at a time, with exact coefficients.

Tried where no certificate for all N is found: signs of coefficients, then the same after x = b w/(1 + w) on
a bounded range (Descartes' rule of signs), then a Sturm chain where the degree is moderate.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import flint
import sympy as sp

from proofs_check.engine.provers.normal_form import Generator, X

__all__ = ["TOP", "positive_up_to", "sturm_count"]

TOP = 64
STURM_DEGREE = 40


def _edge(steps: int) -> flint.fmpq:
    """A rational upper bound of 2^(1/(2N)) - 1, by e^y - 1 <= y/(1 - y/2) with y = log(2)/(2N) <
    0.6932/(2N).
    """
    y = flint.fmpq(6932, 20000) / steps
    return y / (1 - y / 2)


def sturm_count(poly: Any, low: flint.fmpq, high: flint.fmpq) -> int:
    """Number of distinct real roots in (low, high]."""
    chain = [poly, poly.derivative()]
    while chain[-1] != 0:
        chain.append(-(chain[-2] % chain[-1]))

    def changes(at: flint.fmpq) -> int:
        values = [v for v in (p(at) for p in chain) if v != 0]
        return sum((a > 0) != (b > 0) for a, b in pairwise(values))

    return changes(low) - changes(high)


def _mobius(poly: Any, edge: flint.fmpq) -> Any:
    """(1 + w)^deg poly(edge w/(1 + w)), whose sign pattern bounds the roots in (0, edge)."""
    degree = poly.degree()
    w, one = flint.fmpq_poly([0, 1]), flint.fmpq_poly([1, 1])
    total = flint.fmpq_poly([0])
    for power, coefficient in enumerate(poly.coeffs()):
        total += coefficient * edge**power * w**power * one ** (degree - power)
    return total


def _positive(poly: Any, edge: flint.fmpq | None) -> bool:
    """poly > 0 on (0, edge], or on (0, oo) if edge is None; a factor x^k is taken out first."""
    while poly != 0 and poly[0] == 0:
        poly = flint.fmpq_poly(poly.coeffs()[1:])
    if poly == 0 or poly[0] < 0:
        return False
    if all(v >= 0 for v in poly.coeffs()):
        return True
    if edge is None:
        return poly.degree() <= STURM_DEGREE and _positive(poly, 1 + max(abs(v / poly[poly.degree()]) for v in
                                                                        poly.coeffs()))  # fmt: skip
    if all(v >= 0 for v in _mobius(poly, edge).coeffs()):
        return poly(edge) > 0
    return poly.degree() <= STURM_DEGREE and sturm_count(poly, flint.fmpq(0), edge) == 0 and poly(edge) > 0


def positive_up_to(
    expr: sp.Expr, generators: tuple[Generator, ...], admissible: bool, top: int = TOP, strict: bool = True
) -> bool:
    """Every coefficient of the free non-negative symbols is positive for 0 < x (admissible), N = 1, ..., top.

    If strict, one of them belongs to a product of positive symbols: else all may be 0 at once.
    """
    if any(g.base != 1 + X for g in generators) or len(generators) != 1:
        return False
    gen = generators[0]
    others = sorted(expr.free_symbols - {gen.symbol, gen.exponent, X}, key=str)
    if any(s.is_integer or not s.is_nonnegative for s in others):
        return False
    terms = sp.Poly(sp.expand(expr), *others).terms() if others else [((), sp.expand(expr))]
    sure = any(all(p == 0 or s.is_positive for s, p in zip(others, m, strict=True)) for m, _ in terms)
    if strict and not sure:
        return False
    parts = [coefficient for _, coefficient in terms]
    q = flint.fmpq_poly([1, 1])
    for steps in range(1, top + 1):
        power, edge = q**steps, _edge(steps) if admissible else None
        for part in parts:
            poly = flint.fmpq_poly([0])
            for (i, j, k), c in sp.Poly(part, X, gen.symbol, gen.exponent).terms():
                value = flint.fmpq(int(c.p), int(c.q)) * steps**k
                poly += value * flint.fmpq_poly([0, 1]) ** i * power**j
            if not _positive(poly, edge):
                return False
    return True
