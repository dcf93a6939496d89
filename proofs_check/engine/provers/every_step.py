"""Relations at the step size of a corollary, x = 1/(8N): one by one for small N, by Arb in t = 1/N beyond."""

from __future__ import annotations

import flint
import sympy as sp

from proofs_check import goals
from proofs_check.certificates.base import Named
from proofs_check.certificates.scalar import Identity, Substitution
from proofs_check.engine.provers.normal_form import Generator, rational_function
from proofs_check.engine.provers.polynomials import quotient
from proofs_check.engine.provers.positivity import certificate, sign, small
from proofs_check.engine.provers.subdivision import log1p_ratio, positive_on
from proofs_check.goals import Outcome, Relation
from proofs_check.symbols import N, alpha

__all__ = ["for_all_steps"]

SMALL = 16
METHOD = f"N <= {SMALL} exactly, N > {SMALL} by Arb subdivision in t = 1/N"


def for_all_steps(goal: Relation) -> Outcome:
    """Prove a relation that has no counterexample, for every N at once."""
    form = rational_function(sp.sympify(goal.right) - sp.sympify(goal.left), goal.at)
    if form.numerator == 0:
        verdict = goals.SUPPORTED if goal.rel == "<" else goals.PROVED
        shown = Identity(goal.left, goal.right, form.put, form.powers)
        return Outcome(verdict, shown, "all N >= 1")
    if goal.rel == "==":
        return Outcome(goals.SUPPORTED, Named("sampled"), "sampled points", note="not an identity")
    strict = goal.rel == "<"
    for value in range(1, SMALL + 1):
        put = small(form.generators, N, value)
        numerators = (_numerator(h, goal.at, value) for h in goal.given)
        given = tuple(h for h in numerators if h is not None)
        if not _sign_known(form.numerator / form.denominator, put, strict, given):
            return Outcome(goals.SUPPORTED, Named("sampled"), "sampled points", note=f"open at N = {value}")
    below = _tail(form.denominator, form.generators, True)
    if below is None or not _tail(below * form.numerator, form.generators, strict):
        return Outcome(goals.SUPPORTED, Named("exact arithmetic"), f"N <= {SMALL}", note="tail open")
    return Outcome(goals.PROVED, Named(METHOD), "all N >= 1, alpha = 1/(8 N L)")


def _numerator(hypothesis: sp.Expr, at: sp.Expr, value: int) -> sp.Expr | None:
    """What is positive by a hypothesis at one N; None where the sign of its denominator is open."""
    found = quotient(hypothesis, ((alpha, at), (N, sp.Integer(value))))
    below = sign(found.denominator, ())
    return sp.expand(below * found.numerator) if below is not None else None


def _sign_known(expr: sp.Expr, put: Substitution, strict: bool, given: tuple[sp.Expr, ...]) -> bool:
    """Whether the expression is shown to be >= 0, or > 0 if strict, at one N."""
    found = quotient(expr, put)
    below = sign(found.denominator, (), given=given)
    return below is not None and certificate(sp.expand(below * found.numerator), (), strict) is not None


def _tail(expr: sp.Expr, generators: tuple[Generator, ...], strict: bool) -> int | None:
    """Sign (+1 or -1) that every coefficient of the other symbols has for all N > SMALL."""
    gens = [g.symbol for g in generators]
    others = sorted(expr.free_symbols - set(gens) - {N}, key=str)
    if not all(s.is_nonnegative for s in others) or any(g.exponent != N for g in generators):
        return None
    shift = tuple((s, s + 1) for s in others if s.is_integer and s.is_positive)
    parts = quotient(expr, shift, others).collected(len(others))
    signs: set[int] = set()
    sure = False
    for monomial, coefficient in parts:
        one = next((v for v in (1, -1) if _positive(v * coefficient, generators)), None)
        if one is None:
            return None
        signs.add(one)
        positive = [bool(s.is_positive and not s.is_integer) for s in others]
        sure |= all(p == 0 or ok for p, ok in zip(monomial, positive, strict=True))
    if len(signs) != 1 or (strict and not sure):
        return None
    return signs.pop()


def _positive(coefficient: sp.Expr, generators: tuple[Generator, ...]) -> bool:
    """Whether a polynomial in N and the generators is positive for all N > SMALL."""
    gens = [g.symbol for g in generators]
    poly = quotient(coefficient, (), (N, *gens)).top
    terms, degree = list(zip(poly.monoms(), poly.coeffs(), strict=True)), poly.degrees()[0]
    shapes = [_shape(g.base) for g in generators]
    if any(shape is None for shape in shapes):
        return False

    def value(t: flint.arb) -> flint.arb:
        powers = [_power(shape, t) for shape in shapes if shape is not None]
        total = flint.arb(0)
        for (i, *js), c in terms:
            term = flint.arb(c) * t ** (degree - i)
            for p, j in zip(powers, js, strict=True):
                term = term * p**j
            total = total + term
        return total

    box = ((flint.fmpq(0), flint.fmpq(1, SMALL)),)
    return positive_on(value, box) is not None


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
