"""Section 2 and Appendix B: updates, objectives and estimators. (3) and (64) are the only relations.

Reduction of (64): D_j is the derivative of w -> w_j. In a direction v the loss's gradient at w_j moves by
H(w_j) D_j v, so one step has D_(j+1) = (I - alpha H(w_j)) D_j; H is symmetric, so the transposes of D_j are
the products as printed, by induction on j; and l_i(w_N) moves by <grad l_i(w_N), D_N v>.
"""

from __future__ import annotations

import sympy as sp

from proofs_check.goals import Induction, Product, Step, definition, relation
from proofs_check.symbols import alpha, operators

__all__ = ["steps"]


def chain() -> tuple[Product | Induction, ...]:
    """The derivative of one step, then of N steps, for symbolic N."""
    w, gradient, H, H_t, first, D, D_t, P, v = operators("w gradient H H_t H_first D D_t P v")
    epsilon = sp.Symbol("epsilon")
    # w_j and its gradient at w + epsilon v, to first order; what is left of the update is its derivative.
    moved = (w + epsilon * D * v) - alpha * (gradient + epsilon * H * D * v)
    one = Product(((moved - (w - alpha * gradient), epsilon * (1 - alpha * H) * D * v),))
    # The transpose of D - alpha H D, with H^T = H. P is the product of the first j factors.
    steps_taken = Induction(
        (v - alpha * first * v, (1 - alpha * first) * v),
        (D_t - alpha * D_t * H_t, P * (1 - alpha * H)),
        ((D_t, P), (H_t, H)),
    )
    return one, steps_taken


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
            *chain(),
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
            *chain(),
        ),
    )
