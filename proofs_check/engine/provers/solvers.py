"""Polynomial inequalities by two SMT solvers that must agree (optional extra ``prove``)."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import sympy as sp

__all__ = ["MISSING", "Disagreement", "refute"]

MISSING = "z3-solver and cvc5 are not installed (extra 'prove')"
TIMEOUT_MS = 4000


class Disagreement(RuntimeError):
    """One solver says the relation holds, the other that it does not."""


def _term(expr: sp.Expr, env: dict[sp.Symbol, Any], ops: Any) -> Any:
    if expr.is_Symbol:
        return env[expr]
    if expr.is_Rational:
        return ops.real(int(expr.p), int(expr.q))
    parts = [_term(a, env, ops) for a in expr.args]
    if expr.is_Add:
        return ops.add(parts)
    if expr.is_Mul:
        return ops.mul(parts)
    if expr.is_Pow and expr.exp.is_Integer and expr.exp > 0:
        return ops.mul([parts[0]] * int(expr.exp))
    raise ValueError(f"not a polynomial: {expr}")


class _Z3:
    def __init__(self, z3: Any) -> None:
        self.z3, self.solver = z3, z3.Solver()
        self.solver.set("timeout", TIMEOUT_MS)

    def const(self, name: str) -> Any:
        return self.z3.Real(name)

    def real(self, p: int, q: int) -> Any:
        return self.z3.Q(p, q)

    def add(self, parts: list[Any]) -> Any:
        return self.z3.Sum(parts)

    def mul(self, parts: list[Any]) -> Any:
        return self.z3.Product(parts)

    def require(self, term: Any, strict: bool) -> None:
        self.solver.add(term > 0 if strict else term >= 0)

    def check(self) -> str:
        return str(self.solver.check())


class _Cvc5:
    def __init__(self, cvc5: Any) -> None:
        self.kind, self.solver = cvc5.Kind, cvc5.Solver()
        self.solver.setLogic("QF_NRA")
        self.solver.setOption("tlimit-per", str(TIMEOUT_MS))
        self.zero = self.solver.mkReal(0)

    def const(self, name: str) -> Any:
        return self.solver.mkConst(self.solver.getRealSort(), name)

    def real(self, p: int, q: int) -> Any:
        return self.solver.mkReal(p, q)

    def add(self, parts: list[Any]) -> Any:
        return parts[0] if len(parts) == 1 else self.solver.mkTerm(self.kind.ADD, *parts)

    def mul(self, parts: list[Any]) -> Any:
        return parts[0] if len(parts) == 1 else self.solver.mkTerm(self.kind.MULT, *parts)

    def require(self, term: Any, strict: bool) -> None:
        kind = self.kind.GT if strict else self.kind.GEQ
        self.solver.assertFormula(self.solver.mkTerm(kind, term, self.zero))

    def check(self) -> str:
        result = self.solver.checkSat()
        return "unsat" if result.isUnsat() else "sat" if result.isSat() else "unknown"


def refute(constraints: list[tuple[sp.Expr, bool]]) -> str:
    """Whether polynomial constraints (expression, strict) can hold together: unsat, sat, unknown or missing.

    Raises
    ------
    Disagreement
        If one solver answers sat and the other unsat.
    """
    answers = []
    for name, wrap in (("z3", _Z3), ("cvc5", _Cvc5)):
        try:
            ops = wrap(import_module(name))
        except ImportError:
            return "missing"
        symbols = sorted(set().union(*[c.free_symbols for c, _ in constraints]), key=str)
        # Two symbols of one name and different assumptions are two unknowns.
        env = {s: ops.const(f"{s.name}_{index}") for index, s in enumerate(symbols)}
        for expr, strict in constraints:
            ops.require(_term(sp.expand(expr), env, ops), strict)
        answers.append(ops.check())
    if set(answers) == {"sat", "unsat"}:
        raise Disagreement(f"z3 says {answers[0]}, cvc5 says {answers[1]} on {constraints}")
    return answers[0] if answers[0] == answers[1] else "unknown"
