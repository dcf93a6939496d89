"""Decides a goal: the strongest means first; what the one that decided has found is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import flint
import sympy as sp

from proofs_check import goals
from proofs_check.certificates.base import Certificate, Named
from proofs_check.certificates.derivatives import Rising
from proofs_check.certificates.enclosed import Boxes, Number
from proofs_check.certificates.scalar import Bounded, Constraint, Identity, Inductive, Positive
from proofs_check.certificates.vectors import Norms
from proofs_check.engine.counterexample import Refutation, counterexample
from proofs_check.engine.evaluate import ball
from proofs_check.engine.norm_calculus import (
    gram,
    induction,
    integral,
    product,
    recursion_relations,
    split_relation,
    units,
    unrolled,
)
from proofs_check.engine.provers import solvers
from proofs_check.engine.provers.every_step import for_all_steps
from proofs_check.engine.provers.normal_form import Fractional, X, rational_function
from proofs_check.engine.provers.polynomials import factor_list
from proofs_check.engine.provers.positivity import certificate, factors, parts_nonnegative, sign
from proofs_check.engine.provers.products import products
from proofs_check.engine.provers.small_steps import TOP, positive_up_to
from proofs_check.engine.provers.subdivision import cover
from proofs_check.engine.segment import segment
from proofs_check.engine.triviality import trivial
from proofs_check.goals import ADMISSIBLE, ALL, Goal, Outcome, Relation

__all__ = ["decide"]


def _refuted(found: Refutation) -> Outcome:
    shown = "exact rationals, confirmed by Arb balls"
    return Outcome(goals.REFUTED, found.certificate, "the point given", found.record, shown)


def _sampled(note: str) -> Outcome:
    """No counterexample was found, and no proof."""
    return Outcome(goals.SUPPORTED, Named("sampled"), "sampled points", note=note)


def _lemma(relation: Relation) -> Outcome | None:
    """f(0) = 0 and f' > 0 on (0, oo) give f > 0; f is then the logarithm of right/left over a positive
    factor.
    """
    assert relation.lemma is not None
    f, variable = relation.lemma
    slope = sp.cancel(sp.together(sp.diff(f, variable)))
    numerator, denominator = sp.fraction(slope)
    top, below = factors(sp.expand(numerator), ()), factors(sp.expand(denominator), ())
    if sp.simplify(sp.sympify(relation.right) - relation.left - f) != 0 or relation.rel != "<":
        return None
    if f.subs(variable, 0) == 0 and top is not None and below is not None and top.sign == below.sign:
        return Outcome(goals.PROVED, Rising(f, variable, top, below), "all N >= 1")
    return None


def _bounded(goal: Relation) -> Outcome:
    """Every symbol with 0 < symbol <= bound is bound/(1 + slack); 0 is a limit of these.

    Raises
    ------
    ValueError
        If the limit may not be taken: the relation is strict, or a side no polynomial in the symbols.
    """
    found = counterexample(goal)
    if found is not None:
        return _refuted(found)
    names = [symbol for symbol, _ in goal.upper]
    sides = sp.sympify(goal.left), sp.sympify(goal.right)
    if goal.rel != "<=" or goal.given or not all(side.is_polynomial(*names) for side in sides):
        raise ValueError(f"upper = {goal.upper}; rule: a bound <= whose sides are polynomials in the symbols")
    put = {
        symbol: sp.sympify(bound) / (1 + sp.Symbol(f"slack{k}", nonnegative=True))
        for k, (symbol, bound) in enumerate(goal.upper)
    }
    left, right = (side.subs(put, simultaneous=True) for side in sides)
    out = relation(replace(goal, left=left, right=right, upper=()))
    if out.verdict != goals.PROVED:
        return out
    return replace(out, certificate=Bounded(tuple(put.items()), out.certificate))


@cache
def relation(goal: Relation) -> Outcome:
    """Decide a scalar relation for all values of its symbols."""
    if goal.upper:
        return _bounded(goal)
    if goal.lemma is not None:
        proved = _lemma(goal)
        if proved is not None:
            return proved
    sides = sp.sympify(goal.right) - sp.sympify(goal.left)
    if not sides.free_symbols and goal.rel == "<" and ball(sides, {}) > 0:
        return Outcome(goals.PROVED, Number(goal.left, goal.right), "a number")
    found = counterexample(goal)
    if found is not None:
        return _refuted(found)
    if goal.at is not None:
        return for_all_steps(goal)
    if sides.atoms(sp.Function):
        return _sampled("not a rational relation")
    return _rational_functions(goal, rational_function(sides), ADMISSIBLE if goal.admissible else ALL)


def _rational_functions(goal: Relation, form: Fractional, scope: str) -> Outcome:
    """A relation between rational functions of which no counterexample is known: by signs, boxes, solvers."""
    if form.numerator == 0:
        shown = Identity(goal.left, goal.right, form.put, form.powers)
        return Outcome(goals.SUPPORTED if goal.rel == "<" else goals.PROVED, shown, scope)
    if goal.rel == "==":
        return _sampled("not an identity")
    below = factors(form.denominator, form.generators, goal.admissible, _hypotheses(goal))
    if below is None:
        return _sampled("sign of denominator open")
    strict = goal.rel == "<"
    numerator = sp.expand(below.sign * form.numerator)
    above = _nonnegative(goal, form, numerator)
    if above is not None:
        shape = (form.put, form.powers, form.numerator, form.denominator)
        return Outcome(goals.PROVED, Positive(goal.left, goal.right, strict, *shape, below, above), scope)
    if positive_up_to(numerator, form.generators, goal.admissible, strict=strict):
        return Outcome(goals.PROVED, Named("exact polynomials in x, one N at a time"), f"N <= {TOP}")
    answer = solvers.refute([(-numerator, not strict), *_constraints(goal, form, numerator)])
    return _sampled(solvers.MISSING if answer == "missing" else f"z3 and cvc5: {answer}")


def _hypotheses(goal: Relation) -> tuple[sp.Expr, ...]:
    """Numerators of the hypotheses, as far as the sign of the denominator is known: each is positive."""
    out = []
    for hypothesis in goal.given:
        form = rational_function(hypothesis)
        below = sign(form.denominator, form.generators, goal.admissible)
        if below is not None:
            out.append(sp.expand(below * form.numerator))
    return tuple(out)


def _nonnegative(goal: Relation, form: Fractional, numerator: sp.Expr) -> Certificate | None:
    """That the numerator is >= 0 (> 0 if the relation is strict): by signs of coefficients, then by boxes."""
    gens, admissible, strict = form.generators, goal.admissible, goal.rel == "<"
    parts = None if strict else parts_nonnegative(numerator, gens, admissible)
    if parts is not None:
        return parts
    product = factors(numerator, gens, admissible, _hypotheses(goal), strict)
    if product is not None and product.sign == 1:
        return product
    return (
        certificate(numerator, gens, strict, admissible)
        or _by_boxes(goal, form, numerator)
        or products(numerator, strict, form.powers, _constraints(goal, form, numerator))
    )


def _by_boxes(goal: Relation, form: Fractional, numerator: sp.Expr) -> Boxes | None:
    """Arb subdivision in (s, t), s = N log(1 + x), t = 1/N, of a polynomial in x and U = (1 + x)^N alone."""
    gens = form.generators
    if not goal.admissible or len(gens) != 1 or gens[0].base != 1 + X:
        return None
    u = gens[0].symbol
    core = sp.Integer(1)
    # x and U - 1 are positive, so such factors (zero at s = 0) are divided out first.
    number, parts = factor_list(numerator)
    for factor, power in parts:
        if factor not in (X, u - 1):
            core *= factor**power
    core *= number
    if core.free_symbols - {u, X}:
        return None
    terms = sp.Poly(core, u, X).terms()

    def value(s: flint.arb, t: flint.arb) -> flint.arb:
        big, little = s.exp(), (s * t).expm1()
        return sum((int(c.p) * big**i * little**j / int(c.q) for (i, j), c in terms), flint.arb(0))

    boxes = cover(value, ((flint.fmpq(0), flint.fmpq(347, 1000)), (flint.fmpq(0), flint.fmpq(1))))
    if boxes is None:
        return None
    exact = tuple(tuple((_fraction(low), _fraction(high)) for low, high in box) for box in boxes)
    return Boxes(numerator, core, X, form.powers[0], exact)


def _fraction(value: flint.fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def _constraints(goal: Relation, form: Fractional, numerator: sp.Expr) -> tuple[Constraint, ...]:
    """What is known of the symbols and of the real relaxation U >= 1 + k x of the generators."""
    known: list[Constraint] = []
    for gen in form.generators:
        known += [(gen.exponent - (1 if gen.exponent.is_positive else 0), False)]
        bernoulli = gen.symbol - 1 - gen.exponent * (gen.base - 1)
        if gen.base.is_positive and bernoulli.is_polynomial(*bernoulli.free_symbols):
            known += [(bernoulli, False)]
        if goal.admissible and gen.base == 1 + X:
            known.append((2 - gen.symbol**2, True))
    known += [(hypothesis, True) for hypothesis in _hypotheses(goal)]
    symbols = set().union(*[c.free_symbols for c, _ in known], numerator.free_symbols)
    for s in sorted((s for s in symbols if s.is_nonnegative), key=str):
        low = 1 if s.is_integer and s.is_positive else 0
        known.append((s - low, bool(s.is_positive) and low == 0))
    return tuple(known)


def _weakest(outcomes: list[Outcome]) -> Outcome:
    return min(outcomes, key=lambda o: goals.RANK[o.verdict])


def _induction(goal: goals.Recursion) -> Outcome:
    found = unrolled(goal)
    if found is not None:
        shown = Named("exact counterexample")
        why = "exact rationals, confirmed by Arb balls"
        return Outcome(goals.REFUTED, shown, "the point given", found, why)
    outcomes = [relation(r) for r in recursion_relations(goal)]
    out = _weakest(outcomes)
    if out.verdict == goals.REFUTED:
        # The induction step fails but no unrolled instance does: nothing is shown.
        return Outcome(goals.SUPPORTED, Named("unrolled for small N"), "small N", note="no induction")
    if out.verdict != goals.PROVED:
        return Outcome(out.verdict, Named(f"induction; {out.method}"), out.scope, note=out.note)
    return Outcome(out.verdict, Inductive(*(o.certificate for o in outcomes)), out.scope, note=out.note)


def _norms(goal: goals.Split) -> Outcome:
    out = relation(split_relation(goal))
    return replace(out, certificate=Norms(goal.vector, goal.terms, out.certificate))


def _searched(goal: goals.Witness) -> Outcome:
    found, tried = goal.search()
    if found is None:
        return Outcome(goals.SUPPORTED, Named(f"{tried} exact instances"), goal.scope)
    return Outcome(goals.REFUTED, Named("exact instance"), goal.scope, found, "two routes agree")


DECIDERS: dict[type, Callable[[Any], Outcome]] = {
    Relation: relation,
    goals.Split: _norms,
    goals.Recursion: _induction,
    goals.Gram: gram,
    goals.Segment: segment,
    goals.Product: product,
    goals.Induction: induction,
    goals.Integral: integral,
    goals.Units: units,
    goals.Witness: _searched,
}


def decide(goal: Goal) -> Outcome:
    """Outcome of one goal; a trivial one shows nothing."""
    why = trivial(goal)
    if why:
        return Outcome(goals.SUPPORTED, Named("not shown"), "none", note=why)
    return DECIDERS[type(goal)](goal)
