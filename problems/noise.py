"""Bounds that hold at every w for sums of ridge derivatives: the one idea behind all constants.

A field is G_omega(w) = sum_s e[omega, s] phi'(q_s . w - y_s) q_s + v[omega] with outcomes omega ~ weights: the
deviation of a task's gradient from the mean over tasks (Assumption 2), of an atom's from the mean over
atoms (Assumption 3), or the difference of support and query (Assumption 5).  Identical terms are merged
first, so that what the outcomes share cancels exactly.  All facts (equal, zero, parallel) are decided in
exact rationals; a result is rational, or a float64 rounded up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq

from problems.arrays import Array
from problems.links import Link

__all__ = ["Field", "field", "gradient_bound", "hessian_bound", "rational", "root", "spectral_bound"]

# Above this many multiplications norms are summed in float64, with a bound on their rounding error.
EXACT_WORK = 60_000
# sup abs(phi'(t) - t) of the links that grow like t^2/2.
DEPARTURE = {"quadratic": fmpq(0), "cubic": fmpq(1, 2), "cubic-well": fmpq(4)}

Term = tuple[int, Array, Any, Any]


def rational(value: Any) -> fmpq:
    """Any real number, exactly."""
    if isinstance(value, fmpq):
        return value
    return fmpq(*(int(part) for part in value.as_integer_ratio()))


_rationals = np.frompyfunc(rational, 1, 1)


def as_fraction(value: fmpq) -> Fraction:
    """The same number as a Fraction."""
    return Fraction(int(value.p), int(value.q))


def round_up(value: fmpq) -> float:
    """The float64 next above, or the number itself where it is one."""
    close = float(as_fraction(value))
    return close if rational(close) >= value else math.nextafter(close, math.inf)


def root(value: fmpq) -> Fraction | float:
    """Square root: a Fraction where that is exact, otherwise float64 rounded up."""
    p, q = int(value.p), int(value.q)
    a, b = math.isqrt(p), math.isqrt(q)
    if a * a == p and b * b == q:
        return Fraction(a, b)
    close = round_up(rational(Fraction(math.isqrt((p << 200) // q) + 1, 1 << 100)))
    return close


@dataclass(frozen=True)
class Field:
    """Merged terms of all outcomes; ``q`` are distinct vectors whose first nonzero entry is positive.

    Attributes
    ----------
    q : (G, d);  offsets : G sorted arrays (s,);  e : G arrays (outcomes, s)
    v : (outcomes, d);  weights : (outcomes,)
    """

    link: Link
    q: Array
    offsets: list[Array]
    e: list[Array]
    v: Array
    weights: Array

    def centred(self) -> Field:
        """Each outcome's deviation from the mean."""
        e = [table - self.weights @ table for table in self.e]
        keep = [g for g, table in enumerate(e) if (table != 0).any()]
        v = self.v - self.weights @ self.v
        return Field(
            self.link,
            self.q[keep],
            [self.offsets[g] for g in keep],
            [e[g] for g in keep],
            v,
            self.weights,
        )

    @property
    def work(self) -> int:
        """Multiplications of one evaluation."""
        return len(self.weights) * sum(len(y) for y in self.offsets) * self.v.shape[1]


def field(link: Link, terms: Iterable[Term], v: Array, weights: Array) -> Field:
    """Merge terms (outcome, q, y, a); a term at (-q, -y) is one at (q, y) up to a constant vector."""
    shift = fmpq(0) if math.isinf(link.slope[0]) else sum(map(rational, link.slope), fmpq(0))
    v = _rationals(v)
    outcomes = len(weights)
    merged: dict[tuple[fmpq, ...], dict[fmpq, Array]] = {}
    rows: dict[tuple[float, ...], tuple[fmpq, ...]] = {}
    for outcome, q, y, a in terms:
        if not a or not q.any():
            continue
        name = tuple(q)
        key = rows.setdefault(name, tuple(map(rational, q)))
        y, a = rational(y), rational(a)
        if next(entry for entry in key if entry) < 0:
            v[outcome] = v[outcome] + a * shift * np.array(key, dtype=object)
            key, y = tuple(-entry for entry in key), -y
        group = merged.setdefault(key, {})
        if y not in group:
            group[y] = np.full(outcomes, fmpq(0), dtype=object)
        group[y][outcome] += a
    q_table = np.empty((len(merged), v.shape[1]), dtype=object)
    for g, key in enumerate(merged):
        q_table[g] = key
    offsets, e = [], []
    for group in merged.values():
        ordered = sorted(group)
        offsets.append(np.array(ordered, dtype=object))
        e.append(np.stack([group[y] for y in ordered], axis=1))
    return Field(link, q_table, offsets, e, v, _rationals(weights))


