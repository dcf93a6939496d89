"""Small random rational families, and expectations over them by brute force."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import numpy as np

from maml_verify.arithmetic.domains import lift
from maml_verify.arithmetic.norms import norm, square
from maml_verify.meta_gradients.inner_path import inner_path
from maml_verify.meta_gradients.maml import meta_gradient
from problems.ridge_sums.ridge import Ridge, ridge

ALPHA = Fraction(1, 5)


def fractions(rng: Any, *shape: int, over: int = 4) -> Any:
    """Random multiples of 1/over between -3/2 and 3/2."""
    numbers = [Fraction(int(k), over) for k in rng.integers(-6, 7, int(np.prod(shape)))]
    array = np.empty(len(numbers), dtype=object)
    array[:] = numbers
    return array.reshape(shape)


def small(link: str, n: int = 2, m: int = 2, d: int = 2, K: int = 2, seed: int = 0) -> Ridge:
    """A family with noise in gradient and Hessian, unequal probabilities and tasks that differ."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(1, 5, (3, n, m))
    tables = [[[Fraction(int(k), int(sum(row))) for k in row] for row in rows] for rows in counts]
    return ridge(
        link,
        fractions(rng, n, K, d),
        fractions(rng, n, K),
        fractions(rng, n, m, K),
        fractions(rng, n, m, d),
        probabilities=tables[0],
        support=tables[1],
        query=tables[2],
    )


def in_field(family: Ridge, field: str) -> Ridge:
    return family if field == "float" else family.cast(lambda v: lift(v, field))


def points(family: Ridge, R: int, field: str, seed: int = 1) -> Any:
    """Points (n, R, d) in a field."""
    w = fractions(np.random.default_rng(seed), R, family.d)
    return lift(np.broadcast_to(w, (family.tasks, R, family.d)), field)


def sequences(family: Ridge, size: int) -> tuple[Any, Any]:
    """Every sequence of ``size`` draws: weights (n, m^size, m) and chances (n, m^size)."""
    p = family.probabilities
    weights, chances = [], []
    for draw in itertools.product(range(family.atoms), repeat=size):
        row = p[0] * 0
        chance = p[:, 0] * 0 + 1
        for atom in draw:
            row = row + np.eye(family.atoms, dtype=int)[atom] * (chance[0] * 0 + 1) / size
            chance = chance * p[:, atom]
        weights.append(np.stack([row] * family.tasks))
        chances.append(chance)
    return np.stack(weights, axis=1), np.stack(chances, axis=1)


def every_batch(family: Ridge, sizes: list[int]) -> tuple[list[Any], Any]:
    """All combinations of independent batches: one (n, R', m) array a batch, and chances (n, R')."""
    tables = [sequences(family, size) for size in sizes]
    index = np.indices([t[1].shape[1] for t in tables]).reshape(len(tables), -1)
    chances = 1
    for (_, chance), rows in zip(tables, index, strict=True):
        chances = chances * chance[:, rows]
    return [w[:, rows] for (w, _), rows in zip(tables, index, strict=True)], chances


def brute_force(
    family: Ridge, w: Any, alpha: Any, N: int, S: int, D: int, T: int, reuse: bool = False
) -> dict[str, Any]:
    """Moments over all sequences of samples at one point w (n, 1, d); ``reuse`` takes D_j = S_j."""
    sizes = [S] * N + ([] if reuse else [D] * N) + [T]
    batches, chances = every_batch(family, sizes)
    inner, hessian = batches[:N], batches[:N] if reuse else batches[N : 2 * N]
    replicas = np.repeat(w, chances.shape[1], axis=1)
    path = inner_path(family, replicas, alpha, inner)
    exact = inner_path(family, w, alpha, [family.probabilities[:, None, :]] * N)
    G = meta_gradient(family, path, alpha, hessian, batches[-1])
    gaps = [sampled - true for sampled, true in zip(path, exact, strict=True)]
    return {
        "first": np.stack([(chances * norm(gap)).sum(1) for gap in gaps], axis=-1),
        "second": np.stack([(chances * square(gap)).sum(1) for gap in gaps], axis=-1),
        "mean": (chances[..., None] * G).sum(1),
        "square": (chances * square(G)).sum(1),
    }
