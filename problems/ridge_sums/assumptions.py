"""The constants of Assumptions 1-5 of a ridge family, each a value with a reason and a flag.

Every value holds at all w.  The bounds themselves are made in `problems.ridge_sums.suprema.gradients`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cache
from typing import TypeVar

import numpy as np
from flint import fmpq

from problems.arrays import Array
from problems.known import Constant, Flag, Known
from problems.progress import Progress, silent
from problems.rationals import as_fraction, rational, rationals, round_up
from problems.ridge_sums.links import Link
from problems.ridge_sums.suprema.bounded_below import atom_bounded_below, bounded_below
from problems.ridge_sums.suprema.convexity import convexity_bound
from problems.ridge_sums.suprema.eigenvalues import orthogonal, spectral_bound
from problems.ridge_sums.suprema.gradients import Bound, best_of, gradient_bound, hessian_bound
from problems.ridge_sums.suprema.merged_terms import Field, Tables
from problems.ridge_sums.suprema.one_variable import sup_rate
from problems.ridge_sums.tables import RidgeTables
from problems.rounding import require_subnormals

__all__ = ["assumptions_1_to_3", "assumptions_4_to_5"]

T = TypeVar("T")


class Tick:
    """Counts what is done, and tells."""

    def __init__(self, progress: Progress, total: int) -> None:
        self.progress, self.total, self.done = progress, total, 0

    def __call__(self, parts: Iterable[T]) -> Iterator[T]:
        """The same parts, each counted when it is done."""
        for part in parts:
            yield part
            self.done += 1
            self.progress(self.done, self.total)


def _none(reason: str) -> Constant:
    return Constant(math.inf, "none", reason)


def _smoothness(tasks: list[Field], tick: Tick) -> tuple[Constant, Constant]:
    """L and rho: the largest over tasks, given under each role's weights."""
    L = best_of([hessian_bound(task) for task in tick(tasks)])
    if L.value == 0:
        first = Constant(Fraction(1), "upper", "every Hessian is zero: any positive number serves")
    else:
        first = _constant(L)
    return first, _constant(best_of([_hessian_lipschitz(task) for task in tick(tasks)]))


def _convexity(tasks: list[Field]) -> Constant:
    """The l of -l I <= Hess l_i: the largest over tasks, given under each role's weights."""
    return _constant(best_of([convexity_bound(task) for task in tasks]))


def _hessian_lipschitz(task: Field) -> Bound:
    """Bound on rho of one task."""
    link = task.link
    sup3 = rational(link.sup3)
    if sup3 == 0 or not len(task.q):
        return Bound(Fraction(0), True, "constant Hessians")
    e = task.e[0]
    size = np.add.reduceat(abs(e), task.start[:-1]) * sup3
    length = task.directions.length
    parts = [task.slots(g) for g in range(len(task.q))]
    if not orthogonal(task.q):
        if link.rational:
            # Terms of one feature whose ramps do not overlap change their curvature at different w.
            many = [g for g, part in enumerate(parts) if len(task.y[part]) > 1]
            size[many] = [sup_rate(link, e[parts[g]], task.y[parts[g]]) for g in many]
        one, other = size @ length**3, max(length) * spectral_bound(size, task.directions)
        if one <= other:
            return _rounded(one, link, False, "sum of s_k norm(q_k)^3, s_k a bound on phi''' along q_k")
        why = "largest norm(q_k) times the spectral norm of sum_k s_k q_k q_k^T, s_k a bound on phi'''"
        return Bound(round_up(other), False, why)
    if link.rational:
        size = np.array([sup_rate(link, e[s], task.y[s]) for s in parts], dtype=object)
        why = "largest slope of phi'' along one of orthogonal directions"
        return _rounded(max(size * length**3), link, True, why)
    why = "sum of abs(a_k) sup abs(phi''') norm(q_k)^3, the largest of orthogonal directions"
    single = np.diff(task.start) == 1
    bounds = size * length**3
    return max(_rounded(bound, link, bool(one), why) for bound, one in zip(bounds, single, strict=True))


def _rounded(value: fmpq, link: Link, attained: bool, reason: str) -> Bound:
    # sup abs(phi''') of the logistic link is irrational, so that its rho is only rounded upward.
    return Bound(round_up(value) if isinstance(link.sup3, float) else as_fraction(value), attained, reason)


def _constant(bound: Bound) -> Constant:
    return Constant(bound.value, "exact" if bound.attained else "upper", bound.reason)


def _variance(name: str, rule: str, parts: Iterable[tuple[int | None, Field]]) -> Constant:
    """The largest of the parts' gradient bounds; each part has its task, or None."""
    bounds = []
    for task, part in parts:
        found = gradient_bound(part)
        if found is None:
            return _none(
                f"{rule} fails: phi' is unbounded and the Hessians differ, so {name} grows with norm(w)"
                + (f" (task {task})" if task is not None else "")
            )
        bounds.append(found)
    return _constant(best_of(bounds))


