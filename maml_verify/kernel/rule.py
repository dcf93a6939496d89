"""Which form computes a meta gradient: the one rule, by shape."""

from __future__ import annotations

from typing import Literal

__all__ = ["Form", "form_for"]

Form = Literal["direct", "gram", "gathered"]

# What one evaluation of a link costs, in multiplications of a matrix product.
LINK = 60
# What one multiplication costs with rows fetched for each replicate, in the same unit.
FETCHED = 20


def form_for(d: int, K: int, drawn: int | None) -> Form:
    """The cheapest form by its multiplications and link evaluations a step and replicate.

    Parameters
    ----------
    d : dimension;  K : ridge terms
    drawn : atoms drawn a batch, where the batches are given so and an atom is a ridge term; else None
    """
    costs: dict[Form, int] = {"gram": K * (2 * K + LINK), "direct": K * (4 * d + LINK)}
    if drawn is not None:
        costs["gathered"] = drawn * (5 * d * FETCHED + 2 * LINK)
    return min(costs, key=lambda form: costs[form])
