"""The default grid: every claim on every family, over steps, step sizes, noise and task differences."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from maml_verify.checking import check_setting
from maml_verify.claims import CLAIMS, Claim, find_claim
from maml_verify.claims.base import STEP_SIZE
from maml_verify.intervals import share
from maml_verify.parameters import range_edge
from maml_verify.record import Record, severity
from maml_verify.settings import Setting, setting
from maml_verify.witness import shipped, witness, write_witness
from problems import FAMILIES, Ridge, plateau
from problems.constants import Known
from problems.validation import count, positive

__all__ = ["STEPS", "Cell", "run_cell", "settings", "sweep", "variants", "worst"]

STEPS = (1, 2, 3, 5, 8)
INSIDE = (Fraction(1, 10), Fraction(1, 2), Fraction(999, 1000))
OUTSIDE = (Fraction(1, 2), Fraction(1), Fraction(2))
# Batches of two samples, too, up to here: their exact expectations grow faster.
LONGEST_WITH_PAIRS = 2
POINTS = 3
# With more atoms than this, expectations are mostly estimated: fewer points, and no path so long or steep
# that an interval without assumptions on the tails would be too wide to decide anything.
LARGE = 20
LARGE_BUDGET, LARGE_STEPS = 40_000, 2

Column = tuple[tuple[Ridge, Known], ...]


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
        families.append(plateau(d=2, rng=6))
    return tuple(families)


@lru_cache(maxsize=128)
def _known(name: str, known: Callable[[Ridge], Known], supports: bool) -> Column:
    families = variants(name)
    if supports:
        families = (*families, *(on_support(family) for family in families))
    return tuple((family, known(family)) for family in families)


def on_support(family: Ridge) -> Ridge:
    """The family whose population is its support sets."""
    exact = family.exact and replace(family.exact, probabilities=family.exact.support)
    return replace(family, probabilities=family.support, exact=exact)


def step_sizes(steps: int, outside: bool) -> list[Fraction]:
    """alpha L up to 0.999 of the range's edge 2^(1/(2N)) - 1, and beyond it where a statement allows."""
    edge = range_edge(steps)
    inside = [share * edge for share in INSIDE]
    return inside + [x for x in OUTSIDE if outside and x > edge]


def settings(
    claim: Claim,
    edition: str,
    column: Column,
    steps: Sequence[int] = STEPS,
    alpha: Any = None,
    alpha_L: Any = None,
) -> Iterator[tuple[Setting, Known]]:
    """The settings of one cell of the table."""
    if claim.grid:
        for family, known in column:
            yield from ((s, known) for s in claim.grid(family, known, edition, steps, alpha, alpha_L))
        return
    outside = STEP_SIZE not in claim.assumptions[edition]
    for k, (family, known) in enumerate(column):
        L = Fraction(known.L.value)
        options: dict[str, Any] = {"points": POINTS}
        if family.name == "plateau":
            options["w"] = np.outer([0, 0.015625], np.ones(family.d))
        estimated = bool(claim.paths) and family.atoms > LARGE
        if family.atoms > LARGE:
            options |= {"points": 2, "replicates": 4000, "budget": LARGE_BUDGET}
        for N in [N for N in steps if not estimated or N <= LARGE_STEPS or len(steps) == 1]:
            if alpha is not None:
                grid = [alpha]
            else:
                shares = step_sizes(N, outside and not estimated)
                grid = [x / L for x in ([alpha_L] if alpha_L is not None else shares)]
            pairs = (1 if estimated else LONGEST_WITH_PAIRS) >= N
            sizes = [(1, 1, 1), (2, 1, 3)] if pairs else [(1, 2, 1)]
            for a in grid:
                for S, D, T in sizes if claim.paths else sizes[:1]:
                    sized = {"S": S, "D": D, "T": T, "rng": 100 * k + N}
                    yield setting(family, alpha=a, steps=N, **sized, **options), known


def worst(records: Sequence[Record]) -> Record:
    """The record that stands for all of them: the worst one, with the comparisons of all."""
    checked = sum(r.checked for r in records)
    seconds = sum(r.seconds for r in records)
    return replace(max(records, key=severity), checked=checked, seconds=seconds)


