"""Relations at the step size of a corollary, x = 1/(8N): one by one for small N, by Arb in t = 1/N beyond."""

from __future__ import annotations

from fractions import Fraction

import flint
import sympy as sp

from proofs_check import goals
from proofs_check.certificates.base import Named
from proofs_check.certificates.enclosed import Ends, EveryStep, Signed, Tail
from proofs_check.certificates.scalar import Identity, Positive
from proofs_check.engine.provers.normal_form import Fractional, Generator, rational_function
from proofs_check.engine.provers.polynomials import quotient
from proofs_check.engine.provers.positivity import certificate, factors, sign, small
from proofs_check.engine.provers.subdivision import cover, log1p_ratio
from proofs_check.goals import Outcome, Relation
from proofs_check.symbols import N, alpha

__all__ = ["for_all_steps"]

SMALL = 16


def for_all_steps(goal: Relation) -> Outcome:
    """Prove a relation that has no counterexample, for every N at once."""
    form = rational_function(sp.sympify(goal.right) - sp.sympify(goal.left), goal.at)
    if form.numerator == 0:
        verdict = goals.SUPPORTED if goal.rel == "<" else goals.PROVED
        return Outcome(verdict, Identity(goal.left, goal.right, form.put, form.powers), "all N >= 1")
    if goal.rel == "==":
        return Outcome(goals.SUPPORTED, Named("sampled"), "sampled points", note="not an identity")
    strict = goal.rel == "<"
    first = []
    for value in range(1, SMALL + 1):
        one = _one_by_one(goal, form, value)
        if one is None:
            return Outcome(goals.SUPPORTED, Named("sampled"), "sampled points", note=f"open at N = {value}")
        first.append(one)
    below = _tail(form.denominator, form.generators, True)
    above = _tail(below.sign * form.numerator, form.generators, strict) if below is not None else None
    if below is None or above is None or above.sign < 0:
        return Outcome(goals.SUPPORTED, Named("exact arithmetic"), f"N <= {SMALL}", note="tail open")
    shape = (form.put, form.powers, form.numerator, form.denominator)
    shown = EveryStep(goal.left, goal.right, strict, *shape, tuple(first), below, above)
    return Outcome(goals.PROVED, shown, "all N >= 1, alpha = 1/(8 N L)")


def _one_by_one(goal: Relation, form: Fractional, value: int) -> Positive | None:
    """The relation at N = ``value``, where every power is a number or a polynomial."""
    numerators = (_numerator(h, goal.at, value) for h in goal.given)
    given = tuple(h for h in numerators if h is not None)
    found = quotient(form.numerator / form.denominator, small(form.generators, N, value))
    below = factors(found.denominator, (), given=given)
    if below is None:
        return None
    strict = goal.rel == "<"
    above = certificate(sp.expand(below.sign * found.numerator), (), strict)
    if above is None:
        return None
    shape = (found.numerator, found.denominator, below, above)
    put = ((alpha, goal.at), (N, sp.Integer(value)))
    return Positive(goal.left, goal.right, strict, put, (), *shape)


def _numerator(hypothesis: sp.Expr, at: sp.Expr, value: int) -> sp.Expr | None:
    """What is positive by a hypothesis at one N; None where the sign of its denominator is open."""
    found = quotient(hypothesis, ((alpha, at), (N, sp.Integer(value))))
    below = sign(found.denominator, ())
    return sp.expand(below * found.numerator) if below is not None else None


def _tail(expr: sp.Expr, generators: tuple[Generator, ...], strict: bool) -> Tail | None:
    """Sign (+1 or -1) that every coefficient of the other symbols has for all N > SMALL."""
    gens = [g.symbol for g in generators]
    others = tuple(sorted(expr.free_symbols - set(gens) - {N}, key=str))
    if not all(s.is_nonnegative for s in others) or any(g.exponent != N for g in generators):
        return None
    shift = tuple((s, s + 1) for s in others if s.is_integer and s.is_positive)
    parts: list[Signed] = []
    for monomial, coefficient in quotient(expr, shift, others).collected(len(others)):
        one = _signed(monomial, coefficient, generators)
        if one is None or (parts and one.sign != parts[0].sign):
            return None
        parts.append(one)
    positive = [bool(s.is_positive and not s.is_integer) for s in others]
    sure = any(
        all(p == 0 or ok for p, ok in zip(part.powers, positive, strict=True)) for part in parts
    )  # fmt: skip
    if strict and not sure:
        return None
    return Tail(expr, others, shift, sp.Rational(1, SMALL), tuple(parts))


def _signed(
    monomial: tuple[int, ...], coefficient: sp.Expr, generators: tuple[Generator, ...]
) -> Signed | None:
    """The sign of a polynomial in N and the generators for all N > SMALL, and pieces of t that show it."""
    for value in (1, -1):
        boxes = _positive(value * coefficient, generators)
        if boxes is not None:
            return Signed(monomial, sp.expand(coefficient), value, boxes)
    return None


def _positive(coefficient: sp.Expr, generators: tuple[Generator, ...]) -> tuple[Ends, ...] | None:
    """Pieces of 0 <= t <= 1/SMALL on each of which the polynomial is positive, t = 1/N."""
    gens = [g.symbol for g in generators]
    poly = quotient(coefficient, (), (N, *gens)).top
    terms, degree = list(zip(poly.monoms(), poly.coeffs(), strict=True)), poly.degrees()[0]
    shapes = [_shape(g.base) for g in generators]
    if any(shape is None for shape in shapes):
        return None

    def value(t: flint.arb) -> flint.arb:
        powers = [_power(shape, t) for shape in shapes if shape is not None]
        total = flint.arb(0)
        for (i, *js), c in terms:
            term = flint.arb(c) * t ** (degree - i)
            for p, j in zip(powers, js, strict=True):
                term = term * p**j
            total = total + term
        return total

    boxes = cover(value, ((flint.fmpq(0), flint.fmpq(1, SMALL)),))
    if boxes is None:
        return None
    return tuple((_fraction(low), _fraction(high)) for ((low, high),) in boxes)


def _fraction(value: flint.fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def _shape(base: sp.Expr) -> list[flint.fmpq] | None:
    """base = 1 + t p(t) with t = 1/N: the coefficients of p, all >= 0."""
    t = sp.Symbol("t")
    inside = sp.expand(sp.expand(base).subs(N, 1 / t) - 1)
    if inside.free_symbols != {t} or inside.subs(t, 0) != 0:
        return None
    coefficients = sp.Poly(sp.cancel(inside / t), t).all_coeffs()[::-1]
    if any(c < 0 for c in coefficients):
        return None
    return [flint.fmpq(int(c.p), int(c.q)) for c in coefficients]


def _power(shape: list[flint.fmpq], t: flint.arb) -> flint.arb:
    """(1 + t p(t))^(1/t)."""
    p = sum((flint.arb(c) * t**i for i, c in enumerate(shape)), flint.arb(0))
    return (p * log1p_ratio(t * p)).exp()
