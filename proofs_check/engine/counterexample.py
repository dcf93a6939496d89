"""Search for exact counterexamples to a scalar relation, simplest points first; each is confirmed by Arb."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import sympy as sp

from proofs_check.certificates.scalar import Counterexample
from proofs_check.engine.evaluate import ball, exact, names
from proofs_check.goals import Relation
from proofs_check.symbols import L, N, alpha, root_S

__all__ = ["Refutation", "counterexample"]

POSITIVE = tuple(Fraction(*v) for v in ((1, 1), (1, 10), (1, 100), (2, 1), (10, 1), (100, 1)))
INTEGERS = tuple(Fraction(v) for v in (1, 2, 3, 4, 5, 8, 20))
#: S is a batch size, so its root is taken from integers.
ROOTS = tuple(Fraction(v) for v in (1, 2, 3, 10))
STEP_SIZES = tuple(Fraction(*v) for v in ((1, 8), (1, 4), (1, 100), (1, 3)))
DRAWS = 160


def _draw(symbols: list[sp.Symbol], rng: random.Random, relation: Relation) -> dict:
    point: dict[sp.Symbol, Fraction] = {}
    for s in symbols:
        if s.is_integer:
            choices = INTEGERS if s.is_positive else (Fraction(0), *INTEGERS)
        elif s == root_S:
            choices = ROOTS
        elif s.is_positive:
            choices = POSITIVE
        else:
            choices = (Fraction(0), *POSITIVE)
        point[s] = rng.choice(choices)
    if alpha in point:
        steps = point.get(N, Fraction(1))
        scale = rng.choice(STEP_SIZES) / steps
        if not relation.admissible and rng.random() < 0.4:
            scale = rng.choice((Fraction(1), Fraction(1, 10), Fraction(3)))
        point[alpha] = scale / point.get(L, Fraction(1))
    return point


def _points(relation: Relation, symbols: list[sp.Symbol]) -> Iterator[dict]:
    for value in (Fraction(1), Fraction(2), Fraction(3)):
        point = {s: (value if s.is_integer else Fraction(1)) for s in symbols}
        if alpha in point:
            point[alpha] = Fraction(1, 8) / value
        yield point
    rng = random.Random(20220214)
    for _ in range(DRAWS):
        yield _draw(symbols, rng, relation)


def _fails(relation: Relation, point: dict) -> bool:
    """Whether the relation fails at the point by exact arithmetic, all hypotheses met."""
    for hypothesis in relation.given:
        value = exact(hypothesis, point)
        if value is None or value <= 0:
            return False
    if relation.admissible and (1 + point[alpha] * point[L]) ** (2 * int(point[N])) >= 2:
        return False
    left, right = exact(relation.left, point), exact(relation.right, point)
    if left is None or right is None:
        return False
    bad = {"<=": left > right, "<": left >= right, "==": left != right}
    return bad[relation.rel]


def _confirmed(relation: Relation, point: dict) -> bool:
    """Second route: the same comparison with Arb balls (equality can only be confirmed exactly)."""
    gap = ball(relation.left, point) - ball(relation.right, point)
    if relation.rel == "==":
        return bool(gap != 0)
    return bool(gap > 0) or (relation.rel == "<" and gap.contains(0))


def _shrunk(relation: Relation, point: dict) -> dict:
    """Replace values by simpler ones for as long as the relation still fails."""
    for s in sorted(point, key=str):
        for value in (Fraction(0), Fraction(1), Fraction(2)):
            if value >= point[s]:
                break
            if value == 0 and s.is_positive:
                continue
            trial = point | {s: value}
            if s is N and alpha in trial:
                trial[alpha] = point[alpha] * point[N] / value
            if _fails(relation, trial):
                point = trial
                break
    return point


@dataclass(frozen=True)
class Refutation:
    """A point at which a relation fails: as a certificate, and as a record tells it."""

    certificate: Counterexample
    record: dict[str, Any]


def _within(relation: Relation) -> Refutation | None:
    """The same where symbols are bounded from above: each at its bound, at half of it, at 0."""
    for share in (sp.Integer(1), sp.Rational(1, 2), sp.Integer(0)):
        values = {symbol: share * sp.sympify(bound) for symbol, bound in relation.upper}
        left, right, *given = (
            sp.sympify(e).subs(values, simultaneous=True)
            for e in (relation.left, relation.right, *relation.given)
        )
        found = counterexample(replace(relation, left=left, right=right, given=tuple(given), upper=()))
        if found is not None:
            taken = [f"{symbol} = {values[symbol]}, at most {bound}" for symbol, bound in relation.upper]
            hypotheses = [*found.record["hypotheses"], *taken]
            return Refutation(found.certificate, found.record | {"hypotheses": hypotheses})
    return None


def counterexample(relation: Relation) -> Refutation | None:
    """A point where ``left rel right`` fails although every hypothesis holds, or None."""
    if relation.upper:
        return _within(relation)
    exprs = [relation.left, relation.right, *relation.given]
    symbols = set().union(*[sp.sympify(e).free_symbols for e in exprs])
    if relation.admissible:
        symbols |= {alpha, L, N}
    at = relation.at
    if at is not None:
        relation = _fixed(relation)
        symbols = (symbols | {L, N}) - {alpha}
    for point in _points(relation, sorted(symbols, key=str)):
        if _fails(relation, point):
            point = _shrunk(relation, point)
            if _confirmed(relation, point):
                return _refutation(relation, point, at)
    return None


def _refutation(relation: Relation, point: dict[sp.Symbol, Fraction], at: Any) -> Refutation:
    left, right = exact(relation.left, point), exact(relation.right, point)
    record = {
        "point": names(point),
        "left": str(left),
        "right": str(right),
        "left_float": float(ball(relation.left, point)),
        "right_float": float(ball(relation.right, point)),
        "routes": ["exact rationals", "Arb balls"],
        "hypotheses": ["constants positive, norms not negative, counts integers from 1"]
        + [str(h) + " > 0" for h in relation.given]
        + (["(1 + alpha L)^(2N) < 2"] if relation.admissible else [])
        + ([f"{alpha} = {at}"] if at is not None else []),
    }
    values = Fraction(str(left)), Fraction(str(right))
    sides = relation.left, relation.rel, relation.right
    shown = Counterexample(*sides, relation.given, relation.admissible, tuple(point.items()), values)
    return Refutation(shown, record)


def _fixed(relation: Relation) -> Relation:
    def put(e: Any) -> Any:
        return sp.sympify(e).subs(alpha, relation.at)

    given = tuple(put(h) for h in relation.given)
    return Relation(put(relation.left), relation.rel, put(relation.right), given)
