"""A second check of certificates, by plain substitution: nothing of the engine is used but the certificate.

Each function asserts what the class of `proofs_check.certificates` says of its fields.
"""

from __future__ import annotations

from functools import singledispatch
from itertools import combinations
from typing import Any

import flint
import sympy as sp

from proofs_check.certificates.base import Certificate, Together
from proofs_check.certificates.scalar import (
    Bounded,
    Boxes,
    Coefficients,
    Counterexample,
    Factors,
    Identity,
    Inductive,
    Parts,
    Polynomial,
    Positive,
    Power,
    Solvers,
)
from proofs_check.certificates.vectors import Expansion, GramIdentity, Norms, Segmentwise, Semidefinite


def same(one: Any, other: Any) -> bool:
    """Whether two rational functions agree."""
    return bool(sp.expand(sp.numer(sp.together(sp.sympify(one) - other))) == 0)


def lowered(expr: Any, powers: tuple[Power, ...]) -> sp.Expr:
    """Every base^(a k + b) as U^a base^b."""

    def change(node: sp.Expr) -> sp.Expr:
        out, rest = sp.Integer(1), sp.expand(node.exp)
        for u, base, k in powers:
            a = rest.coeff(k)
            if a != 0 and same(node.base, base):
                out, rest = out * u**a, sp.expand(rest - a * k)
        return out * node.base**rest

    return sp.sympify(expr).replace(lambda node: node.is_Pow and bool(node.exp.free_symbols), change)


def difference(found: Identity | Positive) -> sp.Expr:
    """right - left, in x and the powers."""
    return lowered((sp.sympify(found.right) - found.left).subs(dict(found.put)), found.powers)


@singledispatch
def recheck(found: Certificate) -> None:
    """Assert that the certificate shows what it says."""
    raise AssertionError(f"nothing to check: {found.method}")


@recheck.register
def _(found: Together) -> None:
    for part in found.parts:
        recheck(part)


@recheck.register
def _(found: Identity) -> None:
    assert same(difference(found), 0)


@recheck.register
def _(found: Positive) -> None:
    assert same(difference(found) * found.denominator, found.numerator)
    recheck(found.below)
    assert same(found.below.expression, found.denominator)
    assert same(shown_positive(found.above), found.below.sign * found.numerator)
    recheck(found.above)
    if found.strict and isinstance(found.above, Coefficients):
        assert found.above.strict
    assert not (found.strict and isinstance(found.above, Parts))


def shown_positive(found: Certificate) -> sp.Expr:
    if isinstance(found, Solvers):
        return -found.constraints[0][0]
    assert isinstance(found, Coefficients | Factors | Parts | Boxes)
    assert getattr(found, "sign", 1) == 1
    return found.expression


def coefficients(poly: Polynomial) -> bool:
    """All >= 0, and symbols of any sign in even powers; whether a monomial is > 0 for sure."""
    for powers, c in poly.terms:
        assert c.is_Rational
        assert c >= 0
        assert all(s.is_nonnegative or p % 2 == 0 for s, p in zip(poly.symbols, powers, strict=True))
    return any(
        c > 0 and all(p == 0 or s.is_positive for s, p in zip(poly.symbols, powers, strict=True))
        for powers, c in poly.terms
    )


@recheck.register
def _(found: Coefficients) -> None:
    unknown = {u for u, _, _ in found.powers}
    for part in found.parts:
        expr = found.expression
        for symbol, value in part.substitution:
            expr = expr.subs(symbol, value)
        assert not expr.free_symbols & unknown
        assert same(expr * part.below.expr, part.top.expr)
        assert coefficients(part.below)
        assert coefficients(part.top) or not found.strict
    covered(found)


