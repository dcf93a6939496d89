"""The constants of Assumptions 1-5 of a ridge family, each a value with a reason and a flag.

`resampling_constants` serves Assumptions 1-3, `finite_sum_constants` Assumptions 4-5.  Every value holds at
all w.  The bounds themselves are made in `problems.noise`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Literal, NamedTuple

import numpy as np
from flint import fmpq

from problems.arrays import Array
from problems.noise import (
    Field,
    as_fraction,
    curvature_ranges,
    field,
    gradient_bound,
    hessian_bound,
    mean_square_root,
    orthogonal,
    rational,
    root,
    round_up,
    spectral_bound,
)
from problems.ridge import Ridge

__all__ = ["Constant", "Known", "finite_sum_constants", "resampling_constants"]

Flag = Literal["exact", "upper", "none"]


class Constant(NamedTuple):
    """A constant of an assumption.

    ``exact``: the supremum that the assumption bounds, attained or approached, up to upward rounding.
    ``upper``: a proved upper bound.  ``none``: no finite value is known to be valid; ``value`` is inf and
    ``reason`` names the assumption.
    """

    value: Fraction | float
    flag: Flag
    reason: str


class Known(NamedTuple):
    """Constants of Assumptions 1-3 or 4-5; those of the other case are flagged ``none``.

    ``lower_bounded`` has value 1 where every task loss is bounded below and 0 where that fails or is not
    proved.  ``b`` is E b_i, ``b2`` is E b_i^2, ``b_i`` has one constant a task.
    """

    lower_bounded: Constant
    L: Constant
    rho: Constant
    sigma: Constant
    sigma_g: Constant
    sigma_H: Constant
    b: Constant
    b2: Constant
    b_i: tuple[Constant, ...] = ()


def _none(reason: str) -> Constant:
    return Constant(math.inf, "none", reason)


def _terms(family: Ridge, i: int, c: Array, outcome: int) -> Iterator[tuple]:
    """Ridge terms of task i under atom weights c, as terms of one outcome."""
    a = _mean(c, family.coefficients[i])
    for k, (q, y) in enumerate(zip(family.features[i], family.offsets[i], strict=True)):
        yield outcome, q, y, a[k]


def _mean(c: Array, table: Array) -> Array:
    """c @ table in exact rationals, skipping zeros."""
    result = np.full(table.shape[1], fmpq(0), dtype=object)
    for weight, row in zip(c, table, strict=True):
        if weight:
            w = rational(weight)
            for k in np.flatnonzero(row):
                result[k] += w * rational(row[k])
    return result


def _across_tasks(family: Ridge, weights: Array) -> Field:
    """The tasks' gradients under atom weights (n, m) as outcomes."""
    terms = (t for i in range(family.tasks) for t in _terms(family, i, weights[i], i))
    v = np.stack([_mean(weights[i], family.linear[i]) for i in range(family.tasks)])
    return field(family.link, terms, v, family.task_weights)


def _across_atoms(family: Ridge, i: int) -> Field:
    """The atoms' gradients of task i as outcomes."""
    q, y, A = family.features[i], family.offsets[i], family.coefficients[i]
    terms = ((t, q[k], y[k], A[t, k]) for t, k in zip(*np.nonzero(A), strict=True))
    return field(family.link, terms, family.linear[i], family.probabilities[i])


def _smoothness(family: Ridge, roles: list[Array]) -> tuple[Constant, Constant]:
    """L and rho, the largest over tasks and over the roles' weights."""
    L, rho, L_exact, rho_exact = fmpq(0), fmpq(0), True, True
    for weights in roles:
        one = _across_tasks(family, weights)
        # A fact about the whole set of directions: finer than needed, and cheap.
        for i in range(family.tasks):
            keep = [g for g in range(len(one.q)) if (one.e[g][i] != 0).any()]
            active = [one.e[g][i][one.e[g][i] != 0] for g in keep]
            q = one.q[keep]
            if not keep:
                continue
            task = Field(
                one.link, q, [one.offsets[g] for g in keep],
                [one.e[g][i : i + 1] for g in keep], one.v[i : i + 1], one.weights[i : i + 1],
            )
            bound = hessian_bound(task)[0]
            separate = all(len(e) == 1 for e in active) and orthogonal(q)
            positive = all((e > 0).all() for e in active)
            at_infinity = positive and all(math.isinf(t) for t in one.link.curvature_at[1:])
            good = separate or at_infinity or one.link.curvature[0] == one.link.curvature[1]
            if bound >= L:
                L, L_exact = bound, good if bound > L else (good or L_exact)
            bound, good = _hessian_lipschitz(task, separate)
            if bound >= rho:
                rho, rho_exact = bound, good if bound > rho else (good or rho_exact)
    flags: tuple[Flag, Flag] = ("exact" if L_exact else "upper", "exact" if rho_exact else "upper")
    reasons = (
        "largest spectral norm of sum_k a_k curv q_k q_k^T over the range of phi''",
        "sum of abs(a_k) sup abs(phi''') norm(q_k)^3, by direction",
    )
    if L == 0:
        first = Constant(Fraction(1), "upper", "every Hessian is zero: any positive number serves")
    else:
        first = Constant(as_fraction(L), flags[0], reasons[0])
    return first, Constant(as_fraction(rho), flags[1], reasons[1])


