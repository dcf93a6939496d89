"""The cascade that decides a goal, strongest means first, and says which one decided."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import flint
import sympy as sp

from proofs_check import goals
from proofs_check.engine.counterexample import counterexample
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
from proofs_check.engine.provers.normal_form import X, rational
from proofs_check.engine.provers.positivity import certificate, parts_nonnegative, sign
from proofs_check.engine.provers.small_steps import TOP, positive_up_to
from proofs_check.engine.provers.subdivision import positive_on
from proofs_check.engine.segment import segment
from proofs_check.engine.triviality import trivial
from proofs_check.goals import ADMISSIBLE, ALL, Goal, Outcome, Relation

__all__ = ["decide"]


def _refuted(found: dict) -> Outcome:
    return Outcome(
        goals.REFUTED,
        "exact counterexample",
        "the point given",
        found,
        "exact rationals, confirmed by Arb balls",
    )


def _lemma(relation: Relation) -> Outcome | None:
    """f(0) = 0 and f' > 0 on (0, oo) give f > 0; f is then the logarithm of right/left over a positive
    factor.
    """
    assert relation.lemma is not None
    f, variable = relation.lemma
    slope = sp.cancel(sp.together(sp.diff(f, variable)))
    numerator, denominator = sp.fraction(slope)
    rising = sign(sp.expand(numerator), ()), sign(sp.expand(denominator), ())
    if sp.simplify(sp.sympify(relation.right) - relation.left - f) != 0 or relation.rel != "<":
        return None
    if f.subs(variable, 0) == 0 and None not in rising and rising[0] == rising[1]:
        return Outcome(goals.PROVED, "f(0) = 0 and f' > 0 (sympy)", "all N >= 1")
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
    return relation(replace(goal, left=left, right=right, upper=()))


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
        return Outcome(goals.PROVED, "Arb ball", "a number")
    found = counterexample(goal)
    if found is not None:
        return _refuted(found)
    if goal.at is not None:
        return for_all_steps(goal)
    scope = ADMISSIBLE if goal.admissible else ALL
    if sides.atoms(sp.Function):
        return Outcome(goals.SUPPORTED, "sampled", "sampled points", note="not a rational relation")
    form = rational(sides)
    if form.numerator == 0:
        verdict = goals.SUPPORTED if goal.rel == "<" else goals.PROVED
        return Outcome(verdict, "identity in symbolic N (sympy)", scope)
    if goal.rel == "==":
        return Outcome(goals.SUPPORTED, "sampled", "sampled points", note="not an identity")
    given = _hypotheses(goal)
    below = sign(form.denominator, form.generators, goal.admissible, given)
    if below is None:
        return Outcome(goals.SUPPORTED, "sampled", "sampled points", note="sign of denominator open")
    numerator = sp.expand(below * form.numerator)
    strict = goal.rel == "<"
    if not strict and parts_nonnegative(numerator, form.generators, goal.admissible):
        return Outcome(goals.PROVED, "coefficients of one sign, part by part", scope)
    if sign(numerator, form.generators, goal.admissible, given, strict) == 1:
        return Outcome(goals.PROVED, "coefficients of one sign, factor by factor", scope)
    label = certificate(numerator, form.generators, strict, goal.admissible)
    if label is not None:
        return Outcome(goals.PROVED, f"coefficients of one sign ({label})", scope)
    boxes = _by_boxes(goal, form, numerator, scope)
    if boxes is not None:
        return boxes
    solved = _by_solvers(goal, form, numerator, scope)
    if solved.verdict != goals.PROVED and positive_up_to(
        numerator, form.generators, goal.admissible, strict=strict
    ):
        return Outcome(goals.PROVED, "exact polynomials in x, one N at a time", f"N <= {TOP}")
    return solved


def _hypotheses(goal: Relation) -> tuple[sp.Expr, ...]:
    """Numerators of the hypotheses, as far as the sign of the denominator is known: each is positive."""
    out = []
    for hypothesis in goal.given:
        form = rational(hypothesis)
        below = sign(form.denominator, form.generators, goal.admissible)
        if below is not None:
            out.append(sp.expand(below * form.numerator))
    return tuple(out)


def _by_boxes(goal: Relation, form, numerator: sp.Expr, scope: str) -> Outcome | None:  # type: ignore[no-untyped-def]
    """Arb subdivision in (s, t), s = N log(1 + x), t = 1/N, of a polynomial in x and U = (1 + x)^N alone."""
    gens = form.generators
    if not goal.admissible or len(gens) != 1 or gens[0].base != 1 + X:
        return None
    u = gens[0].symbol
    core = sp.Integer(1)
    # x and U - 1 are positive, so such factors (zero at s = 0) are divided out first.
    for factor, power in sp.factor_list(numerator)[1]:
        if sp.expand(factor - X) != 0 and sp.expand(factor - (u - 1)) != 0:
            core *= factor**power
    core *= sp.factor_list(numerator)[0]
    if core.free_symbols - {u, X}:
        return None
    terms = sp.Poly(core, u, X).terms()

    def value(s: flint.arb, t: flint.arb) -> flint.arb:
        big, little = s.exp(), (s * t).expm1()
        return sum((int(c.p) * big**i * little**j / int(c.q) for (i, j), c in terms), flint.arb(0))

    box = ((flint.fmpq(0), flint.fmpq(347, 1000)), (flint.fmpq(0), flint.fmpq(1)))
    pieces = positive_on(value, box)
    if pieces is None:
        return None
    return Outcome(goals.PROVED, f"Arb subdivision in (s, t), {pieces} boxes", scope)


def _by_solvers(goal: Relation, form, numerator: sp.Expr, scope: str) -> Outcome:  # type: ignore[no-untyped-def]
    """Both SMT solvers on the real relaxation U >= 1 + k x of the generators."""
    constraints: list[tuple[sp.Expr, bool]] = [(-numerator, goal.rel == "<=")]
    for gen in form.generators:
        constraints += [(gen.exponent - (1 if gen.exponent.is_positive else 0), False)]
        bernoulli = gen.symbol - 1 - gen.exponent * (gen.base - 1)
        if gen.base.is_positive and bernoulli.is_polynomial(*bernoulli.free_symbols):
            constraints += [(bernoulli, False)]
        if goal.admissible and gen.base == 1 + X:
            constraints.append((2 - gen.symbol**2, True))
    constraints += [(hypothesis, True) for hypothesis in _hypotheses(goal)]
    symbols = set().union(*[c.free_symbols for c, _ in constraints])
    for s in (s for s in symbols if s.is_nonnegative):
        low = 1 if s.is_integer and s.is_positive else 0
        constraints.append((s - low, bool(s.is_positive) and low == 0))
    answer = solvers.refute(constraints)
    if answer == "unsat":
        return Outcome(goals.PROVED, "z3 and cvc5: negation unsatisfiable", scope)
    note = solvers.MISSING if answer == "missing" else f"z3 and cvc5: {answer}"
    return Outcome(goals.SUPPORTED, "sampled", "sampled points", note=note)


def _weakest(outcomes: list[Outcome]) -> Outcome:
    return min(outcomes, key=lambda o: goals.RANK[o.verdict])


def decide(goal: Goal) -> Outcome:
    """Outcome of one goal; a trivial one shows nothing."""
    why = trivial(goal)
    if why:
        return Outcome(goals.SUPPORTED, "not shown", "none", note=why)
    if isinstance(goal, Relation):
        return relation(goal)
    if isinstance(goal, goals.Split):
        out = relation(split_relation(goal))
        return Outcome(out.verdict, f"norm calculus; {out.method}", out.scope, out.counterexample, out.note)
    if isinstance(goal, goals.Recursion):
        found = unrolled(goal)
        if found is not None:
            return _refuted(found)
        out = _weakest([relation(r) for r in recursion_relations(goal)])
        if out.verdict == goals.REFUTED:
            # The induction step fails but no unrolled instance does: nothing is shown.
            return Outcome(goals.SUPPORTED, "unrolled for small N", "small N", note="no induction")
        return Outcome(out.verdict, f"induction; {out.method}", out.scope, note=out.note)
    if isinstance(goal, goals.Gram):
        return gram(goal)
    if isinstance(goal, goals.Segment):
        return segment(goal)
    if isinstance(goal, goals.Product):
        return product(goal)
    if isinstance(goal, goals.Induction):
        return induction(goal)
    if isinstance(goal, goals.Integral):
        return integral(goal)
    if isinstance(goal, goals.Units):
        return units(goal)
    found, tried = goal.search()
    if found is None:
        return Outcome(goals.SUPPORTED, f"{tried} exact instances", goal.scope)
    return Outcome(goals.REFUTED, "exact instance", goal.scope, found, "two routes agree")