class Cell(NamedTuple):
    """A cell of the table: a statement and edition on one column, over a grid."""

    claim: str
    edition: str
    name: str
    column: Column | None
    steps: tuple[int, ...]
    alpha: Any
    alpha_L: Any
    witnesses: str | None
    delta: float


def run_cell(cell: Cell) -> Record:
    """The worst record of one cell; its counterexample, if any, is stored where asked for."""
    claim = find_claim(cell.claim)
    column = cell.column or _known(cell.name, claim.known, claim.supports)
    if claim.families and not cell.column:
        column = (*column, *((family, claim.known(family)) for family in claim.families(cell.name)))
    places = list(settings(claim, cell.edition, column, cell.steps, cell.alpha, cell.alpha_L))
    places = [(replace(s, delta=share(cell.delta, len(places))), known) for s, known in places]
    records = [check_setting(claim, s, cell.edition, known) for s, known in places]
    confidence = 1 - cell.delta if any(r.confidence for r in records) else None
    record = replace(worst(records), family=cell.name, confidence=confidence)
    if record.verdict != "violated":
        return record
    s, known = places[max(range(len(records)), key=lambda k: severity(records[k]))]
    if cell.witnesses is None:
        stored = shipped(cell.claim, cell.edition)
        return replace(record, witness=stored.name if stored else None)
    path = Path(cell.witnesses) / f"{cell.claim}-{cell.edition}-{cell.name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_witness(path, witness(claim, s, record, known))
    return replace(record, witness=str(path))


def sweep(
    ids: Sequence[str] = (),
    families: Sequence[str | Ridge] = (),
    editions: Sequence[str] = ("printed",),
    *,
    steps: Sequence[int] = STEPS,
    alpha: Any = None,
    alpha_L: Any = None,
    jobs: int | None = None,
    witnesses: str | None = None,
    delta: float = 1e-3,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Iterator[tuple[int, Record]]:
    """Records of the cells as they are done, with their places in the paper's order.

    Parameters
    ----------
    ids, families : statement ids, and names of families or families; all when empty
    editions : editions to check where a claim has them
    steps, alpha, alpha_L : the grid; several step sizes a N when neither is given
    jobs : worker processes, default the number of cores
    witnesses : folder for counterexamples
    delta : probability that any Monte Carlo interval of the whole run misses, shared over its checks
    progress : called with the number of cells done and in all

    Raises
    ------
    ValueError
        For an unknown id or name.
    """
    claims = [find_claim(name) for name in ids] or list(CLAIMS)
    steps = tuple(count("steps", N, 0) for N in steps)
    alpha = alpha if alpha is None else positive("alpha", alpha)
    alpha_L = alpha_L if alpha_L is None else positive("alpha_L", alpha_L)
    for name in families:
        if not isinstance(name, Ridge) and name not in FAMILIES:
            raise ValueError(f"family = {name!r}; rule: one of {', '.join(FAMILIES)}")
    cells = []
    for claim in claims:
        for edition in [e for e in claim.editions if e in editions]:
            for family in families or FAMILIES:
                column: Column | None = None
                if isinstance(family, Ridge):
                    name, column = family.name, ((family, claim.known(family)),)
                else:
                    name = family
                cells.append(
                    Cell(claim.id, edition, name, column, tuple(steps), alpha, alpha_L, witnesses, delta)
                )
    cells = [cell._replace(delta=share(delta, len(cells))) for cell in cells]
    for done, result in enumerate(_run(cells, jobs or os.cpu_count() or 1), 1):
        progress(done, len(cells))
        yield result


def _run(cells: Sequence[Cell], jobs: int) -> Iterator[tuple[int, Record]]:
    if jobs == 1 or len(cells) == 1:
        yield from enumerate(map(run_cell, cells))
        return
    pool = ProcessPoolExecutor(jobs)
    try:
        futures = {pool.submit(run_cell, cell): k for k, cell in enumerate(cells)}
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
