"""From vectors, matrices and recursions to scalar relations: the kernel of the norm calculus."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import combinations, combinations_with_replacement
from typing import Any

import sympy as sp

from proofs_check import goals
from proofs_check.certificates.base import Certificate, Named
from proofs_check.certificates.derivatives import Primitive
from proofs_check.certificates.scalar import Identity, Positive
from proofs_check.certificates.vectors import Expansion, GramIdentity, Semidefinite
from proofs_check.engine.counterexample import counterexample
from proofs_check.engine.evaluate import exact, names
from proofs_check.engine.provers.normal_form import rational_function
from proofs_check.engine.provers.positivity import certificate, factors
from proofs_check.goals import (
    ALL,
    Form,
    Gram,
    Induction,
    Integral,
    Outcome,
    Product,
    Recursion,
    Relation,
    Split,
    Units,
    Vector,
)
from proofs_check.symbols import L, alpha

__all__ = [
    "expanded",
    "gram",
    "induction",
    "integral",
    "product",
    "recursion_relations",
    "split_relation",
    "units",
    "unrolled",
]


def split_relation(goal: Split) -> Relation:
    """The scalar relation a norm split leaves, after checking its identity.

    Raises
    ------
    ValueError
        If the listed products do not add up to the vector: the step is then wrongly entered.
    """
    total = sp.Integer(0)
    bound = sp.Integer(0)
    for parts in goal.terms:
        term, size = sp.Integer(1), sp.Integer(1)
        for value, norm in parts:
            term, size = term * value, size * norm
        total, bound = total + term, bound + size
    if sp.expand(sp.expand(goal.vector) - sp.expand(total)) != 0:
        raise ValueError(f"products {goal.terms} do not add up to {goal.vector}")
    return Relation(bound, goal.rel, goal.right, goal.given, goal.admissible)


def _difference(left: Any, right: Any, centred: tuple[sp.Symbol, ...] = ()) -> sp.Expr:
    """left - right: expanded, with the coefficient of every product of operators in lowest terms."""
    total: dict[sp.Expr, sp.Expr] = {}
    for term in sp.Add.make_args(sp.expand(sp.expand(left) - sp.expand(right))):
        scalar, word = term.args_cnc()
        if any(_times(operator, word) == 1 for operator in centred):
            continue
        key = sp.Mul(*word)
        total[key] = total.get(key, sp.Integer(0)) + sp.Mul(*scalar)
    return sp.Add(*[sp.cancel(sp.together(sp.powsimp(c))) * word for word, c in total.items()])


def _times(operator: sp.Symbol, word: list[sp.Expr]) -> int:
    return sum(part.as_base_exp()[1] for part in word if part.as_base_exp()[0] == operator)


def _not_equal(gap: sp.Expr) -> Outcome:
    note = {"difference": str(gap), "routes": ["expansion", "non-commutative normal form"]}
    return Outcome(goals.REFUTED, Named("non-commutative expansion"), "the operators given", note)


def _longest_list(pairs: tuple[tuple[Any, Any], ...]) -> int:
    """Length of the longest list of operators written out as A0, A1, ..."""
    names = {s.name for pair in pairs for side in pair for s in sp.sympify(side).free_symbols}
    return max((int(found[0]) + 1 for n in names if (found := re.findall(r"\d+$", n))), default=0)


def product(goal: Product) -> Outcome:
    """Non-commutative identities, expanded; a failure shows the difference."""
    for left, right in goal.pairs:
        gap = _difference(left, right, goal.centred)
        if gap != 0:
            return _not_equal(gap)
    shown = Expansion("non-commutative identity (sympy)", goal.pairs, goal.centred)
    longest = _longest_list(goal.pairs)
    if longest:
        scope = f"lists of at most {longest} operators"
        return Outcome(goals.SUPPORTED, shown, scope, note="no induction")
    return Outcome(goals.PROVED, shown, ALL)


def induction(goal: Induction) -> Outcome:
    """The identity for the shortest list, and the step to one member more.

    Raises
    ------
    ValueError
        If what is known is no symbol: parts of products are not replaced.
    """
    known = {}
    for symbol, value in goal.known:
        if not symbol.is_Symbol:
            raise ValueError(f"known = {symbol}; rule: a symbol")
        known[symbol] = value
    left, right = goal.step
    pairs = goal.start, (sp.sympify(left).subs(known, simultaneous=True), right)
    for pair in pairs:
        gap = _difference(*pair)
        if gap != 0:
            return Outcome(goals.SUPPORTED, Named("no induction"), "none", note=f"difference {gap}")
    return Outcome(goals.PROVED, Expansion("induction over a list of operators (sympy)", pairs), ALL)


def integral(goal: Integral) -> Outcome:
    """Whether the primitive is one."""
    gap = sp.expand(sp.diff(goal.primitive, goal.variable) - goal.integrand)
    if gap != 0:
        return Outcome(goals.SUPPORTED, Named("not shown"), "none", note=f"derivative less integrand: {gap}")
    return Outcome(goals.PROVED, Primitive(goal.variable, goal.integrand, goal.primitive), ALL)


def units(goal: Units) -> Outcome:
    """Whether the scaled formula is the unit times the formula."""
    form = rational_function(sp.sympify(goal.scaled) - goal.expected)
    if form.numerator == 0:
        shown = Identity(goal.scaled, goal.expected, form.put, form.powers)
        return Outcome(goals.CONSISTENT, shown, "any change of units")
    found = counterexample(Relation(goal.scaled, "==", goal.expected))
    if found is None:
        return Outcome(goals.SUPPORTED, Named("sampled"), "sampled points", note="not an identity")
    return Outcome(goals.REFUTED, found.certificate, "the point given", found.record)


def expanded(form: Form) -> dict[tuple[str, str], Any]:
    """The form with every inner product of combinations expanded to inner products of named vectors."""
    out: dict[tuple[str, str], Any] = {}
    for (left, right), weight in form.items():
        for a, first in _combination(left):
            for b, second in _combination(right):
                pair = (a, b) if a <= b else (b, a)
                out[pair] = out.get(pair, sp.Integer(0)) + weight * first * second
    return out


def _combination(vector: Vector) -> tuple[tuple[str, Any], ...]:
    return ((vector, 1),) if isinstance(vector, str) else vector


def recursion_relations(goal: Recursion) -> list[Relation]:
    """Base case and induction step, from n - 1 to n for n > start."""
    i, before = goal.index, goal.start
    base = sp.sympify(goal.closed).subs(i, before)
    previous = sp.sympify(goal.closed).subs(i, i + before - 1)
    now = sp.sympify(goal.closed).subs(i, i + before)
    factor, term = (sp.sympify(e).subs(i, i + before) for e in (goal.factor, goal.term))
    return [
        Relation(goal.first, goal.rel, base),
        Relation(sp.expand(factor * previous + term), goal.rel, now),
        # The bound of V(n - 1) may be put in only if its factor is not negative.
        Relation(0, "<=", factor),
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
        for special in [L, 1 / L, *sorted(symbols - {alpha, L}, key=str)]:
            point = {s: Fraction(7 if s.is_integer else 1) for s in symbols}
            if special in symbols - {L} and not special.is_integer:
                point[special] = Fraction(3)
            if alpha in point:
                point[alpha] = scale
            if L in point and special in (L, 1 / L):
                # L other than 1, so that a factor L that was lost is seen.
                point[L] = Fraction(2) if special == L else Fraction(1, 2)
                point[alpha] = scale / point[L]
            total = _value(goal.first, point)
            for length in range(goal.start, goal.start + 6):
                here = point | {goal.index: Fraction(length)}
                if length > goal.start:
                    total = _value(goal.factor, here) * total + _value(goal.term, here)
                closed = _value(goal.closed, here)
                bad = total > closed if goal.rel == "<=" else total != closed
                if bad:
                    left, right = str(total), str(closed)
                    where = names(here)
                    routes = ["recursion unrolled", "closed form, exact"]
                    law = [f"V({goal.start}) = {goal.first}", f"V(n) = ({goal.factor}) V(n-1) + {goal.term}"]
                    return {"point": where, "left": left, "right": right, "routes": routes, "hypotheses": law}
    return None


def gram(goal: Gram) -> Outcome:
    """``right - left - facts`` is positive semidefinite: all principal minors >= 0, for all values of
    the symbols.

    Raises
    ------
    ValueError
        If the multiplier of a fact is not shown to be >= 0.
    """
    facts = tuple((weight, expanded(form)) for weight, form in goal.facts)
    weights = []
    for weight, _ in facts:
        shown = _nonnegative(weight)
        if shown is None:
            raise ValueError(f"weight = {weight}; rule: a fact is multiplied by what is >= 0")
        weights.append(shown)
    gap = _matrix(goal, facts)
    if goal.rel == "==":
        return _all_zero(goal, gap)
    minors = []
    for count in range(1, len(goal.vectors) + 1):
        for rows in combinations(range(len(goal.vectors)), count):
            shown = _nonnegative(gap[list(rows), list(rows)].det())
            if shown is None:
                return _negative(goal, gap)
            minors.append((rows, shown))
    entries = tuple(tuple(gap.row(i)) for i in range(gap.rows))
    found = Semidefinite(goal.vectors, entries, facts, tuple(weights), tuple(minors))
    return Outcome(goals.PROVED, found, ALL)


def _matrix(goal: Gram, facts: tuple[tuple[Any, Form], ...]) -> sp.Matrix:
    """The symmetric matrix of the form right - left - sum of weight * fact, less what has mean zero."""
    size = len(goal.vectors)
    gap = sp.zeros(size, size)
    forms = [{pair: -c for pair, c in expanded(goal.left).items()}, expanded(goal.right)]
    forms += [{pair: -weight * c for pair, c in form.items()} for weight, form in facts]
    for entries in forms:
        for (a, b), c in entries.items():
            if (a, b) in goal.orthogonal or (b, a) in goal.orthogonal:
                continue
            i, j = goal.vectors.index(a), goal.vectors.index(b)
            gap[i, j] += sp.sympify(c) / 2
            gap[j, i] += sp.sympify(c) / 2
    return gap


def _all_zero(goal: Gram, gap: sp.Matrix) -> Outcome:
    """That every entry is 0, for all values of the symbols."""
    shown = []
    for (i, a), (j, b) in combinations_with_replacement(enumerate(goal.vectors), 2):
        form = rational_function(gap[i, j])
        if form.numerator != 0:
            return _negative(goal, gap)
        shown.append(((a, b), Identity(gap[i, j], 0, form.put, form.powers)))
    return Outcome(goals.PROVED, GramIdentity(tuple(shown)), ALL)


def _nonnegative(expr: Any) -> Certificate | None:
    """That an expression is >= 0 for all values of its symbols."""
    form = rational_function(expr)
    if form.numerator == 0:
        return Identity(expr, 0, form.put, form.powers)
    below = factors(form.denominator, form.generators)
    if below is None:
        return None
    above = certificate(sp.expand(below.sign * form.numerator), form.generators, strict=False)
    if above is None:
        return None
    shape = (form.put, form.powers, form.numerator, form.denominator)
    return Positive(0, expr, False, *shape, below, above)


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
                "hypotheses": ["any vectors, and nothing else is assumed of them"],
            }
            return Outcome(goals.REFUTED, Named("exact vectors"), "the vectors given", note)
    return Outcome(goals.SUPPORTED, Named("not shown"), "none", note="form is not shown to be >= 0")


def _small_vectors(size: int) -> list[tuple[int, ...]]:
    values: list[tuple[int, ...]] = [()]
    for _ in range(size):
        values = [(*v, c) for v in values for c in (1, -1, 0)]
    return values
