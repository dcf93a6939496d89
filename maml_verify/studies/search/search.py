"""The worst case of a statement: ``search("path-stability", seconds=20)`` maximises lhs/rhs.

Instances are ridge families with up to three tasks, dimensions and atoms, over links, features, offsets,
steps, step sizes, noise, weights, points and batch sizes; expectations are exact.  What is found in float64
is made simple, then certified with the constants of its family: only that last record counts.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

from maml_verify.checks.check import check_setting
from maml_verify.checks.witness import witness
from maml_verify.claims import CLAIMS, Claim, find_claim
from maml_verify.execution.workers import WorkerLost, each
from maml_verify.record import Record
from maml_verify.settings import setting
from maml_verify.studies.search.admissible import admissible_steps
from maml_verify.studies.search.encoding import decode, length, starts
from maml_verify.studies.search.instance import Instance, Space
from maml_verify.studies.search.objective import BEYOND, largest_step, ratio
from maml_verify.studies.search.optimise import OPTIMISERS, Best, Budget, maximise
from maml_verify.studies.search.simplify import simplify
from maml_verify.studies.search.spaces import fixed_step, spaces
from problems.arrays import Array
from problems.names import unknown
from problems.progress import Progress, silent
from problems.validation import count, positive

__all__ = ["Found", "certificate", "search"]

# Shares of the time, and for how many spaces: first the starting points of all, as far as that comes, then
# the promising ones; the rest is for the certificate.
ROUNDS = ((0.35, None), (0.3, 6), (0.2, 2))
# Worst cases that are tried until one is decided, and runs of an estimate, more where few decide nothing.
CANDIDATES, RUNS = 4, (200, 20_000)


class Found(NamedTuple):
    """What a search found.

    Attributes
    ----------
    record, witness : of the worst instance, certified
    evaluations : of the ratio that it took
    interrupted : whether Ctrl-C ended it early
    fault : the error that ended it early, if one did: a killed worker, or no memory left
    """

    record: Record
    witness: dict[str, Any] | None
    evaluations: int
    interrupted: bool = False
    fault: WorkerLost | MemoryError | None = None


@dataclass(frozen=True)
class Attempt:
    """A share of the search: one space from one seed, from a point found before if there is one."""

    claim: str | Claim
    edition: str
    space: Space
    seed: tuple[int, ...]
    deadline: float
    evaluations: float
    target: float
    optimiser: str
    vector: Array | None = None


def run_attempt(attempt: Attempt) -> Best:
    """Maximise on one space; from starting points alone where no point is known yet."""
    claim = find_claim(attempt.claim) if isinstance(attempt.claim, str) else attempt.claim
    largest = largest_step(claim, attempt.edition, attempt.space.steps)
    rng = np.random.default_rng(attempt.seed)

    def value(vector: Array) -> float:
        return ratio(claim, attempt.edition, decode(attempt.space, vector, largest))

    points, evaluations = starts(attempt.space), attempt.evaluations
    if attempt.vector is None:
        evaluations = min(evaluations, len(points))
    else:
        drawn = [rng.uniform(-1, 1, length(attempt.space)) for _ in range(8)]
        points = [attempt.vector, *points, *drawn]
    budget = Budget(attempt.deadline, evaluations, attempt.target)
    return maximise(value, points, budget, rng, attempt.optimiser)


def search(
    claim: str | Claim,
    edition: str | None = None,
    *,
    seconds: Any = 20,
    rng: int = 0,
    jobs: int | None = None,
    steps: Any = None,
    alpha_L: Any = None,
    evaluations: int | None = None,
    target: float = BEYOND,
    optimiser: str = "evolution",
    progress: Progress = silent,
) -> Found:
    """The worst case found within a budget; an interruption or a lost worker keeps the best so far.

    Parameters
    ----------
    claim : str or Claim
        Statement id, or a claim.
    edition : str, optional
        Which edition of the bound; default: as printed, or, of another paper, as reported.
    seconds : time in seconds, of which the last part goes to simplification and certificate
    rng : seed
    jobs : worker processes, default the number of cores
    steps, alpha_L : N and alpha L, searched over when None
    evaluations : of the ratio, in place of most of the time: then the result depends on the seed alone
    target : ratio at which to stop, default that of a right side that is not positive
    optimiser : ``evolution`` (differential evolution) or ``cma`` (CMA-ES, of the package cma)
    progress : called with shares done and in all

    Returns
    -------
    Found
        Its ``record`` is of the worst case, certified; its ``witness`` is that case, to be stored.

    Raises
    ------
    ValueError
        Where no instance meets the assumptions, or the optimiser's package is not installed; for other
        arguments named with value and rule.

    Examples
    --------
    >>> from maml_verify import search
    >>> found = search("path-stability", seconds=0.1, evaluations=200, jobs=1, steps=1)
    >>> found.record.verdict, round(found.record.ratio, 6)
    ('holds', 1.0)
    """
    found = find_claim(claim) if isinstance(claim, str) else claim
    edition = found.usual if edition is None else edition
    _choices(found, edition, optimiser)
    seconds = float(positive("seconds", seconds))
    evaluations = evaluations if evaluations is None else count("evaluations", evaluations)
    given = (
        admissible_steps(found, edition, _usual_steps(found)) if steps is None else (count("steps", steps),)
    )
    x = None if alpha_L is None else Fraction(positive("alpha_L", alpha_L))
    workers = count("jobs", os.cpu_count() or 1 if jobs is None else jobs)
    if workers > 1:
        # The time is for the search: processes that start take a second of their own.
        deque(each(_ready, [(k,) for k in range(workers)], workers), maxlen=0)
    limits = Limits(time.monotonic(), seconds, evaluations, target, optimiser, rng)
    fixed = [replace(one, alpha_L=x or fixed_step(found, edition, one.steps)) for one in spaces(found, given)]
    # One of the paper's is known to every process; any other goes there by value.
    climb = Climb(
        found.id if any(found is known for known in CLAIMS) else found, edition, fixed, limits, workers, {}
    )
    ended: KeyboardInterrupt | WorkerLost | MemoryError | None = None
    try:
        climb.run(progress)
    except (KeyboardInterrupt, WorkerLost, MemoryError) as error:
        if not climb.ranked():
            raise
        ended = error
    record, values = _worst(found, edition, climb)
    fault = None if isinstance(ended, KeyboardInterrupt) else ended
    return Found(record, values, climb.evaluations, isinstance(ended, KeyboardInterrupt), fault)


def _usual_steps(claim: Claim) -> tuple[int, ...]:
    if claim.steps is not None:
        return claim.steps
    return (1, 2, 4, 8) if claim.paths else (1, 2, 5) if claim.enclosed else (1, 2, 3, 5, 8)


def _choices(claim: Claim, edition: str, optimiser: str) -> None:
    if edition not in claim.editions:
        raise unknown("edition", edition, claim.editions)
    if optimiser not in OPTIMISERS:
        raise unknown("optimiser", optimiser, OPTIMISERS)
    if optimiser == "cma" and find_spec("cma") is None:
        raise ValueError("optimiser = 'cma'; rule: its package is installed, as the extra cma does")


class Limits(NamedTuple):
    """What a search may take: seconds from the start on, or evaluations in their place; and its seed."""

    start: float
    seconds: float
    evaluations: int | None
    target: float
    optimiser: str
    rng: int


@dataclass
class Climb:
    """The rounds of a search, and the best vector of each space so far."""

    claim: str | Claim
    edition: str
    spaces: list[Space]
    limits: Limits
    workers: int
    best: dict[int, Best]
    evaluations: int = 0

    def ranked(self) -> list[int]:
        """The spaces in which an instance was found, the best first."""
        order = sorted(self.best, key=lambda k: (-self.best[k].value, k))
        return [k for k in order if self.best[k].vector is not None]

    def run(self, progress: Callable[[int, int], None]) -> None:
        """All rounds, or until the target is reached."""
        done, target = 0, self.limits.target
        total = len(self.spaces) + sum(max(many, self.workers) for _, many in ROUNDS[1:] if many)
        for round_, (_, promising) in enumerate(ROUNDS):
            every = list(range(len(self.spaces)))
            chosen = every if promising is None else self.ranked()[: max(promising, self.workers)]
            if not chosen:
                return
            for k, result in each(_numbered, list(self.attempts(chosen, round_)), self.workers):
                self.evaluations, done = self.evaluations + result.evaluations, done + 1
                if k not in self.best or result.value > self.best[k].value:
                    self.best[k] = result
                progress(done, total)
                if result.interrupted:
                    raise KeyboardInterrupt
                if result.value >= target:
                    break
            if max(result.value for result in self.best.values()) >= target:
                return

    def attempts(self, chosen: Sequence[int], round_: int) -> Iterator[tuple[int, Attempt]]:
        """The shares of a round, of time or of evaluations."""
        limits, share = self.limits, ROUNDS[round_][0]
        until = limits.start + limits.seconds * sum(share for share, _ in ROUNDS[: round_ + 1])
        left = float("inf") if limits.evaluations is None else limits.evaluations * share
        each = left / len(chosen)
        turns = -(-len(chosen) // self.workers)
        for turn, k in enumerate(chosen):
            space = self.spaces[k]
            quota = max(each, 1) if round_ else min(left, len(starts(space)))
            if quota < 1:
                break
            left -= quota
            now = time.monotonic()
            # The first round ends when its time does; in later rounds each attempt has its share of the time.
            clock = until if not round_ else now + (until - now) * (turn // self.workers + 1) / turns
            clock = clock if limits.evaluations is None else float("inf")
            vector = self.best[k].vector if k in self.best else None
            ends = (clock, quota, limits.target, limits.optimiser, vector)
            yield k, Attempt(self.claim, self.edition, space, (limits.rng, round_, k), *ends)


def _worst(claim: Claim, edition: str, climb: Climb) -> tuple[Record, dict[str, Any] | None]:
    """Record and witness of the worst instances found, made simple: the first that is decided."""
    ranked, limits = climb.ranked(), climb.limits
    if not ranked:
        raise ValueError(f"claim = {claim.id!r}, {edition}; rule: a budget in which an instance is found")
    if climb.best[ranked[0]].value > 1:
        ranked = [k for k in ranked if climb.best[k].value > 1]
    results = []
    for k in ranked[:CANDIDATES]:
        space = climb.spaces[k]
        largest = largest_step(claim, edition, space.steps)
        instance = decode(space, np.asarray(climb.best[k].vector), largest)
        left = limits.seconds - (time.monotonic() - limits.start)
        limit = Budget(time.monotonic() + max(left, limits.seconds / 10) / 2)
        simple = simplify(instance, lambda one: ratio(claim, edition, one), limit, space.alpha_L is not None)
        results.append(certificate(claim, edition, simple))
        if not _doubt(results[-1][0])[0]:
            break
    record, values = min(results, key=lambda pair: _doubt(pair[0]))
    return replace(record, seconds=time.monotonic() - limits.start), values


def _doubt(record: Record) -> tuple[bool, int]:
    """Sort key: what is certified comes first, then what is estimated, undecided, vacuous."""
    rank = ("violated", "holds", "undecided", "vacuous").index(record.verdict)
    return rank > 1 or record.decided_by == "float", rank


def certificate(claim: Claim, edition: str, instance: Instance) -> tuple[Record, dict[str, Any] | None]:
    """Record and witness of an instance in rationals, every comparison certified."""
    family = instance.exact_family()
    known = claim.known(family)
    alpha = Fraction(instance.alpha_L) / Fraction(known.L.value)
    point = {"w": instance.w, "u": instance.w + instance.step}
    for runs in RUNS if "runs" in claim.parameters else RUNS[:1]:
        s = setting(family, alpha=alpha, steps=instance.steps, runs=runs, **point, **instance.sizes)
        record = check_setting(claim, s, edition, known, certified=True)
        if record.verdict != "undecided":
            break
    return record, None if record.verdict == "vacuous" else witness(claim, s, record, known)


def _ready(k: int) -> None:
    """What a worker imports for this, it has imported for all."""


def _numbered(k: int, attempt: Attempt) -> tuple[int, Best]:
    return k, run_attempt(attempt)
