"""Minibatches are drawn by the probabilities: their weights have mean and spread of independent draws.

Tested are the library's own draws or, where a family tells one (`Family.sample`), the user's sampler.
A false alarm has probability at most `FALSE_ALARM` whatever the law of the draws: the intervals are the
empirical Bernstein bound of Maurer and Pontil (COLT 2009, Theorem 4), shared over tasks, atoms and sizes.
"""

from __future__ import annotations

import math
import time

import numpy as np

from maml_verify.checks.laws.subject import Broken, Subject
from maml_verify.meta_gradients.batches import weights_of
from maml_verify.meta_gradients.draws import sample
from problems.arrays import Array

__all__ = ["FALSE_ALARM", "sampler"]

FALSE_ALARM = 1e-9
SIZES = (1, 4)
# Batches of each size, fewer of the library's own draws, and numbers of weights that are held at once.
BATCHES, LIBRARY, BLOCK = 2**18, 2**15, 2**22
# Weights that sum to 1 up to so much.
SUM = 1e-9


def sampler(subject: Subject) -> str:
    """Means and spreads of the weights of atoms against the probabilities."""
    family, rng = subject.family, subject.generator("sampler")
    p = family.probabilities.astype(np.float64)
    own = family.sample(1, 1, rng) is not None
    delta = FALSE_ALARM / (4 * p.size * len(SIZES))
    for size in SIZES:
        count, total, square, spread, fourth = 0, 0.0 * p, 0.0 * p, 0.0 * p, 0.0 * p
        many = BATCHES if own else LIBRARY
        rows = max(1, min(many, BLOCK // p.size))
        while count < many and (count == 0 or time.monotonic() < subject.deadline):
            c = _drawn(subject, size, rows, rng, own)
            off = (c - p[:, None]) ** 2
            count += rows
            total, square = total + c.sum(1), square + (c**2).sum(1)
            spread, fourth = spread + off.sum(1), fourth + (off**2).sum(1)
        mean, radius = _interval(total, square, count, delta)
        _compare(f"mean weight of batches of {size}", mean - p, radius, p, mean, np.abs(mean - p) > radius)
        width, radius = _interval(spread, fourth, count, delta)
        usual = p * (1 - p) / size
        _compare(
            f"spread of weights of batches of {size}",
            width - usual,
            radius,
            usual,
            width,
            width - usual > radius,
        )
    whose = "the family's own sampler" if own else "draws by the probabilities"
    return f"{whose}: {count} batches of {' and '.join(map(str, SIZES))}, false alarm at most {FALSE_ALARM:g}"


def _drawn(subject: Subject, size: int, rows: int, rng: np.random.Generator, own: bool) -> Array:
    family = subject.family
    n, m = family.tasks, family.atoms
    if not own:
        return weights_of(sample(family, size, rows, rng), m)
    c = np.asarray(family.sample(size, rows, rng))
    if c.shape != (n, rows, m):
        raise Broken(f"sample({size}, {rows}, rng) has shape {c.shape}; rule: weights {(n, rows, m)}")
    if (c < 0).any() or (np.abs(c.sum(-1) - 1) > SUM).any():
        i, r = np.argwhere((c < 0).any(-1) | (np.abs(c.sum(-1) - 1) > SUM))[0]
        raise Broken("sample gives weights that are no batch; rule: at least 0, of sum 1", task=i, c=c[i, r])
    return c


def _interval(total: Array, square: Array, count: int, delta: float) -> tuple[Array, Array]:
    """Mean of numbers between 0 and 1, and how far it may be from its expectation."""
    mean = total / count
    variance = np.maximum(square / count - mean**2, 0) * count / (count - 1)
    log = math.log(2 / delta)
    return mean, np.sqrt(2 * variance * log / count) + 7 * log / (3 * (count - 1))


def _compare(what: str, off: Array, radius: Array, wanted: Array, found: Array, wrong: Array) -> None:
    if wrong.any():
        i, k = np.unravel_index(int(np.where(wrong, np.abs(off) / radius, 0).argmax()), off.shape)
        seen = f"atom {k} of task {i} has {found[i, k]:.6g} +- {radius[i, k]:.1g}"
        why = f"{what}: {seen} where the probabilities say {wanted[i, k]:.6g}"
        told = {"found": found[i, k], "interval": radius[i, k], "expected": wanted[i, k]}
        raise Broken(why, task=int(i), atom=int(k), **told)
