"""Whether a ridge sum is bounded below (item 1 of Assumptions 1 and 4), decided in exact rationals.

Only the growth at infinity matters: phi grows like t^2/2 (quadratic, cubic, the wells), like max(t, 0)
(logistic) or not at all (cosine), each up to a linear or a bounded part.
"""

from __future__ import annotations

import math

import numpy as np

from problems.arrays import Array
from problems.slots import Field
from problems.spectrum import matrix

__all__ = ["bounded_below"]


def _rank(rows: Array) -> int:
    return matrix(rows).rank() if len(rows) else 0


def _solve(q: Array, target: Array) -> Array | None:
    """theta with sum_g theta_g q_g = target for independent rows q, or None where there is none."""
    G = len(q)
    augmented = np.concatenate([q, target[None]]).T
    reduced, _ = matrix(augmented).rref()
    table = np.array(reduced.tolist(), dtype=object)
    # The rows are independent, so the first G pivots are theirs; another pivot means no solution.
    return None if (table[G:, G] != 0).any() else table[:G, G]


def bounded_below(task: Field) -> tuple[bool | None, str]:
    """Whether inf > -inf for the single outcome of ``task`` (None: neither proved), and why."""
    v = task.v[0]
    q, e = task.q, [task.e[0, task.slots(g)] for g in range(len(task.q))]
    totals = np.array([entry.sum() for entry in e], dtype=object)
    flat = not (v != 0).any()
    if task.link.name == "cosine":
        if flat:
            return True, "phi is bounded and there is no linear term"
        return False, "phi is bounded and the linear term is not zero"
    if math.isinf(task.link.slope[0]):
        if not flat and _rank(np.concatenate([q, v[None]])) > _rank(q):
            return False, "the linear term leaves the span of the features"
        if all((entry >= 0).all() for entry in e) or (totals > 0).all():
            return True, "phi grows quadratically, the linear term is in the span of the features"
        if (totals < 0).any() and _rank(q) == len(q):
            return False, "a direction has a negative sum of coefficients"
        return None, "coefficients of both signs on dependent features"
    if flat and (totals >= 0).all():
        return True, "phi >= 0 up to a bounded part and there is no linear term"
    if len(q) > q.shape[1] or _rank(q) < len(q):
        return None, "linear term on dependent features"
    theta = _solve(q, -v)
    if theta is None:
        return False, "the linear term leaves the span of the features"
    if ((theta >= 0) & (theta <= totals)).all():
        return True, "the linear term is within the range of slopes of each direction"
    return False, "the linear term exceeds the range of slopes of a direction"
