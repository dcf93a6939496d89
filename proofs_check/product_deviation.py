"""Lemma 13 (Appendix C), (65): ||I - prod_(j=0)^m (I - alpha V_j)|| <= (1 + alpha L)^(m+1) - 1.

Reduction: I - P (I - alpha V) = (I - P) + alpha P V, so the bound gains (1 + alpha L)^m alpha L a factor.
"""

from __future__ import annotations

from itertools import combinations

import sympy as sp

from maml_verify.bounds import product_deviation
from proofs_check.model import ALL, Product, Recursion, Split, Step, relation
from proofs_check.symbols import CONSTANTS, OBSERVED, PARAMETERS, L, N, alpha, n, operators, q, y

__all__ = ["steps"]


def expansion() -> Product:
    """(65) in full for m + 1 = 1, ..., 5 factors: elementary symmetric sums in order of the factors."""
    pairs = []
    for size in range(1, 6):
        v = operators(f"V0:{size}")
        left = sp.Mul(*[1 - alpha * a for a in v])
        right = sum(
            sp.Mul((-alpha) ** order, *chosen)
            for order in range(size + 1)
            for chosen in combinations(v, order)
        )
        pairs.append((left, right))
    # One more factor multiplies the ordered sums by (1 - alpha V): the rule behind any size.
    p, a = operators("P A")
    pairs.append((p * (1 - alpha * a), p - alpha * p * a))
    return Product(tuple(pairs), ALL)


def steps() -> tuple[Step, ...]:
    """The expansion, one factor, and the statement."""
    where = "Lemma 13, Appendix C"
    p, a = operators("P A")
    # y is the deviation of the product so far, and its norm is at most q^m.
    one = Split(
        1 - p * (1 - alpha * a),
        (((1 - p, y),), ((alpha * p, alpha * q**n), (a, L))),
        y + q**n * alpha * L,
    )
    closed = product_deviation(CONSTANTS, PARAMETERS, OBSERVED).subs(N, n)
    return (
        relation(
            "eq-65",
            "product-deviation",
            "Lemma 13, (65)",
            "prod_(j=0)^m (I - alpha V_j) = I - sum alpha V_j + sum_(p<q) alpha^2 V_p V_q - ...",
            "expansion (the glyphs after the second sum are lost)",
            expansion(),
        ),
        relation(
            "lemma-13/one-factor",
            "product-deviation",
            where,
            "||I - P (I - alpha V)|| <= ||I - P|| + (1 + alpha L)^m alpha L",
            "the printed argument is not legible; this one replaces it",
            one,
        ),
        relation(
            "lemma-13/statement",
            "product-deviation",
            where,
            "||I - prod_(j=0)^m (I - alpha V_j)|| <= (1 + alpha L)^(m+1) - 1",
            "induction on the number of factors",
            Recursion(n, 1, alpha * L, 1, q ** (n - 1) * alpha * L, closed),
            tags=("statement",),
        ),
    )
