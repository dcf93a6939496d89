"""Quadratic inequalities and sums that several proofs use: Young, sums of squares, means of independent
draws.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from maml_verify import derived
from proofs_check.model import Gram, Relation
from proofs_check.symbols import u

__all__ = [
    "combination",
    "independent_sum",
    "solved_quadratic",
    "square",
    "square_of_sum",
    "sum_of_squares",
    "young",
]

Form = dict[tuple[str, str], Any]


def square(**coefficients: Any) -> Form:
    """||sum of coefficient times vector||^2 in terms of inner products."""
    pairs = [(h, t) for h in coefficients for t in coefficients if h <= t]
    return {(h, t): (1 if h == t else 2) * coefficients[h] * coefficients[t] for h, t in pairs}


def combination(*weighted: tuple[Any, Form]) -> Form:
    """Sum of weight times form."""
    pairs = {pair for _, form in weighted for pair in form}
    return {pair: sum(weight * form.get(pair, 0) for weight, form in weighted) for pair in sorted(pairs)}


def square_of_sum(vectors: str) -> Form:
    """||a + b + ...||^2 in terms of inner products."""
    return square(**dict.fromkeys(vectors, 1))


def sum_of_squares(vectors: str) -> Gram:
    """||a_1 + ... + a_k||^2 <= k (||a_1||^2 + ... + ||a_k||^2)."""
    return Gram(tuple(vectors), square_of_sum(vectors), {(h, h): len(vectors) for h in vectors})


def independent_sum() -> Gram:
    """E ||a + b||^2 = E ||a||^2 + E ||b||^2 where E <a, b> = 0."""
    squares = {(h, h): 1 for h in "ab"}
    return Gram(("a", "b"), square_of_sum("ab"), squares, orthogonal=(("a", "b"),), rel="==")


def young() -> Gram:
    """<a, b> <= ||a||^2/2 + ||b||^2/2."""
    half = sp.Rational(1, 2)
    return Gram(("a", "b"), {("a", "b"): 1}, {("a", "a"): half, ("b", "b"): half})


def solved_quadratic() -> Relation:
    """m^2 <= r m + product gives m <= `derived.solved`: a larger m contradicts it (r = u >= 0)."""
    delta, height = sp.symbols("delta height", positive=True)
    product = height**2 - u**2 / 4
    beyond = derived.solved(u, product) + delta
    return Relation(u * beyond + product, "<", beyond**2)
