"""Degenerate cases: N = 1, N = 2, rho = 0, sigma_g = 0, b = 0. Reported, never counted as errors.

The paper assumes sigma, sigma_g, sigma_H, b > 0, so a strict inequality that becomes an equality there is
no erratum.
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from maml_verify.theory import coefficients
from proofs_check.engine.evaluate import exact
from proofs_check.goals import Relation, Step
from proofs_check.symbols import CONSTANTS, PARAMETERS, L, N, alpha

__all__ = ["equalities", "undefined"]

CASES: tuple[tuple[str, int], ...] = (("N", 1), ("N", 2), ("rho", 0), ("sigma_g", 0), ("b", 0))
FORMULAS = ("C_squ_3", "chi_5", "theta_5", "xi_9", "theta_9")


def _point(symbols: set[sp.Symbol], name: str, value: int) -> dict[sp.Symbol, Fraction] | None:
    chosen = [s for s in symbols if s.name == name]
    if not chosen:
        return None
    point = {s: Fraction(2) if s.is_integer else Fraction(1, 3) for s in symbols}
    point[chosen[0]] = Fraction(value)
    if alpha in point:
        point[alpha] = Fraction(1, 8) / point.get(N, Fraction(1)) / point.get(L, Fraction(1))
    return point


def equalities(step: Step) -> list[str]:
    """Cases in which a strict relation of the step becomes an equality."""
    found = []
    for reading in step.readings:
        for goal in reading.goals:
            if not isinstance(goal, Relation) or goal.rel != "<":
                continue
            gap = sp.sympify(goal.right) - sp.sympify(goal.left)
            if goal.at is not None:
                gap = gap.subs(alpha, goal.at)
            for name, value in CASES:
                point = _point(gap.free_symbols, name, value)
                if point is not None and exact(gap, point) == 0:
                    found.append(f"{name} = {value}: equality")
    return sorted(set(found))


def undefined() -> dict[str, list[str]]:
    """Printed formulas that divide by zero in a degenerate case, by exact evaluation."""
    out: dict[str, list[str]] = {}
    for name in FORMULAS:
        value = sp.sympify(getattr(coefficients, name)(CONSTANTS, PARAMETERS))
        for symbol, number in CASES:
            point = _point(value.free_symbols, symbol, number)
            if point is not None and exact(value, point) is None:
                out.setdefault(name, []).append(f"{symbol} = {number}")
    return out