def _gaps(e: Array, y: Array) -> tuple[Array, Array]:
    # Abel summation: sum_s e_s f(z - y_s) = sum_j E_j (f(z - y_j) - f(z - y_{j+1})) when sum e = 0.
    return np.cumsum(e, axis=1)[:, :-1], np.diff(y)


def _slope_range(field: Field, g: int) -> tuple[Array, Array, Array]:
    """Middle and half range of sum_s e_s phi'(z - y_s) for each outcome, and where there is none."""
    link, e, y = field.link, field.e[g], field.offsets[g]
    total, size = e.sum(1), abs(e).sum(1)
    unbounded = math.isinf(link.slope[0])
    zero = total * 0
    if unbounded:
        middle, half, bad = zero, zero, total != 0
    else:
        low, high = map(rational, link.slope)
        middle, half, bad = total * ((low + high) / 2), size * ((high - low) / 2), zero != 0
    if len(y) > 1:
        low, high = map(rational, link.curvature)
        cumulative, gap = _gaps(e, y)
        other = abs(cumulative) @ gap * ((high - low) / 2)
        better = (total == 0) & ((other < half) | unbounded)
        middle = np.where(better, cumulative @ gap * ((high + low) / 2), middle)
        half = np.where(better, other, half)
    return middle, half, bad


def gradient_bound(field: Field) -> tuple[Fraction | float, bool] | None:
    """A bound on sup_w sqrt(E_omega norm(G_omega(w))^2), and whether it is attained at every w.

    None where the supremum is infinite.  Each direction's sum is middle + r with abs(r) at most half its
    range; the middles make a constant vector V, and norm(G) <= norm(V) + sum r norm(q).
    """
    groups = [_slope_range(field, g) for g in range(len(field.q))]
    v, weights, q = field.v, field.weights, field.q
    outcomes, d = v.shape
    middles = np.full((outcomes, len(q)), fmpq(0), dtype=object)
    halves = middles.copy()
    loose = [g for g, (_, _, bad) in enumerate(groups) if bad.any()]
    if loose:
        # Where phi' grows like t the sum grows like M w, M = sum_g (sum_s e) q q^T.
        totals = np.stack([field.e[g].sum(1) for g in loose], axis=1)
        for total in totals:
            if ((total[:, None] * q[loose]).T @ q[loose] != 0).any():
                return None
    for g, (middle, half, _) in enumerate(groups):
        if g in loose:
            middle = -(field.e[g] @ field.offsets[g])
            half = abs(field.e[g]).sum(1) * DEPARTURE[field.link.name]
        middles[:, g], halves[:, g] = middle, half
    lengths = np.array([rational(root(row @ row)) for row in q], dtype=object)
    r = halves @ lengths if len(q) else np.full(outcomes, fmpq(0), dtype=object)
    constant = not (r != 0).any()
    if outcomes * max(1, len(q)) * d <= EXACT_WORK:
        V = v + middles @ q if len(q) else v
        squares = (V * V).sum(1)
        if constant:
            return root(weights @ squares), True
        norms = np.array([rational(root(s)) for s in squares], dtype=object)
    else:
        qf, mf, vf = (table.astype(np.float64) for table in (_floats(q), _floats(middles), _floats(v)))
        size = np.abs(mf) @ np.abs(qf) + np.abs(vf)
        V = mf @ qf + vf
        error = (len(q) + d + 20) * 2.0**-52
        bound = np.sqrt((V**2).sum(1)) + error * np.sqrt((size**2).sum(1))
        norms = _rationals(bound * (1 + error))
    total = norms + r
    return root(weights @ (total * total)), constant


