"""Bounds that hold at every w for sums of ridge derivatives: the one idea behind the constants.

Along orthogonal directions the suprema separate, and each is found in one variable (`one_variable`).
Otherwise each direction's sum of slopes or curvatures is bounded by its range (`ranges`).  What is
equal, zero or parallel is decided in exact rationals; a result is rational, or rounded up.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from flint import fmpq

from problems.arrays import Array
from problems.rationals import rational, root
from problems.ridge_sums.suprema.eigenvalues import orthogonal
from problems.ridge_sums.suprema.merged_terms import Field
from problems.ridge_sums.suprema.one_variable import sup_mean_square
from problems.ridge_sums.suprema.ranges import gradient_by_ranges, hessian_by_ranges, mean_square_root

__all__ = ["Bound", "best_of", "gradient_bound", "hessian_bound"]

FIXED = "the deviation does not depend on w"
SEPARATE = "supremum in one variable along each of orthogonal directions"


class Bound(NamedTuple):
    """A bound, whether it is attained or approached, and how it was found."""

    value: Fraction | float
    attained: bool
    reason: str


def best_of(bounds: list[Bound]) -> Bound:
    """The largest; of equal ones one that is attained."""
    return max(bounds, key=lambda bound: bound[:2])


def gradient_bound(field: Field) -> Bound | None:
    """A bound on sup_w sqrt(E_omega norm(G_omega(w))^2); None where the supremum is infinite."""
    loose = _loose(field)
    if loose is None:
        return None
    value, constant = gradient_by_ranges(field, loose)
    if constant:
        return Bound(value, True, FIXED)
    found = [Bound(value, False, "range of phi' by direction")]
    if not loose and orthogonal(field.q):
        separate = _by_direction(field)
        if separate is not None:
            found.append(separate)
    elif field.variance:
        value, _ = gradient_by_ranges(field, loose, shift=True)
        found.append(Bound(value, False, "range of phi' by direction, apart from what all share"))
    return min(found, key=lambda bound: (bound.value, not bound.attained))


def _loose(field: Field) -> list[int] | None:
    """Directions in which an unbounded phi' does not cancel; None if their sum is unbounded too."""
    if not math.isinf(field.link.slope[0]):
        return []
    # The sum grows like M w with M = sum_g (sum_s e) q q^T: it must be 0 or, for a spread, the same for all.
    d = field.q.shape[1]
    expected = None if field.variance else np.full((d, d), fmpq(0), dtype=object)
    for sums in field.totals:
        rows, M = field.q[list(sums)], np.full((d, d), fmpq(0), dtype=object)
        if sums:
            M = (np.array([*sums.values()], dtype=object)[:, None] * rows).T @ rows
        if expected is not None and (expected != M).any():
            return None
        expected = M
    return np.flatnonzero(~field.balanced).tolist()


def _by_direction(field: Field) -> Bound | None:
    """Orthogonal directions: the sum of their suprema and of what is orthogonal to them all."""
    total, attained, rest = fmpq(0), True, field.v
    for g, q in enumerate(field.q):
        square = q @ q
        along = rest @ q / square
        rest = rest - along[:, None] * q
        s = field.slots(g)
        found = sup_mean_square(field.link, 1, field.e[:, s], field.y[s], along, field.weights)
        if found is None:
            return None
        total, attained = total + square * found[0], attained and found[1]
    total += field.weights @ (rest * rest).sum(1)
    return Bound(root(total), attained, SEPARATE)


def hessian_bound(field: Field) -> Bound:
    """A bound on sup_w sqrt(E norm(sum_s e_s phi''(z_s) q_s q_s^T)^2), spectral norm.

    In one direction, or for one outcome and orthogonal directions, each supremum is in one variable.
    """
    link, q = field.link, field.q
    if not len(q):
        return Bound(Fraction(0), True, "every Hessian is the same")
    found = _orthogonal_hessian(field) if orthogonal(q) else None
    if found is not None and found.attained:
        return found
    value = hessian_by_ranges(field)
    far = math.isinf(link.curvature_at[1]) and not field.variance
    far = far and all(a > 0 for terms in field.terms for a in terms.values())
    if link.curvature[0] == link.curvature[1]:
        return Bound(value, True, "constant Hessians")
    if far:
        return Bound(value, True, "spectral norm far away, where every phi'' is at its largest")
    ranged = Bound(value, False, "largest spectral norm over the ranges of phi'' by direction")
    return ranged if found is None else min(found, ranged, key=lambda bound: bound.value)


def _orthogonal_hessian(field: Field) -> Bound | None:
    outcomes, several = len(field.weights), len(field.q) > 1
    if several and outcomes > 1 and not all(_proportional(field.e[:, field.slots(g)]) for g in _all(field)):
        return None
    tops = []
    for g in _all(field):
        e, y = field.e[:, field.slots(g)], field.y[field.slots(g)]
        # Where all outcomes are multiples of one, the norms of all are largest at the same w.
        part = next(row for row in e if (row != 0).any())[None] if several else e
        weights = np.array([fmpq(1)], dtype=object) if several else field.weights
        found = _largest(field, part, y, weights)
        if found is None:
            return None
        square = field.q[g] @ field.q[g]
        if not several:
            return Bound(root(found[0] * square**2), found[1], SEPARATE)
        s = next(s for s in range(len(y)) if part[0, s] != 0)
        tops.append(([abs(row[s] / part[0, s]) * square for row in e], found))
    if outcomes == 1:
        best = max((sizes[0] ** 2 * top, good) for sizes, (top, good) in tops)
        return Bound(root(best[0]), best[1], SEPARATE)
    norms = [[size * rational(root(top)) for size in sizes] for sizes, (top, _) in tops]
    value = mean_square_root([max(column) for column in zip(*norms, strict=True)], field.weights)
    return Bound(value, all(good for _, (_, good) in tops), SEPARATE)


def _all(field: Field) -> range:
    return range(len(field.q))


def _largest(field: Field, e: Array, y: Array, weights: Array) -> tuple[fmpq, bool] | None:
    """sup of the mean square of sum_s e_s phi''(t - y_s)."""
    if len(y) == 1 or field.link.curvature[0] == field.link.curvature[1]:
        # The largest abs(phi'') serves every outcome at once.
        top = max(abs(rational(end)) for end in field.link.curvature)
        return weights @ (e.sum(1) ** 2) * top**2, True
    return sup_mean_square(field.link, 2, e, y, e[:, 0] * 0, weights)


def _proportional(e: Array) -> bool:
    """Whether all outcomes are multiples of one."""
    first = next(row for row in e if (row != 0).any())
    s = next(s for s in range(len(first)) if first[s] != 0)
    return not (e * first[s] != np.multiply.outer(e[:, s], first)).any()
