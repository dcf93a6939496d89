"""Ridge terms of several outcomes on one table of merged slots.

A field is G_omega(w) = sum_s e[omega, s] phi'(q_s . w - y_s) q_s + v[omega] with omega ~ weights.  Identical
terms, and (-q, -y) beside (q, y), are merged first, so that what the outcomes share cancels exactly.  What
has no weight, no coefficient or no feature is not there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from flint import fmpq

from problems.arrays import Array
from problems.rationals import exponent, rational, rationals, scaled
from problems.ridge_sums.links import Link
from problems.ridge_sums.suprema.eigenvalues import Directions, directions
from problems.ridge_sums.tables import RidgeTables

__all__ = ["Field", "Rounded", "Tables", "TermSum"]


class TermSum(NamedTuple):
    """The terms of one atom or of a mean: coefficients by slot, none 0, and the constant part (d,)."""

    terms: dict[int, fmpq]
    v: Array


class Rounded(NamedTuple):
    """A field in float64 at a scale of its own: the largest number is between 1/4 and 1.

    Attributes
    ----------
    e, mean : (outcomes, S) not centred, (S,): times norm(q)^order / 2^scale
    q, lengths : (G, d), (G,): directions of a length near 1
    v, weights : (outcomes, d) over 2^scale (order 1), (outcomes,)
    scale : int
    """

    e: Array
    mean: Array
    q: Array
    lengths: Array
    v: Array
    weights: Array
    scale: int


@dataclass(frozen=True, eq=False)
class Field:
    """Terms by direction; the q are distinct, and the first nonzero entry of each is positive.

    Attributes
    ----------
    directions : G rows
    start : (G + 1,) where the slots of each direction begin
    y : (S,) offsets, increasing in each direction
    terms : one dict an outcome, of its coefficients by slot
    v : (outcomes, d);  weights : (outcomes,), all positive
    variance : whether only the spread over the outcomes counts, so that a shared shift is free
    """

    link: Link
    directions: Directions
    start: Array
    y: Array
    terms: Sequence[dict[int, fmpq]]
    v: Array
    weights: Array
    variance: bool = False

    @property
    def q(self) -> Array:
        """Directions (G, d)."""
        return self.directions.q

    @property
    def work(self) -> int:
        """Numbers in the dense tables of what the outcomes add along each coordinate."""
        return len(self.weights) * len(self.y) * int(self.q.shape[1])

    def slots(self, g: Any) -> slice:
        """The slots of direction g."""
        return slice(int(self.start[g]), int(self.start[g + 1]))

    @cached_property
    def mean(self) -> Array:
        """Mean of each slot's coefficient over the outcomes, (S,); 0 unless only the spread counts."""
        result = np.full(len(self.y), fmpq(0), dtype=object)
        if self.variance:
            for p, terms in zip(self.weights, self.terms, strict=True):
                for s, a in terms.items():
                    result[s] += p * a
        return result

    @cached_property
    def e(self) -> Array:
        """Exact coefficients (outcomes, S), centred where only the spread counts."""
        table = np.full((len(self.weights), len(self.y)), fmpq(0), dtype=object)
        for o, terms in enumerate(self.terms):
            for s, a in terms.items():
                table[o, s] = a
        return table - self.mean

    @cached_property
    def totals(self) -> list[dict[int, fmpq]]:
        """For each outcome the sums of coefficients by direction, not centred, without zeros."""
        of = np.repeat(np.arange(len(self.q)), np.diff(self.start)).tolist()
        result = []
        for terms in self.terms:
            sums: dict[int, fmpq] = {}
            for s, a in terms.items():
                sums[of[s]] = sums.get(of[s], 0) + a
            result.append({g: a for g, a in sums.items() if a != 0})
        return result

    @cached_property
    def balanced(self) -> Array:
        """(G,) whether every outcome's coefficients in a direction have the sum 0, once centred."""
        first = self.totals[0] if self.variance else {}
        off = [g for sums in self.totals for g in sums.keys() | first if sums.get(g) != first.get(g)]
        result = np.full(len(self.q), True)
        result[off] = False
        return result

    def centred(self) -> Field:
        """Each outcome's deviation from the mean, without the slots in which there is none."""
        count = [0] * len(self.y)
        value: list[Any] = [None] * len(self.y)
        differ = [False] * len(self.y)
        for terms in self.terms:
            for s, a in terms.items():
                differ[s] = differ[s] or (count[s] > 0 and value[s] != a)
                count[s], value[s] = count[s] + 1, a
        kept = [s for s in range(len(count)) if differ[s] or 0 < count[s] < len(self.weights)]
        at = {s: k for k, s in enumerate(kept)}
        columns = np.array(kept, dtype=int)
        of = np.repeat(np.arange(len(self.q)), np.diff(self.start))[columns]
        groups, start = np.unique(of, return_index=True)
        return Field(
            self.link,
            self.directions.at(groups),
            np.append(start, len(kept)),
            self.y[columns],
            [{at[s]: a for s, a in terms.items() if s in at} for terms in self.terms],
            self.v - self.weights @ self.v,
            self.weights,
            variance=True,
        )

    @cached_property
    def gradients(self) -> Rounded:
        """Float64 of what gradients are made of, coefficients times norm(q); there is at least one slot."""
        return self._rounded(1, [k for k in map(exponent, self.v.ravel()) if k is not None])

    @cached_property
    def hessians(self) -> Rounded:
        """Float64 of what Hessians are made of, coefficients times norm(q)^2; there is at least one slot."""
        return self._rounded(2, [])

    def _rounded(self, order: int, constant: list[int]) -> Rounded:
        a = self.directions.exponents
        shift = order * np.repeat(a, np.diff(self.start))
        entries = [(o, s, x) for o, terms in enumerate(self.terms) for s, x in terms.items()]
        rows, columns = (np.array(part) for part in tuple(zip(*entries, strict=True))[:2])
        values = np.array([x for _, _, x in entries], dtype=object)
        sizes = [k + shift[s] for (_, s, x) in entries for k in [exponent(x)] if k is not None]
        scale = max(sizes + constant)
        e = np.zeros((len(self.weights), len(self.y)))
        e[rows, columns] = scaled(values, scale - shift[columns])
        v = scaled(self.v, scale) if order == 1 else np.zeros(self.v.shape)
        mean, lengths = scaled(self.mean, scale - shift), scaled(self.directions.length, a)
        return Rounded(e, mean, self.directions.unit, lengths, v, scaled(self.weights, 0), scale)


