"""How far a ridge sum is from convex: the least l >= 0 with -l I <= Hess(w) at all w.

Hess(w) = sum_s e_s phi''(z_s) q_s q_s^T, whose coefficients along each direction have a least value.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from flint import fmpq

from problems.arrays import Array
from problems.rationals import as_fraction, rational, root, round_up
from problems.ridge_sums.links import Link
from problems.ridge_sums.suprema.eigenvalues import orthogonal, spectral_bound
from problems.ridge_sums.suprema.gradients import Bound
from problems.ridge_sums.suprema.merged_terms import Field
from problems.ridge_sums.suprema.one_variable import sup_mean_square

__all__ = ["convexity_bound"]

# A value that cancels to fewer digits than this share of its terms is called a bound.
DIGITS = fmpq(1, 10**4)
CONVEX = "every direction's coefficient of the Hessian is at least 0"


def convexity_bound(task: Field) -> Bound:
    """A bound on sup_w of the largest eigenvalue of -Hess(w), at least 0, for the single outcome of ``task``.

    Along orthogonal directions each supremum is in one variable, and the largest is attained or approached.
    """
    sums = [_below(task.link, task.e[0, s], task.y[s]) for s in map(task.slots, range(len(task.q)))]
    depth = np.array([value for value, _ in sums], dtype=object)
    if not (depth > 0).any():
        return Bound(Fraction(0), True, CONVEX)
    if task.link.curvature[0] == task.link.curvature[1]:
        signed = -np.add.reduceat(task.e[0], task.start[:-1]) * rational(task.link.curvature[0])
        value = spectral_bound(signed, task.directions)
        # Only along orthogonal directions are eigenvalues exact numbers.
        exact = as_fraction(value) if orthogonal(task.q) else round_up(value)
        return Bound(exact, True, "constant Hessians")
    if orthogonal(task.q):
        squares = [q @ q for q in task.q]
        value, attained = max((x * square, good) for (x, good), square in zip(sums, squares, strict=True))
        why = "least coefficient of the Hessian along each of orthogonal directions"
        return Bound(as_fraction(value) if task.link.rational else round_up(value), attained, why)
    value = spectral_bound(depth, task.directions)
    return Bound(round_up(value), False, "spectral norm of each direction's least coefficient, where below 0")


def _below(link: Link, e: Array, y: Array) -> tuple[fmpq, bool]:
    """sup_t -sum_s e_s phi''(t - y_s) as far as it is above 0, and whether it is attained or approached."""
    low, high = (rational(end) for end in link.curvature)
    least = sum(min(a * low, a * high) for a in e)
    if least >= 0 or len(e) == 1 or low == high:
        return max(-least, fmpq(0)), True
    # Raised by what makes it nowhere negative, its square is largest where it is.
    lift = sum(abs(a) for a in e) * max(abs(low), abs(high))
    one, lifts = np.array([fmpq(1)], dtype=object), np.array([lift], dtype=object)
    found = sup_mean_square(link, 2, -e[None], y, lifts, one)
    if found is None:
        return -least, False
    value = min(max(rational(root(found[0])) - lift, fmpq(0)), -least)
    return value, link.rational or (found[1] and value >= DIGITS * lift)
