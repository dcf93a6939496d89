"""State, counts and the init/step pair that every algorithm is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from maml_verify.meta_gradients.draws import as_generator
from problems.arrays import Array
from problems.validation import count, finite_array

__all__ = ["Algorithm", "Info", "State", "begin", "generator"]


@dataclass(frozen=True, eq=False)
class State:
    """Everything the next step depends on.

    Attributes
    ----------
    k : meta iterations done
    w : (R, d) iterates w_k of R independent runs
    rng : state of the bit generator, a dictionary of JSON types
    """

    k: int
    w: Array
    rng: Mapping[str, Any]


class Info(NamedTuple):
    """What one step reports of each run, arrays (R,).

    beta : step size (scales as s^2/c)
    gradients, hessians : per-sample evaluations of the meta gradient
    stepsize_gradients : per-sample gradients that the step size estimate took
    """

    beta: Array
    gradients: Array
    hessians: Array
    stepsize_gradients: Array


class Algorithm(NamedTuple):
    """A pure pair: ``init(w0, runs, rng) -> State`` and ``step(state) -> (State, Info)``.

    ``parameters`` says by JSON types what was asked for, so that a checkpoint is never resumed by another
    algorithm.
    """

    init: Callable[[Any, int, Any], State]
    step: Callable[[State], tuple[State, Info]]
    parameters: Mapping[str, Any]


def begin(d: int, w0: Any, runs: int, rng: Any) -> State:
    """The state before the first step: every run at ``w0``.

    Parameters
    ----------
    w0 : (d,), or (runs, d) with a point for each run
    rng : None, int, SeedSequence or Generator, which is left as it was
    """
    runs = count("runs", runs)
    w = finite_array("w0", np.atleast_2d(w0), 2).astype(np.float64)
    if w.shape not in ((1, d), (runs, d)):
        raise ValueError(f"w0 has shape {np.shape(w0)}; rule: ({d},) or ({runs}, {d})")
    bits = as_generator(rng).bit_generator
    if not isinstance(bits, np.random.PCG64):
        raise TypeError(f"rng = {rng!r}; rule: a generator of the kind default_rng makes (PCG64)")
    return State(0, np.array(np.broadcast_to(w, (runs, d))), bits.state)


def generator(state: State) -> np.random.Generator:
    """A fresh generator at the state's place in its stream."""
    bits: Any = np.random.PCG64()
    bits.state = dict(state.rng)
    return np.random.Generator(bits)
