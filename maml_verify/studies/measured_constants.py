"""Every constant of the paper beside what is measured: the least value with which its statement held.

It is taken over points of a family, and over searched instances with the same constants: ridge families that
meet the assumptions with the L, rho, sigma and so on of the family, by a choice of their units.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from maml_verify.checks.both_sides import evaluate, parameters
from maml_verify.checks.case import Case, known_values, prepare, prepare_with
from maml_verify.claims import find_claim
from maml_verify.meta_gradients.objective import meta_gradient_norms
from maml_verify.meta_gradients.roles import population, split
from maml_verify.settings import Setting, setting
from maml_verify.studies.search.encoding import decode, length, starts
from maml_verify.studies.search.instance import BUDGET, Instance, Space
from maml_verify.studies.search.objective import is_split, known_constants
from maml_verify.studies.search.optimise import Budget, maximise
from maml_verify.studies.search.spaces import spaces
from maml_verify.theory.paper_constants import PAPER_CONSTANTS, STATEMENTS, TOGETHER, Formula, shares
from maml_verify.theory.symbols import Constants, Observed, Parameters
from problems import Family
from problems.arrays import Array
from problems.known import Known
from problems.progress import Progress, silent

__all__ = ["measured_constants"]

# How each constant scales where losses are multiplied by c and parameters by s: powers of both.
UNITS = {"L": (1, -2), "rho": (1, -3), "sigma": (1, -1), "sigma_g": (1, -1), "sigma_H": (1, -2)}
UNITS |= {"b": (1, -1), "b2": (2, -2)}
# Spaces of a search, the simplest first; a rate is looked at where nothing is random.
SPACES = 8
# Relative room for the rounding of a constant that was scaled.
ROOM = 1e-9
Best = dict[tuple[str, str], float]


def measured_constants(
    family: Family,
    *,
    steps: int,
    alpha_L: Any,
    sizes: Mapping[str, Any],
    points: int = 200,
    evaluations: int = 200,
    seconds: float = 20.0,
    rng: int = 0,
    progress: Progress = silent,
) -> list[dict[str, Any]]:
    """A row a constant and edition: its value, the shares that points and searched instances need, and both.

    Parameters
    ----------
    steps, alpha_L, sizes : N, alpha L, and the batch sizes and C_beta that are given
    points : of the family, drawn from ``rng``
    evaluations, seconds : of the search, for each statement; 0 evaluations for none

    Returns
    -------
    list of dict
        ``ratio`` is the larger share: at most 1 where the statement held.  It is nan where the constant is
        0 or infinite, or an assumption of the statement is not met.  ``together`` is the worst lhs/rhs.
    """
    rows: list[dict[str, Any]] = []
    for done, statement in enumerate(STATEMENTS):
        progress(done, len(STATEMENTS))
        claim = find_claim(statement)
        known = claim.known(family)
        if not math.isfinite(known.L.value):
            rows += _rows(statement, {}, {}, {}, f"L: {known.L.reason}")
            continue
        given = {"K": 1, **sizes} if claim.enclosed else sizes
        s = setting(
            family,
            alpha=Fraction(alpha_L) / Fraction(known.L.value),
            steps=steps,
            points=points,
            rng=rng,
            **given,
        )
        values, own, reason = _of_family(statement, s, known)
        searched: Best = {}
        if evaluations and own:
            searched = _searched(statement, s, known_values(known), values, evaluations, seconds, rng)
        rows += _rows(statement, values, own, searched, reason)
    return rows


def _rows(
    statement: str, values: Mapping[tuple[str, str], float], own: Best, searched: Best, reason: str
) -> Iterator[dict[str, Any]]:
    for one in PAPER_CONSTANTS:
        if one.statement != statement:
            continue
        for edition in one.editions:
            key = (edition, one.name)
            value = values.get(key, math.nan)
            both = [own.get(key), searched.get(key)]
            measured = value != 0 and math.isfinite(value)
            whole = [best.get((edition, TOGETHER)) for best in (own, searched)]
            family, instances, ratio, together = (
                _largest(part) if measured else math.nan for part in (both[:1], both[1:], both, whole)
            )
            yield {
                "constant": one.name,
                "where": one.where,
                "statement": statement,
                "edition": edition,
                "value": value,
                "family": family,
                "searched": instances,
                "ratio": ratio,
                "together": together,
                "why": "" if key in own else reason,
            }


def _largest(found: Sequence[float | None]) -> float:
    """The largest share, 0 where the others do without the constant; nan where there is none."""
    known = [max(share, 0.0) for share in found if share is not None]
    return max(known, default=math.nan)


def _of_family(statement: str, s: Setting, known: Known) -> tuple[dict[tuple[str, str], float], Best, str]:
    """Values of the constants, the largest shares over the points, and why an edition has none."""
    claim = find_claim(statement)
    values: dict[tuple[str, str], float] = {}
    found: Best = {}
    why = ""
    for edition in _editions(statement):
        case = prepare(claim, s, edition, known)
        if case.reasons:
            why = "; ".join(case.reasons)
            continue
        own, of = _shares(statement, edition, case)
        values |= {(edition, name): value for name, value in own.items()}
        found |= {(edition, name): share for name, share in of.items()}
    return values, found, why


def _editions(statement: str) -> list[str]:
    return list(
        dict.fromkeys(e for one in PAPER_CONSTANTS if one.statement == statement for e in one.editions)
    )


def _shares(statement: str, edition: str, case: Case) -> tuple[dict[str, float], dict[str, float]]:
    """Values of the constants of a case, and the largest share over its points that each needs."""
    with np.errstate(all="ignore"):
        c, p, lhs, observed = _compared(case)
        formulas = {
            one.name: one.editions[edition]
            for one in PAPER_CONSTANTS
            if one.statement == statement and edition in one.editions
        }
        values = {name: _value(formula, c, p) for name, formula in formulas.items()}
        if not all(map(math.isfinite, values.values())):
            return values, {}
        found = shares(statement, values, lhs, c, p, observed)
    return values, {name: float(np.max(share)) for name, share in found.items()}


def _value(formula: Formula, c: Constants, p: Parameters) -> float:
    try:
        return float(formula(c, p))
    except ZeroDivisionError:
        return math.inf  # as chi and theta are where C_L = 0


def _compared(case: Case) -> tuple[Constants, Parameters, Array, Observed]:
    """Constants and parameters of a case in float64, its left side, and what its bound observes."""
    claim, s = case.claim, case.setting
    if not claim.enclosed:
        both = evaluate(case)
        return both.constants, both.parameters, both.lhs, both.observed
    # The first iterate of a run is its start.
    c = Constants(*(None if value is None else float(value) for value in case.constants))
    role = split if is_split(claim) else population
    lhs = meta_gradient_norms(s.family, s.w.astype(np.float64), float(s.alpha), s.steps, role)
    return c, parameters(claim, s), lhs, claim.observe(s)


def _searched(
    statement: str,
    s: Setting,
    c: Constants,
    values: Mapping[tuple[str, str], float],
    evaluations: int,
    seconds: float,
    rng: int,
) -> Best:
    """The largest shares over instances of a search that have the constants of the family."""
    claim = find_claim(statement)
    best: Best = {}
    alpha_L = float(Fraction(s.alpha) * Fraction(c.L))
    editions = {edition for edition, _ in values}
    given = {name: getattr(s, name) for name in ("S", "D", "T", "B") if name not in s.free}

    def worst(instance: Instance) -> float:
        family = instance.family()
        own = known_constants(claim, instance, family)
        if own is None or not own.L or any(getattr(own, name) is None for name in claim.needs):
            return -math.inf
        largest = -math.inf
        for its in _in_its_units(own, c):
            place = instance.setting(family, its.L, budget=BUDGET, **({"K": 1} if claim.enclosed else {}))
            for edition in editions:
                try:
                    case = prepare_with(claim, place, edition, its)
                    if case.unmet or (claim.paths and claim.paths(case.setting) > BUDGET):
                        continue
                    _, found = _shares(statement, edition, case)
                except ArithmeticError:
                    continue
                for name, share in found.items():
                    best[edition, name] = max(best.get((edition, name), -math.inf), share)
                    largest = max(largest, share)
        return largest

    chosen = spaces(claim, (s.steps,))[:SPACES]
    until = time.monotonic() + seconds
    for k, space in enumerate(chosen):
        sizes = tuple((dict(space.sizes) | given).items())
        one = replace(space, alpha_L=Fraction(alpha_L), sizes=sizes)
        limit = time.monotonic() + (until - time.monotonic()) / (len(chosen) - k)
        generator = np.random.default_rng([rng, k])
        first = [*starts(one), *(generator.uniform(-1, 1, length(one)) for _ in range(4))]
        budget = Budget(limit, evaluations / len(chosen))
        maximise(_decoded(worst, one, alpha_L), first, budget, generator)
    return best


def _decoded(worst: Callable[[Instance], float], space: Space, alpha_L: float) -> Callable[[Array], float]:
    return lambda vector: worst(decode(space, vector, alpha_L))


def _in_its_units(own: Constants, c: Constants) -> Iterator[Constants]:
    """The constants of the family in units in which those of an instance are at most as large.

    L is the same in both; parameters may be multiplied by s within a range, of which the ends are taken.
    """
    low, high = 0.0, math.inf
    for name, (power_c, power_s) in UNITS.items():
        theirs, its = getattr(c, name), getattr(own, name)
        if theirs is None or its is None or name == "L":
            continue
        theirs, its = float(theirs), float(its)
        # With c = t s^2 for L, a constant of power (a, b) is multiplied by t^a s^(2a + b).
        t, power = float(own.L) / float(c.L), 2 * power_c + power_s
        value = theirs * t**power_c
        if not power:
            if its > value * (1 + ROOM):
                return
        elif not value or not its:
            if its > 0:
                return
        else:
            end = (its / value) ** (1 / power)
            low, high = (max(low, end), high) if power > 0 else (low, min(high, end))
    if low > high * (1 + ROOM):
        return
    for s in {low or min(high, 1.0), high if math.isfinite(high) else low or 1.0}:
        yield _scaled(c, float(own.L) / float(c.L), s)


def _scaled(c: Constants, t: float, s: float) -> Constants:
    values = {name: getattr(c, name) for name in Constants._fields}
    for name, (power_c, power_s) in UNITS.items():
        if values.get(name) is not None:
            values[name] = float(values[name]) * t**power_c * s ** (2 * power_c + power_s)
    return Constants(**values)
