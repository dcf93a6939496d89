"""Quadratic inequalities and sums that several proofs use: Young, sums of squares, means of independent
draws.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from maml_verify.theory import derived
from proofs_check.goals import Form, Gram, Induction, Product, Recursion, Relation, Split
from proofs_check.symbols import n, operators, sigma_g, u

__all__ = [
    "combination",
    "independent_products",
    "independent_sum",
    "mean_norm",
    "mean_of_draws",
    "norm2",
    "solved_quadratic",
    "square",
    "square_of_sum",
    "sum_of_squares",
]


def norm2(**coefficients: Any) -> Form:
    """||sum of coefficient times vector||^2 as it stands; the engine expands it."""
    vector = tuple(coefficients.items())
    return {(vector, vector): 1}


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


def mean_of_draws(variance: Any = sigma_g**2) -> tuple[Gram, Recursion]:
    """E ||mean of n independent draws||^2 = variance/n: the mean of n draws is ((n-1) a + z)/n."""
    one = Gram(
        ("a", "z"),
        norm2(a=(n - 1) / n, z=1 / n),
        {("a", "a"): (n - 1) ** 2 / n**2, ("z", "z"): 1 / n**2},
        orthogonal=(("a", "z"),),
        rel="==",
    )
    return one, Recursion(n, 1, variance, ((n - 1) / n) ** 2, variance / n**2, variance / n, "==")


def mean_norm() -> Split:
    """||E X|| <= E ||X||, one outcome X of probability p more: ||M + p X|| <= ||M|| + p ||X||."""
    M, X = operators("M X")
    p, so_far, size = sp.symbols("p so_far size", nonnegative=True)
    return Split(M + p * X, (((M, so_far),), ((p, p), (X, size))), so_far + p * size)


def independent_products() -> tuple[Product | Induction, ...]:
    """E[A_0 A_1 ... g] = E A_0 E A_1 ... E g for independent factors: one with the product of the rest, which
    are their means and centred deviations; then one factor more.
    """
    A, R, a, r, tail, means = operators("A R a r tail means")
    two = Product((((A + a) * (R + r), A * R),), (a, r))
    return two, Induction((A, A), (A * tail, A * means), ((tail, means),))


def solved_quadratic() -> Relation:
    """m^2 <= r m + product gives m <= `derived.solved`: a larger m contradicts it (r = u >= 0)."""
    delta, height = sp.symbols("delta height", positive=True)
    product = height**2 - u**2 / 4
    beyond = derived.solved(u, product) + delta
    return Relation(u * beyond + product, "<", beyond**2)