class Tables:
    """Exact tables of a ridge family, with the slot of each term.

    Attributes
    ----------
    directions : G distinct ones
    y, of : (S,) offset and direction of each slot, slots of a direction together and increasing
    slot, flip : (n, K) slot of each term (-1 where q = 0), and whether its sign was turned
    p_T : (n,)
    """

    def __init__(self, family: RidgeTables) -> None:
        source = family.exact or family
        self.source, self.link = source, source.link
        self.p_T = rationals(source.task_weights)
        self.weighted = family.weighted_tasks()
        n, K = source.offsets.shape
        self.slot, self.flip = np.full((n, K), -1), np.zeros((n, K), dtype=bool)
        rows: dict[tuple[tuple[int, int], ...], int] = {}
        positions: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
        for i, k in np.ndindex(n, K):
            pairs = [entry.as_integer_ratio() for entry in source.features[i, k].tolist()]
            first = next((p for p, _ in pairs if p), 0)
            if first:
                sign = 1 if first > 0 else -1
                self.flip[i, k] = sign < 0
                g = rows.setdefault(tuple((sign * p, q) for p, q in pairs), len(rows))
                p, q = source.offsets[i, k].as_integer_ratio()
                positions.setdefault((g, sign * p, q), []).append((i, k))
        table = np.empty((len(rows), family.d), dtype=object)
        for g, key in enumerate(rows):
            table[g] = [fmpq(p, q) for p, q in key]
        self.directions = directions(table)
        ordered = sorted((g, fmpq(p, q), terms) for (g, p, q), terms in positions.items())
        self.y = np.array([y for _, y, _ in ordered], dtype=object)
        self.of = np.array([g for g, _, _ in ordered], dtype=int)
        for s, (_, _, terms) in enumerate(ordered):
            self.slot[tuple(zip(*terms, strict=True))] = s
        # phi'(-t) = shift - phi'(t).
        slope = family.link.slope
        self.shift = fmpq(0) if math.isinf(slope[0]) else rational(slope[0]) + rational(slope[1])

    @cached_property
    def atom(self) -> list[list[TermSum]]:
        """Every atom of every task, as an outcome."""
        return [self._atoms(i) for i in range(len(self.p_T))]

    def _atoms(self, i: int) -> list[TermSum]:
        A, linear = self.source.coefficients[i], rationals(self.source.linear[i])
        sums: list[dict[int, fmpq]] = [{} for _ in A]
        for t, k in zip(*(part.tolist() for part in np.nonzero(A)), strict=True):
            s, a = int(self.slot[i, k]), rational(A[t, k])
            if s < 0:
                continue
            if self.flip[i, k] and self.shift != 0:
                linear[t] = linear[t] - a * self.shift * self.directions.q[self.of[s]]
            sums[t][s] = sums[t].get(s, 0) + a
        return [TermSum(_nonzero(terms), v) for terms, v in zip(sums, linear, strict=True)]

    def mean(self, i: int, c: Array) -> TermSum:
        """Task i under atom weights c."""
        terms: dict[int, fmpq] = {}
        rows = [t for t in range(len(c)) if c[t] != 0]
        for t in rows:
            for s, a in self.atom[i][t].terms.items():
                terms[s] = terms.get(s, 0) + c[t] * a
        if not rows:
            return TermSum({}, np.full(self.directions.q.shape[1], fmpq(0), dtype=object))
        return TermSum(_nonzero(terms), c[rows] @ np.stack([self.atom[i][t].v for t in rows]))

    def single(self, outcome: TermSum) -> Field:
        """One outcome, with certainty."""
        return self._field([outcome], np.array([fmpq(1)], dtype=object))

    def tasks(self, means: Mapping[int, TermSum]) -> Field:
        """The tasks that have a weight as outcomes, with law p(T)."""
        return self._field([means[i] for i in self.weighted], self.p_T[self.weighted])

    def atoms(self, i: int, p: Array) -> Field:
        """The atoms of task i with p > 0, as outcomes."""
        keep = [t for t in range(len(p)) if p[t] != 0]
        return self._field([self.atom[i][t] for t in keep], p[keep])

    def _field(self, outcomes: Sequence[TermSum], weights: Array) -> Field:
        used = sorted({s for outcome in outcomes for s in outcome.terms})
        at = {s: k for k, s in enumerate(used)}
        groups = [(g, len(list(part))) for g, part in groupby(int(self.of[s]) for s in used)]
        kept, columns = (np.array(part, dtype=int) for part in ([g for g, _ in groups], used))
        return Field(
            self.link,
            self.directions.at(kept),
            np.cumsum([0, *(size for _, size in groups)]),
            self.y[columns],
            [{at[s]: a for s, a in outcome.terms.items()} for outcome in outcomes],
            np.stack([outcome.v for outcome in outcomes]),
            weights,
        )


def _nonzero(terms: Iterable[Any]) -> dict[int, fmpq]:
    return {s: a for s, a in dict(terms).items() if a != 0}
