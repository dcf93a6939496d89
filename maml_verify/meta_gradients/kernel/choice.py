"""Which form computes a meta gradient: the one rule, by shape."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Literal

__all__ = ["TOGETHER", "Form", "form_for"]

Form = Literal["direct", "gram", "gathered", "columns"]

# Measured, in multiplications of a matrix product (0.06 ns): a link with its elementwise products, and one
# coordinate of a row that is fetched for both sweeps; indices and short loops add four links an atom drawn.
LINK = 240
FETCHED = 80
# The same where code is compiled: a link in the dense forms, and a weight made for them of atoms drawn; a
# link and a multiplication in columns, where atoms drawn cost little.
COMPILED, MADE = 120, 100
IN_COLUMNS, COLUMN = 60, 1.75
# Replicates in a group of columns.
TOGETHER = 128


@lru_cache(maxsize=256)
def form_for(d: int, K: int, drawn: int | None, compiled: int = 0) -> Form:
    """The cheapest form by its multiplications and link evaluations a step and replicate.

    Parameters
    ----------
    d : dimension;  K : ridge terms
    drawn : atoms drawn a batch, where the batches are given so and an atom is a ridge term; else None
    compiled : replicates, where there is compiled code for them; else 0
    """
    made = MADE if compiled and drawn is not None else 0
    link = made + (COMPILED if compiled else LINK)
    costs: dict[Form, float] = {"gram": K * (2 * K + link), "direct": K * (4 * d + link)}
    if compiled:
        groups = math.ceil(compiled / TOGETHER) * TOGETHER / compiled
        costs["columns"] = groups * K * (4 * COLUMN * d + IN_COLUMNS)
    if drawn is not None:
        costs["gathered"] = drawn * (FETCHED * d + 4 * LINK)
    return min(costs, key=lambda form: costs[form])
