"""Lemma 14 (Appendix C), (66): ||grad l_i(w) - grad L_i(w)|| <= ((1+x)^(2N) - 1) ||grad l_i(w)||.

K is the product of the N factors, M a mean of Hessians (mean value theorem), so ||M|| <= L.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from maml_verify.bounds import task_gradient_gap
from proofs_check.model import ALL, Product, Recursion, Relation, Split, Step, Witness, relation
from proofs_check.symbols import (
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
    u,
    x,
)  # fmt: skip

__all__ = ["steps"]


def mean_value() -> tuple[dict[str, Any] | None, int]:
    """A generic quartic in two variables: two Gauss nodes with weights 1/2 give the mean Hessian exactly."""
    s, t = sp.symbols("s t")
    c = sp.symbols("c0:15")
    powers = [(i, h) for i in range(5) for h in range(5 - i)]
    loss = sum(a * s**i * t**h for a, (i, h) in zip(c, powers, strict=True))
    gradient = sp.Matrix([loss.diff(s), loss.diff(t)])
    hessian = gradient.jacobian([s, t])
    start, move = sp.Matrix([sp.Rational(1, 3), -2]), sp.Matrix([sp.Rational(5, 2), 1])
    nodes = [(1 + sign / sp.sqrt(3)) / 2 for sign in (1, -1)]

    def at(matrix: sp.Matrix, share: sp.Expr) -> sp.Matrix:
        point = start + share * move
        return matrix.subs({s: point[0], t: point[1]}, simultaneous=True)

    mean = sum((at(hessian, node) for node in nodes), sp.zeros(2, 2)) / 2
    gap = (at(gradient, sp.Integer(1)) - at(gradient, sp.Integer(0)) - mean * move).expand()
    return (None if gap == sp.zeros(2, 1) else {"difference": str(gap)}), 1


def steps() -> tuple[Step, ...]:
    """(66) and the chain after it."""
    r, where = "task-gradient-gap", "proof of Lemma 14"
    K, M, a, rest = operators("K M a rest")
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
            "(1) summed", Recursion(n, 1, u, 1, u, n * u, "=="),
        ),
        relation(
            "eq-66.b", r, f"{where}, (66)",
            "grad l_i(w + h) = grad l_i(w) + M h, M a convex combination of Hessians",
            "mean value theorem for vector-valued functions (McLeod 1965), quoted",
            Witness(mean_value, "quartic losses in two variables"),
        ),
        relation(
            "eq-66.c", r, f"{where}, (66)",
            "... = (I - alpha M) grad l_i(w) - alpha M sum_(j>=1) grad l_i(w~_j)", "term j = 0 taken out",
            Product(((a - alpha * M * (a + rest), (1 - alpha * M) * a - alpha * M * rest),), ALL),
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
            Relation(first * g + x * q**N * total * g, "<=", first * g + second * g),
        ),
        relation(
            "lemma-14/chain.c", r, where, "... = ((1+x)^(2N) - 1) ||grad l_i||", "algebra",
            Relation(first * g + second * g, "==", (q ** (2 * N) - 1) * g),
        ),
        relation(
            "lemma-14/statement", r, "Lemma 14 (statement restored)",
            "||grad l_i(w) - grad L_i(w)|| <= C_l ||grad l_i(w)||", "the chain",
            Relation((q ** (2 * N) - 1) * g, "<=", task_gradient_gap(CONSTANTS, PARAMETERS, OBSERVED)),
            tags=("statement",),
        ),
    )  # fmt: skip
