"""Section 2 and Appendix B: updates, objectives and estimators. (3) and (64) are the only relations.

Reduction of (64): the chain rule puts one factor on the left, grad(f o T)(w) = DT(w)^T (grad f)(T(w)), with
DT = I - alpha H symmetric; the list of factors is built by that step alone, so N is arbitrary.
"""

from __future__ import annotations

import sympy as sp

from proofs_check.model import ALL, Product, Step, definition, relation
from proofs_check.symbols import alpha, operators

__all__ = ["steps"]

SIZES = range(1, 7)


def chain() -> Product:
    """Factors in printed order against the order in which the chain rule adds them, for N = 1, ..., 6."""
    pairs = []
    for size in SIZES:
        hessians = operators(f"H0:{size}")
        (gradient,) = operators("g,")
        printed = sp.Mul(*[1 - alpha * h for h in hessians], gradient)
        built = gradient
        for h in reversed(hessians):
            built = (1 - alpha * h) * built
        pairs.append((built, printed))
    return Product(tuple(pairs), ALL)


def steps() -> tuple[Step, ...]:
    """Displays (1)-(12) and (64)."""
    s2 = "Section 2"
    return (
        definition("eq-1", "setup", s2, "w_(j+1) = w_j - alpha grad l_i(w_j), w_0 = w"),
        definition("eq-2", "setup", s2, "L(w) = E_i L_i(w) = E_i l_i(w_N)"),
        relation(
            "eq-3",
            "setup",
            "Section 2, (3)",
            "grad L_i(w) = [prod_(j=0)^(N-1) (I - alpha H_i(w_j))] grad l_i(w_N)",
            "chain rule, Appendix B",
            chain(),
        ),
        definition("eq-4", "setup", s2, "w_(k+1) = w_k - beta_k E_i [prod ...] grad l_i(w_N)"),
        definition("eq-5", "setup", s2, "minibatch gradient and Hessian are means over the batch"),
        definition("eq-6", "setup", s2, "w_(j+1) = w_j - alpha grad l_i(w_j; S_j), w_0 = w_k"),
        definition("eq-7", "setup", s2, "G_i = prod (I - alpha H_i(w_j; D_j)) grad l_i(w_N; T)"),
        definition("eq-8", "setup", s2, "L(w) = E_i l_Ti(w_N)"),
        definition("eq-9", "setup", s2, "w_(j+1) = w_j - alpha grad l_Si(w_j), w_0 = w"),
        definition("eq-10", "setup", s2, "full meta step of the finite-sum case"),
        definition("eq-11", "setup", s2, "w_(j+1) = w_j - alpha grad l_Si(w_j), w_0 = w_k"),
        definition("eq-12", "setup", s2, "G_i = prod (I - alpha H_Si(w_j)) grad l_Ti(w_N)"),
        relation(
            "eq-64",
            "setup",
            "Appendix B, (64)",
            "grad_w l_i(w_N) = prod_(j=0)^(N-1) (I - alpha H_i(w_j)) grad l_i(w_N)",
            "chain rule",
            chain(),
        ),
    )
