"""The constants of Assumptions 1-5 of a ridge family, each a value with a reason and a flag.

`resampling_constants` serves Assumptions 1-3, `finite_sum_constants` Assumptions 4-5.  Every value holds at
all w.  The bounds themselves are made in `problems.noise`.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Literal, NamedTuple

import numpy as np
from flint import fmpq

from problems.arrays import Array
from problems.infimum import bounded_below
from problems.noise import gradient_bound, hessian_bound
from problems.rationals import as_fraction, rational, rationals, root, round_up
from problems.ridge import Ridge
from problems.scalar import sup_rate
from problems.slots import Field, Tables
from problems.spectrum import orthogonal, spectral_bound

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


def _smoothness(tasks: list[Field]) -> tuple[Constant, Constant]:
    """L and rho: the largest over tasks, given under each role's weights."""
    L: Fraction | float = Fraction(0)
    rho, L_exact, rho_exact = fmpq(0), True, True
    for task in tasks:
        size, good = hessian_bound(task)
        if size >= L:
            L, L_exact = size, good or (size == L and L_exact)
        bound, good = _hessian_lipschitz(task)
        if bound >= rho:
            rho, rho_exact = bound, good or (bound == rho and rho_exact)
    if L == 0:
        first = Constant(Fraction(1), "upper", "every Hessian is zero: any positive number serves")
    else:
        why = "largest spectral norm of sum_k a_k phi'' q_k q_k^T over the range of phi''"
        first = Constant(L, "exact" if L_exact else "upper", why)
    why = "sum of abs(a_k) sup abs(phi''') norm(q_k)^3, the largest of orthogonal directions"
    value = round_up(rho) if isinstance(tasks[0].link.sup3, float) else as_fraction(rho)
    return first, Constant(value, "exact" if rho_exact else "upper", why)


def _hessian_lipschitz(task: Field) -> tuple[fmpq, bool]:
    """Bound on rho of one task, and whether it is attained."""
    sup3 = rational(task.link.sup3)
    if sup3 == 0 or not len(task.q):
        return fmpq(0), True
    size = np.array([sup3 * abs(e[0]).sum() for e in task.e], dtype=object)
    length = np.array([rational(root(q @ q)) for q in task.q], dtype=object)
    if orthogonal(task.q):
        if task.link.rational:
            pairs = zip(task.e, task.offsets, strict=True)
            size = np.array([sup_rate(task.link, e[0], y) for e, y in pairs], dtype=object)
            return max(size * length**3), True
        return max(size * length**3), all(len(y) == 1 for y in task.offsets)
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
    tables = Tables(family)
    p = rationals(tables.source.probabilities)
    tasks = [tables.single(i, p[i]) for i in range(len(p))]
    L, rho = _smoothness(tasks)
    sigma = _variance("sigma", "Assumption 2", [tables.tasks(p).centred()])
    atoms = [tables.atoms(i, p[i]).centred() for i in range(len(p))]
    sigma_g = _variance("sigma_g", "Assumption 3", atoms)
    best, attained = max((hessian_bound(part) for part in atoms), key=lambda pair: pair[0])
    reason = "atoms have the same Hessian" if best == 0 else "range of phi'' by direction"
    sigma_H = Constant(best, "exact" if attained else "upper", reason)
    below = _bounded_below("Assumption 1", tables, [p], [tasks])
    other = _none("a constant of the finite-sum case")
    return Known(below, L, rho, sigma, sigma_g, sigma_H, other, other)


def finite_sum_constants(family: Ridge) -> Known:
    """Constants of Assumptions 4 and 5."""
    tables = Tables(family)
    S, T = rationals(tables.source.support), rationals(tables.source.query)
    tasks = [[tables.single(i, c[i]) for i in range(len(c))] for c in (S, T)]
    L, rho = _smoothness(tasks[0] + tasks[1])
    sigma = _variance("sigma", "Assumption 5", [tables.tasks(T).centred()])
    gaps = tuple(_variance("b_i", "Assumption 5", [tables.single(i, S[i] - T[i])]) for i in range(len(S)))
    b, b2 = _moments(gaps, tables.p_T)
    below = _bounded_below("Assumption 4", tables, [S, T], tasks)
    other = _none("a constant of the resampling case")
    return Known(below, L, rho, sigma, other, other, b, b2, gaps)


def _moments(gaps: tuple[Constant, ...], weights: Array) -> tuple[Constant, Constant]:
    """E b_i and E b_i^2."""
    for i, gap in enumerate(gaps):
        if gap.flag == "none":
            reason = f"b_{i}: {gap.reason}"
            return _none(reason), _none(reason)
    flag: Flag = "exact" if all(gap.flag == "exact" for gap in gaps) else "upper"
    values = [rational(gap.value) for gap in gaps]
    pairs = list(zip(weights, values, strict=True))
    first, second = (sum((p * b**k for p, b in pairs), fmpq(0)) for k in (1, 2))
    rounded = any(isinstance(gap.value, float) for gap in gaps)
    b, b2 = (round_up(x) if rounded else as_fraction(x) for x in (first, second))
    return Constant(b, flag, "mean of b_i under p(T)"), Constant(b2, flag, "mean of b_i^2 under p(T)")


def _bounded_below(name: str, tables: Tables, roles: list[Array], tasks: list[list[Field]]) -> Constant:
    """Item 1: every task under every role's weights, by the sum or else atom by atom."""
    why = ""
    for c, fields in zip(roles, tasks, strict=True):
        for i, task in enumerate(fields):
            finite, why = bounded_below(task)
            if finite is None:
                units = (np.eye(len(c[i]), dtype=int)[t] for t in np.flatnonzero(c[i] != 0))
                if all(bounded_below(tables.single(i, rationals(unit)))[0] for unit in units):
                    finite, why = True, "every atom's loss is bounded below"
            if not finite:
                state = "not proved" if finite is None else "fails"
                return Constant(Fraction(0), "none", f"{name}, item 1 {state} for task {i}: {why}")
    return Constant(Fraction(1), "exact", why)
