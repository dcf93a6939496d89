"""Interleaved timing: every round times every contestant once; ratios are taken within a round."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any, NamedTuple

import numpy as np

Call = Callable[[], np.ndarray]


# Seconds before each contestant: OpenMP's threads spin for a while after the call of the one before.
PAUSE = 0.02


class Times(NamedTuple):
    """Seconds a call in each round, by the clock and of all cores together.

    Other work on the machine disturbs the second much less than the first.
    """

    wall: list[float]
    cpu: list[float]


@contextmanager
def changed(owner: Any, name: str, value: Any) -> Iterator[None]:
    """An attribute has another value for a while."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


def _seconds(call: Call, repeats: int = 1) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(repeats):
        call()
    return (time.perf_counter() - wall) / repeats, (time.process_time() - cpu) / repeats


def best_of(calls: list[Call], tries: int = 3) -> Call:
    """The fastest of several ways to the same answer."""
    if len(calls) == 1:
        return calls[0]
    least = [min(_seconds(call)[0] for _ in range(tries)) for call in calls]
    return calls[int(np.argmin(least))]


def rounds(calls: dict[str, Call], number: int, seconds: float = 0.02) -> dict[str, Times]:
    """Times of each contestant in each round; short calls are repeated in it, after one to warm up."""
    repeats, warm = {}, set()
    for name, call in calls.items():
        call()
        once = _seconds(call)[0]
        repeats[name] = max(1, int(seconds / once))
        if once < 10 * seconds:
            warm.add(name)
    times = {name: Times([], []) for name in calls}
    for k in range(number):
        # Each round starts with another contestant, so that none always follows the same one.
        names = list(calls)
        for name in names[k % len(names) :] + names[: k % len(names)]:
            time.sleep(PAUSE)
            if name in warm:
                calls[name]()
            wall, cpu = _seconds(calls[name], repeats[name])
            times[name].wall.append(wall)
            times[name].cpu.append(cpu)
    return times


def ratio(times: dict[str, Times], of: str, over: str) -> float:
    """Median over rounds of the ratio of two contestants' times by the clock."""
    return median(a / b for a, b in zip(times[of].wall, times[over].wall, strict=True))


def agree(calls: dict[str, list[Call]], reference: str, tolerance: float = 1e-10) -> None:
    """Every way of every contestant gives the reference's answer.

    Raises
    ------
    ArithmeticError
        Names the contestant and the largest difference, relative to the largest entry.
    """
    expected = np.asarray(calls[reference][0]())
    scale = np.abs(expected).max()
    for name, ways in calls.items():
        for call in ways:
            finish = getattr(call, "finish", np.asarray)
            gap = np.abs(finish(call()) - expected).max() / scale
            if not gap <= tolerance:
                raise ArithmeticError(f"{name} differs by {gap:.1e}; rule: at most {tolerance:.0e}")


def agree_in_mean(calls: dict[str, list[Call]], reference: str) -> None:
    """Contestants that draw their own batches have the reference's mean over replicates, to six deviations.

    Raises
    ------
    ArithmeticError
        Names the contestant and the deviation.
    """
    expected = np.asarray(calls[reference][0]())
    R = expected.shape[1]
    error = expected.std(1) * np.sqrt(2 / R) + 1e-12
    for name, ways in calls.items():
        for call in ways if R > 50 else ():
            z = np.abs((np.asarray(call()) - expected).mean(1) / error).max()
            if not z <= 6:
                raise ArithmeticError(f"{name} is {z:.1f} deviations off; rule: at most 6")


def exponents(costs: list[list[float]]) -> np.ndarray:
    """Slopes of log cost over log size, by least squares; rows hold a size and its costs.

    nan where a cost is not positive, as a difference may be on a busy machine.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        logs = np.log(np.array(costs))
    logs[~np.isfinite(logs)] = np.nan
    return np.polyfit(logs[:, 0], logs[:, 1:], 1)[0]
