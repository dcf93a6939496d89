"""Ridge terms of several outcomes on one table of merged slots.

A field is G_omega(w) = sum_s e[omega, s] phi'(q_s . w - y_s) q_s + v[omega] with omega ~ weights.  Identical
terms, and (-q, -y) beside (q, y), are merged first, so that what the outcomes share cancels exactly.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from flint import fmpq

from problems.arrays import Array
from problems.links import Link
from problems.rationals import rational, rationals
from problems.ridge import Ridge

__all__ = ["Field", "Tables"]


@dataclass(frozen=True)
class Field:
    """Terms by direction; the q are distinct, and the first nonzero entry of each is positive.

    Attributes
    ----------
    q : (G, d);  offsets : G increasing arrays (s,);  e : G arrays (outcomes, s)
    v : (outcomes, d);  weights : (outcomes,)
    variance : whether only the spread over the outcomes counts, so that a shared shift is free
    """

    link: Link
    q: Array
    offsets: list[Array]
    e: list[Array]
    v: Array
    weights: Array
    variance: bool = False

    def centred(self) -> Field:
        """Each outcome's deviation from the mean, without the directions in which there is none."""
        e = [table - self.weights @ table for table in self.e]
        keep = [g for g, table in enumerate(e) if (table != 0).any()]
        return replace(
            self,
            q=self.q[keep],
            offsets=[self.offsets[g] for g in keep],
            e=[e[g] for g in keep],
            v=self.v - self.weights @ self.v,
            variance=True,
        )


class Tables:
    """Exact tables of a ridge family, with the slot of each term.

    Attributes
    ----------
    q : (G, d) distinct directions
    which, flip : (n, K) direction of each term (-1 where q = 0), and whether its sign was turned
    y, A, linear, p_T : offsets of the slots, coefficients, linear terms, p(T)
    """

    def __init__(self, family: Ridge) -> None:
        source = family.exact or family
        self.source, self.link = source, source.link
        self.A, self.linear = rationals(source.coefficients), rationals(source.linear)
        self.y = rationals(source.offsets)
        self.p_T = rationals(source.task_weights)
        self.which = np.full(self.y.shape, -1)
        self.flip = np.zeros(self.y.shape, dtype=bool)
        known: dict[tuple[tuple[int, int], ...], int] = {}
        for i, k in np.ndindex(self.y.shape):
            pairs = [entry.as_integer_ratio() for entry in source.features[i, k].tolist()]
            first = next((p for p, _ in pairs if p), 0)
            if first:
                sign = 1 if first > 0 else -1
                self.flip[i, k] = sign < 0
                self.which[i, k] = known.setdefault(tuple((sign * p, q) for p, q in pairs), len(known))
        self.q = np.empty((len(known), family.d), dtype=object)
        for g, key in enumerate(known):
            self.q[g] = [fmpq(p, q) for p, q in key]
        self.y = np.where(self.flip, -self.y, self.y)
        # phi'(-t) = shift - phi'(t).
        slope = family.link.slope
        self.shift = fmpq(0) if math.isinf(slope[0]) else rational(slope[0]) + rational(slope[1])

    def _field(self, terms: Iterable[tuple[int, int, int, Any]], v: Array, weights: Array) -> Field:
        """Merge terms (outcome, task, k, a)."""
        v, outcomes = v.copy(), len(weights)
        merged: dict[int, dict[fmpq, Array]] = {}
        for outcome, i, k, a in terms:
            g = int(self.which[i, k])
            if g < 0 or a == 0:
                continue
            if self.flip[i, k]:
                v[outcome] = v[outcome] - a * self.shift * self.q[g]
            group, y = merged.setdefault(g, {}), self.y[i, k]
            if y not in group:
                group[y] = np.full(outcomes, fmpq(0), dtype=object)
            group[y][outcome] += a
        offsets, e = [], []
        for group in merged.values():
            ordered = sorted(group)
            offsets.append(np.array(ordered, dtype=object))
            e.append(np.stack([group[y] for y in ordered], axis=1))
        return Field(self.link, self.q[list(merged)], offsets, e, v, weights)

    def _mean(self, c: Array, table: Array) -> Array:
        rows = [t for t in range(len(c)) if c[t] != 0]
        return c[rows] @ table[rows] if rows else table[0] * 0

    def single(self, i: int, c: Array) -> Field:
        """Task i under atom weights c, as one outcome."""
        a = self._mean(c, self.A[i])
        terms = ((0, i, k, a[k]) for k in range(len(a)))
        one = np.array([fmpq(1)], dtype=object)
        return self._field(terms, self._mean(c, self.linear[i])[None], one)

    def tasks(self, c: Array) -> Field:
        """The tasks under atom weights c (n, m), as outcomes with law p(T)."""
        n = len(c)
        a = [self._mean(c[i], self.A[i]) for i in range(n)]
        v = np.stack([self._mean(c[i], self.linear[i]) for i in range(n)])
        terms = ((i, i, k, a[i][k]) for i in range(n) for k in range(len(a[i])))
        return self._field(terms, v, self.p_T)

    def atoms(self, i: int, p: Array) -> Field:
        """The atoms of task i with p > 0, as outcomes."""
        keep = [t for t in range(len(p)) if p[t] != 0]
        A = self.A[i][keep]
        terms = ((int(t), i, int(k), A[t, k]) for t, k in zip(*np.nonzero(A), strict=True))
        return self._field(terms, self.linear[i][keep], p[keep])
