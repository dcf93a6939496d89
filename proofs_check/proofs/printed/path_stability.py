"""Lemma 11 (Appendix C): ||w_j - u_j|| <= (1 + alpha L)^j ||w - u||.

Reduction: w_j - u_j = (w_(j-1) - u_(j-1)) - alpha (grad l(w_(j-1)) - grad l(u_(j-1))), Lipschitz gradient.
"""

from __future__ import annotations

from proofs_check.goals import Recursion, Split, Step, relation
from proofs_check.symbols import L, alpha, d, n, operators, q, y

__all__ = ["steps"]


def steps() -> tuple[Step, ...]:
    """One step and the telescoped bound."""
    before, change = operators("before change")
    where = "Lemma 11, Appendix C"
    one = Split(before - alpha * change, (((before, y),), ((-alpha * change, alpha * L * y),)), q * y)
    # PARAMETERS.j is the number of inner steps in the printed bound.
    closed = q**n * d
    return (
        relation(
            "lemma-11/one-step", "path-stability", where,
            "||w_j - u_j|| <= (1 + alpha L) ||w_(j-1) - u_(j-1)||",
            "triangle inequality, Lipschitz gradient", one,
        ),
        relation(
            "lemma-11/statement", "path-stability", where, "||w_j - u_j|| <= (1 + alpha L)^j ||w - u||",
            "telescoping from w_0 = w, u_0 = u", Recursion(n, 1, q * d, q, 0, closed),
            tags=("statement",),
        ),
    )  # fmt: skip
