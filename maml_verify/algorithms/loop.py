"""The one loop: K meta iterations with history, callback, checkpoints and resumption."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from maml_verify.algorithms.checkpoint import Checkpoint, load, save
from maml_verify.algorithms.state import Algorithm, Info, State
from maml_verify.execution.identity import digest, family_digest, source, versions
from maml_verify.meta_gradients.objective import meta_gradient_norms, meta_losses
from maml_verify.meta_gradients.roles import population, split
from problems.arrays import Array
from problems.family import Family, checked_family
from problems.progress import Progress, silent
from problems.validation import count

__all__ = ["RECORDS", "History", "run", "run_whole"]

RECORDS = ("iterates", "loss", "meta_gradient")

# Coordinates of a start that a message shows, and how near a step taken again comes on another machine.
LONG, CLOSE = 16, 1e-9

Row = tuple[State, Info, dict[str, Array]]


@dataclass(frozen=True, eq=False)
class History:
    """What R runs did in K meta iterations.

    Attributes
    ----------
    state : the last state
    beta, gradients, hessians, stepsize_gradients : (K, R), see `Info`
    iterates : (K + 1, R, d), loss : (K + 1, R) of L(w_k), meta_gradient : (K + 1, R) of ||grad L(w_k)||,
        each None where it was not asked for
    interrupted : whether Ctrl-C ended the loop before K
    """

    state: State
    beta: Array
    gradients: Array
    hessians: Array
    stepsize_gradients: Array
    iterates: Array | None = None
    loss: Array | None = None
    meta_gradient: Array | None = None
    interrupted: bool = False

    def arrays(self) -> dict[str, Array]:
        """The arrays there are, by name."""
        found = {f.name: getattr(self, f.name) for f in fields(self)[1:-1]}
        return {name: value for name, value in found.items() if value is not None}


def run(
    algorithm: Algorithm,
    family: Family,
    w0: Any,
    K: int,
    *,
    runs: int = 1,
    rng: Any = None,
    record: Sequence[str] = ("iterates",),
    callback: Callable[[State, Info], None] | None = None,
    progress: Progress = silent,
    checkpoint: Path | str | None = None,
    every: int = 100,
    resume: bool = False,
) -> History:
    """Run an algorithm for K meta iterations in all.

    Parameters
    ----------
    family : the one the algorithm was made for, of which loss and gradient are recorded
    w0 : (d,) or (runs, d)
    record : some of `RECORDS`
    callback : called with state and info after each step
    progress : called with the iterations done and in all
    checkpoint : file that holds all that is done, written every ``every`` iterations and at the end
    resume : go on from the checkpoint of the same problem; the iterates are those of an uninterrupted run,
        bit for bit; ``rng`` is compared where it is given

    Returns
    -------
    History
        Of all iterations, those before a resumption too; of those done, where Ctrl-C ended it early.

    Raises
    ------
    TypeError, ValueError
        Named by argument, value and rule; for a checkpoint of another problem, by what differs.
    OSError
        If a checkpoint cannot be written.  Any error within the loop has what was done until then as its
        attribute ``history``.
    """
    family = checked_family(family)
    K, every = count("K", K), count("every", every)
    if resume and checkpoint is None:
        raise ValueError("resume = True; rule: checkpoint names the file to resume from")
    observe = _observer(algorithm, family, record)
    begin = algorithm.init(w0, runs, rng)
    start = Checkpoint({}, begin, None, {})
    if checkpoint is not None:
        start = start._replace(problem=_problem(algorithm, family, begin, record, rng))
    before = None
    if checkpoint is not None and resume:
        start = load(Path(checkpoint), start.problem, () if rng is not None else ("seed",))
        before = start.arrays
        _repeats(algorithm, start, checkpoint)
    first = None if before else observe(start.state.w)
    # One row an iteration, appended at once, so that an interruption leaves no half of it.
    rows: list[Row] = []

    def history(interrupted: bool = False) -> History:
        last = rows[-1][0] if rows else start.state
        return History(last, **_arrays(before, first, rows), interrupted=interrupted)

    def keep(done: History) -> History:
        if checkpoint is not None:
            states = [start.previous, start.state, *(state for state, _, _ in rows)]
            save(Path(checkpoint), Checkpoint(start.problem, done.state, states[-2], done.arrays()))
        return done

    try:
        try:
            now = start.state
            while now.k < K:
                now, info = algorithm.step(now)
                rows.append((now, info, observe(now.w)))
                if callback is not None:
                    callback(now, info)
                progress(now.k, K)
                if now.k % every == 0 and now.k < K:
                    keep(history())
            return keep(history())
        except KeyboardInterrupt:
            return keep(history(interrupted=True))
    except Exception as error:
        error.history = history()  # type: ignore[attr-defined]
        raise


def _observer(
    algorithm: Algorithm, family: Family, record: Sequence[str]
) -> Callable[[Array], dict[str, Array]]:
    for name in record:
        if name not in RECORDS:
            raise ValueError(f"record holds {name!r}; rule: some of {', '.join(RECORDS)}")
    role = split if algorithm.parameters["algorithm"] == "algorithm-2" else population
    alpha, N = algorithm.parameters["alpha"], algorithm.parameters["steps"]

    def observe(w: Array) -> dict[str, Array]:
        values = {"iterates": lambda: w}
        values["loss"] = lambda: meta_losses(family, w, alpha, N, role)
        values["meta_gradient"] = lambda: meta_gradient_norms(family, w, alpha, N, role)
        return {name: values[name]() for name in record}

    return observe


def _problem(
    algorithm: Algorithm, family: Family, begin: State, record: Sequence[str], rng: Any
) -> dict[str, Any]:
    """What a run is of: nothing in it may change between a checkpoint and what goes on from it."""
    start = begin.w[:1] if (begin.w == begin.w[0]).all() else begin.w
    long = start.size > LONG
    at = f"generator at {begin.rng['state']['state']:x}"
    return {
        "family": f"{family.name} of content {family_digest(family)}",
        **algorithm.parameters,
        "start": f"points of content {digest(*start.ravel().tolist())}" if long else start.tolist(),
        "seed": str(rng) if isinstance(rng, int) else at,
        "runs": len(begin.w),
        "record": list(record),
        **{f"version of {name}": version for name, version in versions().items()},
        "source": source(),
    }


def _repeats(algorithm: Algorithm, start: Checkpoint, file: Path | str) -> None:
    """The last step is taken again: what no name tells, such as a schedule, shows in where it leads."""
    if start.previous is None:
        return
    again = algorithm.step(start.previous)[0].w
    w = start.state.w
    size = np.abs(w[np.isfinite(w)]).max(initial=0)
    if not np.allclose(again, w, rtol=CLOSE, atol=CLOSE * size, equal_nan=True):
        rule = f"the iterate of the checkpoint {file}, where its last step is taken again"
        raise ValueError(f"algorithm: step {start.state.k} leads elsewhere; rule: {rule}")


def run_whole(*arguments: Any, **options: Any) -> History:
    """`run`, but an interruption goes on: the part of a run is no estimate of the whole."""
    history = run(*arguments, **options)
    if history.interrupted:
        raise KeyboardInterrupt
    return history


def _arrays(
    before: dict[str, Array] | None,
    first: dict[str, Array] | None,
    rows: Sequence[Row],
) -> dict[str, Array]:
    """History arrays: what a checkpoint held, or the first observation, and the rows after it."""
    names = list(first or {}) if before is None else [n for n in before if n not in Info._fields]
    parts: dict[str, list[Array]] = {}
    for name in Info._fields:
        parts[name] = [getattr(info, name)[None] for _, info, _ in rows]
    for name in names:
        parts[name] = [values[name][None] for _, _, values in rows]
        if first is not None:
            parts[name].insert(0, first[name][None])
    if before is not None:
        parts = {name: [before[name], *values] for name, values in parts.items()}
    empty = np.zeros((0, 0))
    return {name: np.concatenate(values) if values else empty for name, values in parts.items()}
