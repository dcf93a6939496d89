"""Bounds on gradients and Hessians by the range that each direction's sum has, whatever w is.

A direction's sum of slopes is middle + r with abs(r) at most half its range.  The middles make a vector V
that does not depend on w, and norm(G) <= norm(V) + sum_g r_g norm(q_g).  Small fields are computed in exact
rationals; large ones in float64 at a scale of their own, plus a bound on all rounding errors.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from flint import fmpq

from problems.arrays import Array
from problems.rationals import as_fraction, exponent, power, rational, root, round_up, scaled
from problems.ridge_sums.links import Link
from problems.ridge_sums.suprema.eigenvalues import (
    orthogonal,
    spectral_bound,
    spectral_bound_of_each,
    spectral_bounds,
)
from problems.ridge_sums.suprema.merged_terms import Field
from problems.rounding import TINY, dot, terms, units

__all__ = ["gradient_by_ranges", "hessian_by_ranges", "mean_square_root"]

# Above this many multiplications a field is computed in float64.
EXACT_WORK = 60_000
# Offsets beyond 2^REACH stay exact: in float64 their squares could overflow.
REACH = 400
# sup abs(phi'(t) - t) of the links that grow like t^2/2.
DEPARTURE = {"quadratic": fmpq(0), "cubic": fmpq(1, 2), "cubic-well": fmpq(4), "steep-well": fmpq(2)}


class _Ranges(NamedTuple):
    """Middles and half ranges (outcomes, G), and the sizes to which their rounding errors are relative."""

    middle: Array
    half: Array
    size: Array


def gradient_by_ranges(field: Field, loose: list[int], shift: bool = False) -> tuple[Fraction | float, bool]:
    """A bound on sup_w sqrt(E norm(G)^2), and whether it is attained since nothing depends on w.

    Parameters
    ----------
    loose : directions in which an unbounded phi' does not cancel, though the sum over directions does
    shift : subtract what all outcomes share first, which only a spread allows
    """
    if not len(field.y):
        V = field.v - field.weights @ field.v if field.variance else field.v
        return root(field.weights @ (V * V).sum(1)), True
    if field.work <= EXACT_WORK:
        return _exact_gradient(field, loose, shift)
    square = _float_gradient(field, loose, shift)
    if square is None:
        return _exact_gradient(field, loose, shift)
    return root(square), field.link.name == "quadratic"


def _exact_gradient(field: Field, loose: list[int], shift: bool) -> tuple[Fraction | float, bool]:
    found = _slopes(field, loose, shift, field.e, field.y, abs(field.e), field.weights)
    V = field.v + found.middle @ field.q
    V = V - field.weights @ V if field.variance else V
    squares = (V * V).sum(1)
    if not (found.half != 0).any():
        return root(field.weights @ squares), True
    total = (
        np.array([rational(root(s)) for s in squares], dtype=object) + found.half @ field.directions.length
    )
    return root(field.weights @ (total * total)), False


def _float_gradient(field: Field, loose: list[int], shift: bool) -> fmpq | None:
    """The mean square in float64, rounded up; None where a number overflows."""
    r = field.gradients
    outcomes, G, d = len(r.weights), len(r.q), r.q.shape[1]
    if _reach(field) > REACH:
        return None
    y = scaled(field.y, 0)
    longest = int(np.diff(field.start).max())
    with np.errstate(under="ignore"):
        found = _slopes(field, loose, shift, r.e - r.mean, y, np.abs(r.e) + np.abs(r.mean), r.weights)
        wrong = units(2 * longest + 16) * found.size + TINY
        V, size = r.v + dot(found.middle, r.q), np.abs(r.v) + dot(found.size, np.abs(r.q))
        error = units(terms(G) + 2 * longest + 24) * size + TINY
        if field.variance:
            V, error = V - r.weights @ V, error + r.weights @ (error + units(outcomes + 4) * size)
        slack = 1 + units(terms(G) + outcomes + d + 16)
        norm = np.sqrt((V**2).sum(1)) + np.sqrt((error**2).sum(1)) + dot(found.half + wrong, r.lengths)
        square = float(r.weights @ (norm * slack) ** 2) * slack + TINY
    return rational(square) * power(2 * r.scale) if math.isfinite(square) else None


def _reach(field: Field) -> int:
    return max((k for k in map(exponent, field.y) if k is not None), default=0)


def _slopes(
    field: Field, loose: list[int], shift: bool, e: Array, y: Array, size: Array, weights: Array
) -> _Ranges:
    """Ranges of sum_s e_s phi'(z - y_s), for exact numbers and for float64 alike."""
    link, exact = field.link, e.dtype == object
    number: Any = rational if exact else float
    first = field.start[:-1]
    if math.isinf(link.slope[0]):
        shape = (len(e), len(first))
        found = _Ranges(*(np.full(shape, number(0), dtype=e.dtype) for _ in range(3)))
        departure = number(as_fraction(DEPARTURE[link.name]))
        for g in loose:
            s = field.slots(g)
            found.middle[:, g] = -(e[:, s] @ y[s])
            found.half[:, g] = abs(e[:, s]).sum(1) * departure
            found.size[:, g] = size[:, s] @ abs(y[s]) + size[:, s].sum(1) * departure
    else:
        part = e - _median(e, weights) if shift else e
        size = size + abs(part - e) if shift else size
        middle, half, top = _ends(link.slope, number)
        found = _Ranges(
            np.add.reduceat(part, first, axis=1) * middle,
            np.add.reduceat(abs(part), first, axis=1) * half,
            np.add.reduceat(size, first, axis=1) * top,
        )
    # Abel: sum e_s f(z - y_s) = sum_j E_j (f(z - y_j) - f(z - y_{j+1})), E_j = e_1 + ... + e_j.
    middle, half, top = _ends(link.curvature, number)
    for g in _several(field):
        s = field.slots(g)
        table, gap = np.cumsum(e[:, s], axis=1)[:, :-1], np.diff(y[s])
        part = (table - _median(table, weights) if shift else table) * gap
        r = abs(part).sum(1) * half
        if math.isinf(link.slope[0]) or weights @ (r * r) < weights @ (found.half[:, g] ** 2):
            # A median is one of the sums, so that the shift doubles their size at most.
            found.middle[:, g], found.half[:, g] = part.sum(1) * middle, r
            widest = size[:, s].sum(1).max() if shift else 0
            found.size[:, g] = (size[:, s].sum(1) + widest) * abs(gap).sum() * top
            if not exact:
                found.size[:, g] += size[:, s].sum(1) * abs(y[s]).max() * top
    return found


