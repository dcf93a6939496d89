"""From vectors, matrices and recursions to scalar relations: the kernel of the norm calculus."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import Any

import sympy as sp

from proofs_check import model
from proofs_check.evaluate import exact
from proofs_check.model import ALL, Gram, Outcome, Product, Recursion, Relation, Split
from proofs_check.normal_form import rational
from proofs_check.positivity import certificate, sign
from proofs_check.symbols import L, alpha

__all__ = ["gram", "product", "recursion_relations", "split_relation", "unrolled"]


def split_relation(goal: Split) -> Relation:
    """The scalar relation a norm split leaves, after checking its identity.

    Raises
    ------
    ValueError
        If the listed products do not add up to the vector: the step is then wrongly entered.
    """
    total = sp.Integer(0)
    bound = sp.Integer(0)
    for factors in goal.terms:
        term, size = sp.Integer(1), sp.Integer(1)
        for value, norm in factors:
            term, size = term * value, size * norm
        total, bound = total + term, bound + size
    if sp.expand(sp.expand(goal.vector) - sp.expand(total)) != 0:
        raise ValueError(f"products {goal.terms} do not add up to {goal.vector}")
    return Relation(bound, goal.rel, goal.right, goal.given, goal.admissible)


def product(goal: Product) -> Outcome:
    """Non-commutative identities, expanded; a failure shows the difference."""
    for left, right in goal.pairs:
        gap = sp.expand(sp.expand(left) - sp.expand(right))
        if gap != 0:
            note = {"difference": str(gap), "routes": ["expansion", "non-commutative normal form"]}
            return Outcome(model.REFUTED, "non-commutative expansion", goal.scope, note)
    return Outcome(model.PROVED, "non-commutative identity (sympy)", goal.scope)


def recursion_relations(goal: Recursion) -> list[Relation]:
    """Base case and induction step, from n - 1 to n for n > start."""
    i, before = goal.index, goal.start
    base = sp.sympify(goal.closed).subs(i, before)
    previous = sp.sympify(goal.closed).subs(i, i + before - 1)
    now = sp.sympify(goal.closed).subs(i, i + before)
    term = sp.sympify(goal.term).subs(i, i + before)
    return [
        Relation(goal.first, goal.rel, base),
        Relation(sp.expand(goal.factor * previous + term), goal.rel, now),
        # The bound of V(n - 1) may be put in only if its factor is not negative.
        Relation(0, "<=", goal.factor),
    ]


def _value(expr: Any, point: dict[sp.Symbol, Fraction]) -> Any:
    value = exact(expr, point)
    if value is None:
        raise ArithmeticError(f"{expr} has no rational value at {point}")
    return value


def unrolled(goal: Recursion) -> dict[str, Any] | None:
    """Unroll the recursion exactly for a few lengths and points; the first where the closed form fails."""
    exprs = [sp.sympify(e) for e in (goal.first, goal.factor, goal.term, goal.closed)]
    symbols = set().union(*[e.free_symbols for e in exprs]) - {goal.index}
    for scale in (Fraction(1, 10), Fraction(1)):
        for special in [None, *sorted(symbols - {alpha, L}, key=str)]:
            point = {s: Fraction(7 if s.is_integer else 1) for s in symbols}
            if special is not None and not special.is_integer:
                point[special] = Fraction(3)
            if alpha in point:
                point[alpha] = scale
            if L in point and special is None:
                point[L], point[alpha] = Fraction(2), scale / 2
            total = _value(goal.first, point)
            for length in range(goal.start, goal.start + 6):
                here = point | {goal.index: Fraction(length)}
                if length > goal.start:
                    total = _value(goal.factor, here) * total + _value(goal.term, here)
                closed = _value(goal.closed, here)
                bad = total > closed if goal.rel == "<=" else total != closed
                if bad:
                    left, right = str(total), str(closed)
                    where = {s.name: str(v) for s, v in here.items()}
                    routes = ["recursion unrolled", "closed form, exact"]
                    return {"point": where, "left": left, "right": right, "routes": routes}
    return None


def gram(goal: Gram) -> Outcome:
    """``right - left - facts`` is positive semidefinite: all principal minors >= 0, for all values of
    the symbols.
    """
    size = len(goal.vectors)
    gap = sp.zeros(size, size)
    facts = [({pair: -c for pair, c in goal.left.items()}), goal.right]
    facts += [{p: -weight * c for p, c in form.items()} for weight, form in goal.facts]
    for entries in facts:
        for (a, b), c in entries.items():
            if (a, b) in goal.orthogonal or (b, a) in goal.orthogonal:
                continue
            i, j = goal.vectors.index(a), goal.vectors.index(b)
            gap[i, j] += sp.sympify(c) / 2
            gap[j, i] += sp.sympify(c) / 2
    if goal.rel == "==":
        if all(rational(v).numerator == 0 for v in gap):
            return Outcome(model.PROVED, "identity of Gram matrices (sympy)", ALL)
        return _negative(goal, gap)
    for count in range(1, size + 1):
        for rows in combinations(range(size), count):
            minor = gap[list(rows), list(rows)].det()
            form = rational(minor)
            if form.numerator == 0:
                continue
            below = sign(form.denominator, form.generators)
            good = below is not None and certificate(
                sp.expand(below * form.numerator), form.generators, strict=False
            )
            if not good:
                return _negative(goal, gap)
    return Outcome(model.PROVED, "positive semidefinite: principal minors (sympy)", ALL)


def _negative(goal: Gram, gap: sp.Matrix) -> Outcome:
    """Look for exact vectors at which the form is negative; facts must hold there, so only fact-free
    goals refute.
    """
    point = {s: sp.Rational(1, 2) if s == alpha else sp.Integer(1) for s in gap.free_symbols}
    matrix = gap.subs(point)
    size = len(goal.vectors)
    for vector in _small_vectors(size):
        column = sp.Matrix(vector)
        value = (column.T * matrix * column)[0]
        wrong = value != 0 if goal.rel == "==" else value < 0
        if wrong and not goal.facts and not goal.orthogonal:
            where = {n: str(c) for n, c in zip(goal.vectors, vector, strict=True)}
            where |= {s.name: str(c) for s, c in point.items()}
            note = {
                "point": where,
                "gap": str(value),
                "routes": ["Gram matrix", "vectors on a line"],
            }
            return Outcome(model.REFUTED, "exact vectors", "the vectors given", note)
    return Outcome(model.SUPPORTED, "not shown", "none", note="form is not shown to be >= 0")


def _small_vectors(size: int) -> list[tuple[int, ...]]:
    values: list[tuple[int, ...]] = [()]
    for _ in range(size):
        values = [(*v, c) for v in values for c in (1, -1, 0)]
    return values
