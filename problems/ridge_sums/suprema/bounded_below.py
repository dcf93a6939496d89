"""Whether a ridge sum is bounded below (item 1 of Assumptions 1 and 4), decided in exact rationals.

Only the growth at infinity matters: phi grows like t^2/2 (quadratic, cubic, the wells), as its slopes' limits
say (logistic, huber) or not at all (cosine), each up to a linear or a bounded part.
"""

from __future__ import annotations

import math

import numpy as np
from flint import fmpq

from problems.arrays import Array
from problems.rationals import rational
from problems.ridge_sums.suprema.eigenvalues import matrix
from problems.ridge_sums.suprema.merged_terms import Field, Tables, TermSum

__all__ = ["atom_bounded_below", "bounded_below"]

Answer = tuple[bool | None, str]


def bounded_below(task: Field) -> Answer:
    """Whether inf > -inf for the single outcome of ``task`` (None: neither proved), and why."""
    flat = not (task.v[0] != 0).any()
    if not len(task.q):
        return flat, "the loss is constant" if flat else "the loss is linear and not constant"
    if task.link.name == "cosine":
        return flat, "phi is bounded and " + (
            "there is no linear term" if flat else "the linear term is not zero"
        )
    totals = np.add.reduceat(task.e[0], task.start[:-1])
    return _quadratic(task, totals) if math.isinf(task.link.slope[0]) else _linear(task, totals)


def atom_bounded_below(tables: Tables, atom: TermSum) -> bool | None:
    """The same for one atom; most have a single term, which needs no field."""
    if len(atom.terms) != 1 or tables.link.name == "cosine":
        return bounded_below(tables.single(atom))[0]
    [(s, a)] = atom.terms.items()
    theta = _multiple(tables.directions.q[tables.of[s]], -atom.v)
    if theta is None:
        return False
    if math.isinf(tables.link.slope[0]):
        return bool(a > 0)
    low, high = map(rational, tables.link.slope)
    return bool(low * a <= theta <= high * a)


def _quadratic(task: Field, totals: Array) -> Answer:
    """phi grows like t^2/2 up to slopes that differ by sign: sum_s e = 0 leaves the slope -sum_s e_s y_s."""
    q, v = task.q, task.v[0].copy()
    for g in np.flatnonzero(totals == 0):
        s = task.slots(g)
        v = v - (task.e[0, s] @ task.y[s]) * q[g]
    growing = totals != 0
    if (v != 0).any() and _rank(np.concatenate([q[growing], v[None]])) > _rank(q[growing]):
        return False, "the linear part leaves the span of the features in which the loss grows"
    if (totals >= 0).all():
        linear = "the linear part is in the span of the features" if (v != 0).any() else "no linear part"
        return True, f"every direction's sum is bounded below or grows quadratically, {linear}"
    q, totals = q[growing], totals[growing]
    if _rank(q) == len(q):
        return False, "a direction has a negative sum of coefficients"
    # Far away the loss is w^T M w / 2 up to linear parts.
    M = (totals[:, None] * q).T @ q
    if not _semidefinite(M):
        return False, "the Hessian far away has a negative eigenvalue"
    if matrix(M).rank() == _rank(q):
        return True, "the Hessian far away is positive definite on the span of the features"
    return None, "coefficients of both signs on dependent features"


def _linear(task: Field, totals: Array) -> Answer:
    """phi falls by its least slope far out, and grows by its largest."""
    q, v = task.q, task.v[0]
    if not (v != 0).any() and (totals >= 0).all():
        return True, "every direction's sum is bounded below and there is no linear term"
    if len(q) > q.shape[1] or (len(q) > 1 and _rank(q) < len(q)):
        return None, "linear term on dependent features"
    theta = _solve(q, -v)
    if theta is None:
        return False, "the linear term leaves the span of the features"
    low, high = map(rational, task.link.slope)
    if ((theta >= low * totals) & (theta <= high * totals)).all():
        return True, "the linear term is within the range of slopes of each direction"
    return False, "the linear term exceeds the range of slopes of a direction"


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


def _multiple(q: Array, target: Array) -> fmpq | None:
    """theta with theta q = target, or None where there is none."""
    j = next(j for j, entry in enumerate(q) if entry != 0)
    theta = target[j] / q[j]
    return None if (theta * q != target).any() else theta


def _semidefinite(M: Array) -> bool:
    """Whether a symmetric matrix is positive semidefinite, by LDL^T."""
    A = M.copy()
    for i in range(len(A)):
        if A[i, i] < 0 or (A[i, i] == 0 and (A[i, i + 1 :] != 0).any()):
            return False
        for j in range(i + 1, len(A)):
            if A[j, i] != 0:
                A[j, i + 1 :] = A[j, i + 1 :] - A[i, i + 1 :] * (A[j, i] / A[i, i])
    return True
