"""What is looked at on a ball: the outcomes whose derivatives count, and the suprema that are constants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from flint import arb

from problems.arrays import Array
from problems.balls.quantities import HessianSize, HessianSpread, Quantity, Spread, ThirdSize
from problems.family import Case, Family

__all__ = ["Outcome", "Problem", "constants_of_case", "path_bounds"]

Outcome = tuple[int, Array]


class Problem(NamedTuple):
    """Outcomes, each a task and weights of its atoms of either sign, and quantities by name."""

    outcomes: list[Outcome]
    quantities: dict[str, Quantity]


def constants_of_case(family: Family, balls: Family, case: Case) -> Problem:
    """What Assumptions 1-3 or 4-5 bound.

    Parameters
    ----------
    balls : the family over Arb balls, of which the weights are
    """
    return _resampling(family, balls) if case == "resampling" else _finite_sum(family, balls)


def _resampling(family: Family, balls: Family) -> Problem:
    tasks = family.weighted_tasks()
    p = balls.probabilities
    outcomes = [(i, p[i]) for i in tasks]
    groups, spreads = [], {}
    for i in tasks:
        drawn = np.flatnonzero(family.probabilities[i] != 0).tolist()
        if len(drawn) > 1:
            rows = range(len(outcomes), len(outcomes) + len(drawn))
            outcomes += [(i, _unit(family.atoms, k) - p[i]) for k in drawn]
            law = family.probabilities[i][drawn].astype(np.float64) * (1 + 1e-15)
            groups.append(tuple(zip(rows, law.tolist(), strict=True)))
            spreads[f"sigma_g/{i}"] = (rows, law)
    n = len(outcomes)
    quantities = _common(tuple(range(len(tasks))), _law(family, tasks), range(len(tasks)), n)
    quantities |= {name: Spread(np.eye(n)[list(rows)], law) for name, (rows, law) in spreads.items()}
    quantities["sigma_H"] = HessianSpread(tuple(groups))
    return Problem(outcomes, quantities)


def _finite_sum(family: Family, balls: Family) -> Problem:
    tasks = family.weighted_tasks()
    S, T = balls.support, balls.query
    same = bool((family.support == family.query).all())
    outcomes = [(i, T[i]) for i in tasks] + ([] if same else [(i, S[i]) for i in tasks])
    roles = tuple(range(len(outcomes)))
    gaps = {}
    for i in range(family.tasks):
        if (family.support[i] != family.query[i]).any():
            gaps[f"b_i/{i}"] = len(outcomes)
            outcomes.append((i, S[i] - T[i]))
    n = len(outcomes)
    quantities = _common(roles, _law(family, tasks), range(len(tasks)), n)
    quantities |= {name: Spread(np.eye(n)[[row]], np.ones(1)) for name, row in gaps.items()}
    return Problem(outcomes, quantities)


def _common(roles: tuple[int, ...], law: Array, tasks: Sequence[int], n: int) -> dict[str, Quantity]:
    k = len(tasks)
    shares = law / law.sum()
    C = np.zeros((k, n))
    C[:, list(tasks)] = np.eye(k) - shares
    return {
        "L": HessianSize(roles),
        "convexity": HessianSize(roles, below=True),
        "rho": ThirdSize(roles),
        "sigma": Spread(C, law),
    }


def path_bounds(family: Family, balls: Family) -> Problem:
    """Every atom that a role can draw: its gradient, its Hessian, how fast that changes."""
    drawn = (family.probabilities != 0) | (family.support != 0) | (family.query != 0)
    outcomes = [
        (i, _unit(family.atoms, k))
        for i in family.weighted_tasks()
        for k in np.flatnonzero(drawn[i]).tolist()
    ]
    rows = tuple(range(len(outcomes)))
    quantities: dict[str, Quantity] = {f"G/{k}": Spread(np.eye(len(rows))[[k]], np.ones(1)) for k in rows}
    quantities |= {"high": HessianSize(rows), "low": HessianSize(rows, below=True), "rho": ThirdSize(rows)}
    return Problem(outcomes, quantities)


def _law(family: Family, tasks: list[int]) -> Array:
    return np.asarray(family.task_weights)[tasks].astype(np.float64) * (1 + 1e-15)


def _unit(m: int, k: int) -> Array:
    return np.array([arb(int(j == k)) for j in range(m)], dtype=object)
