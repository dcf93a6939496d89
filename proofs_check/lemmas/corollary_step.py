"""Relations at the step size of the corollaries, alpha = 1/(8 N L)."""

from __future__ import annotations

import sympy as sp

from proofs_check.goals import Relation
from proofs_check.symbols import L, N

__all__ = ["AT", "at", "below_exponential"]

AT = 1 / (8 * N * L)
t = sp.Symbol("t", positive=True)


def at(left, rel, right, given=()) -> Relation:  # type: ignore[no-untyped-def]
    """Relation at the corollary's step size."""
    return Relation(left, rel, right, given, at=AT)


def below_exponential(f, label: str) -> Relation:  # type: ignore[no-untyped-def]
    """exp(N log(1 + t)) < exp(N t) because t - log(1 + t) > 0; ``f`` is the gap of the logarithms per N."""
    return Relation(0, "<", f, lemma=(f, t))
