"""The default grid: every claim on every family, over steps, step sizes, noise and task differences."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from maml_verify.check import check_setting
from maml_verify.claims import CLAIMS, Claim, find_claim
from maml_verify.claims.base import STEP_SIZE
from maml_verify.record import Record, severity
from maml_verify.settings import Setting, setting
from problems import FAMILIES, Ridge, plateau
from problems.constants import Known

__all__ = ["STEPS", "settings", "sweep", "variants", "worst"]

STEPS = (1, 2, 3, 5, 8)
INSIDE = (Fraction(1, 10), Fraction(1, 2), Fraction(999, 1000))
OUTSIDE = (Fraction(1, 2), Fraction(1), Fraction(2))
# Exact expectations over 3 outcomes a step stay cheap up to here.
LONGEST_WITH_PAIRS = 3
POINTS = 4


@lru_cache(maxsize=32)
def variants(name: str) -> tuple[Ridge, ...]:
    """The families of one column: small and large noise, offsets, task differences, Hessian noise."""
    make = FAMILIES[name]
    common: dict[str, Any] = {"atoms": 2, "tasks": 2}
    skew = (Fraction(1, 4), Fraction(3, 4))
    families = [
        make(**common, rng=0),
        make(**common, rng=1, noise=Fraction(1, 64), spread=Fraction(1, 64), task_weights=skew),
        make(**common, rng=2, noise=8, spread=8),
        make(d=1, tasks=3, atoms=2, rng=3, noise=Fraction(1, 4), spread=0, scale=2),
        make(**common, rng=4, features="random", scale=Fraction(1, 2)),
    ]
    if name != "quadratic":
        families.append(make(**common, rng=5, noise_kind="hessian"))
    if name == "cubic-well":
        families.append(plateau(d=2))
    return tuple(families)


@lru_cache(maxsize=128)
def _known(name: str, k: int, supports: bool, known: Callable[[Ridge], Known]) -> tuple[Ridge, Known]:
    family = variants(name)[k]
    if supports:
        exact = family.exact and replace(family.exact, probabilities=family.exact.support)
        family = replace(family, probabilities=family.support, exact=exact)
    return family, known(family)


def step_sizes(steps: int, outside: bool) -> list[Fraction]:
    """alpha L up to 0.999 of the range's edge 2^(1/(2N)) - 1, and beyond it where a statement allows."""
    edge = Fraction(int((2 ** (1 / (2 * steps)) - 1) * 2**20) if steps else 2**20, 2**20)
    inside = [share * edge for share in INSIDE]
    return inside + [x for x in OUTSIDE if outside and x > edge]


def settings(
    claim: Claim, name: str, steps: Sequence[int] = STEPS, alpha_L: Any = None
) -> Iterator[tuple[Setting, Known]]:
    """The settings of one cell of the table."""
    outside = STEP_SIZE not in claim.assumptions["printed"] or len(claim.editions) > 1
    for k in range(len(variants(name))):
        for supports in (False, True) if claim.supports else (False,):
            family, known = _known(name, k, supports, claim.known)
            near = {"w": np.outer([0, 0.015625], np.ones(family.d))} if family.name == "plateau" else {}
            for N in steps:
                for x in [Fraction(alpha_L)] if alpha_L is not None else step_sizes(N, outside):
                    alpha = x / Fraction(known.L.value)
                    sizes = [(1, 1, 1), (2, 1, 3)] if N <= LONGEST_WITH_PAIRS else [(1, 2, 1)]
                    for S, D, T in sizes if claim.paths else sizes[:1]:
                        options = {"S": S, "D": D, "T": T, "points": POINTS, "rng": 100 * k + N}
                        yield setting(family, alpha=alpha, steps=N, **near, **options), known


def worst(records: Sequence[Record]) -> Record:
    """The record that stands for all of them: the worst one, with the comparisons of all."""
    checked = sum(r.checked for r in records)
    seconds = sum(r.seconds for r in records)
    return replace(max(records, key=severity), checked=checked, seconds=seconds)


def cell(claim_id: str, name: str, edition: str, steps: Sequence[int], alpha_L: Any) -> Record:
    """The worst record of one claim and edition on one column."""
    claim = find_claim(claim_id)
    records = [check_setting(claim, s, edition, known) for s, known in settings(claim, name, steps, alpha_L)]
    return replace(worst(records), family=name)


def sweep(
    ids: Sequence[str] = (),
    families: Sequence[str] = (),
    editions: Sequence[str] = ("printed",),
    *,
    steps: Sequence[int] = STEPS,
    alpha_L: Any = None,
    jobs: int | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Record]:
    """One record a claim, edition and family, in the paper's order.

    Parameters
    ----------
    ids, families : statement ids and names of families; all when empty
    editions : editions to check where a claim has them
    steps, alpha_L : the grid; alpha_L None takes several step sizes a N
    jobs : worker processes, default the number of cores
    progress : called with cells done and cells in all

    Notes
    -----
    An interruption keeps what is done: the records of the finished cells are returned by a second
    `KeyboardInterrupt`-free path, `progress` having told how many there are.
    """
    claims = [find_claim(name) for name in ids] or list(CLAIMS)
    for name in families:
        if name not in FAMILIES:
            raise ValueError(f"family = {name!r}; rule: one of {', '.join(FAMILIES)}")
    cells = [
        (claim.id, name, edition, tuple(steps), alpha_L)
        for claim in claims
        for edition in claim.editions
        if edition in editions
        for name in families or FAMILIES
    ]
    done: dict[int, Record] = {}
    try:
        for k, record in _run(cells, jobs or os.cpu_count() or 1):
            done[k] = record
            progress(len(done), len(cells))
    except KeyboardInterrupt:
        progress(len(done), len(cells))
    return [done[k] for k in sorted(done)]


def _run(cells: Sequence[tuple[Any, ...]], jobs: int) -> Iterator[tuple[int, Record]]:
    if jobs == 1 or len(cells) == 1:
        for k, arguments in enumerate(cells):
            yield k, cell(*arguments)
        return
    with ProcessPoolExecutor(jobs) as pool:
        futures = {pool.submit(cell, *arguments): k for k, arguments in enumerate(cells)}
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
