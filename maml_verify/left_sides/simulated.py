"""Expectations over minibatches by simulation, each with an interval of stated error rate.

The fall-back where the tree of `enumerated` is too large.  The intervals hold at whatever size sampling stops
(`sequential`), those of all entries of one call together with probability at least 1 - delta.  Means over
tasks are those of one replicate with a batch of each task.  Sums are streamed over blocks of replicates:
memory does not grow with their number, and the results depend on the seed, not on the threads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from maml_verify.arithmetic.norms import norm, square
from maml_verify.left_sides.intervals import Estimate
from maml_verify.left_sides.sequential import Norm, Scalar, Stop, sample_until
from maml_verify.meta_gradients.draws import as_generator, sample, spawn
from maml_verify.meta_gradients.inner_path import inner_path
from maml_verify.meta_gradients.maml import estimator
from maml_verify.meta_gradients.roles import Roles, population
from problems.arrays import Array
from problems.family import Family

__all__ = ["simulate_bias", "simulate_path_moment", "simulate_second_moment"]

# Numbers that one block of replicates may hold, 16 MB.
_BLOCK = 2_000_000


def simulate_path_moment(
    family: Family,
    w: Array,
    alpha: Any,
    N: int,
    S: int,
    power: Literal[1, 2],
    *,
    stop: Stop,
    rng: Any,
    bound: Array,
) -> Estimate:
    """E||w_j - w~_j||^power, (n, R, N) over j = 1..N.

    Parameters
    ----------
    w : (n, R, d) float64
    bound : ``SureBounds.path`` (n, R, N + 1)
    """
    generator = as_generator(rng)
    exact = inner_path(family, w, float(alpha), population(family, N).inner)

    def values(points: Array) -> Array:
        inner = [sample(family, S, points.shape[1], generator) for _ in range(N)]
        pairs = zip(inner_path(family, points, float(alpha), inner)[1:], exact[1:], strict=True)
        repeats = points.shape[1] // w.shape[1]
        gaps = [norm(a - np.repeat(b, repeats, axis=1)) for a, b in pairs]
        return np.stack(gaps, axis=-1) ** power

    return sample_until(_leading(values, w), Scalar(bound[..., 1:] ** power), stop, _largest(family, w, N))


def simulate_bias(
    family: Family, w: Array, alpha: Any, N: int, S: int, *, stop: Stop, rng: Any, bound: Array
) -> Estimate:
    """||E G^_i(w) - E grad L_i(w)|| over tasks and batches, (R,).

    Only the paths are simulated: given one, Hessian and outer batches average to the population.  The
    spread that sets the radius is about the exact meta gradient.

    Parameters
    ----------
    w : (n, R, d) float64
    bound : ``SureBounds.mean`` (n, R)
    """
    generator = as_generator(rng)
    roles = population(family, N)
    weights = family.task_weights
    centre = np.tensordot(weights, estimator(family, w, float(alpha), roles), 1)

    def values(points: Array) -> Array:
        inner = [sample(family, S, points.shape[1], generator) for _ in range(N)]
        G = estimator(family, points, float(alpha), roles._replace(inner=inner))
        X = np.tensordot(weights, G, 1)
        gap = X - np.repeat(centre, points.shape[1] // w.shape[1], axis=0)
        return np.concatenate([X, square(gap)[..., None]], axis=-1)[None]

    def draw(replicates: int) -> Array:
        return _leading(values, w)(replicates)[:, 0]

    return sample_until(draw, Norm(centre, weights @ bound), stop, _largest(family, w, N))


def simulate_second_moment(
    family: Family,
    w: Array,
    alpha: Any,
    N: int,
    S: int,
    D: int,
    T: int,
    *,
    stop: Stop,
    rng: Any,
    bound: Array,
) -> Estimate:
    """E||G^_i(w)||^2 over tasks and batches, (R,).

    Parameters
    ----------
    w : (n, R, d) float64
    bound : ``SureBounds.estimator`` (n, R)
    """
    streams = spawn(rng, 3)
    weights = family.task_weights

    def values(points: Array) -> Array:
        R = points.shape[1]
        inner = [sample(family, S, R, streams[0]) for _ in range(N)]
        hessian = [sample(family, D, R, streams[1]) for _ in range(N)]
        outer = sample(family, T, R, streams[2])
        return (weights @ square(estimator(family, points, float(alpha), Roles(inner, hessian, outer))))[None]

    def draw(replicates: int) -> Array:
        return _leading(values, w)(replicates)[:, 0]

    return sample_until(draw, Scalar(weights @ bound**2), stop, _largest(family, w, N))


def _leading(values: Callable[[Array], Array], w: Array) -> Callable[[int], Array]:
    """Replicates of each point, leading: of values (n, R * replicates, ...), (replicates, n, R, ...)."""

    def draw(replicates: int) -> Array:
        found = values(np.repeat(w, replicates, axis=1))
        return np.moveaxis(found.reshape(len(found), w.shape[1], replicates, *found.shape[2:]), 2, 0)

    return draw


def _largest(family: Family, w: Array, N: int) -> int:
    """Replicates of a block."""
    n, R, d = w.shape
    return max(1, _BLOCK // (n * R * (family.atoms + d) * (2 * N + 2)))
