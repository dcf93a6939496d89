"""Certificates that a polynomial is non-negative (or positive) for all N and all values of its symbols.

The certificate is a substitution after which every coefficient is non-negative: integer symbols are shifted
to start at 0, a generator U = base^k is written base^start (1 + v) with v >= 0, or by Bernoulli's
inequality base^start (1 + (k - start)(base - 1) + v), or, on the admissible range, through 1 + x <= U <
3/2. The last is a superset of the admissible range, so nothing is lost by it. Exact rational arithmetic
throughout.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from proofs_check.certificates.scalar import (
    Coefficients,
    Factor,
    Factors,
    Parts,
    Polynomial,
    Shifted,
    Substitution,
)
from proofs_check.engine.provers.normal_form import Generator, X, powers

__all__ = ["certificate", "factors", "parts_nonnegative", "sign", "small"]

STARTS = (1, 2, 3)


def _signs(poly_expr: sp.Expr, positive: set[sp.Symbol]) -> tuple[bool, bool]:
    """(all coefficients >= 0, some monomial is strictly positive); a symbol of unknown sign only squared."""
    poly_expr = sp.expand(poly_expr)
    if poly_expr == 0:
        return True, False
    symbols = sorted(poly_expr.free_symbols, key=lambda s: s.name)
    if symbols and not poly_expr.is_polynomial(*symbols):
        top, below = sp.fraction(sp.together(poly_expr))
        if below == 1 or not below.is_polynomial(*symbols) or not _signs(below, positive)[1]:
            return False, False
        return _signs(top, positive)
    if not symbols:
        return bool(poly_expr >= 0), bool(poly_expr > 0)
    poly = sp.Poly(poly_expr, *symbols)
    strict = False
    for monomial, coefficient in poly.terms():
        if not coefficient.is_Rational or coefficient < 0:
            return False, False
        if any(p % 2 and not s.is_nonnegative for s, p in zip(symbols, monomial, strict=True)):
            return False, False
        strict |= all(p == 0 or s in positive for s, p in zip(symbols, monomial, strict=True))
    return True, strict


def small(expr: sp.Expr, generators: tuple[Generator, ...], k: sp.Symbol, value: int) -> sp.Expr:
    """``expr`` with the integer symbol k set to ``value`` and every U = base^k replaced by its value."""
    for symbol, number in _small(generators, k, value):
        expr = expr.subs(symbol, number)
    return expr


def _small(generators: tuple[Generator, ...], k: sp.Symbol, value: int) -> Substitution:
    return (*((g.symbol, g.base**value) for g in generators if g.exponent == k), (k, sp.Integer(value)))


def _at_least_one(base: sp.Expr) -> bool | None:
    """None if base >= 1 is not certain; else whether the base is a polynomial."""
    numerator, denominator = sp.fraction(sp.together(base - 1))
    if not (_signs(numerator, set())[0] and _signs(denominator, set())[0]):
        return None
    return not denominator.free_symbols


def _shifts(
    expr: sp.Expr, generators: tuple[Generator, ...], start: int, bernoulli: bool
) -> tuple[sp.Expr, Substitution]:
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
        # Only the exponent symbols of generators have their small values checked separately.
        low = 1 if k.is_positive else 0
        if not k.is_nonnegative:
            continue
        if any(gen.exponent == k for gen in generators) and k.is_positive:
            low = start
        put.append((k, low + beyond[k]))
    for symbol, value in put:
        expr = expr.subs(symbol, value)
    return expr, tuple(put)


def _admissible(
    expr: sp.Expr, generators: tuple[Generator, ...]
) -> tuple[sp.Expr, sp.Expr, Substitution] | None:
    """x = v/(1+z), U = 1 + v, v = w/(2(1+w)): covers 0 < x <= U - 1 < 1/2.  Numerator and denominator."""
    gens = [gen for gen in generators if gen.base == 1 + X]
    if len(gens) != 1 or len(generators) != 1:
        return None
    w, z = sp.Dummy("w", positive=True), sp.Dummy("z", nonnegative=True)
    v = w / (2 * (1 + w))
    put = ((gens[0].symbol, 1 + v), (X, v / (1 + z)))
    numerator, denominator = sp.fraction(sp.together(expr.subs(dict(put), simultaneous=True)))
    if not _signs(denominator, {w, z})[1]:
        return None
    return sp.expand(numerator), denominator, put


#: What is to have coefficients of one sign, over what is known to be positive, after the substitution.
Attempt = tuple[sp.Expr, sp.Expr, Substitution]


def _attempts(
    expr: sp.Expr, generators: tuple[Generator, ...], admissible: bool
) -> Iterator[tuple[str, list[Attempt]]]:
    one = sp.Integer(1)
    exponents = {gen.exponent for gen in generators if gen.exponent.is_positive}
    for start in STARTS if exponents else STARTS[:1]:
        head: list[Attempt] = [
            (small(expr, generators, k, i), one, _small(generators, k, i))
            for k in exponents
            for i in range(1, start)
        ]
        for bernoulli in (False, True):
            part, put = _shifts(expr, generators, start, bernoulli)
            yield f"start {start}", [*head, (part, one, put)]
    if admissible:
        shifted = _admissible(expr, generators)
        if shifted is not None:
            numerator, denominator, first = shifted
            part, put = _shifts(numerator, (), 1, False)
            yield "admissible range", [(part, denominator, (*first, *put))]


def certificate(
    expr: sp.Expr, generators: tuple[Generator, ...], strict: bool, admissible: bool = False
) -> Coefficients | None:
    """The substitution that shows ``expr >= 0`` (``> 0`` if strict), None where none does."""
    # Several exponents at once would need every combination of small values; start 1 needs none.
    many = len({gen.exponent for gen in generators if gen.exponent.is_positive}) > 1
    for label, parts in _attempts(expr, generators, admissible):
        if many and label not in ("start 1", "admissible range"):
            continue
        if all(_good(part, generators, strict) for part, _, _ in parts):
            shown = tuple(_shifted(*attempt) for attempt in parts)
            return Coefficients(expr, strict, label, powers(generators), shown)
    return None


def _good(part: sp.Expr, generators: tuple[Generator, ...], strict: bool) -> bool:
    fine, sure = _signs(part, {s for s in part.free_symbols if s.is_positive})
    left_over = {g.symbol for g in generators} & part.free_symbols
    return not left_over and fine and (sure or not strict)


def _shifted(part: sp.Expr, below: sp.Expr, put: Substitution) -> Shifted:
    part = sp.expand(part)
    if not part.is_polynomial(*part.free_symbols):
        part, more = sp.fraction(sp.together(part))
        below = below * more
    return Shifted(put, Polynomial.of(sp.expand(part)), Polynomial.of(sp.expand(below)))


def factors(
    expr: sp.Expr,
    generators: tuple[Generator, ...],
    admissible: bool = False,
    given: tuple[sp.Expr, ...] = (),
    strict: bool = True,
) -> Factors | None:
    """Sign of a product of factors, None where it is not certified.

    If not strict the product may also be 0, so that a square is as good as a positive factor.
    """
    coefficient, parts = sp.factor_list(expr)
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
    for monomial, coefficient in sp.Poly(sp.expand(expr.subs(dict(shift))), *others).terms():
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
        candidate = value * factor
        for hypothesis in given:
            ratio = sp.cancel(candidate / hypothesis)
            if ratio.is_Rational and ratio > 0:
                return value, hypothesis
        edges = [2 - gen.symbol**2 for gen in generators if admissible and gen.base == 1 + X]
        for edge in edges:
            if sp.expand(candidate - edge) == 0:
                return value, edge
        shown = certificate(sp.expand(candidate), generators, True, admissible)
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
