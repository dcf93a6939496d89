"""A found instance made simple: fewer tasks, axes, terms and atoms, round numbers, as the ratio allows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from maml_verify.studies.search.closed_forms import bounded_below
from maml_verify.studies.search.instance import TABLES, WEIGHTS, Instance
from maml_verify.studies.search.optimise import Budget
from problems.arrays import Array

__all__ = ["as_floats", "exactly", "simplify"]

DENOMINATORS = (1, 2, 4, 8, 10, 16, 32, 100, 128, 1000, 1024, 2**14, 2**20, 2**30)
# Ratios nearer than this are the same; of a refutation, this share of what is beyond 1 must stay.
SAME, KEPT = 1e-6, 0.9


def as_floats(instance: Instance) -> Instance:
    """The same instance with tables in float64; its step size stays the number it is."""
    values = {name: getattr(instance, name).astype(np.float64) for name in (*TABLES, *WEIGHTS)}
    return replace(instance, **values)


def exactly(instance: Instance) -> Instance:
    """The same instance in rationals: every float64 number is one, and weights sum to one."""
    tables: dict[str, Any] = {"alpha_L": Fraction(instance.alpha_L)}
    for name in (*TABLES, *WEIGHTS):
        values = getattr(instance, name)
        tables[name] = np.empty(values.shape, dtype=object)
        tables[name][...] = np.frompyfunc(Fraction, 1, 1)(values)
    for name in WEIGHTS:
        _rest(tables[name])
    return replace(instance, **tables).balanced()


def _rest(weights: Array) -> None:
    """The last weight is what the others leave of one."""
    weights[..., -1] = Fraction(1) - weights[..., :-1].sum(-1)


def simplify(
    instance: Instance, score: Callable[[Instance], float], budget: Budget, fixed_step: bool = False
) -> Instance:
    """The simplest instance in rationals, found greedily, whose score stays.

    Parameters
    ----------
    score : of an instance in float64
    fixed_step : whether alpha L was asked for
    """
    best = score(instance)
    least = 1 + KEPT * (best - 1) if best > 1 + SAME else best - SAME * max(abs(best), 1e-3)
    current = exactly(instance)

    def keeps(candidate: Instance | None) -> bool:
        if candidate is None or budget.over or not bounded_below(candidate):
            return False
        return score(as_floats(candidate)) >= least

    def first(candidates: Iterator[Instance | None]) -> Instance:
        return next(filter(keeps, candidates), None) or current

    before = None
    while before is not current:
        before, current = current, first(_smaller(current))
    for name in ("alpha_L", *TABLES, *WEIGHTS):
        if not (name == "alpha_L" and fixed_step):
            for value in _values(current, name):
                current = first(_with(current, name, value, simple) for simple in _rounder(value))
    for size, value in list(current.sizes.items()):
        current = first(_resized(current, size, simple) for simple in (None, 1, *_powers(value)))
    return current


def _smaller(current: Instance) -> Iterator[Instance]:
    n, K, d = current.features.shape
    m = current.coefficients.shape[1]
    if n > 1:
        yield from (current.select([i], list(range(d))) for i in range(n))
    if d > 1:
        yield from (current.select(list(range(n)), [k]) for k in range(d))
    if K > 1 and not current.on_axes:
        yield from (current.without_term(k) for k in range(K))
    if m > 1:
        p = current.probabilities[..., None]
        for names in (("coefficients", "linear"), ("coefficients",), ("linear",)):
            tables = {name: getattr(current, name) for name in names}
            means: dict[str, Any] = {name: 0 * T + (p * T).sum(1)[:, None] for name, T in tables.items()}
            if any((means[name] != T).any() for name, T in tables.items()):
                yield replace(current, **means).merged()
        if m > 2:
            yield _without_last_atom(current)


def _without_last_atom(current: Instance) -> Instance:
    tables = {
        name: getattr(current, name)[:, :-1].copy() for name in ("coefficients", "linear", *WEIGHTS[1:])
    }
    for name in WEIGHTS[1:]:
        _rest(tables[name])
    return replace(current, **tables).balanced()


def _values(current: Instance, name: str) -> list[Fraction]:
    """The numbers of a table, each once."""
    table = getattr(current, name)
    if name == "alpha_L":
        return [table]
    same = name in ("support", "query") and (table == current.probabilities).all()
    if same or (name == "features" and current.on_axes):
        return []
    return list(dict.fromkeys((table[..., :-1] if name in WEIGHTS else table).ravel()))


def _rounder(value: Fraction) -> Iterator[Fraction]:
    """Values that are simpler, the simplest first."""
    seen = {value}
    size = (value.denominator, abs(value.numerator))
    for candidate in (Fraction(0), Fraction(1), *(value.limit_denominator(k) for k in DENOMINATORS)):
        if candidate not in seen and (candidate.denominator, abs(candidate.numerator)) < size:
            seen.add(candidate)
            yield candidate


def _with(current: Instance, name: str, old: Fraction, new: Fraction) -> Instance | None:
    """The instance with a number changed wherever its table has it; None where that is not allowed."""
    if name == "alpha_L":
        return replace(current, alpha_L=new) if new > 0 else None
    table = getattr(current, name)
    changed = table.copy()
    changed[table == old] = new
    if name in WEIGHTS:
        _rest(changed)
        if changed.min() < 0 or (name == "weights" and changed.min() == 0):
            return None
    tables = {name: changed}
    if name == "probabilities":
        tables |= {role: changed for role in ("support", "query") if (getattr(current, role) == table).all()}
    return replace(current, **tables).balanced().merged()


def _powers(size: int) -> Iterator[int]:
    yield from {10 ** round(np.log10(size)), 2 ** round(np.log2(size))} - {size}


def _resized(current: Instance, size: str, value: int | None) -> Instance:
    kept = {name: old for name, old in current.sizes.items() if name != size}
    return replace(current, sizes=kept if value is None else kept | {size: value})
