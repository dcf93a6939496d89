"""Evaluation of a sympy expression over exact rationals or Arb balls: two routes to the same number."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import flint
import sympy as sp

from maml_verify.arithmetic.precision import arb_precision

__all__ = ["PRECISION", "ball", "exact", "names"]

PRECISION = 200


class _Irrational(Exception):
    """The expression has no exact rational value at this point."""


#: What to do with the values of earlier nodes: the kind of a node, what it holds, and where its parts are.
Node = tuple[str, Any, tuple[int, ...]]


@cache
def _program(expr: sp.Expr) -> tuple[Node, ...]:
    """The nodes of an expression, parts first and each once: it is evaluated at hundreds of points."""
    nodes: list[Node] = []
    where: dict[sp.Expr, int] = {}

    def add(part: sp.Expr) -> int:
        if part not in where:
            nodes.append(_node(part, add))
            where[part] = len(nodes) - 1
        return where[part]

    add(expr)
    return tuple(nodes)


def _node(expr: sp.Expr, add: Callable[[sp.Expr], int]) -> Node:
    if expr.is_Symbol:
        return "symbol", expr, ()
    if expr.is_Rational:
        return "number", (int(expr.p), int(expr.q)), ()
    if expr.is_Add or expr.is_Mul:
        return "sum" if expr.is_Add else "product", None, tuple(add(part) for part in expr.args)
    if expr.is_Pow:
        return "power", expr.exp, (add(expr.base),)
    if isinstance(expr, sp.exp | sp.log | sp.Abs):
        return type(expr).__name__, None, (add(expr.args[0]),)
    return "unknown", str(expr), ()


def _value(expr: sp.Expr, env: dict[sp.Symbol, Any], lift: Any, arb: bool) -> Any:
    values: list[Any] = []
    for kind, held, parts in _program(expr):
        if kind == "symbol":
            value = env[held]
        elif kind == "number":
            value = lift(*held)
        elif kind == "sum":
            value = sum((values[k] for k in parts), lift(0, 1))
        elif kind == "product":
            value = math.prod((values[k] for k in parts), start=lift(1, 1))
        elif kind == "power":
            value = _power(values[parts[0]], _value(held, env, _fmpq, False), arb)
        elif kind == "Abs":
            value = abs(values[parts[0]])
        elif arb and kind in ("exp", "log"):
            value = getattr(values[parts[0]], kind)()
        else:
            raise _Irrational(f"{kind} {held or ''}")
        values.append(value)
    return values[-1]


def _power(base: Any, exponent: flint.fmpq, arb: bool) -> Any:
    if exponent.q == 1:
        return base ** int(exponent)
    if arb and exponent == flint.fmpq(1, 2):
        return base.sqrt()
    raise _Irrational(f"({base})^({exponent})")


def _fmpq(p: int, q: int) -> flint.fmpq:
    return flint.fmpq(p, q)


def _ball(p: int, q: int) -> flint.arb:
    return flint.arb(flint.fmpq(p, q))


def exact(expr: Any, point: dict[sp.Symbol, Fraction]) -> flint.fmpq | None:
    """Value as an exact rational, None where it is irrational or undefined."""
    env = {s: flint.fmpq(v.numerator, v.denominator) for s, v in point.items()}
    try:
        return _value(sp.sympify(expr), env, _fmpq, False)
    except (_Irrational, ZeroDivisionError):
        return None


def ball(expr: Any, point: dict[sp.Symbol, Fraction]) -> flint.arb:
    """Value as an Arb ball at `PRECISION` bits. Exponents stay exact, so powers are never exp(log)."""
    with arb_precision(PRECISION):
        env: dict[sp.Symbol, Any] = {}
        for s, v in point.items():
            value = flint.fmpq(v.numerator, v.denominator)
            env[s] = value if s.is_integer else flint.arb(value)
        return _ball(0, 1) + _value(sp.sympify(expr), env, _ball, True)


def names(point: dict[sp.Symbol, Fraction]) -> dict[str, str]:
    """The point as JSON-ready text, exact rationals as p/q."""
    return {s.name: str(v) for s, v in sorted(point.items(), key=lambda i: i[0].name)}
