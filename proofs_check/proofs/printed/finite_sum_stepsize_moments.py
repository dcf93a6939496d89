"""Lemma 20 (Appendix D), (75)-(78): moments of 1/L-hat in the finite-sum case.

k = C_b b + (1+x)^(2N) L, L-hat = k + X with mean mu and variance var of X, L_w = k + mu.
"""

from __future__ import annotations

import sympy as sp

from proofs_check.goals import Relation, Step, relation
from proofs_check.lemmas.reciprocal_moment import reciprocal_moment, variance_of_norm
from proofs_check.symbols import sigma, v, y

__all__ = ["steps"]

C, k0, mean, spread, more = sp.symbols("C k0 mean spread more", positive=True)
batch = 2 * C**2 * sigma**2 / k0**2 * (1 + more)


def steps() -> tuple[Step, ...]:
    """(75)-(78) and the statement."""
    r, where = "finite-sum-stepsize-moments", "proof of Lemma 20"
    total = spread + mean**2
    bound_75 = (spread / k0**2 + mean**2 / (mean + k0) ** 2) / total
    middle = (spread * (k0 + mean) ** 2 / k0**2 + mean**2) / total
    bound_76 = (2 * spread + mean**2 + 2 * spread * mean**2 / k0**2) / total
    half = k0**2 / 2
    final = Relation(bound_76, "<=", 2, given=(half - spread,))
    jensen = Relation(1 / mean - (y - mean) / mean**2, "<=", 1 / y, given=(y,))
    return (
        relation(
            "eq-75", r, f"{where}, (75)", "E 1/L^2 <= (var/k^2 + mu^2/(mu + k)^2) / (var + mu^2)", "as (67)",
            *reciprocal_moment(),
        ),
        relation(
            "eq-76.a", r, f"{where}, (76)", "L_w^2 E 1/L^2 <= (var (k + mu)^2/k^2 + mu^2) / (var + mu^2)",
            "L_w = k + mu", Relation((k0 + mean) ** 2 * bound_75, "==", middle),
        ),
        relation(
            "eq-76.b", r, f"{where}, (76)", "... <= (2 var + mu^2 + 2 var mu^2/k^2) / (var + mu^2)",
            "(a+b)^2 <= 2a^2 + 2b^2", Relation(middle, "<=", bound_76),
        ),
        relation(
            "eq-77.a", r, f"{where}, (77)", "var = (C_L^2/|B'|) Var ||grad l_Ti|| <= (C_L^2/|B'|) sigma^2",
            "independent tasks, Assumption 5", *variance_of_norm(),
            Relation(C**2 * v / batch, "<=", C**2 * sigma**2 / batch, given=(sigma**2 - v,)),
        ),
        relation(
            "eq-77.b", r, f"{where}, (77)", "2 var / k^2 <= 1", "size of B'_k",
            Relation(2 * (C**2 * sigma**2 / batch) / k0**2, "<=", 1),
        ),
        relation(
            "lemma-20/second", r, where, "L_w^2 E 1/L^2 <= 2", "(76), (77)", final,
        ),
        relation("eq-78", r, f"{where}, (78)", "E 1/L >= 1/E L = 1/L_w", "(i) Jensen", jensen),
        relation(
            "lemma-20/statement", r, "Lemma 20", "E 1/L >= 1/L_w, E 1/L^2 <= 2/L_w^2", "(75)-(78)",
            *reciprocal_moment(), Relation((k0 + mean) ** 2 * bound_75, "<=", bound_76), final, jensen,
            tags=("statement",),
        ),
    )  # fmt: skip