def covered(found: Coefficients) -> None:
    """The last part covers all values from its starts on, the parts before it the smaller counts."""
    *heads, last = found.parts
    put = dict(last.substitution)
    if "admissible" in found.label:
        ((u, base, _),) = found.powers
        (x,) = base.free_symbols
        v = put[u] - 1
        (w,) = v.free_symbols
        assert same(base, 1 + x)
        assert w.is_positive
        assert same(v, w / (2 * (1 + w)))
        (z,) = put[x].free_symbols - {w}
        assert z.is_nonnegative
        assert same(put[x], v / (1 + z))
        return
    starts: dict[sp.Symbol, sp.Expr] = {}
    for symbol, value in put.items():
        if symbol.is_integer:
            (beyond,) = value.free_symbols
            starts[symbol] = value - beyond
            assert beyond.is_nonnegative
            least = 1 if symbol.is_positive else 0
            smaller = [dict(head.substitution).get(symbol) for head in heads]
            assert set(range(least, int(starts[symbol]))) <= set(smaller)
    for u, base, k in found.powers:
        if u not in put:
            continue  # nothing is used but U > 0, and then only if U does not occur
        start = next(s for s in range(4) if growth(put[u] / base**s, base, put[k], starts[k] - s))
        assert start <= starts[k]


def growth(value: sp.Expr, base: sp.Expr, k: sp.Expr, more: sp.Expr) -> bool:
    """value = 1 + v, or 1 + v + (k - start)(base - 1)."""
    own = value.free_symbols - base.free_symbols - k.free_symbols
    if len(own) != 1 or not next(iter(own)).is_nonnegative:
        return False
    (v,) = own
    steps = k - (k - next(iter(k.free_symbols)))
    return same(value, 1 + v) or (more == 0 and same(value, 1 + v + steps * (base - 1)))


@recheck.register
def _(found: Factors) -> None:
    product = sp.Mul(found.coefficient, *[f.base**f.power for f in found.factors])
    assert same(product, found.expression)
    sign = 1 if found.coefficient > 0 else -1
    for f in found.factors:
        if f.why is None:
            assert f.power % 2 == 0
            continue
        if isinstance(f.why, Coefficients):
            assert f.why.strict
            assert same(f.why.expression, f.sign * f.base)
            recheck(f.why)
        else:
            ratio = sp.cancel(f.sign * f.base / f.why)
            assert ratio.is_Rational
            assert ratio > 0
        sign *= f.sign**f.power
    assert sign == found.sign


@recheck.register
def _(found: Parts) -> None:
    total = sp.Integer(0)
    for powers, part in found.parts:
        recheck(part)
        assert part.sign == 1
        total += part.expression * sp.Mul(*[s**p for s, p in zip(found.symbols, powers, strict=True)])
    assert all(s.is_nonnegative for s in found.symbols)
    assert all(value == s + 1 and s.is_integer and s.is_positive for s, value in found.shift)
    assert same(found.expression.subs(dict(found.shift)), total)


@recheck.register
def _(found: Boxes) -> None:
    u, base, _ = found.power
    assert same(base, 1 + found.x)
    rest = sp.factor_list(sp.cancel(found.expression / found.core))
    assert rest[0] > 0
    assert all(f in (found.x, u - 1) for f, _ in rest[1])
    terms = sp.Poly(found.core, u, found.x).terms()
    area = 0
    for s, t in found.boxes:
        area += (s[1] - s[0]) * (t[1] - t[0])
        a, b = (flint.arb(flint.fmpq(low.numerator, low.denominator)).union(
            flint.arb(flint.fmpq(high.numerator, high.denominator))) for low, high in (s, t))  # fmt: skip
        value = sum(
            (flint.arb(flint.fmpq(int(c.p), int(c.q))) * a.exp() ** i * (a * b).expm1() ** j
             for (i, j), c in terms), flint.arb(0))  # fmt: skip
        assert value > 0
    whole = ((0, sp.Rational(347, 1000)), (0, 1))
    assert all(
        low >= a and high <= b for box in found.boxes for (low, high), (a, b) in zip(box, whole, strict=True)
    )
    for one, other in combinations(found.boxes, 2):
        assert any(a[1] <= b[0] or b[1] <= a[0] for a, b in zip(one, other, strict=True))
    assert area == sp.Rational(347, 1000)


