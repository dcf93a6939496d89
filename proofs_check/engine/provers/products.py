"""A polynomial is >= 0 because it is a sum of products of what is known to be >= 0.

The products are those of constraints and of squares, up to the polynomial's own degree in every symbol; a
linear program finds their weights, and the identity is then solved and checked in exact rationals
(certificates of Handelman's and Stengle's theorems, of low degree).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import flint
import numpy as np
import sympy as sp
from scipy.optimize import linprog
from scipy.sparse import csc_array

from proofs_check.certificates.scalar import Constraint, Power, Products

__all__ = ["products"]

#: More products than these are not tried.
MOST = 6000

#: Weight, places of the constraints, what is squared.
Term = tuple[tuple[int, ...], sp.Expr]


def products(
    expr: sp.Expr, strict: bool, powers: tuple[Power, ...], constraints: tuple[Constraint, ...]
) -> Products | None:
    """The weights that show ``expr >= 0`` (> 0 if strict) under the constraints; None where none are."""
    symbols = sorted(expr.free_symbols.union(*[c.free_symbols for c, _ in constraints]), key=str)
    if not symbols:
        return None
    ring = flint.fmpq_mpoly_ctx.get([f"s{k}" for k in range(len(symbols))], "degrevlex")
    target = _polynomial(expr, symbols, ring)
    known = [_polynomial(c, symbols, ring) for c, _ in constraints]
    terms: list[Term] = []
    columns = []
    for square in (sp.Integer(1), *_squares(expr)):
        start = _polynomial(square, symbols, ring) ** 2
        for places, product in _within(start, 0, known, target.degrees()):
            terms.append((places, square))
            columns.append(product)
            if len(terms) > MOST:
                return None
    sure = [all(constraints[k][1] for k in places) and square == 1 for places, square in terms]
    weights = _weights(target, columns, sure, strict)
    if weights is None:
        return None
    kept = tuple((w, *terms[k]) for k, w in weights)
    return Products(expr, strict, powers, constraints, kept)


def _polynomial(expr: sp.Expr, symbols: list[sp.Symbol], ring: Any) -> Any:
    terms = sp.Poly(expr, *symbols).terms()
    return ring.from_dict({powers: flint.fmpq(int(c.p), int(c.q)) for powers, c in terms})


def _squares(expr: sp.Expr) -> list[sp.Expr]:
    """What stands squared in the polynomial, or in a coefficient of one of its symbols."""
    coefficients = [expr]
    for symbol in sorted(expr.free_symbols, key=str):
        coefficients += sp.Poly(expr, symbol).coeffs()
    found = {base for c in coefficients for base, power in sp.factor_list(c)[1] if power >= 2}
    return sorted((base for base in found if not base.is_Symbol), key=str)


def _within(product: Any, first: int, known: list[Any], most: tuple[int, ...]) -> Iterator[tuple[Any, Any]]:
    """The products with constraints from ``first`` on that keep to the degrees allowed."""
    if any(d > m for d, m in zip(product.degrees(), most, strict=True)):
        return
    yield (), product
    for k in range(first, len(known)):
        for places, more in _within(product * known[k], k, known, most):
            yield (k, *places), more


def _weights(
    target: Any, columns: list[Any], sure: list[bool], strict: bool
) -> list[tuple[int, sp.Rational]] | None:
    """Places and exact weights > 0 of the products that add up to the target, of a vertex of the program."""
    rows = {powers: r for r, powers in enumerate({m for p in (target, *columns) for m in p.monoms()})}
    entries = [(rows[m], k, c) for k, p in enumerate(columns) for m, c in p.to_dict().items()]
    if not entries:
        return None
    at, of, values = zip(*entries, strict=True)
    matrix = csc_array((np.array([float(v) for v in values]), (at, of)), shape=(len(rows), len(columns)))
    right = np.zeros(len(rows))
    for m, c in target.to_dict().items():
        right[rows[m]] = float(c)
    cost = np.where(sure, -1.0, 0.0) if strict else np.ones(len(columns))
    found = linprog(cost, A_eq=matrix, b_eq=right, bounds=(0, 1e6), method="highs-ds")
    if not found.success:
        return None
    kept = [k for k, w in enumerate(found.x) if w > 1e-9]
    exact = flint.fmpq_mat(len(rows), len(kept))
    for i, k, c in entries:
        if k in kept:
            exact[i, kept.index(k)] = c
    ends = flint.fmpq_mat(len(rows), 1)
    for m, c in target.to_dict().items():
        ends[rows[m], 0] = c
    try:
        weights = (exact.transpose() * exact).solve(exact.transpose() * ends)
    except ZeroDivisionError:
        return None
    if exact * weights != ends:
        return None
    out = [(k, sp.Rational(int(w.p), int(w.q))) for k, w in zip(kept, weights.entries(), strict=True)]
    if any(w < 0 for _, w in out) or (strict and not any(w > 0 and sure[k] for k, w in out)):
        return None
    return [(k, w) for k, w in out if w > 0]
