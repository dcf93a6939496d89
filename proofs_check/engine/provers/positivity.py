"""Certificates that a polynomial is non-negative (or positive) for all N and all values of its symbols.

The certificate is a substitution after which every coefficient is non-negative: integer symbols are shifted
to start at 0, a generator U = base^k is written base^start (1 + v) with v >= 0, or by Bernoulli's
inequality base^start (1 + (k - start)(base - 1) + v), or, on the admissible range, through 1 + x <= U <
3/2. The last is a superset of the admissible range, so nothing is lost by it. Exact rational arithmetic
throughout.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import sympy as sp

from proofs_check.certificates.scalar import (
    Coefficients,
    Factor,
    Factors,
    Parts,
    Shifted,
    Substitution,
)
from proofs_check.engine.provers.normal_form import Generator, X, powers
from proofs_check.engine.provers.polynomials import NotRational, Quotient, factor_list, quotient

__all__ = ["certificate", "factors", "parts_nonnegative", "sign", "small"]

STARTS = (1, 2, 3)


def _signs(poly: Any, symbols: tuple[sp.Symbol, ...]) -> tuple[bool, bool]:
    """(all coefficients >= 0, some monomial is strictly positive); a symbol of unknown sign only squared."""
    unsure = [k for k, s in enumerate(symbols) if not s.is_nonnegative]
    weak = [k for k, s in enumerate(symbols) if not s.is_positive]
    strict = False
    for exponents, coefficient in zip(poly.monoms(), poly.coeffs(), strict=True):
        if coefficient < 0 or any(exponents[k] % 2 for k in unsure):
            return False, False
        strict |= not any(exponents[k] for k in weak)
    return True, strict


def _shown(found: Quotient, strict: bool) -> bool:
    """Whether coefficients of one sign show the quotient to be >= 0, or > 0 if strict."""
    fine, sure = _signs(found.top, found.symbols)
    return fine and (sure or not strict) and _signs(found.below, found.symbols)[1]


def small(generators: tuple[Generator, ...], k: sp.Symbol, value: int) -> Substitution:
    """The integer symbol k is ``value``, and every U = base^k its value there."""
    return (*((g.symbol, g.base**value) for g in generators if g.exponent == k), (k, sp.Integer(value)))


@cache
def _at_least_one(base: sp.Expr) -> bool | None:
    """None if base >= 1 is not certain; else whether the base is a polynomial."""
    found = quotient(base - 1)
    return found.below.is_constant() if _shown(found, False) else None


def _shifts(expr: sp.Expr, generators: tuple[Generator, ...], start: int, bernoulli: bool) -> Substitution:
    """Integer symbols from their least values on, and every U = base^k by its growth from there."""
    put: list[tuple[sp.Symbol, sp.Expr]] = []
    integers = {s for s in expr.free_symbols if s.is_integer}
    integers |= {gen.exponent for gen in generators}
    # Dummies, so that no symbol of the relation is taken for one of these.
    beyond = {k: sp.Dummy(f"{k.name}_", nonnegative=True) for k in integers}
    for index, gen in enumerate(generators):
        k = gen.exponent
        low = start if k.is_positive else 0
        steps = beyond[k]
        v = sp.Dummy(f"v{index}", nonnegative=True)
        shape = _at_least_one(gen.base)
        if shape is None:
            continue  # only U > 0 is known
        if not shape:
            low, bernoulli = 0, False  # a base with denominators: U >= 1 is all that is used
        growth = 1 + v + (steps * (gen.base - 1) if bernoulli else 0)
        put.append((gen.symbol, gen.base**low * growth))
    for k in integers:
        # Small values are checked one by one for the exponents of generators; others start at their least.
        low = 1 if k.is_positive else 0
        if not k.is_nonnegative:
            continue
        if any(gen.exponent == k for gen in generators) and k.is_positive:
            low = start
        put.append((k, low + beyond[k]))
    return tuple(put)


def _admissible(generators: tuple[Generator, ...]) -> Substitution:
    """x = v/(1+z), U = 1 + v, v = w/(2(1+w)): covers 0 < x <= U - 1 < 1/2; nothing for other generators."""
    if len(generators) != 1 or generators[0].base != 1 + X:
        return ()
    w, z = sp.Dummy("w", positive=True), sp.Dummy("z", nonnegative=True)
    v = w / (2 * (1 + w))
    return (generators[0].symbol, 1 + v), (X, v / (1 + z))


def _attempts(
    expr: sp.Expr, generators: tuple[Generator, ...], admissible: bool
) -> Iterator[tuple[str, list[Substitution]]]:
    """What to put in so that coefficients may have one sign: for the smaller counts, and for all others."""
    exponents = {gen.exponent for gen in generators if gen.exponent.is_positive}
    for start in STARTS if exponents else STARTS[:1]:
        head = [small(generators, k, i) for k in exponents for i in range(1, start)]
        for bernoulli in (False, True):
            yield f"start {start}", [*head, _shifts(expr, generators, start, bernoulli)]
    first = _admissible(generators) if admissible else ()
    if first:
        yield "admissible range", [(*first, *_shifts(expr, (), 1, False))]


def certificate(
    expr: sp.Expr, generators: tuple[Generator, ...], strict: bool, admissible: bool = False
) -> Coefficients | None:
    """The substitution that shows ``expr >= 0`` (``> 0`` if strict), None where none does."""
    # Several exponents at once would need every combination of small values; start 1 needs none.
    many = len({gen.exponent for gen in generators if gen.exponent.is_positive}) > 1
    open_ = {gen.symbol for gen in generators}
    for label, substitutions in _attempts(expr, generators, admissible):
        if many and label not in ("start 1", "admissible range"):
            continue
        parts = []
        for put in substitutions:
            found = _put(expr, put)
            if found is None or found.unknowns & open_ or not _shown(found, strict):
                break
            parts.append(Shifted(put, *found.polynomials()))
        else:
            return Coefficients(expr, strict, label, powers(generators), tuple(parts))
    return None


def _put(expr: sp.Expr, put: Substitution) -> Quotient | None:
    """The expression after the substitution, None where that is no quotient of polynomials."""
    try:
        return quotient(expr, put)
    except NotRational:
        return None


def factors(
    expr: sp.Expr,
    generators: tuple[Generator, ...],
    admissible: bool = False,
    given: tuple[sp.Expr, ...] = (),
    strict: bool = True,
) -> Factors | None:
    """Sign of a product of factors, None where it is not certified.

    If not strict the product may also be 0, so that a square is as good as a positive factor. The zero
    polynomial is neither positive nor negative, and nobody may multiply by its sign: it has none here.
    """
    coefficient, parts = factor_list(expr)
    if coefficient == 0:
        return None
    total = 1 if coefficient > 0 else -1
    found = []
    for factor, power in parts:
        if power % 2 == 0 and not strict:
            found.append(Factor(factor, power, 0, None))
            continue
        one = _one(factor, generators, admissible, given)
        if one is None and not strict:
            one = _not_negative(factor, generators, admissible)
        if one is None:
            return None
        found.append(Factor(factor, power, *one))
        if power % 2:
            total *= one[0]
    return Factors(expr, coefficient, tuple(found), total)


def sign(
    expr: sp.Expr,
    generators: tuple[Generator, ...],
    admissible: bool = False,
    given: tuple[sp.Expr, ...] = (),
    strict: bool = True,
) -> int | None:
    """The sign that `factors` finds."""
    found = factors(expr, generators, admissible, given, strict)
    return found.sign if found is not None else None


def parts_nonnegative(expr: sp.Expr, generators: tuple[Generator, ...], admissible: bool) -> Parts | None:
    """Every coefficient of the free non-negative symbols is >= 0 as a polynomial in x and the generators."""
    inner = {g.symbol for g in generators} | {g.exponent for g in generators} | {X}
    others = tuple(sorted(expr.free_symbols - inner, key=str))
    if not others or not all(s.is_nonnegative for s in others):
        return None
    shift = tuple((s, s + 1) for s in others if s.is_integer and s.is_positive)
    parts = []
    for monomial, coefficient in quotient(expr, shift, others).collected(len(others)):
        found = factors(coefficient, generators, admissible)
        if found is None or found.sign != 1:
            return None
        parts.append((monomial, found))
    return Parts(expr, others, shift, tuple(parts))


def _one(
    factor: sp.Expr, generators: tuple[Generator, ...], admissible: bool, given: tuple[sp.Expr, ...]
) -> tuple[int, Coefficients | sp.Expr] | None:
    """Sign of a factor, not 0, and what shows it: a hypothesis or coefficients of one sign."""
    for value in (1, -1):
        candidate = factor if value == 1 else sp.expand(-factor)
        for hypothesis in given:
            ratio = _put(candidate / hypothesis, ())
            if ratio is not None and not ratio.unknowns and ratio.top.leading_coefficient() > 0:
                return value, hypothesis
        edges = [2 - gen.symbol**2 for gen in generators if admissible and gen.base == 1 + X]
        for edge in edges:
            if candidate == edge:
                return value, edge
        shown = certificate(candidate, generators, True, admissible)
        if shown is not None:
            return value, shown
    return None


def _not_negative(
    factor: sp.Expr, generators: tuple[Generator, ...], admissible: bool
) -> tuple[int, Coefficients] | None:
    """Sign of a factor that may also be 0."""
    for value in (1, -1):
        shown = certificate(sp.expand(value * factor), generators, False, admissible)
        if shown is not None:
            return value, shown
    return None
