"""How gradients and distances grow along an inner path."""

from __future__ import annotations

from proofs_check.goals import (
    Recursion,
    Split,
    Step,
    relation,
)
from proofs_check.symbols import (  # fmt: skip
    L,
    S,
    alpha,
    g,
    n,
    operators,
    q,
    sigma_g,
    x,
    y,
)

__all__ = ["arrived", "growth_steps", "r2"]


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


r2 = 1 + 2 * x + 2 * x**2


def arrived(steps_taken):  # type: ignore[no-untyped-def]
    """The bound the proof of Proposition 2 arrives at."""
    return (r2**steps_taken - 1) * alpha * sigma_g**2 / (L * (1 + x) * S)
