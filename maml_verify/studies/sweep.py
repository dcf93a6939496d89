"""Many cells, each a statement and edition on a column of families over a grid of settings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from maml_verify.checks.check import as_variant, check_setting, without_step_size
from maml_verify.checks.columns import column
from maml_verify.checks.witness import link_of, shipped, witness, witness_name, write_witness
from maml_verify.claims import all_claims, find_claim
from maml_verify.claims.own import content, own_claims, with_claims
from maml_verify.execution.remaining import Remaining
from maml_verify.execution.store import Store
from maml_verify.execution.workers import each
from maml_verify.left_sides.intervals import share
from maml_verify.record import Record, severity
from maml_verify.settings import ratio_above_1
from maml_verify.studies.grid import STEPS, constants_of, settings
from problems import FAMILIES
from problems.family import Family, checked_family
from problems.known import Known, joined
from problems.names import unknown
from problems.ridge_sums.named import COLUMNS
from problems.validation import count, positive, probability

__all__ = ["Cell", "CellResult", "cells", "run_cell", "run_cells", "sweep", "worst"]

Progress = Callable[[int, int, float], None]
NO_WITNESS = "no witness file: the family is no ridge sum"


class Cell(NamedTuple):
    """A statement and edition on a column over a grid; what it says determines its record.

    Attributes
    ----------
    column : name of a column of the catalog, or a family
    steps, alpha, alpha_L : the grid; several step sizes a N when neither is given
    delta : probability that any Monte Carlo interval of the cell misses, shared over its settings
    member : index of the one family of the column to take; all when None
    constants : taken as claimed where a family has none
    detect : smallest lhs/rhs > 1 that its estimates are to show; None: what their replicates show
    content : of a user's claim, what it computes
    """

    claim: str
    edition: str
    column: str | Family
    steps: tuple[int, ...] = STEPS
    alpha: Any = None
    alpha_L: Any = None
    delta: float = 1e-3
    member: int | None = None
    constants: Known | None = None
    detect: float | None = None
    content: str = ""

    @property
    def name(self) -> str:
        """Name of the column."""
        return self.column if isinstance(self.column, str) else self.column.name


class CellResult(NamedTuple):
    """What a cell gives: its worst record and, where that is violated, its witness."""

    record: Record
    witness: dict[str, Any] | None = None


def run_cell(cell: Cell) -> CellResult:
    """The worst record of one cell, with its counterexample if there is one."""
    claim = find_claim(cell.claim)
    families = column(cell.claim, cell.column) if isinstance(cell.column, str) else (cell.column,)
    chosen = []
    for k, family in enumerate(families):
        if cell.member in (None, k):
            known = joined(constants_of(claim.known, family), cell.constants)
            grid = settings(claim, cell.edition, family, known, cell.steps, cell.alpha, cell.alpha_L, k)
            chosen += [(k, s, known) for s in grid]
    if not chosen:
        # L is not known, and no step size is in units of 1/L.
        return CellResult(without_step_size(claim, families[0], cell.edition, known, cell.steps[0]))
    delta = share(cell.delta, len(chosen))
    chosen = [(k, s.but(delta=delta, detect=cell.detect), known) for k, s, known in chosen]
    records = [check_setting(claim, s, cell.edition, known) for _, s, known in chosen]
    record = worst(records)
    if record.confidence is not None:
        record = replace(record, confidence=1 - cell.delta, false_alarm=cell.delta)
    k, s, known = chosen[max(range(len(records)), key=lambda i: severity(records[i]))]
    shown = as_variant(record, cell.name, k) if isinstance(cell.column, str) else record
    if record.verdict != "violated":
        return CellResult(shown)
    if s.family.ridge_tables() is None:
        return CellResult(replace(shown, reason=NO_WITNESS))
    return CellResult(shown, witness(claim, s, record, known))


def worst(records: Sequence[Record]) -> Record:
    """The record that stands for all of them: the worst one, with the comparisons and error rates of all."""
    checked = sum(r.checked for r in records)
    seconds = sum(r.seconds for r in records)
    return replace(max(records, key=severity), checked=checked, seconds=seconds, **_error_rates(records))


def _error_rates(records: Sequence[Record]) -> dict[str, Any]:
    """Of all estimates among them: one may give a false alarm, and all are to show a violation."""
    estimates = [r for r in records if r.confidence is not None]
    if not estimates:
        return {}
    false_alarm = min(1.0, sum(r.false_alarm or 0.0 for r in estimates))
    shown = [r.detects for r in estimates]
    detects = None if None in shown else max(r for r in shown if r is not None)
    return {
        "confidence": 1 - false_alarm,
        "false_alarm": false_alarm,
        "detects": detects,
        "drawn": sum(r.drawn or 0 for r in estimates),
    }


def cells(
    ids: Sequence[str] = (),
    families: Sequence[str | Family] = (),
    editions: Sequence[str] | None = None,
    *,
    steps: Sequence[int] = STEPS,
    alpha: Any = None,
    alpha_L: Any = None,
    delta: float = 1e-3,
    constants: Known | None = None,
    detect: Any = None,
) -> list[Cell]:
    """The cells of a table, in the paper's order.

    Parameters
    ----------
    ids, families : statement ids, and names of families or families; all when empty
    editions : to check where a claim has them; default: as printed, and of named statements as reported
    steps, alpha, alpha_L : the grid; several step sizes a N when neither is given
    delta : probability that any Monte Carlo interval of all of them misses, shared over the cells
    constants : taken as claimed (`problems.claimed`) where a family has none
    detect : smallest lhs/rhs > 1 that estimates are to show; None: what their replicates show

    Raises
    ------
    ValueError
        For an unknown id or name.
    """
    claims = [find_claim(name) for name in dict.fromkeys(ids)] or list(all_claims())
    if editions is None:
        editions = ("printed", "reported") if ids else ("printed",)
    steps = tuple(count("steps", N, 0) for N in steps)
    alpha = alpha if alpha is None else positive("alpha", alpha)
    alpha_L = alpha_L if alpha_L is None else positive("alpha_L", alpha_L)
    delta = probability("delta", delta)
    detect = None if detect is None else ratio_above_1("detect", detect)
    for name in families:
        if isinstance(name, str) and name not in FAMILIES:
            raise unknown("family", name, FAMILIES)
    columns = [name if isinstance(name, str) else checked_family(name) for name in families]
    contents = {claim.id: content(claim) for claim in own_claims()}
    found = [
        Cell(claim.id, edition, family, steps, alpha, alpha_L, content=contents.get(claim.id, ""))
        for claim in claims
        for edition in claim.editions
        if edition in editions
        for family in dict.fromkeys(columns) or COLUMNS
    ]
    if not found:
        return []
    told: dict[str, Any] = {"delta": share(delta, len(found)), "detect": detect, "constants": constants}
    return [cell._replace(**told) for cell in found]


def sweep(
    ids: Sequence[str] = (),
    families: Sequence[str | Family] = (),
    editions: Sequence[str] | None = None,
    *,
    steps: Sequence[int] = STEPS,
    alpha: Any = None,
    alpha_L: Any = None,
    delta: float = 1e-3,
    constants: Known | None = None,
    detect: float | None = None,
    jobs: int | None = None,
    scheduler: str | None = None,
    store: str | Path | None = None,
    witnesses: str | Path | None = None,
    progress: Progress = lambda done, total, left: None,
) -> Iterator[tuple[int, Record]]:
    """Many statements on many families over a grid of settings: `run_cells` of `cells`.

    Parameters
    ----------
    ids : statement ids, all when empty
    families : families, or names of the columns of a table; all of these when empty
    editions : of the bounds, where a statement has them; default: as printed and, where named, as reported
    steps : the N of the grid
    alpha, alpha_L : number
        One step size (scales as s^2/c where lengths scale as s and losses as c), or alpha times L, which has
        no unit; several a N when neither is given.
    delta : float
        Probability that any Monte Carlo interval of a cell misses.
    constants : Known, optional
        Taken as claimed (`problems.claimed`) where a family has none: records are then relative to them.
    detect : float
        Smallest lhs/rhs above 1 that estimates are to show with probability 0.99; it plans their replicates.
    jobs : worker processes, default the number of cores
    scheduler : address of a Dask scheduler, whose workers are used instead
    store : file that keeps what is done; cells found there are not computed again
    witnesses : folder for counterexamples
    progress : called with the number of cells done, in all, and the seconds left (inf: unknown)

    Returns
    -------
    iterator of (int, Record)
        The worst record of each cell as it is done, with the cell's number: statements, then editions, then
        families, in the order given.

    Raises
    ------
    TypeError, ValueError
        Named by argument, value and rule.
    OSError
        If a worker process is killed, or a file cannot be written.

    Examples
    --------
    >>> from maml_verify import sweep
    >>> grid = sweep(["path-stability", "path-gradient"], ["quadratic"], steps=(1, 2), alpha_L=0.1, jobs=1)
    >>> [(number, record.claim, record.verdict) for number, record in sorted(grid, key=lambda pair: pair[0])]
    [(0, 'path-stability', 'holds'), (1, 'path-gradient', 'holds')]
    """
    options: dict[str, Any] = {"alpha": alpha, "alpha_L": alpha_L, "delta": delta, "detect": detect}
    found = cells(ids, families, editions, steps=steps, constants=constants, **options)
    yield from run_cells(
        found, jobs=jobs, scheduler=scheduler, store=store, witnesses=witnesses, progress=progress
    )


def run_cells(
    todo: Sequence[Cell],
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
    store: str | Path | None = None,
    witnesses: str | Path | None = None,
    progress: Progress = lambda done, total, left: None,
) -> Iterator[tuple[int, Record]]:
    """Records of the cells as they are done, each with its number in ``todo``.

    The records do not depend on how many workers there are, nor on where they run.

    Parameters
    ----------
    jobs : worker processes, default the number of cores
    scheduler : address of a Dask scheduler, whose workers are used instead
    store : file that keeps what is done; cells found there are not computed again
    witnesses : folder for counterexamples
    progress : called with the number of cells done, in all, and the seconds left (inf: unknown)

    Raises
    ------
    ValueError
        For a store that is none, or a scheduler that is not there.
    OSError
        If a worker process is killed, or the store or a witness cannot be written; what is done is in the
        store, and was returned before.
    """
    files = _files(todo)
    clock = Remaining([(cell.claim, cell.edition, cell.steps) for cell in todo])

    def done(k: int, result: CellResult, fresh: bool) -> Iterator[tuple[int, Record]]:
        left = clock.done(k, result.record.seconds, fresh)
        progress(clock.count, len(todo), left)
        record = result.record
        try:
            record = _placed(result, todo[k], None if witnesses is None else Path(witnesses) / files[k])
        finally:
            # Where a disk is full, the record is shown all the same.
            yield k, record

    with Store(store) as kept:
        found = set()
        for k, value in kept.read(todo):
            found.add(k)
            yield from done(k, _restored(value), fresh=False)
        # Column by column: each statement is soon seen once, which tells the time that the others will take.
        names = list(dict.fromkeys(cell.name for cell in todo))
        order = sorted(set(range(len(todo))) - found, key=lambda k: (names.index(todo[k].name), k))
        for k, result in each(with_claims(_numbered), [(k, todo[k]) for k in order], jobs, scheduler):
            try:
                kept.write(todo[k], {"record": vars(result.record), "witness": result.witness})
            finally:
                yield from done(k, result, fresh=True)


def _numbered(k: int, cell: Cell) -> tuple[int, CellResult]:
    return k, run_cell(cell)


def _restored(value: dict[str, Any]) -> CellResult:
    record = value["record"]
    sides = {name: record[name] and tuple(record[name]) for name in ("lhs", "rhs")}
    return CellResult(Record(**(record | sides)), value["witness"])


def _files(todo: Sequence[Cell]) -> list[str]:
    """A name for the witness of each cell: letters that any file system takes, and no name twice."""
    names = [f"{witness_name(cell.claim, cell.edition)}-{_slug(cell.name)}" for cell in todo]
    seen = Counter(name.casefold() for name in names)
    return [
        f"{name}-{k}.json" if seen[name.casefold()] > 1 else f"{name}.json" for k, name in enumerate(names)
    ]


def _slug(name: str) -> str:
    return re.sub(r"[^\w.-]+", "_", name)[:100]


def _placed(result: CellResult, cell: Cell, path: Path | None) -> Record:
    """The record with the file of its witness, written where a place is given.

    The witness that comes with the project is of its own family: no other is said to be seen there.
    """
    record, document = result
    if document is None:
        return record
    if path is None:
        stored = shipped(record.claim, record.edition)
        its_own = stored and cell.column == link_of(record.claim, record.edition)
        return replace(record, witness=stored.name if stored and its_own else None)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_witness(path, document)
    return replace(record, witness=str(path))
