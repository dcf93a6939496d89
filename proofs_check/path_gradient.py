"""Lemma 12 (Appendix C): ||grad l_i(w_j)|| <= (1 + alpha L)^j ||grad l_i(w)||.

Reduction: w_j - w_(j-1) = -alpha grad l(w_(j-1)), so the gradient grows by at most a factor 1 + alpha L.
"""

from __future__ import annotations

from proofs_check.model import Recursion, Split, Step, relation
from proofs_check.symbols import L, alpha, g, n, operators, q, y

__all__ = ["steps"]


def growth_steps(lemma: str, result: str, loss: str) -> tuple[Step, ...]:
    """The two steps, which Lemma 17 repeats for the support loss."""
    before, change = operators("before change")
    one = Split(before + change, (((before, y),), ((change, alpha * L * y),)), q * y)
    where = f"{lemma.replace('-', ' ').capitalize()}, appendix"
    return (
        relation(
            f"{lemma}/one-step",
            result,
            where,
            f"||grad {loss}(w_j)|| <= (1 + alpha L) ||grad {loss}(w_(j-1))||",
            "triangle inequality, Lipschitz gradient",
            one,
        ),
        relation(
            f"{lemma}/statement",
            result,
            where,
            f"||grad {loss}(w_j)|| <= (1 + alpha L)^j ||grad {loss}(w)||",
            "induction on j",
            Recursion(n, 1, q * g, q, 0, q**n * g),
            tags=("statement",),
        ),
    )


def steps() -> tuple[Step, ...]:
    """Lemma 12."""
    return growth_steps("lemma-12", "path-gradient", "l_i")