def _several(field: Field) -> list[int]:
    """Directions of several slots whose coefficients have the sum 0."""
    return np.flatnonzero(field.balanced & (np.diff(field.start) > 1)).tolist()


def _ends(ends: tuple[Any, Any], number: Any) -> tuple[Any, Any, Any]:
    """Middle and half width of an interval, and its largest absolute value."""
    low, high = map(Fraction, ends)
    return number((low + high) / 2), number((high - low) / 2), number(max(abs(low), abs(high)))


def _median(table: Array, weights: Array) -> Array:
    """Weighted median of each column: the shift that leaves the least mean absolute value."""
    order = np.argsort(table, axis=0, kind="stable")
    below = np.cumsum(weights[order], axis=0)
    first = (2 * below >= 1).astype(bool).argmax(0)
    columns = np.arange(table.shape[1])
    return table[order[first, columns], columns]


def _curvatures(field: Field, e: Array, y: Array, size: Array) -> tuple[Array, Array, Array]:
    """Bounds on sum_s e_s phi''(z - y_s), below and above, and the size of rounding errors."""
    link: Link = field.link
    number: Any = rational if e.dtype == object else float
    low, high = (number(end) for end in link.curvature)
    first = field.start[:-1]
    lows = np.add.reduceat(np.minimum(e * low, e * high), first, axis=1)
    highs = np.add.reduceat(np.maximum(e * low, e * high), first, axis=1)
    sizes = np.add.reduceat(size, first, axis=1) * max(abs(low), abs(high))
    for g in _several(field):
        s, steep = field.slots(g), number(link.sup3)
        swing = abs(np.cumsum(e[:, s], axis=1)[:, :-1]) @ np.diff(y[s]) * steep
        lows[:, g], highs[:, g] = np.maximum(lows[:, g], -swing), np.minimum(highs[:, g], swing)
        if e.dtype != object:
            sizes[:, g] += size[:, s].sum(1) * (np.diff(y[s]).sum() + abs(y[s]).max()) * steep
    return lows, highs, sizes


def hessian_by_ranges(field: Field) -> Fraction | float:
    """A bound on sup_w sqrt(E norm(sum_s e_s phi''(z_s) q_s q_s^T)^2), spectral norm."""
    if field.work <= EXACT_WORK or _reach(field) > REACH:
        values = _exact_hessians(field)
    else:
        r = field.hessians
        longest = int(np.diff(field.start).max())
        size = np.abs(r.e) + np.abs(r.mean)
        with np.errstate(under="ignore"):
            low, high, size = _curvatures(field, r.e - r.mean, scaled(field.y, 0), size)
        wrong = units(2 * longest + 16) * size + TINY
        tops = np.maximum(spectral_bounds(high, wrong, r.q), spectral_bounds(-low, wrong, r.q))
        values = [rational(float(top)) * power(r.scale) for top in tops]
    value = mean_square_root(values, field.weights)
    # Only along orthogonal directions are eigenvalues exact numbers.
    return value if orthogonal(field.q) else round_up(rational(value))


def _exact_hessians(field: Field) -> list[fmpq]:
    """For each outcome a bound on the norm, from exact ranges of phi''."""
    lows, highs, _ = _curvatures(field, field.e, field.y, field.e * 0)
    both, d = np.concatenate([highs, -lows]), field.q.shape[1]
    bounds, many = [fmpq(0)] * len(both), []
    for k, c in enumerate(both):
        if (c != 0).sum() <= d:
            bounds[k] = spectral_bound(c, field.directions)
        else:
            many.append(k)
    if many:
        for k, bound in zip(many, spectral_bound_of_each(both[many], field.directions), strict=True):
            bounds[k] = bound
    return [max(pair) for pair in zip(bounds[: len(lows)], bounds[len(lows) :], strict=True)]


def mean_square_root(values: list[fmpq], weights: Array) -> Fraction | float:
    """sqrt(E values^2), exact or rounded up; the common value where they agree."""
    if all(x == values[0] for x in values):
        return as_fraction(values[0])
    return root(sum((p * x * x for p, x in zip(weights, values, strict=True)), fmpq(0)))
