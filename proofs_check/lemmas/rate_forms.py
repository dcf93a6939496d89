"""Forms that proofs of rates use: Young's inequality, a telescoping sum, Corollary 6's printed order."""

from __future__ import annotations

from typing import Any

import sympy as sp

from proofs_check.goals import Gram, Relation
from proofs_check.symbols import K, n

__all__ = ["mean_square", "printed_order", "telescoped", "young"]


def young(factor: Any = 1) -> tuple[Gram, Gram]:
    """factor |<a, b>| <= factor (||a||^2/2 + ||b||^2/2), one form a sign."""
    halves = {("a", "a"): factor / sp.Integer(2), ("b", "b"): factor / sp.Integer(2)}
    above, below = (Gram(("a", "b"), {("a", "b"): sign * factor}, halves) for sign in (1, -1))
    return above, below


def mean_square() -> Gram:
    """(E beta)^2 <= E beta^2: with b for beta and 1 for the constant, <b, 1> = m and <1, 1> = 1."""
    m = sp.Symbol("m", nonnegative=True)
    return Gram(("b", "1"), {("b", "1"): 2 * m, ("1", "1"): -(m**2)}, {("b", "b"): 1})


def telescoped(extra: Any) -> tuple[Relation, Relation]:
    """(1/K) sum over k < K of a_k <= Delta/K + extra where a_k <= L(w_k) - L(w_(k+1)) + extra.

    Induction on the number of terms, then L(w_K) = L* + rest with rest >= 0. ``slack`` is what the descent
    leaves over; ``start``, ``before`` and ``after`` are values of the objective less L*.
    """
    start, before, after, slack, rest = sp.symbols("start before after slack rest", nonnegative=True)
    so_far = start - before + (n - 1) * extra
    term = before - after + extra - slack
    return (
        Relation(so_far + term, "<=", start - after + n * extra),
        Relation((start - rest + K * extra) / K, "<=", start / K + extra),
    )


def printed_order(sigma: Any, sigma_g: Any, p: Any) -> Any:
    """Corollary 6: the terms of the printed order outside the root, and under it beside its factor."""
    in_B = (sigma_g**2 + sigma**2) / p.B
    return 1 / p.K + sigma_g**2 * (sigma**2 + 1) / p.S + in_B + sigma_g**2 / (p.T * p.B)
