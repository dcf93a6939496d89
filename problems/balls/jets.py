"""Derivatives of a family's losses at a point and over a box, as float64 middles and radii.

Order k of a `Jet` is a symmetric tensor for each outcome: (outcomes, d, ..., d) with k axes.  Every number
within ``radius`` of ``middle`` is one that the derivative may have; an infinite radius says nothing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import product
from math import factorial
from typing import Any, NamedTuple

import numpy as np
from flint import arb

from problems.arrays import Array
from problems.balls.taylor import Kink, ball_of, expansions
from problems.family import Family

__all__ = ["Enclosure", "Jet", "Jets", "LossJets"]


class Enclosure(NamedTuple):
    """Middles and radii, float64."""

    middle: Array
    radius: Array

    def of(self, rows: Any) -> Enclosure:
        """Some of the outcomes."""
        return Enclosure(self.middle[rows], self.radius[rows])


Jet = Sequence[Enclosure]


class Jets(ABC):
    """What gives the derivatives of orders 1 to ``order`` of some outcomes, each a task and weights of atoms.

    Attributes
    ----------
    order : how many orders there are
    """

    order: int

    @abstractmethod
    def at(self, centre: Array, half: Array) -> Jet | None:
        """Orders 1..order over the box of half widths ``half`` (d,); None where there is no derivative."""


class LossJets(Jets):
    """By Taylor arithmetic, from the family's loss over Arb balls alone.

    Parameters
    ----------
    family : over Arb balls
    outcomes : the task and the weights (m,) of each, over balls; they may have either sign
    """

    def __init__(self, family: Family, outcomes: Sequence[tuple[int, Array]], order: int) -> None:
        self.family, self.order = family, order
        rows: list[list[Array]] = [[] for _ in range(family.tasks)]
        self.place = []
        for i, c in outcomes:
            self.place.append((i, len(rows[i])))
            rows[i].append(c)
        R = max(map(len, rows))
        zero = np.array([arb(0)] * family.atoms, dtype=object)
        self.c = np.array([[*part, *[zero] * (R - len(part))] for part in rows], dtype=object)

    def at(self, centre: Array, half: Array) -> Jet | None:
        """Orders 1..order over a box."""
        number, d = expansions(self.family.d, self.order), self.family.d
        w = np.empty((*self.c.shape[:2], d), dtype=object)
        for k, (middle, radius) in enumerate(zip(centre.tolist(), half.tolist(), strict=True)):
            w[:, :, k] = number(terms={0: arb(middle, radius), number.indices.index((k,)): arb(1)})
        try:
            loss = self.family.loss(w, self.c)
        except (Kink, ZeroDivisionError):
            return None
        values = [loss[place] for place in self.place]
        return [_tensors(number, values, d, k) for k in range(1, self.order + 1)]


def _tensors(number: Any, values: list[Any], d: int, k: int) -> Enclosure:
    """Derivatives of one order: coefficients times factorials, at every place of the tensor."""
    middle, radius = (np.zeros((len(values), *[d] * k)) for _ in range(2))
    places: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
    for index in product(range(d), repeat=k):
        places.setdefault(tuple(sorted(index)), []).append(index)
    for a, same in places.items():
        times = 1
        for variable in set(a):
            times *= factorial(a.count(variable))
        n = number.indices.index(a)
        columns = tuple(np.array(same).T)
        for o, value in enumerate(values):
            c = value.terms.get(n) if hasattr(value, "terms") else None
            if c is not None:
                middle[(o, *columns)], radius[(o, *columns)] = rounded(c * times)
    return Enclosure(middle, radius)


def rounded(value: Any) -> tuple[float, float]:
    """A float64 middle and radius that contain a ball."""
    value = ball_of(value)
    if not value.is_finite():
        return 0.0, float("inf")
    middle = float(value.mid())
    return middle, float(value.rad()) * (1 + 2.0**-50) + abs(middle) * 2.0**-51 + 1e-300
