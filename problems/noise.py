"""Bounds that hold at every w for sums of ridge derivatives: the one idea behind the constants.

Each direction's sum of slopes is middle + r with abs(r) at most half its range.  The middles make a vector V
that does not depend on w, and norm(G) <= norm(V) + sum_g r_g norm(q_g).  Along orthogonal directions the
suprema separate, and each is found in one variable.  What is equal, zero or parallel is decided in exact
rationals; a result is rational, or a float64 rounded up.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from flint import fmpq

from problems.arrays import Array
from problems.rationals import as_fraction, floats, rational, rationals, root
from problems.scalar import sup_mean_square
from problems.slots import Field
from problems.spectrum import orthogonal, spectral_bound

__all__ = ["curvature_ranges", "gradient_bound", "hessian_bound", "mean_square_root"]

# Above this many multiplications norms are summed in float64, with a bound on their rounding error.
EXACT_WORK = 60_000
# sup abs(phi'(t) - t) of the links that grow like t^2/2.
DEPARTURE = {"quadratic": fmpq(0), "cubic": fmpq(1, 2), "cubic-well": fmpq(4), "steep-well": fmpq(2)}


def gradient_bound(field: Field) -> tuple[Fraction | float, bool] | None:
    """A bound on sup_w sqrt(E_omega norm(G_omega(w))^2), and whether it is attained or approached.

    None where the supremum is infinite.
    """
    loose = _loose(field)
    if loose is None:
        return None
    found = _by_ranges(field, loose, shift=False)
    if found[1] or not len(field.q):
        return found
    if not loose and orthogonal(field.q):
        return _by_direction(field)
    if field.variance:
        other = _by_ranges(field, loose, shift=True)
        found = min(found, other, key=lambda pair: pair[0])
    return found


def _loose(field: Field) -> list[int] | None:
    """Directions in which an unbounded phi' does not cancel; None if their sum is unbounded too."""
    if not math.isinf(field.link.slope[0]):
        return []
    loose = [g for g, e in enumerate(field.e) if (e.sum(1) != 0).any()]
    q = field.q[loose]
    # The sum grows like M w with M = sum_g (sum_s e) q q^T.
    for total in zip(*(field.e[g].sum(1) for g in loose), strict=True):
        if ((np.array(total)[:, None] * q).T @ q != 0).any():
            return None
    return loose


def _by_direction(field: Field) -> tuple[Fraction | float, bool]:
    """Orthogonal directions: the sum of their suprema and of what is orthogonal to them all."""
    total, attained, rest = fmpq(0), True, field.v
    for q, y, e in zip(field.q, field.offsets, field.e, strict=True):
        square = q @ q
        along = rest @ q / square
        rest = rest - along[:, None] * q
        top, good = sup_mean_square(field.link, 1, e, y, along, field.weights)
        total, attained = total + square * top, attained and good
    total += field.weights @ (rest * rest).sum(1)
    return root(total), attained


def _median(table: Array, weights: Array) -> Array:
    """Weighted median of each column: the shift that leaves the least mean absolute value."""
    result = table[0].copy()
    for s, column in enumerate(table.T):
        order = sorted(range(len(column)), key=lambda i: column[i])
        below = fmpq(0)
        for i in order:
            below += weights[i]
            if 2 * below >= 1:
                result[s] = column[i]
                break
    return result


def _slope_range(field: Field, g: int, shift: bool) -> tuple[Array, Array]:
    """Middle and half range of sum_s e_s phi'(z - y_s), for each outcome.

    With ``shift`` a sum that all outcomes share is subtracted; only a variance allows it.
    """
    link, e, y, p = field.link, field.e[g], field.offsets[g], field.weights
    options = []
    if not math.isinf(link.slope[0]):
        options.append((e, y[:0], *map(rational, link.slope)))
    if not (e.sum(1) != 0).any():
        # Abel: sum e_s f(z - y_s) = sum_j E_j (f(z - y_j) - f(z - y_{j+1})), E_j = e_1 + ... + e_j.
        options.append((np.cumsum(e, axis=1)[:, :-1], np.diff(y), *map(rational, link.curvature)))
    best: tuple[Array, Array] | None = None
    for table, gap, low, high in options:
        part = table - _median(table, p) if shift else table
        if len(gap):
            part = part * gap
        middle, half = part.sum(1) * ((low + high) / 2), abs(part).sum(1) * ((high - low) / 2)
        if best is None or p @ (half * half) < p @ (best[1] * best[1]):
            best = middle, half
    assert best is not None
    return best