def assumptions_1_to_3(family: RidgeTables, *, progress: Progress = silent) -> Known:
    """Constants of Assumptions 1, 2 and 3.

    Parameters
    ----------
    family : RidgeTables
    progress : called with the parts done and in all, as they are done

    Returns
    -------
    Known
        Each the least that is proved, with a reason and a flag; b, b2 are flagged ``none``.

    Raises
    ------
    FloatingPointError
        In a process that takes subnormal numbers for zero.
    """
    require_subnormals()
    tables = Tables(family)
    p, weighted = rationals(tables.source.probabilities), tables.weighted
    tick = Tick(progress, 5 * len(weighted))
    means = {i: tables.mean(i, p[i]) for i in tick(weighted)}
    tasks = {i: tables.single(mean) for i, mean in means.items()}
    L, rho = _smoothness([*tasks.values()], tick)
    sigma = _variance("sigma", "Assumption 2", [(None, tables.tasks(means).centred())])
    sigma_g, sigma_H = _noise(tables, p, tick)
    below = _bounded_below("Assumption 1", tables, [(p, tasks)], tick)
    other = _none("a constant of the finite-sum case")
    convexity = _convexity([*tasks.values()])
    return Known(below, L, rho, sigma, sigma_g, sigma_H, other, other, convexity)


def _noise(tables: Tables, p: Array, tick: Tick) -> tuple[Constant, Constant]:
    """sigma_g and sigma_H: one task's atoms at a time, since their tables are large."""
    several = len(tables.weighted) > 1
    gradients, hessians = [], []
    for i in tick(tables.weighted):
        part = tables.atoms(i, p[i]).centred()
        gradients.append(_variance("sigma_g", "Assumption 3", [(i if several else None, part)]))
        hessians.append(hessian_bound(part))
    failed = [found for found in gradients if found.flag == "none"]
    first = failed[0] if failed else max(gradients, key=lambda found: (found.value, found.flag == "exact"))
    second = best_of(hessians)
    if second.value == 0:
        second = second._replace(reason="atoms have the same Hessian")
    return first, _constant(second)


def assumptions_4_to_5(family: RidgeTables, *, progress: Progress = silent) -> Known:
    """Constants of Assumptions 4 and 5.

    Parameters
    ----------
    family : RidgeTables
    progress : called with the parts done and in all, as they are done

    Returns
    -------
    Known
        Each the least that is proved, with a reason and a flag; sigma_g, sigma_H are flagged ``none``.

    Raises
    ------
    FloatingPointError
        In a process that takes subnormal numbers for zero.
    """
    require_subnormals()
    tables = Tables(family)
    S, T = rationals(tables.source.support), rationals(tables.source.query)
    weighted = tables.weighted
    tick = Tick(progress, 8 * len(weighted) + len(S))
    means = [{i: tables.mean(i, c[i]) for i in tick(weighted)} for c in (S, T)]
    tasks = [{i: tables.single(mean) for i, mean in part.items()} for part in means]
    L, rho = _smoothness([*tasks[0].values(), *tasks[1].values()], tick)
    sigma = _variance("sigma", "Assumption 5", [(None, tables.tasks(means[1]).centred())])
    gaps = tuple(
        _variance("b_i", "Assumption 5", [(None, tables.single(tables.mean(i, S[i] - T[i])))])
        for i in tick(range(len(S)))
    )
    b, b2 = _moments(gaps, tables)
    below = _bounded_below("Assumption 4", tables, [(S, tasks[0]), (T, tasks[1])], tick)
    other = _none("a constant of the resampling case")
    convexity = _convexity([*tasks[0].values(), *tasks[1].values()])
    return Known(below, L, rho, sigma, other, other, b, b2, convexity, gaps)


def _moments(gaps: tuple[Constant, ...], tables: Tables) -> tuple[Constant, Constant]:
    """E b_i and E b_i^2, over the tasks that have a weight."""
    for i in tables.weighted:
        if gaps[i].flag == "none":
            reason = f"b_{i}: {gaps[i].reason}"
            return _none(reason), _none(reason)
    counted = [gaps[i] for i in tables.weighted]
    flag: Flag = "exact" if all(gap.flag == "exact" for gap in counted) else "upper"
    pairs = [(tables.p_T[i], rational(gaps[i].value)) for i in tables.weighted]
    b, b2 = (as_fraction(sum((p * b**k for p, b in pairs), fmpq(0))) for k in (1, 2))
    return Constant(b, flag, "mean of b_i under p(T)"), Constant(b2, flag, "mean of b_i^2 under p(T)")


def _bounded_below(
    name: str, tables: Tables, roles: list[tuple[Array, dict[int, Field]]], tick: Tick
) -> Constant:
    """Item 1: every task under every role's weights, by the sum or else atom by atom."""

    @cache
    def by_atom(i: int, t: int) -> bool | None:
        return atom_bounded_below(tables, tables.atom[i][t])

    reasons: dict[str, None] = {}
    for c, tasks in roles:
        for i in tick(tasks):
            finite, why = bounded_below(tasks[i])
            if finite is None and all(by_atom(i, t) for t in np.flatnonzero(c[i] != 0).tolist()):
                finite, why = True, "every atom's loss is bounded below"
            if not finite:
                state = "not proved" if finite is None else "fails"
                return Constant(Fraction(0), "none", f"{name}, item 1 {state} for task {i}: {why}")
            reasons[why] = None
    start = "for each task one of: " if len(reasons) > 1 else ""
    return Constant(Fraction(1), "exact", start + "; ".join(reasons))
