"""Evaluation of a sympy expression over exact rationals or Arb balls: two routes to the same number."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint
import sympy as sp

from maml_verify.arithmetic.precision import arb_precision

__all__ = ["PRECISION", "ball", "exact", "names"]

PRECISION = 200


class _Irrational(Exception):
    """The expression has no exact rational value at this point."""


def _walk(expr: sp.Expr, env: dict[sp.Symbol, Any], lift: Any, arb: bool) -> Any:
    if expr.is_Symbol:
        return env[expr]
    if expr.is_Rational:
        return lift(int(expr.p), int(expr.q))
    if expr.is_Add:
        total = lift(0, 1)
        for a in expr.args:
            total = total + _walk(a, env, lift, arb)
        return total
    if expr.is_Mul:
        product = lift(1, 1)
        for a in expr.args:
            product = product * _walk(a, env, lift, arb)
        return product
    if expr.is_Pow:
        base = _walk(expr.base, env, lift, arb)
        power = _walk(expr.exp, env, _fmpq, False)
        if power.q == 1:
            return base ** int(power)
        if arb and power == flint.fmpq(1, 2):
            return base.sqrt()
    if isinstance(expr, sp.Abs):
        return abs(_walk(expr.args[0], env, lift, arb))
    if arb and isinstance(expr, sp.exp):
        return _walk(expr.args[0], env, lift, arb).exp()
    if arb and isinstance(expr, sp.log):
        return _walk(expr.args[0], env, lift, arb).log()
    raise _Irrational(str(expr))


def _fmpq(p: int, q: int) -> flint.fmpq:
    return flint.fmpq(p, q)


def _ball(p: int, q: int) -> flint.arb:
    return flint.arb(flint.fmpq(p, q))


def exact(expr: Any, point: dict[sp.Symbol, Fraction]) -> flint.fmpq | None:
    """Value as an exact rational, None where it is irrational or undefined."""
    env = {s: flint.fmpq(v.numerator, v.denominator) for s, v in point.items()}
    try:
        return _walk(sp.sympify(expr), env, _fmpq, False)
    except (_Irrational, ZeroDivisionError):
        return None


def ball(expr: Any, point: dict[sp.Symbol, Fraction]) -> flint.arb:
    """Value as an Arb ball at `PRECISION` bits. Exponents stay exact, so powers are never exp(log)."""
    with arb_precision(PRECISION):
        env: dict[sp.Symbol, Any] = {}
        for s, v in point.items():
            value = flint.fmpq(v.numerator, v.denominator)
            env[s] = value if s.is_integer else flint.arb(value)
        return _ball(0, 1) + _walk(sp.sympify(expr), env, _ball, True)


def names(point: dict[sp.Symbol, Fraction]) -> dict[str, str]:
    """The point as JSON-ready text, exact rationals as p/q."""
    return {s.name: str(v) for s, v in sorted(point.items(), key=lambda i: i[0].name)}