def _by_ranges(field: Field, loose: list[int], shift: bool) -> tuple[Fraction | float, bool]:
    v, weights, q = field.v, field.weights, field.q
    outcomes, d = v.shape
    middles = np.full((outcomes, len(q)), fmpq(0), dtype=object)
    halves = middles.copy()
    for g in range(len(q)):
        if g in loose:
            middle = -(field.e[g] @ field.offsets[g])
            half = abs(field.e[g]).sum(1) * DEPARTURE[field.link.name]
        else:
            middle, half = _slope_range(field, g, shift)
        middles[:, g], halves[:, g] = middle, half
    lengths = np.array([rational(root(row @ row)) for row in q], dtype=object)
    r = (halves * lengths).sum(1) if len(q) else np.full(outcomes, fmpq(0), dtype=object)
    constant = not (r != 0).any()
    if outcomes * max(1, len(q)) * d <= EXACT_WORK:
        V = v + middles @ q if len(q) else v
        V = V - weights @ V if field.variance else V
        squares = (V * V).sum(1)
        if constant:
            return root(weights @ squares), True
        norms = np.array([rational(root(s)) for s in squares], dtype=object)
    else:
        qf, mf, vf, pf = map(floats, (q, middles, v, weights))
        size, V = np.abs(mf) @ np.abs(qf) + np.abs(vf), mf @ qf + vf
        if field.variance:
            size, V = size + pf @ size, V - pf @ V
        error = (outcomes + len(q) + d + 20) * 2.0**-51
        bound = np.sqrt((V**2).sum(1)) + error * np.sqrt((size**2).sum(1))
        norms = rationals(bound * (1 + error))
    total = norms + r
    return root(weights @ (total * total)), constant


def curvature_ranges(field: Field) -> tuple[Array, Array]:
    """Bounds on sum_s e_s phi''(z - y_s) for each outcome and direction, (outcomes, G) each."""
    link, low, high = field.link, *map(rational, field.link.curvature)
    shape = (len(field.weights), len(field.q))
    lows, highs = np.full(shape, fmpq(0), dtype=object), np.full(shape, fmpq(0), dtype=object)
    for g, (e, y) in enumerate(zip(field.e, field.offsets, strict=True)):
        lows[:, g] = np.minimum(e * low, e * high).sum(1)
        highs[:, g] = np.maximum(e * low, e * high).sum(1)
        if len(y) > 1:
            swing = abs(np.cumsum(e, axis=1)[:, :-1]) @ np.diff(y) * rational(link.sup3)
            apart = e.sum(1) != 0
            lows[:, g] = np.where(apart, lows[:, g], np.maximum(lows[:, g], -swing))
            highs[:, g] = np.where(apart, highs[:, g], np.minimum(highs[:, g], swing))
    return lows, highs


def hessian_bound(field: Field) -> tuple[Fraction | float, bool]:
    """A bound on sup_w sqrt(E norm(sum_s e_s phi''(z_s) q_s q_s^T)^2), and whether it is attained.

    Spectral norm.  In one direction, or for one outcome and orthogonal directions, each supremum is in
    one variable; otherwise each direction's range gives two matrices that bound the Hessian.
    """
    link, q, weights = field.link, field.q, field.weights
    if not len(q):
        return Fraction(0), True
    separate = orthogonal(q)
    if separate and (len(q) == 1 or len(weights) == 1):
        tops = []
        for row, y, e in zip(q, field.offsets, field.e, strict=True):
            if len(y) == 1 or link.curvature[0] == link.curvature[1]:
                top, good = _sized(field, e, weights), True
            else:
                top, good = sup_mean_square(link, 2, e, y, e[:, 0] * 0, weights)
            tops.append((top * (row @ row) ** 2, good))
        best = max(tops)
        return root(best[0]), best[1]
    if separate and all(_proportional(e) for e in field.e):
        # Every outcome comes to its largest at the same w.
        patterns = [_pattern(field, g) for g in range(len(q))]
        sizes = [max(column) for column in zip(*(size for size, _ in patterns), strict=True)]
        return mean_square_root(sizes, weights), all(good for _, good in patterns)
    lows, highs = curvature_ranges(field)
    q_float = floats(q)
    values = [
        max(spectral_bound(high, q, q_float), spectral_bound(-low, q, q_float))
        for low, high in zip(lows, highs, strict=True)
    ]
    far = math.isinf(link.curvature_at[1]) and all((e >= 0).all() for e in field.e)
    return mean_square_root(values, weights), link.curvature[0] == link.curvature[1] or far


def _proportional(e: Array) -> bool:
    """Whether all outcomes are multiples of one."""
    first = next(row for row in e if (row != 0).any())
    s = next(s for s in range(len(first)) if first[s] != 0)
    return not (e * first[s] != np.multiply.outer(e[:, s], first)).any()


def _pattern(field: Field, g: int) -> tuple[list[fmpq], bool]:
    """Spectral norms along direction g, where the outcomes are multiples of one."""
    e, y, q = field.e[g], field.offsets[g], field.q[g]
    first = next(row for row in e if (row != 0).any())[None]
    s = next(s for s in range(len(y)) if first[0, s] != 0)
    one = np.array([fmpq(1)], dtype=object)
    if len(y) == 1 or field.link.curvature[0] == field.link.curvature[1]:
        top, good = rational(root(_sized(field, first, one))), True
    else:
        square, good = sup_mean_square(field.link, 2, first, y, one * 0, one)
        top = rational(root(square))
    return [abs(row[s] / first[0, s]) * top * (q @ q) for row in e], good


def _sized(field: Field, e: Array, weights: Array) -> fmpq:
    # One slot, or a constant phi'': the largest abs(phi'') serves every outcome at once.
    top = max(abs(rational(end)) for end in field.link.curvature)
    return weights @ (e.sum(1) ** 2) * top**2


def mean_square_root(values: list[fmpq], weights: Array) -> Fraction | float:
    """sqrt(E values^2), exact or rounded up; the common value where they agree."""
    if all(x == values[0] for x in values):
        return as_fraction(values[0])
    return root(sum((p * x * x for p, x in zip(weights, values, strict=True)), fmpq(0)))
