"""The worst case of a statement: ``search("path-stability", seconds=20)`` maximises lhs/rhs.

Instances are ridge families on unit axes with up to two tasks, axes and atoms, over links, steps, step
sizes, noise, weights and points; expectations are exact.  What is found in float64 is made simple, then
certified with the constants of `problems.constants`: only that last record counts.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from maml_verify.checking import check_setting
from maml_verify.claims import CLAIMS, Claim, find_claim
from maml_verify.record import Record
from maml_verify.searching import constants
from maml_verify.searching.instance import SIZES, Instance, Shape
from maml_verify.searching.optimise import Best, Budget, maximise
from maml_verify.searching.score import BEYOND, is_split, largest_step, ratio
from maml_verify.searching.simplify import as_floats, simplify
from maml_verify.searching.vectors import decode, length, starts
from maml_verify.settings import setting
from maml_verify.witness import witness
from problems.arrays import Array
from problems.validation import count, positive

__all__ = ["Found", "certificate", "search", "shapes"]

LINKS = ("cubic-well", "cosine", "quadratic", "cubic", "logistic")
PLAIN, LARGER = (1, 1, 1, 1), (4, 4, 4, 1)
# Shares of the time: a look at every shape, then the promising ones; the rest is for the certificate.
LOOK, CLIMB = 0.4, 0.45
PROMISING = 4


class Found(NamedTuple):
    """The certified record of the worst instance found, its witness, and the evaluations it took."""

    record: Record
    witness: dict[str, Any] | None
    evaluations: int


@dataclass(frozen=True)
class Slot:
    """A share of the search: one shape from one seed, from a point found before if there is one."""

    claim: str | Claim
    edition: str
    shape: Shape
    alpha_L: float | None
    seed: tuple[int, ...]
    seconds: float
    evaluations: float
    target: float
    vector: Array | None = None


def shapes(claim: Claim, steps: Sequence[int]) -> list[Shape]:
    """The shapes a search looks at, in the order in which it does."""
    sizes = [PLAIN, LARGER] if claim.paths else [PLAIN]
    return [
        Shape(link, d, n, N, size, is_split(claim), claim.pairs)
        for link in LINKS
        for d, n in ((1, 1), (1, 2), (2, 2))
        for N in steps
        for size in sizes
        if size == PLAIN or N <= 2
    ]


def run_slot(slot: Slot) -> Best:
    """Maximise on one shape."""
    claim = find_claim(slot.claim) if isinstance(slot.claim, str) else slot.claim
    largest = largest_step(claim, slot.edition, slot.shape.steps)
    rng = np.random.default_rng(slot.seed)

    def value(vector: Array) -> float:
        return ratio(claim, slot.edition, decode(slot.shape, vector, largest, slot.alpha_L))

    first = [] if slot.vector is None else [slot.vector]
    drawn = [rng.uniform(-1, 1, length(slot.shape)) for _ in range(8)]
    budget = Budget(time.monotonic() + slot.seconds, slot.evaluations, slot.target)
    return maximise(value, [*first, *starts(slot.shape), *drawn], budget, rng)


def search(
    claim: str | Claim,
    edition: str = "printed",
    *,
    seconds: Any = 20,
    rng: int = 0,
    jobs: int | None = None,
    steps: Any = None,
    alpha_L: Any = None,
    evaluations: int | None = None,
    target: float = BEYOND,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Found:
    """The worst case found within a budget; an interruption keeps the best so far.

    Parameters
    ----------
    claim, edition : what to search
    seconds : time, of which the last part goes to simplification and certificate
    rng : seed
    jobs : worker processes, default the number of cores
    steps, alpha_L : N and alpha L, searched over when None
    evaluations : of the ratio, in place of most of the time: then the result depends on the seed alone
    target : ratio at which to stop, default that of a right side that is not positive
    progress : called with shares done and in all

    Raises
    ------
    ValueError
        For a statement that cannot be searched, or where no instance meets the assumptions.
    """
    found = find_claim(claim) if isinstance(claim, str) else claim
    if edition not in found.editions:
        raise ValueError(f"edition = {edition!r}; rule: one of {', '.join(found.editions)}")
    if not found.searched:
        rule = "a statement whose left side is exact and whose step size is free"
        raise ValueError(f"claim = {found.id!r}; rule: {rule}")
    total = float(positive("seconds", seconds))
    start = time.monotonic()
    usual = (1, 2, 4, 6) if found.paths else (1, 2, 3, 5)
    given = tuple(count("steps", N) for N in ([steps] if steps is not None else usual))
    x = None if alpha_L is None else float(positive("alpha_L", alpha_L))
    # A claim that is not in the registry cannot be sent to another process.
    registered = isinstance(claim, str) or any(found is known for known in CLAIMS)
    workers = (jobs or os.cpu_count() or 1) if registered else 1
    name = found.id if registered else found
    places = shapes(found, given)
    best: dict[int, Best] = {}
    spent = 0

    def slots(chosen: Sequence[int], share: float, round_: int) -> list[tuple[int, Slot]]:
        each = total * share * workers / len(chosen)
        quota = float("inf") if evaluations is None else max(evaluations * share / len(chosen), 1)
        clock = each if evaluations is None else float("inf")
        vectors = {k: best[k].vector if k in best else None for k in chosen}
        return [
            (k, Slot(name, edition, places[k], x, (rng, round_, k), clock, quota, target, vectors[k]))
            for k in chosen
        ]

    try:
        for round_, share in ((0, LOOK), (1, CLIMB / 2), (2, CLIMB / 2)):
            order = sorted(best, key=lambda k: (-best[k].value, k))
            chosen = list(range(len(places))) if not round_ else order[: max(PROMISING // round_, workers)]
            work = slots(chosen, share, round_)
            for done, (k, result) in enumerate(_run(work, workers), 1):
                spent += result.evaluations
                if k not in best or result.value > best[k].value:
                    best[k] = result
                progress(round_ * len(places) + done, 2 * len(places))
                if result.interrupted:
                    raise KeyboardInterrupt
                if result.value >= target:
                    break
            if max(result.value for result in best.values()) >= target:
                break
    except KeyboardInterrupt:
        pass
    top = min(best, key=lambda k: (-best[k].value, k), default=None)
    if top is None or best[top].vector is None:
        raise ValueError(f"claim = {found.id!r}, {edition}; rule: a budget in which an instance is found")
    largest = largest_step(found, edition, places[top].steps)
    instance = decode(places[top], np.asarray(best[top].vector), largest, x)
    limit = Budget(time.monotonic() + max(total - (time.monotonic() - start), total / 10))
    simple = simplify(instance, lambda one: ratio(found, edition, _linked(one, x)), limit)
    record, values = certificate(found, edition, simple, alpha_L)
    return Found(replace(record, seconds=time.monotonic() - start), values, spent)


def _linked(instance: Instance, alpha_L: float | None) -> Instance:
    """The instance with the alpha L that was asked for: L may have changed."""
    if alpha_L is None:
        return instance
    kind = constants.finite_sum if instance.shape.split else constants.resampling
    return replace(instance, alpha=alpha_L / kind(as_floats(instance).family()).L)


def certificate(
    claim: Claim, edition: str, instance: Instance, alpha_L: Any = None
) -> tuple[Record, dict[str, Any] | None]:
    """Record and witness of an instance in rationals, every comparison certified."""
    family = instance.exact_family()
    known = claim.known(family)
    alpha = instance.alpha if alpha_L is None else Fraction(alpha_L) / Fraction(known.L.value)
    sizes = dict(zip(SIZES, instance.shape.sizes, strict=True))
    s = setting(
        family, alpha=alpha, steps=instance.shape.steps, w=instance.w, u=instance.w + instance.step, **sizes
    )
    record = check_setting(claim, s, edition, known, certified=True)
    return record, None if record.verdict == "vacuous" else witness(claim, s, record, known)


def _run(work: Sequence[tuple[int, Slot]], workers: int) -> Iterator[tuple[int, Best]]:
    if workers == 1 or len(work) == 1:
        yield from ((k, run_slot(slot)) for k, slot in work)
        return
    pool = ProcessPoolExecutor(workers)
    try:
        futures = {pool.submit(run_slot, slot): k for k, slot in work}
        left = set(futures)
        while left:
            done, left = wait(left, return_when=FIRST_COMPLETED)
            yield from ((futures[future], future.result()) for future in done)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
