"""Sums over an inner path of the distances that noise makes, r the growth of one step."""

from __future__ import annotations

from typing import Any

import sympy as sp

from proofs_check.goals import Gram, Recursion, Relation
from proofs_check.lemmas.quadratic_forms import combination, square
from proofs_check.symbols import N, k, n, y

__all__ = ["square_of_sum_of_terms", "summed_squares"]


def square_of_sum_of_terms() -> Gram:
    """(sum of k + 2 terms)^2 <= (k + 2) times the sum of their squares, from k + 1 of them: a their sum."""
    right = combination(((k + 2) / (k + 1), square(a=1)), (k + 2, square(c=1)))
    return Gram(("a", "c"), square(a=1, c=1), right)


def summed_squares(r: Any, first: Any, distances: Any) -> tuple[Recursion | Relation, ...]:
    """(N-1) sum_(k<N) d_k^2 <= ``distances``^2, d_k^2 = first (r^(2k) - 1)/(r^2 - 1), and d_0 = 0.

    S = 2 (r^2 - 1)^2 times sum_(k<N) d_k^2 - N d_(N-1)^2/2: S(1) = 0 and S(n) = r^2 S(n-1) less what is >= 0.
    """

    def second(count: Any) -> Any:
        return first * (r ** (2 * count) - 1) / (r**2 - 1)

    sums = first * (r ** (2 * n) - 1 - n * (r**2 - 1)) / (r**2 - 1) ** 2
    excess = sp.expand(2 * (r**2 - 1) ** 2 * (sums - n * second(n - 1) / 2) / first)
    step = (r**2 - 1) * (r ** (2 * n - 2) - 1 - (n - 1) * (r**2 - 1))
    return (
        Recursion(n, 1, 0, 1, second(n - 1), sums, "=="),
        Recursion(n, 1, 0, r**2, -step, excess, "=="),
        Recursion(n, 1, 0, r**2, -step, 0),
        Relation((N - 1) * y, "<=", distances**2, upper=((y, N * second(N - 1) / 2),)),
    )
