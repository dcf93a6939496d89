"""Lemma 15 (Appendix C): ||grad l|| <= ||grad L|| / (1 - C_l) + C_l sigma / (1 - C_l).

No step size condition is printed; the division by 1 - C_l needs (1+x)^(2N) < 2.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from maml_verify.theory import coefficients
from maml_verify.theory.printed import mean_gradient
from maml_verify.theory.symbols import Constants, Observed, Parameters
from proofs_check.goals import ALL, Relation, Split, Step, Witness, relation, sides
from proofs_check.lemmas.quadratic_forms import mean_norm
from proofs_check.symbols import CONSTANTS, OBSERVED, PARAMETERS, G, g, operators, sigma, y  # fmt: skip

__all__ = ["steps"]


def quadratic() -> tuple[dict[str, Any] | None, int]:
    """l(w) = w^2/2, one task, x = 1, N = 1: grad L = 0 everywhere, C_l = 3, so the right side is negative."""
    one, w = Fraction(1), Fraction(1)
    inner = w - one * w
    meta = (1 - one) * inner
    direct = (1 - one) ** 2 * w
    c = Constants(L=one, rho=one, sigma=one)
    right = mean_gradient(c, Parameters(alpha=one, N=1), Observed(meta_gradient=abs(meta)))
    if meta != direct:
        raise ArithmeticError("two routes to the meta gradient differ")
    found = {
        "point": {"alpha": "1", "L": "1", "N": "1", "sigma": "1", "w": "1"},
        "loss": "l(w) = w^2/2, one task", **sides(w, right),
        "routes": ["chain rule", "closed form (1 - x)^2 w"],
        "hypotheses": ["bounded below", "1-Lipschitz gradient, constant Hessian", "one task: any sigma > 0"],
    }  # fmt: skip
    return (found if abs(w) > right else None), 1


def steps() -> tuple[Step, ...]:
    """The chain, the statement without condition, and the derived edition with it."""
    r, where = "mean-gradient", "proof of Lemma 15"
    a, c = operators("a c")
    C = coefficients.C_l(CONSTANTS, PARAMETERS)
    printed = mean_gradient(CONSTANTS, PARAMETERS, OBSERVED)
    # A larger ||grad l|| contradicts ||grad l|| <= ||grad L|| + C_l (||grad l|| + sigma).
    beyond = printed + sp.Symbol("more", positive=True)
    solved = Relation(G + C * (beyond + sigma), "<", beyond, admissible=True)
    return (
        relation(
            "lemma-15/chain.a", r, where, "||grad l|| <= ||grad L|| + E ||grad l_i - grad L_i||", "triangle",
            # grad l = grad L + E (grad l_i - grad L_i).
            Split(c, (((a, G),), ((c - a, y),)), G + y), mean_norm(),
        ),
        relation(
            "lemma-15/chain.b", r, where, "... <= ||grad L|| + C_l E ||grad l_i||", "Lemma 14",
            Relation(G + y, "<=", G + C * g, upper=((y, C * g),)),
        ),
        relation(
            "lemma-15/chain.c", r, where, "... <= ||grad L|| + C_l (||grad l|| + sigma)", "Assumption 2",
            Split(c, (((a, y),), ((c - a, sigma),)), y + sigma),
            Relation(G + C * g, "<=", G + C * (y + sigma), upper=((g, y + sigma),)),
        ),
        relation(
            "lemma-15/statement", r, "Lemma 15",
            "||grad l|| <= ||grad L||/(1-C_l) + C_l sigma/(1-C_l) for any w (no step size condition)",
            "division by 1 - C_l", Witness(quadratic, ALL),
            why="The proof divides by 1 - C_l = 2 - (1+x)^(2N), which is negative or zero for larger"
            " step sizes; the condition alpha < (2^(1/2N) - 1)/L is not stated.",
            consequence="None: Propositions 3, 4 and Theorem 5 state the condition.",
            correction="add: alpha < (2^(1/2N) - 1)/L", weight=50,
            repair=(solved,), repaired="with the condition the chain gives the printed bound",
                tags=("statement",),
        ),
        relation(
            "derived/mean-gradient", r, "derived edition", "the printed bound, under (1+x)^(2N) < 2",
            "n (1 - C_l) <= ||grad L|| + C_l sigma", solved, audit="derived",
        ),
    )  # fmt: skip
