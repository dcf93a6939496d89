"""Lemma 12 (Appendix C): ||grad l_i(w_j)|| <= (1 + alpha L)^j ||grad l_i(w)||.

Reduction: w_j - w_(j-1) = -alpha grad l(w_(j-1)), so the gradient grows by at most a factor 1 + alpha L.
"""

from __future__ import annotations

from proofs_check.goals import Step
from proofs_check.lemmas.path_growth import growth_steps

__all__ = ["steps"]


def steps() -> tuple[Step, ...]:
    """Lemma 12."""
    return growth_steps("lemma-12", "path-gradient", "l_i")
