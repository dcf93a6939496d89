"""Lemma 14 (Appendix C), (66): ||grad l_i(w) - grad L_i(w)|| <= ((1+x)^(2N) - 1) ||grad l_i(w)||.

K is the product of the N factors, M the mean of the Hessians along the segment from w to w~_N (integral
form), so ||M|| <= L.
"""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from maml_verify.theory.printed import task_gradient_gap
from proofs_check.goals import Induction, Integral, Product, Recursion, Relation, Split, Step, relation
from proofs_check.lemmas.quadratic_forms import mean_norm
from proofs_check.symbols import (  # fmt: skip
    CONSTANTS,
    OBSERVED,
    PARAMETERS,
    L,
    N,
    alpha,
    g,
    n,
    operators,
    q,
    x,
)

__all__ = ["steps"]


def integral_form() -> Integral:
    """<e, grad l(w + h) - grad l(w)> is the integral of <e, H(w + t h) h>, for every e.

    Both sides speak of l in the plane of e and h alone. Its coordinates are X, along h, and Y; e = (e1, e2).
    """
    X, Y, e1, e2 = sp.symbols("X Y e1 e2")
    loss = sp.Function("loss")(X, Y)
    along = e1 * loss.diff(X) + e2 * loss.diff(Y)
    return Integral(X, e1 * loss.diff(X, X) + e2 * loss.diff(X, Y), along)


def steps() -> tuple[Step, ...]:
    """(66) and the chain after it."""
    r, where = "task-gradient-gap", "proof of Lemma 14"
    K, M, a, rest = operators("K M a rest")
    w, last, step = operators("w last step")
    total = (q**N - q) / x
    split = Split(
        a - K * ((1 - alpha * M) * a - alpha * M * rest),
        (
            ((1 - K * (1 - alpha * M), q ** (N + 1) - 1), (a, g)),
            ((alpha * K, alpha * q**N), (M, L), (rest, total * g)),
        ),
        (q ** (N + 1) - 1) * g + alpha * L * q**N * total * g,
    )
    first, second = q ** (N + 1) - 1, q ** (N + 1) * (q ** (N - 1) - 1)
    return (
        relation(
            "eq-66.a", r, f"{where}, (66)", "grad l_i(w~_N) = grad l_i(w - alpha sum_j grad l_i(w~_j))",
            "(1) summed",
            Induction((w - alpha * a, w - alpha * a), (last - alpha * step, w - alpha * (rest + step)),
                      ((last, w - alpha * rest),)),
        ),
        relation(
            "eq-66.b", r, f"{where}, (66)",
            "grad l_i(w + h) = grad l_i(w) + M h, M a convex combination of Hessians",
            "integral form: M is the mean of H(w + t h) over 0 <= t <= 1, so ||M|| <= L",
            integral_form(), mean_norm(),
        ),
        relation(
            "eq-66.c", r, f"{where}, (66)",
            "... = (I - alpha M) grad l_i(w) - alpha M sum_(j>=1) grad l_i(w~_j)", "term j = 0 taken out",
            Product(((a - alpha * M * (a + rest), (1 - alpha * M) * a - alpha * M * rest),)),
        ),
        relation(
            "lemma-14/chain.a", r, where,
            "||grad l_i - grad L_i|| <= ||I - K (I - alpha M)|| ||grad l_i|| + x (1+x)^N sum_(j=1)^(N-1)"
            " (1+x)^j ...",
            "Lemmas 12, 13", split,
            Recursion(n, 1, 0, 1, q ** (n - 1), (q**n - q) / x, "=="),
        ),
        relation(
            "lemma-14/chain.b", r, where,
            "... <= ((1+x)^(N+1) - 1) ||grad l_i|| + (1+x)^(N+1) ((1+x)^(N-1) - 1) ||grad l_i||",
            "Lemma 13 with N + 1 factors, geometric sum",
            Relation(first * g + x * q**N * total * g, "==", first * g + second * g),
        ),
        relation(
            "lemma-14/chain.c", r, where, "... = ((1+x)^(2N) - 1) ||grad l_i||", "algebra",
            Relation(first * g + second * g, "==", (q ** (2 * N) - 1) * g),
        ),
        relation(
            "lemma-14/statement", r, "Lemma 14 (statement restored)",
            "||grad l_i(w) - grad L_i(w)|| <= C_l ||grad l_i(w)||", "the chain",
            replace(split, right=task_gradient_gap(CONSTANTS, PARAMETERS, OBSERVED)),
            tags=("statement",),
        ),
    )  # fmt: skip
