"""A found instance made simple: fewer tasks, axes and atoms, round rational numbers, as the ratio allows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from maml_verify.searching.instance import Instance
from maml_verify.searching.optimise import Budget

__all__ = ["as_floats", "exactly", "simplify"]

NUMBERS = ("alpha", "p")
TABLES = ("a", "da", "mu", "nu", "weights", "w", "step")
DENOMINATORS = (1, 2, 4, 8, 10, 16, 32, 100, 128, 1000, 1024, 2**14, 2**20, 2**30)
# Ratios nearer than this are the same; of a refutation, this share of what is beyond 1 must stay.
SAME, KEPT = 1e-6, 0.9


def as_floats(instance: Instance) -> Instance:
    """The same instance in float64."""
    values: dict[str, Any] = {name: getattr(instance, name).astype(np.float64) for name in TABLES}
    values |= {name: float(getattr(instance, name)) for name in NUMBERS}
    return replace(instance, **values)


def exactly(instance: Instance) -> Instance:
    """The same instance in rationals: every float64 number is one, and p(T) sums to one."""
    tables: dict[str, Any] = {name: Fraction(getattr(instance, name)) for name in NUMBERS}
    for name in TABLES:
        values = getattr(instance, name)
        tables[name] = np.empty(values.shape, dtype=object)
        tables[name][...] = np.frompyfunc(Fraction, 1, 1)(values)
    tables["weights"][-1] = 1 - sum(tables["weights"][:-1], Fraction(0))
    return replace(instance, **tables)


def simplify(instance: Instance, score: Callable[[Instance], float], budget: Budget) -> Instance:
    """The simplest instance in rationals, found greedily, whose score stays.

    Parameters
    ----------
    score : of an instance in float64
    """
    best = score(instance)
    least = 1 + KEPT * (best - 1) if best > 1 + SAME else best - SAME * max(abs(best), 1e-3)
    current = exactly(instance)

    def keeps(candidate: Instance) -> bool:
        return score(as_floats(candidate)) >= least

    smaller = True
    while smaller and not budget.over:
        smaller = False
        for candidate in _smaller(current):
            if keeps(candidate):
                current, smaller = candidate, True
                break
    for name, place in _entries(current):
        for value in _rounder(_entry(current, name, place)):
            if budget.over:
                return current
            changed = _with(current, name, place, value)
            if changed is not None and keeps(changed):
                current = changed
                break
    return current


def _smaller(current: Instance) -> Iterator[Instance]:
    n, d = current.a.shape
    if n > 1:
        yield from (current.select([i], list(range(d))) for i in range(n))
    if d > 1:
        yield from (current.select(list(range(n)), [k]) for k in range(d))
    for names in (("da", "nu"), ("da",), ("nu",)):
        if any(getattr(current, name).any() for name in names):
            yield replace(current, **{name: getattr(current, name) * 0 for name in names})


def _entries(current: Instance) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield from ((name, place) for name in TABLES for place in np.ndindex(getattr(current, name).shape))
    yield from ((name, ()) for name in NUMBERS)


def _entry(current: Instance, name: str, place: tuple[int, ...]) -> Fraction:
    value = getattr(current, name)
    return value[place] if place else value


def _rounder(value: Fraction) -> Iterator[Fraction]:
    """Values that are simpler, the simplest first."""
    seen = {value}
    size = (value.denominator, abs(value.numerator))
    for candidate in (Fraction(0), Fraction(1), *(value.limit_denominator(k) for k in DENOMINATORS)):
        if candidate not in seen and (candidate.denominator, abs(candidate.numerator)) < size:
            seen.add(candidate)
            yield candidate


def _with(current: Instance, name: str, place: tuple[int, ...], value: Fraction) -> Instance | None:
    """The instance with one number changed; None where that is not allowed."""
    changed: Any = value
    if (name in ("alpha", "a") and value <= 0) or (name == "p" and not 0 < value < 1):
        return None
    if place:
        changed = getattr(current, name).copy()
        changed[place] = value
        if name == "weights":
            changed[-1] = 1 - sum(changed[:-1], Fraction(0))
            if min(changed) <= 0:
                return None
    return replace(current, **{name: changed})
