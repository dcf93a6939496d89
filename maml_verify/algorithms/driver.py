"""The one loop: K meta iterations with history, callback, checkpoints and resumption."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from maml_verify.algorithms.base import Algorithm, Info, State
from maml_verify.algorithms.checkpoint import load, save
from maml_verify.algorithms.objective import meta_gradient_norms, meta_losses
from maml_verify.paths import population, split
from problems.arrays import Array
from problems.family import Family
from problems.validation import count

__all__ = ["RECORDS", "History", "run", "run_whole"]

RECORDS = ("iterates", "loss", "meta_gradient")

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
    progress: Callable[[int, int], None] = lambda done, total: None,
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
    resume : go on from the checkpoint; the iterates are those of an uninterrupted run, bit for bit

    Returns
    -------
    History
        Of all iterations, those before a resumption too; of those done, where Ctrl-C ended it early.

    Raises
    ------
    TypeError, ValueError
        Named by argument, value and rule.
    """
    K, every = count("K", K), count("every", every)
    for name in record:
        if name not in RECORDS:
            raise ValueError(f"record holds {name!r}; rule: some of {', '.join(RECORDS)}")
    if resume and checkpoint is None:
        raise ValueError("resume = True; rule: checkpoint names the file to resume from")
    role = split if algorithm.parameters["algorithm"] == "algorithm-2" else population
    alpha, N = algorithm.parameters["alpha"], algorithm.parameters["steps"]

    def observe(w: Array) -> dict[str, Array]:
        values = {"iterates": lambda: w}
        values["loss"] = lambda: meta_losses(family, w, alpha, N, role)
        values["meta_gradient"] = lambda: meta_gradient_norms(family, w, alpha, N, role)
        return {name: values[name]() for name in record}

    given = {**algorithm.parameters, "runs": runs, "record": list(record)}
    if resume and checkpoint is not None:
        state, before = load(Path(checkpoint), given)
    else:
        state, before = algorithm.init(w0, runs, rng), None
    first = None if before else observe(state.w)
    # One row an iteration, appended at once, so that an interruption leaves no half of it.
    rows: list[Row] = []

    def history(interrupted: bool = False) -> History:
        last = rows[-1][0] if rows else state
        return History(last, **_arrays(before, first, rows), interrupted=interrupted)

    interrupted = False
    try:
        now = state
        while now.k < K:
            now, info = algorithm.step(now)
            rows.append((now, info, observe(now.w)))
            if callback is not None:
                callback(now, info)
            progress(now.k, K)
            if checkpoint is not None and now.k % every == 0 and now.k < K:
                save(Path(checkpoint), given, now, history().arrays())
    except KeyboardInterrupt:
        interrupted = True
    result = history(interrupted)
    if checkpoint is not None:
        save(Path(checkpoint), given, result.state, result.arrays())
    return result


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
