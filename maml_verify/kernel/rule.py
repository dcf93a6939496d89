"""Which form computes a meta gradient: the one rule, by shape."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

__all__ = ["Form", "form_for"]

Form = Literal["direct", "gram", "gathered"]

# Measured, in multiplications of a matrix product (0.06 ns): a link with its elementwise products, and one
# coordinate of a row that is fetched for both sweeps; indices and short loops add four links an atom drawn.
LINK = 240
FETCHED = 80


@lru_cache(maxsize=256)
def form_for(d: int, K: int, drawn: int | None) -> Form:
    """The cheapest form by its multiplications and link evaluations a step and replicate.

    Parameters
    ----------
    d : dimension;  K : ridge terms
    drawn : atoms drawn a batch, where the batches are given so and an atom is a ridge term; else None
    """
    costs: dict[Form, int] = {"gram": K * (2 * K + LINK), "direct": K * (4 * d + LINK)}
    if drawn is not None:
        costs["gathered"] = drawn * (FETCHED * d + 4 * LINK)
    return min(costs, key=lambda form: costs[form])
