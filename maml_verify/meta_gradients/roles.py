"""The batches of a meta gradient by their role."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from problems.arrays import Array
from problems.family import Family

__all__ = ["Roles", "population", "split"]


class Roles(NamedTuple):
    """Batches of one meta gradient, a weight vector each.

    The theory assumes the three roles independent of one another: a batch used for two of them makes
    another, biased estimator.
    """

    inner: Sequence[Array]
    hessian: Sequence[Array]
    outer: Array


def population(family: Family, steps: int) -> Roles:
    """Every role the population: the exact meta gradient (3) of the resampling case."""
    c = family.probabilities[:, None, :]
    return Roles([c] * steps, [c] * steps, c)


def split(family: Family, steps: int) -> Roles:
    """Support sets inside, query sets outside: (9), (11), (12) of the finite-sum case."""
    c = family.support[:, None, :]
    return Roles([c] * steps, [c] * steps, family.query[:, None, :])