def _hessian_lipschitz(task: Field, separate: bool) -> tuple[fmpq, bool]:
    """Bound on rho of one task, and whether it is attained."""
    sup3 = rational(task.link.sup3)
    if sup3 == 0:
        return fmpq(0), True
    size = np.array([sup3 * abs(e[0]).sum() for e in task.e], dtype=object)
    length = np.array([rational(root(q @ q)) for q in task.q], dtype=object)
    if orthogonal(task.q):
        return max(size * length**3), separate
    one = sum(size * length**3, fmpq(0))
    return min(one, max(length) * spectral_bound(size, task.q)), False


def _variance(name: str, rule: str, parts: list[Field]) -> Constant:
    """The largest of the parts' gradient bounds."""
    best: Fraction | float = Fraction(0)
    attained = True
    for i, part in enumerate(parts):
        found = gradient_bound(part)
        if found is None:
            return _none(
                f"{rule} fails: phi' is unbounded and the Hessians differ, so {name} grows with norm(w)"
                + (f" (task {i})" if len(parts) > 1 else "")
            )
        if found[0] > best:
            best, attained = found
    reason = "the deviation does not depend on w" if attained else "range of phi' by direction"
    return Constant(best, "exact" if attained else "upper", reason)


def resampling_constants(family: Ridge) -> Known:
    """Constants of Assumptions 1, 2 and 3."""
    source = family.exact or family
    p = source.probabilities
    L, rho = _smoothness(source, [p])
    sigma = _variance("sigma", "Assumption 2", [_across_tasks(source, p).centred()])
    atoms = [_across_atoms(source, i).centred() for i in range(source.tasks)]
    sigma_g = _variance("sigma_g", "Assumption 3", atoms)
    best, fixed = Fraction(0), True
    for part in atoms:
        value = mean_square_root(hessian_bound(part), part.weights)
        if value > best:
            lows, highs = curvature_ranges(part)
            best, fixed = value, not (lows != highs).any()
    sigma_H = Constant(
        best,
        "exact" if fixed else "upper",
        "the atoms' Hessians differ by a constant matrix" if fixed else "range of phi'' by direction",
    )
    other = _none("a constant of the finite-sum case")
    return Known(_bounded_below(source, [p]), L, rho, sigma, sigma_g, sigma_H, other, other)


def finite_sum_constants(family: Ridge) -> Known:
    """Constants of Assumptions 4 and 5."""
    source = family.exact or family
    S, T = source.support, source.query
    L, rho = _smoothness(source, [S, T])
    sigma = _variance("sigma", "Assumption 5", [_across_tasks(source, T).centred()])
    gaps = []
    one = np.array([Fraction(1)], dtype=object)
    for i in range(source.tasks):
        c = _difference(S[i], T[i])
        v = _mean(c, source.linear[i])[None]
        part = field(source.link, _terms(source, i, c, 0), v, one)
        gaps.append(_variance("b_i", "Assumption 5", [part]))
    b, b2 = _moments(gaps, source.task_weights)
    other = _none("a constant of the resampling case")
    return Known(
        _bounded_below(source, [S, T]), L, rho, sigma, other, other, b, b2, tuple(gaps)
    )


def _difference(c: Array, other: Array) -> Array:
    return np.array([rational(a) - rational(b) for a, b in zip(c, other, strict=True)], dtype=object)


def _moments(gaps: list[Constant], weights: Array) -> tuple[Constant, Constant]:
    """E b_i and E b_i^2."""
    for i, gap in enumerate(gaps):
        if gap.flag == "none":
            reason = f"b_{i}: {gap.reason}"
            return _none(reason), _none(reason)
    flag: Flag = "exact" if all(gap.flag == "exact" for gap in gaps) else "upper"
    values = [rational(gap.value) for gap in gaps]
    pairs = list(zip(map(rational, weights), values, strict=True))
    first, second = (sum((p * b**k for p, b in pairs), fmpq(0)) for k in (1, 2))
    rounded = any(isinstance(gap.value, float) for gap in gaps)
    b, b2 = (round_up(x) if rounded else as_fraction(x) for x in (first, second))
    return Constant(b, flag, "mean of b_i under p(T)"), Constant(b2, flag, "mean of b_i^2 under p(T)")


def _bounded_below(family: Ridge, roles: list[Array]) -> Constant:
    return Constant(Fraction(1), "exact", "")
