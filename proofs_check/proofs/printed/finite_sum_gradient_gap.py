"""Lemma 18 (Appendix D): ||grad l_Ti - grad L_i|| in terms of ||grad l_Ti|| and ||grad l_Si||."""

from __future__ import annotations

from maml_verify.theory.printed import finite_sum_gradient_gap
from proofs_check.goals import Recursion, Split, Step, relation
from proofs_check.symbols import (  # fmt: skip
    CONSTANTS,
    OBSERVED,
    PARAMETERS,
    L,
    N,
    alpha,
    g,
    g_S,
    n,
    operators,
    q,
    x,
)

__all__ = ["steps"]


def steps() -> tuple[Step, ...]:
    """The chain of its proof, in three relations."""
    r, where = "finite-sum-gradient-gap", "proof of Lemma 18"
    K, M, a, total = operators("K M a total")
    size = (q**N - 1) / x * g_S
    split = Split(
        a - K * (a - alpha * M * total),
        (((1 - K, q**N - 1), (a, g)), ((alpha * K, alpha * q**N), (M, L), (total, size))),
        (q**N - 1) * g + alpha * L * q**N * size,
    )
    return (
        relation(
            "lemma-18/chain.a", r, where, "<= ||I - K|| ||grad l_Ti|| + ||K alpha M sum_j grad l_Si(w_j)||",
            "mean value theorem; (i) Lemma 13; (ii) Lemma 17", split,
        ),
        relation(
            "lemma-18/chain.b", r, where, "x (1+x)^N sum_(j<N) (1+x)^j = (1+x)^N ((1+x)^N - 1)",
                "geometric sum",
            Recursion(n, 1, x * q**N, 1, x * q**N * q ** (n - 1), q**N * (q**n - 1), "=="),
        ),
        relation(
            "lemma-18/statement", r, "Lemma 18",
            "||grad l_Ti - grad L_i|| <= ((1+x)^N - 1) ||grad l_Ti|| + (1+x)^N ((1+x)^N - 1) ||grad l_Si||",
            "the chain",
            Split(split.vector, split.terms, finite_sum_gradient_gap(CONSTANTS, PARAMETERS, OBSERVED)),
            tags=("statement",),
        ),
    )  # fmt: skip
