"""Lemma 19 (Appendix D), (73), (74): ||grad l_T|| <= ||grad L||/C_1 + C_2/C_1."""

from __future__ import annotations

from typing import Any

import sympy as sp

from maml_verify.theory import coefficients, derived
from maml_verify.theory.printed import finite_sum_mean_gradient
from proofs_check.goals import Reading, Relation, Split, Step, definition, readings, relation
from proofs_check.lemmas.rate_forms import mean_square
from proofs_check.symbols import (  # fmt: skip
    CONSTANTS,
    OBSERVED,
    PARAMETERS,
    G,
    N,
    b,
    g,
    g_S,
    operators,
    q,
    sigma,
    y,
    z,
)

__all__ = ["steps"]

c, o, p = CONSTANTS, OBSERVED, PARAMETERS

norm = sp.Symbol("norm", nonnegative=True)  # ||grad l_T(w)||


def _solved(bound: Any) -> Relation:
    """||grad l_T|| above the bound contradicts ||grad l_T|| <= ||grad L|| + (1 - C_1) ||grad l_T|| + C_2."""
    beyond = bound + sp.Symbol("delta", positive=True)
    chain = G + (1 - coefficients.C_1(c, p)) * beyond + coefficients.C_2(c, p)
    return Relation(chain, "<", beyond, admissible=True)


def steps() -> tuple[Step, ...]:
    """The chain of the proof, and (73) with and without the condition C_1 > 0."""
    r, where = "finite-sum-mean-gradient", "proof of Lemma 19"
    a, e = operators("a e")
    U = q**N
    tail = U * (U - 1)
    C_1, C_2 = coefficients.C_1(c, p), coefficients.C_2(c, p)
    solved = _solved(finite_sum_mean_gradient(c, p, o))
    return (
        relation(
            "lemma-19/chain.a", r, where, "||grad l_T|| <= ||grad L|| + E ||grad l_Ti - grad L_i||",
                "triangle",
            Split(a + e, (((a, G),), ((e, y),)), G + y),
        ),
        relation(
            "lemma-19/chain.b", r, where, "... <= ||grad L|| + ((1+x)^N - 1)(||grad l_T|| + sigma) +"
            " (1+x)^N ((1+x)^N - 1)(E ||grad l_Ti|| + b)", "(i) Lemma 18, (ii) Assumption 5",
            mean_square(), Split(a + e, (((a, norm),), ((e, sigma),)), norm + sigma),
            Relation(G + (U - 1) * z + tail * g_S, "<=", G + (U - 1) * (norm + sigma) + tail * (g + b),
                     upper=((z, norm + sigma), (g_S, g + b))),
        ),
        relation(
            "lemma-19/chain.c", r, where, "... <= ||grad L|| + ((1+x)^(2N) - 1) ||grad l_T|| + C_2",
                "algebra",
            Relation(G + (U - 1) * (norm + sigma) + tail * (g + b), "<=", G + (U**2 - 1) * norm + C_2,
                     upper=((g, norm + sigma),)),
            Relation(U - 1 + tail, "==", 1 - C_1),
        ),
        readings(
            "eq-73", r, "Lemma 19, (73)", "||grad l_T|| <= ||grad L||/C_1 + C_2/C_1", "division by C_1",
            Reading((solved,), "'C_1, C_2 > 0' read as a condition"),
            Reading((Relation(0, "<", C_1),), "'C_1, C_2 > 0' read as an assertion: then C_1 > 0 must"
            " follow"),
            why="C_1 = 2 - (1+x)^(2N) is positive only for alpha < (2^(1/2N) - 1)/L; no step size"
            " condition is printed.",
            correction="add: alpha < (2^(1/2N) - 1)/L", tags=("statement",),
        ),
        definition("eq-74", r, "Lemma 19, (74)", "C_1 = 2 - (1+x)^(2N), C_2 = ..."),
        relation(
            "derived/finite-sum-mean-gradient", r, "derived edition", "(73) under (1+x)^(2N) < 2", "the"
            " chain",
            _solved(derived.finite_sum_mean_gradient(c, p, o)), audit="derived",
        ),
    )  # fmt: skip
