"""Expectations over minibatches by simulation, each with an interval of stated error rate.

The fall-back where the tree of `enumerated` is too large.  With a ``bound`` (from `sure_bounds`) the
intervals hold for every number of replicates; with None they are asymptotic, and say so (`intervals`).  The
intervals of all entries that one call returns hold together with probability at least 1 - delta.
Moments are streamed over blocks of replicates: memory does not grow with their number, and the results depend
on the seed, not on the threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from maml_verify.arithmetic.norms import norm, square
from maml_verify.left_sides.intervals import Estimate, VectorEstimate, scalar_interval, share, vector_radius
from maml_verify.meta_gradients.draws import as_generator, sample, spawn
from maml_verify.meta_gradients.inner_path import inner_path
from maml_verify.meta_gradients.maml import estimator
from maml_verify.meta_gradients.roles import Roles, population
from problems.arrays import Array
from problems.family import Family
from problems.progress import Progress, silent
from problems.validation import count

__all__ = ["simulate_mean", "simulate_path_moments", "simulate_second_moment"]

# Numbers that one block of replicates may hold, 16 MB.
_BLOCK = 2_000_000


def simulate_path_moments(
    family: Family,
    w: Array,
    alpha: Any,
    N: int,
    S: int,
    *,
    replicates: int,
    delta: float,
    rng: Any,
    bound: Array | None,
    progress: Progress = silent,
) -> tuple[Estimate, Estimate]:
    """E||w_j - w~_j|| and E||w_j - w~_j||^2, (n, R, N + 1) over j = 0..N.

    Parameters
    ----------
    w : (n, R, d) float64
    bound : ``SureBounds.path`` or None
    """
    generator = as_generator(rng)
    exact = inner_path(family, w, float(alpha), population(family, N).inner)

    def values(R: int, points: Array) -> Array:
        inner = [sample(family, S, R, generator) for _ in range(N)]
        pairs = zip(inner_path(family, points, float(alpha), inner), exact, strict=True)
        repeats = R // w.shape[1]
        gap = np.stack([norm(a - np.repeat(b, repeats, axis=1)) for a, b in pairs], axis=-1)
        return np.stack([gap, gap**2], axis=-1)

    mean, variance = _moments(values, family, w, N, replicates, progress)
    rate = share(delta, 2 * family.tasks * w.shape[1] * max(N, 1))
    powers = [None if bound is None else bound**k for k in (1, 2)]
    first, second = (
        scalar_interval(mean[..., k], variance[..., k], replicates, rate, powers[k]) for k in (0, 1)
    )
    return first, second


def simulate_mean(
    family: Family,
    w: Array,
    alpha: Any,
    N: int,
    S: int,
    *,
    replicates: int,
    delta: float,
    rng: Any,
    bound: Array | None,
    progress: Progress = silent,
) -> VectorEstimate:
    """E[G^_i(w)] for each task, (n, R, d).

    Only the paths are simulated: given one, Hessian and outer batches average to the population.  The
    spread that sets the radius is about the exact meta gradient.

    Parameters
    ----------
    w : (n, R, d) float64
    bound : ``SureBounds.mean`` or None
    """
    generator = as_generator(rng)
    roles = population(family, N)
    centre = estimator(family, w, float(alpha), roles)

    def values(R: int, points: Array) -> Array:
        inner = [sample(family, S, R, generator) for _ in range(N)]
        X = estimator(family, points, float(alpha), roles._replace(inner=inner))
        gap = X - np.repeat(centre, R // w.shape[1], axis=1)
        return np.concatenate([X, square(gap)[..., None]], axis=-1)

    mean, _ = _moments(values, family, w, N, replicates, progress)
    rate = share(delta, family.tasks * w.shape[1])
    radius = vector_radius(mean[..., -1], replicates, rate, bound)
    return VectorEstimate(mean[..., :-1], radius, bound is None)


def simulate_second_moment(
    family: Family,
    w: Array,
    alpha: Any,
    N: int,
    S: int,
    D: int,
    T: int,
    *,
    replicates: int,
    delta: float,
    rng: Any,
    bound: Array | None,
    progress: Progress = silent,
) -> Estimate:
    """E||G^_i(w)||^2 for each task, (n, R).

    Parameters
    ----------
    w : (n, R, d) float64
    bound : ``SureBounds.estimator`` or None
    """
    streams = spawn(rng, 3)

    def values(R: int, points: Array) -> Array:
        inner = [sample(family, S, R, streams[0]) for _ in range(N)]
        hessian = [sample(family, D, R, streams[1]) for _ in range(N)]
        outer = sample(family, T, R, streams[2])
        return square(estimator(family, points, float(alpha), Roles(inner, hessian, outer)))

    mean, variance = _moments(values, family, w, N, replicates, progress)
    rate = share(delta, family.tasks * w.shape[1])
    return scalar_interval(mean, variance, replicates, rate, None if bound is None else bound**2)


def _moments(
    draw: Callable[[int, Array], Array],
    family: Family,
    w: Array,
    N: int,
    replicates: int,
    progress: Progress = silent,
) -> tuple[Array, Array]:
    """Mean and variance over replicates of what ``draw`` gives, merged block by block (Chan et al.)."""
    n, R, d = w.shape
    seen, mean, sum_of_squares = 0, np.zeros(()), np.zeros(())
    numbers = n * R * (family.atoms + d) * (2 * N + 2)
    for block in _sizes(count("replicates", replicates, least=2), numbers):
        values = draw(R * block, np.repeat(w, block, axis=1))
        values = values.reshape(n, R, block, *values.shape[2:])
        centre = values.mean(2)
        gap = centre - mean
        total = seen + block
        sum_of_squares = (
            sum_of_squares + ((values - centre[:, :, None]) ** 2).sum(2) + gap**2 * (seen * block / total)
        )
        mean = mean + gap * (block / total)
        seen = total
        progress(seen, replicates)
    return mean, sum_of_squares / (seen - 1)


def _sizes(replicates: int, numbers: int) -> Iterator[int]:
    step = max(1, _BLOCK // numbers)
    for done in range(0, replicates, step):
        yield min(step, replicates - done)
