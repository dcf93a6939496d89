"""Meta step sizes: constant, scheduled, or 1/(C_beta Lhat) with Lhat of (14) and (22)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from maml_verify.algorithms.task_batches import draw_data, draw_tasks, whole
from maml_verify.arithmetic.norms import norm
from maml_verify.meta_gradients.batches import weights_of
from problems.arrays import Array
from problems.family import Family, checked_family
from problems.validation import count, positive

__all__ = ["Rule", "constant", "estimated", "schedule"]

# Numbers of fresh data held at a time.
_BLOCK = 5_000_000


class Rule(NamedTuple):
    """``size(w, k, rng) -> (beta (R,), per-sample gradients (R,))``, and its description by JSON types."""

    size: Callable[[Array, int, np.random.Generator], tuple[Array, Array]]
    parameters: Mapping[str, Any]


def schedule(beta: Callable[[int], float], name: str = "schedule") -> Rule:
    """beta_k = beta(k), k = 0, 1, ..."""

    def size(w: Array, k: int, rng: np.random.Generator) -> tuple[Array, Array]:
        return np.full(len(w), positive(f"beta({k})", beta(k))), np.zeros(len(w), dtype=np.int64)

    return Rule(size, {"rule": name})


def constant(beta: float) -> Rule:
    """beta_k = beta (scales as s^2/c)."""
    value = float(positive("beta", beta))
    return schedule(lambda k: value, f"constant {value!r}")


def estimated(
    family: Family,
    *,
    smoothness: Callable[[Array], Array],
    C_beta: float,
    B_prime: int | None,
    D_L: int | None = None,
    query: bool = False,
) -> Rule:
    """beta_k = 1/(C_beta Lhat_k), from batches of its own.

    Parameters
    ----------
    smoothness : Lhat as a function of the mean of the norms over B'_k, (14) or (22)
    B_prime : |B'_k|;  D_L : |D_Lk|;  None for p(T) and the population themselves
    query : bool
        Norms of grad l_Ti, as (22) says, instead of grad l_i(.; D_Lk).
    """
    family = checked_family(family)
    C_beta = float(positive("C_beta", C_beta))
    for name, value in (("B_prime", B_prime), ("D_L", D_L)):
        if value is not None:
            count(name, value)
    fresh = D_L is not None and not query
    # Lhat is affine in the mean norm: two values say which constants are in it.
    at_0, at_1 = (float(x) for x in smoothness(np.array([0.0, 1.0])))

    def mean_norms(w: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        tasks = draw_tasks(family, B_prime, len(w), rng, fresh)
        data = whole(family.query) if query else draw_data(family, D_L, tasks.copies.shape[1], rng)
        norms = norm(family.grad(tasks.spread(w), weights_of(data.data, family.atoms)))
        return tasks.mean(norms), tasks.total(tasks.copies * data.samples)

    def size(w: Array, k: int, rng: np.random.Generator) -> tuple[Array, Array]:
        step = max(1, _BLOCK // ((B_prime or 1) * (family.atoms + family.d))) if fresh else len(w)
        parts = [mean_norms(w[r : r + step], rng) for r in range(0, len(w), step)]
        norms, gradients = (np.concatenate(part) for part in zip(*parts, strict=True))
        return 1 / (C_beta * smoothness(norms)), gradients

    given = {"rule": "estimated", "C_beta": C_beta, "B_prime": B_prime, "D_L": D_L}
    return Rule(size, {**given, "Lhat_at_0": at_0, "Lhat_at_1": at_1})
