"""Batches of data and of tasks, with the numbers of samples that they hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from maml_verify.meta_gradients.draws import sample
from problems.arrays import Array
from problems.family import Family

__all__ = ["Batch", "Tasks", "draw_data", "draw_tasks", "whole"]

# Tasks with data of their own that are drawn at a time; each takes tens of bytes a task of the family.
MOST = 20_000_000


class Batch(NamedTuple):
    """Data of each slot.

    Attributes
    ----------
    data : (tasks, slots, S) atoms drawn, or (tasks, slots or 1, atoms) weights
    samples : (tasks or 1, slots or 1) number of data points
    """

    data: Array
    samples: Array


def whole(weights: Array) -> Batch:
    """A set used as it is, such as the population or a query set: one evaluation an atom with weight."""
    return Batch(weights[:, None, :], (weights != 0).sum(1)[:, None])


def draw_data(family: Family, size: int | None, slots: int, rng: np.random.Generator) -> Batch:
    """Fresh data for every slot, ``size`` draws each; the population where ``size`` is None."""
    if size is None:
        return whole(family.probabilities)
    return Batch(sample(family, size, slots, rng), np.full((1, 1), size))


@dataclass(frozen=True, eq=False)
class Tasks:
    """A batch of tasks for each of R runs, in slots (tasks, slots).

    Attributes
    ----------
    runs : run that each slot belongs to, or None where slot r belongs to run r
    copies : draws of the task that the slot stands for (0 for padding)
    shares : weight of the slot in its run's mean over the batch
    """

    replicates: int
    runs: Array | None
    copies: Array
    shares: Array

    def spread(self, w: Array) -> Array:
        """The iterate of each slot's run, (R, d) to (tasks, slots, d)."""
        return np.broadcast_to(w, (len(self.copies), *w.shape)) if self.runs is None else w[self.runs]

    def total(self, values: Array) -> Array:
        """Sums over the slots of each run, (tasks, slots) to (R,), in the kind of number given."""
        if self.runs is None:
            return values.sum(0)
        result = np.zeros(self.replicates, dtype=values.dtype)
        np.add.at(result, self.runs, values)
        return result

    def mean(self, values: Array) -> Array:
        """Means over the batch of each run, (tasks, slots, ...) to (R, ...)."""
        shares = self.shares.reshape(self.shares.shape + (1,) * (values.ndim - 2))
        if self.runs is None:
            return (shares * values).sum(0)
        columns = (shares * values).reshape(self.runs.size, -1).T
        sums = [np.bincount(self.runs.ravel(), column, self.replicates) for column in columns]
        return np.stack(sums, axis=-1).reshape(self.replicates, *values.shape[2:])


def draw_tasks(
    family: Family, size: int | None, replicates: int, rng: np.random.Generator, fresh: bool
) -> Tasks:
    """``size`` i.i.d. tasks from p(T) for each run; every task, with its probability, where None.

    Parameters
    ----------
    fresh : bool
        Whether each drawn task has data of its own, and thus a slot of its own; else the draws of one task
        share a slot, so that any size costs the same.

    Raises
    ------
    ValueError
        If more than `MOST` tasks have data of their own.
    """
    p: Any = family.task_weights.astype(np.float64)
    if size is None:
        copies = np.ones((len(p), replicates), dtype=np.int64)
        return Tasks(replicates, None, copies, np.broadcast_to(p[:, None], copies.shape))
    counts = rng.multinomial(size, p, size=replicates).T
    if not fresh:
        return Tasks(replicates, None, counts, counts / size)
    if size * replicates > MOST:
        many = f"batches of {size:g} tasks in {replicates} runs, each task with data of its own"
        raise ValueError(f"B or B_prime: {many}; rule: at most {MOST:,} tasks drawn at a time")
    drawn = counts.sum(1)
    runs = np.zeros((len(p), drawn.max()), dtype=np.int64)
    copies = np.zeros_like(runs)
    for i, row in enumerate(counts):
        runs[i, : drawn[i]] = np.repeat(np.arange(replicates), row)
        copies[i, : drawn[i]] = 1
    return Tasks(replicates, runs, copies, copies / size)
