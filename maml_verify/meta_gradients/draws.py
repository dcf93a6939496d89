"""The sampling law: a minibatch is ``size`` independent draws of an atom by its probability.

As a weight vector it is counts/size with multinomial counts.  Here are all its outcomes with their
probabilities, and random ones.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from maml_verify.meta_gradients.batches import active_atoms
from problems.arrays import Array
from problems.family import Family
from problems.rationals import rational
from problems.validation import count

__all__ = [
    "as_generator",
    "outcome_count",
    "outcomes",
    "sample",
    "spawn",
]


def as_generator(rng: Any) -> np.random.Generator:
    """A generator from None, an int, a SeedSequence or a Generator (kept as it is)."""
    return np.random.default_rng(rng)


def outcome_count(m: int, S: int) -> int:
    """Number of outcomes of a batch of S draws from m atoms, C(S+m-1, m-1)."""
    return math.comb(count("S", S) + count("m", m) - 1, m - 1)


def _counts(m: int, S: int) -> Array:
    # Stars and bars: m - 1 bars among S + m - 1 places cut the S stars into m counts.
    rows = list(itertools.combinations(range(S + m - 1), m - 1))
    bars = np.array(rows, dtype=int).reshape(len(rows), m - 1)
    ends = np.full((len(rows), 1), S + m - 1)
    return np.diff(bars, axis=1, prepend=np.full_like(ends, -1), append=ends) - 1


def _coefficient(counts: Array) -> int:
    left, result = sum(map(int, counts)), 1
    for c in map(int, counts):
        result *= math.comb(left, c)
        left -= c
    return result


def _float_chances(p: Array, counts: Array, coefficients: Sequence[int]) -> Array:
    """Chances (n, M) in float64; powers of 2 are kept apart, as coefficients overflow from 1030 draws on."""
    shifts = np.array([max(c.bit_length() - 64, 0) for c in coefficients])
    chances = np.array(
        [c >> int(shift) for c, shift in zip(coefficients, shifts, strict=True)], dtype=np.float64
    )[None]
    powers, twos = [np.ones_like(p)], [np.zeros(p.shape, dtype=int)]
    for _ in range(int(counts.max(initial=0))):
        mantissa, exponent = np.frexp(powers[-1] * p)
        powers.append(mantissa)
        twos.append(twos[-1] + exponent)
    table, exponents = np.stack(powers), np.stack(twos)
    for k in range(p.shape[1]):
        chances = chances * table[counts[:, k], :, k].T
        shifts = shifts + exponents[counts[:, k], :, k].T
    return np.ldexp(chances, shifts)


def outcomes(probabilities: Array, size: int) -> tuple[Array, Array]:
    """Every outcome of a minibatch of ``size`` draws, with its probability.

    Parameters
    ----------
    probabilities : (n, m)
        float64, or an object array of Fraction, fmpq or arb.  Atoms that no task can draw do not
        multiply the outcomes, and outcomes that no task can have are left out.

    Returns
    -------
    weights : (n, M, m)
        counts/size, the same for every task, as a read-only view.
    chances : (n, M)
    """
    n, m = probabilities.shape
    size = count("size", size)
    active = active_atoms(probabilities)
    counts = _counts(len(active), size)
    coefficients = [_coefficient(row) for row in counts]
    exact = probabilities.dtype == object
    zero = probabilities.ravel()[0] * 0
    one = zero + 1
    if exact:
        powers = [np.full(probabilities.shape, one, dtype=object)]
        for _ in range(size):
            powers.append(powers[-1] * probabilities)
        table = np.stack(powers)[:, :, active]  # (size + 1, n, active atoms)
        chances = np.array(coefficients, dtype=object)[None, :]
        for k in range(len(active)):
            chances = chances * table[counts[:, k], :, k].T
    else:
        chances = _float_chances(probabilities[:, active], counts, coefficients)
    possible = np.array([any(q != 0 for q in column) for column in chances.T])
    shares = np.array([one * s / size for s in range(size + 1)], dtype=probabilities.dtype)
    weights = np.full((int(possible.sum()), m), zero, dtype=probabilities.dtype)
    weights[:, active] = shares[counts[possible]]
    return np.broadcast_to(weights, (n, *weights.shape)), chances[:, possible]


def sample(family: Family, size: int, replicates: int, rng: Any = None) -> Array:
    """Random minibatches, independent over tasks and replicates, in the form that is cheapest to draw.

    The counts of the atoms are multinomial with the task's probabilities.

    Returns
    -------
    (n, replicates, size) integers, or (n, replicates, m) float64
        The atoms drawn, or, for more than 8 m draws, weights; `weights_of` makes weights of either.
    """
    n, R, size = family.tasks, count("replicates", replicates), count("size", size)
    generator = as_generator(rng)
    if size > 8 * family.atoms:
        p = family.probabilities.astype(np.float64)
        return generator.multinomial(size, p[:, None, :], size=(n, R)) / size
    tickets = _tickets(family)
    if tickets is None:
        p = family.probabilities.astype(np.float64)
        return np.stack([_by_inverse(row, generator.random((R, size))) for row in p])
    drawn = generator.integers(0, tickets.shape[1], (n, R, size), dtype=np.uint16)
    if len(tickets) == 1:
        return tickets[0].take(drawn)
    return np.stack([row.take(tasks) for row, tasks in zip(tickets, drawn, strict=True)])


@lru_cache(maxsize=64)
def _tickets(family: Family) -> Array | None:
    """A table (n, M), or (1, M) for all tasks, of which a uniform draw is an atom of exactly the right law.

    None where the probabilities, as the rationals they are, need a table beyond 2^16.
    """
    p = family.exact or family
    exact = [[rational(value) for value in row] for row in p.probabilities]
    M = math.lcm(*(int(value.q) for row in exact for value in row))
    if M > 2**16 - 1:
        return None
    rows = [np.repeat(np.arange(len(row)), [int(value * M) for value in row]) for row in exact]
    return np.stack(rows[:1] if all((row == rows[0]).all() for row in rows) else rows)


def _by_inverse(p: Array, u: Array) -> Array:
    """Atoms by the inverse of the distribution function, those with p > 0 alone."""
    possible = np.flatnonzero(p)
    return possible[np.searchsorted(np.cumsum(p[possible])[:-1], u, side="right")]


def spawn(rng: Any, streams: int) -> list[np.random.Generator]:
    """Independent generators, one for each role, so that no role's draws depend on another's."""
    return as_generator(rng).spawn(streams)
