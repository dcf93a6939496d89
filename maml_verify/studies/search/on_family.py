"""The worst case of a statement on one family: over points, step sizes and N, where `search` makes families.

The ratio is maximised in float64, less what rounding may have made; the worst point is then checked, over Arb
balls where the family runs over them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from maml_verify.checks.both_sides import sides
from maml_verify.checks.case import prepare
from maml_verify.checks.certify import runs_over_balls
from maml_verify.checks.check import check_setting, without_step_size
from maml_verify.checks.laws.maximise import maximise
from maml_verify.claims import Claim
from maml_verify.record import Record, severity
from maml_verify.settings import Setting, draw_points, setting
from maml_verify.studies.search.objective import largest_step
from maml_verify.studies.sweep import worst
from problems import FAMILIES, Family
from problems.arrays import Array
from problems.family import checked_family
from problems.known import Known
from problems.progress import Progress, silent

__all__ = ["search_families"]

# Shares of the largest step size, N, points that are drawn, and paths that are enumerated.
SHARES = (Fraction(1, 8), Fraction(1, 2), Fraction(999, 1000))
STEPS, DRAWN, BUDGET = (1, 2, 3, 5), 96, 4000


def search_families(
    claim: Claim,
    edition: str,
    families: Sequence[str | Family],
    *,
    seconds: float = 20,
    rng: int = 0,
    steps: int | None = None,
    alpha_L: Any = None,
    progress: Progress = silent,
) -> Iterator[Record]:
    """The worst record found on each family.

    Parameters
    ----------
    families : families, or names of shipped ones, drawn from ``rng``
    seconds : of each family, shared over N and step sizes
    steps, alpha_L : N and alpha L, several when None
    """
    for family in families:
        one = FAMILIES[family](rng=rng) if isinstance(family, str) else checked_family(family)
        yield _searched(claim, edition, one, seconds, rng, steps, alpha_L, progress)


def _searched(
    claim: Claim,
    edition: str,
    family: Family,
    seconds: float,
    rng: int,
    steps: int | None,
    alpha_L: Any,
    progress: Progress,
) -> Record:
    known = claim.known(family)
    numbers = STEPS if steps is None else (steps,)
    if known.L.flag == "none":
        return without_step_size(claim, family, edition, known, numbers[0])
    places = [
        (N, Fraction(x) / Fraction(known.L.value))
        for N in numbers
        for x in _shares(claim, edition, N, alpha_L)
    ]
    end, records = time.monotonic() + seconds, list[Record]()
    for k, (N, alpha) in enumerate(places):
        left = end - time.monotonic()
        if left <= 0 and records:
            break
        until = time.monotonic() + left / (len(places) - k)
        s = setting(family, alpha=alpha, steps=N, rng=rng)
        records.append(_worst_at(claim, edition, known, s, until))
        progress(k + 1, len(places))
    return worst(records)


def _shares(claim: Claim, edition: str, N: int, alpha_L: Any) -> Sequence[Any]:
    if alpha_L is not None:
        return (alpha_L,)
    return [share * Fraction(largest_step(claim, edition, N)) for share in SHARES]


def _worst_at(claim: Claim, edition: str, known: Known, s: Setting, deadline: float) -> Record:
    """The record at the worst points found for one N and step size."""
    s = s.but(budget=BUDGET)
    record = check_setting(claim, s, edition, known)
    whole = "K" in claim.parameters or claim.unit == "constants" or record.method == "monte-carlo"
    if record.verdict == "vacuous" or whole:
        return record
    d, generator = s.family.d, np.random.default_rng(s.rng)

    def value(z: Array) -> Array:
        return _ratios(claim, edition, known, _at(s, z))

    w = draw_points(d, DRAWN, s.rng)
    first = np.concatenate([w, draw_points(d, DRAWN, s.rng, w) - w], axis=1) if claim.pairs else w
    blocks = np.repeat([0, 1], d) if claim.pairs else None
    found = maximise(value, first, generator, enough=np.inf, deadline=deadline, blocks=blocks)
    other = check_setting(claim, _at(s, found.point[None]), edition, known, runs_over_balls(s.family))
    return replace(max(other, record, key=severity), checked=found.evaluations + record.checked)


def _at(s: Setting, z: Array) -> Setting:
    """The setting at points (R, d), or at pairs (R, 2 d): a point and the way to the other."""
    d = s.family.d
    w = z[:, :d]
    u = w + z[:, d:] if z.shape[1] > d else np.broadcast_to(s.u[:1].astype(np.float64), w.shape)
    return s.but(w=w, u=u, drawn=frozenset())


def _ratios(claim: Claim, edition: str, known: Known, s: Setting) -> Array:
    """The largest lhs/rhs at each point, less what rounding may have made."""
    case = prepare(claim, s, edition, known)
    if case.reasons:
        return np.full(len(s.w), -np.inf)
    try:
        both = sides(case)
    except OverflowError:
        return np.full(len(s.w), -np.inf)
    low, rhs = both.low - both.margin, both.rhs + both.slack
    low, rhs = (claim.index.after_start(side) for side in np.broadcast_arrays(low, rhs))
    values = np.where(rhs > 0, low / rhs, np.where(low > rhs, np.inf, 0.0))
    axis = 0 if values.ndim == 1 else 1
    values = np.moveaxis(values, axis, -1)
    return np.broadcast_to(values.reshape(-1, values.shape[-1]).max(0), len(s.w))