_floats = np.frompyfunc(lambda x: float(as_fraction(x)), 1, 1)


def orthogonal(q: Array) -> bool:
    """Whether the rows are pairwise orthogonal."""
    if len(q) > (q.shape[1] if len(q) else 0):
        return False
    return all(not (q[: g] @ q[g] != 0).any() for g in range(1, len(q)))


def spectral_bound(c: Array, q: Array) -> fmpq:
    """A bound on the largest eigenvalue of sum_g c_g q_g q_g^T, at least 0; exact for orthogonal q."""
    keep = [g for g in range(len(c)) if c[g] != 0]
    c, q = c[keep], q[keep]
    if not len(c) or not (c > 0).any():
        return fmpq(0)
    if orthogonal(q):
        return max(max(a * (row @ row) for a, row in zip(c, q, strict=True)), fmpq(0))
    d = q.shape[1]
    cf, qf = _floats(c).astype(np.float64), _floats(q).astype(np.float64)
    top = float(np.linalg.eigvalsh((cf[:, None] * qf).T @ qf)[-1])
    scale = float((np.abs(cf) * (qf**2).sum(1)).sum())
    # The rounding of the matrix and the backward error of the eigenvalue are within this multiple.
    safe = rational((max(top, 0.0) + 8 * (len(c) + d**2 + 8) * 2.0**-52 * scale) * (1 + 2.0**-50))
    if d > 8:
        return safe
    H = (c[:, None] * q).T @ q
    for slack in (1e-14, 1e-13, 1e-12):
        bound = rational(top + slack * scale)
        if bound > 0 and _positive_definite(bound, H):
            return bound
    return safe


def _positive_definite(shift: fmpq, H: Array) -> bool:
    # LDL^T of shift I - H: positive definite when every pivot is positive.
    A = -H
    for i in range(len(A)):
        A[i, i] += shift
    for i in range(len(A)):
        if A[i, i] <= 0:
            return False
        for j in range(i + 1, len(A)):
            A[j, i + 1 :] = A[j, i + 1 :] - A[i, i + 1 :] * (A[j, i] / A[i, i])
    return True


def curvature_ranges(field: Field) -> tuple[Array, Array]:
    """Ends of sum_s e_s phi''(z - y_s) for each outcome and direction, (outcomes, G) each."""
    link, low, high = field.link, *map(rational, field.link.curvature)
    shape = (len(field.weights), len(field.q))
    lows, highs = np.full(shape, fmpq(0), dtype=object), np.full(shape, fmpq(0), dtype=object)
    for g, (e, y) in enumerate(zip(field.e, field.offsets, strict=True)):
        lows[:, g] = np.minimum(e * low, e * high).sum(1)
        highs[:, g] = np.maximum(e * low, e * high).sum(1)
        cumulative, gap = _gaps(e, y)
        if len(gap):
            swing = abs(cumulative) @ gap * rational(link.sup3)
            apart = e.sum(1) != 0
            lows[:, g] = np.where(apart, lows[:, g], np.maximum(lows[:, g], -swing))
            highs[:, g] = np.where(apart, highs[:, g], np.minimum(highs[:, g], swing))
    return lows, highs


def hessian_bound(field: Field) -> list[fmpq]:
    """For each outcome a bound on sup_w norm(sum_s e_s phi''(z_s) q_s q_s^T), spectral norm."""
    lows, highs = curvature_ranges(field)
    return [
        max(spectral_bound(high, field.q), spectral_bound(-low, field.q))
        for low, high in zip(lows, highs, strict=True)
    ]


def mean_square_root(values: Sequence[fmpq], weights: Array) -> Fraction | float:
    """sqrt(E values^2), exact or rounded up; the common value where they agree."""
    if all(x == values[0] for x in values):
        return as_fraction(values[0])
    return root(sum((p * x * x for p, x in zip(weights, values, strict=True)), fmpq(0)))
