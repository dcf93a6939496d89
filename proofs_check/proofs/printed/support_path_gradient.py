"""Lemma 17 (Appendix D): ||grad l_Si(w_j)|| <= (1 + alpha L)^j ||grad l_Si(w)||, proof as Lemma 12."""

from __future__ import annotations

from proofs_check.goals import Step
from proofs_check.lemmas.path_growth import growth_steps

__all__ = ["steps"]


def steps() -> tuple[Step, ...]:
    """Lemma 17."""
    return growth_steps("lemma-17", "support-path-gradient", "l_Si")