@recheck.register
def _(found: Solvers) -> None:
    import z3

    solver = z3.Solver()
    symbols = set().union(*[expr.free_symbols for expr, _ in found.constraints])
    env = {s: z3.Real(f"r{k}") for k, s in enumerate(symbols)}
    for expr, strict in found.constraints:
        total = z3.RealVal(0)
        names = tuple(expr.free_symbols)
        for powers, c in sp.Poly(expr, *names).terms() if names else [((), expr)]:
            term = z3.Q(int(c.p), int(c.q))
            for s, p in zip(names, powers, strict=True):
                for _ in range(p):
                    term = term * env[s]
            total = total + term
        solver.add(total > 0 if strict else total >= 0)
    assert str(solver.check()) == "unsat"


@recheck.register
def _(found: Bounded) -> None:
    slacks = []
    for symbol, value in found.put:
        (slack,) = [s for s in value.free_symbols if s.name.startswith("slack")]
        assert slack.is_nonnegative
        assert symbol not in value.free_symbols
        assert slack not in sp.cancel(value * (1 + slack)).free_symbols
        slacks.append(slack)
    assert len(set(slacks)) == len(slacks)
    recheck(found.scalar)


@recheck.register
def _(found: Inductive) -> None:
    for part in (found.base, found.step, found.factor):
        recheck(part)
    assert found.factor.left == 0  # type: ignore[attr-defined]


@recheck.register
def _(found: Norms) -> None:
    total = sp.Add(*[sp.Mul(*[vector for vector, _ in term]) for term in found.terms])
    bound = sp.Add(*[sp.Mul(*[norm for _, norm in term]) for term in found.terms])
    assert sp.expand(sp.expand(found.vector) - sp.expand(total)) == 0
    recheck(found.scalar)
    assert same(found.scalar.left, bound)  # type: ignore[attr-defined]


@recheck.register
def _(found: Semidefinite) -> None:
    matrix = sp.Matrix(found.matrix)
    assert matrix == matrix.T
    size = len(found.vectors)
    every = [rows for k in range(1, size + 1) for rows in combinations(range(size), k)]
    assert [rows for rows, _ in found.minors] == every
    for (weight, _), shown in zip(found.facts, found.weights, strict=True):
        not_negative(shown, weight)
    for rows, shown in found.minors:
        not_negative(shown, matrix[list(rows), list(rows)].det())


def not_negative(shown: Certificate, expr: Any) -> None:
    assert isinstance(shown, Identity | Positive)
    own, other = (shown.left, shown.right) if isinstance(shown, Identity) else (shown.right, shown.left)
    assert other == 0
    assert same(own, expr)
    recheck(shown)


@recheck.register
def _(found: GramIdentity) -> None:
    for _, entry in found.entries:
        assert entry.right == 0
        recheck(entry)


@recheck.register
def _(found: Segmentwise) -> None:
    recheck(found.inside)
    recheck(found.outside)


@recheck.register
def _(found: Expansion) -> None:
    for left, right in found.pairs:
        total: dict[sp.Expr, sp.Expr] = {}
        for term in sp.Add.make_args(sp.expand(sp.expand(left) - sp.expand(right))):
            scalars, word = term.args_cnc()
            if any(str(word).count(operator.name) == 1 for operator in found.centred):
                continue
            total[sp.Mul(*word)] = total.get(sp.Mul(*word), 0) + sp.Mul(*scalars)
        assert all(same(sp.powsimp(c), 0) for c in total.values())


@recheck.register
def _(found: Counterexample) -> None:
    point = {s: sp.Rational(v.numerator, v.denominator) for s, v in found.point}
    assert all(
        (v >= 1 and v.is_integer) if s.is_integer and s.is_positive else v >= 0 for s, v in point.items()
    )
    assert all(v > 0 for s, v in point.items() if s.is_positive)
    left, right = (sp.sympify(side).subs(point) for side in (found.left, found.right))
    assert (left, right) == tuple(sp.Rational(v.numerator, v.denominator) for v in found.values)
    assert not {"<=": left <= right, "<": left < right, "==": left == right}[found.relation]
    assert all(sp.sympify(h).subs(point) > 0 for h in found.given)
    if found.admissible:
        by_name = {s.name: v for s, v in point.items()}
        assert (1 + by_name["alpha"] * by_name["L"]) ** (2 * by_name["N"]) < 2
