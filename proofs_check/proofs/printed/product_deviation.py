"""Lemma 13 (Appendix C), (65): ||I - prod_(j=0)^m (I - alpha V_j)|| <= (1 + alpha L)^(m+1) - 1.

Reduction: I - P (I - alpha V) = (I - P) + alpha P V, so the bound gains (1 + alpha L)^m alpha L a factor.
"""

from __future__ import annotations

import sympy as sp

from maml_verify.theory.printed import product_deviation
from proofs_check.goals import Induction, Recursion, Split, Step, relation
from proofs_check.symbols import CONSTANTS, OBSERVED, PARAMETERS, L, N, alpha, k, n, operators, q, y

__all__ = ["steps"]


def expansion() -> Induction:
    """(65): the product of the factors I + t V, t = -alpha, has as term of order k the ordered sum E_k.

    One factor more turns E_k into E_k + E_(k-1) V: products of k without V, and of k - 1 and then V.
    """
    first, V, more, same, lower = operators("V_first V E_more E_k E_lower")
    t = sp.Symbol("t")
    return Induction(
        (1 * (1 + t * first), 1 + t * first),
        (t**k * more, t**k * same + t ** (k - 1) * lower * (t * V)),
        ((more, same + lower * V),),
    )


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
