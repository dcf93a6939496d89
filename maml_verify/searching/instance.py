"""Instances of the search: a few named numbers that make a ridge family and a setting on it.

Features are the unit axes and offsets zero, which costs no generality a search would use: a translation
moves shared offsets to the points, and scaling w or the losses moves the ratio of no statement.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from maml_verify.settings import Setting
from problems import LINKS, Ridge, ridge
from problems.arrays import Array

__all__ = ["Instance", "Shape"]

BOUNDED = ("cosine", "logistic")
SIZES = ("S", "D", "T", "B")


@dataclass(frozen=True)
class Shape:
    """What a start fixes: link, dimension, tasks, steps N, batch sizes, and which case the claim is of.

    In the finite-sum case (``split``) the support set is the first atom and the query set the second.
    """

    link: str
    d: int
    tasks: int
    steps: int
    sizes: tuple[int, int, int, int] = (1, 1, 1, 1)
    split: bool = False
    pairs: bool = False


@dataclass(frozen=True, eq=False)
class Instance:
    """An instance, in float64 or in rationals.

    Attributes
    ----------
    alpha : step size;  a : (n, d) mean coefficients;  da : (n, d) their relative difference by atom
    mu, nu : (n, d) mean linear terms and their difference by atom (`logistic`: labels of the two roles)
    p : probability of the first atom;  weights : (n,) p(T);  w, step : (d,) point w and u - w
    """

    shape: Shape
    alpha: Any
    a: Array
    da: Array
    mu: Array
    nu: Array
    p: Any
    weights: Array
    w: Array
    step: Array

    def tables(self) -> dict[str, Array]:
        """Coefficients, linear terms and weights of the two atoms (one where they are the same)."""
        link, split = self.shape.link, self.shape.split
        first, second = (self.da, -self.da) if split else (self.da * (1 - self.p), -self.da * self.p)
        A = np.stack([self.a * (1 + first), self.a * (1 + second)], axis=1)
        if link == "logistic" and split:
            xi = -np.stack([self.mu, self.nu], axis=1) * A
        else:
            noise = [self.nu, -self.nu] if split else [self.nu * (1 - self.p), -self.nu * self.p]
            mean = -self.mu * self.a if link == "logistic" else self.mu
            xi = np.stack([mean + noise[0], mean + noise[1]], axis=1)
        n = len(self.a)
        one, zero = self.p * 0 + 1, self.p * 0
        same = bool((A[:, 0] == A[:, 1]).all() and (xi[:, 0] == xi[:, 1]).all())
        if same:
            A, xi, p = A[:, :1], xi[:, :1], [one]
            S = T = p
        else:
            p, S, T = [self.p, 1 - self.p], [one, zero], [zero, one]
        rows = {"probabilities": p, "support": S if split else p, "query": T if split else p}
        return {"coefficients": A, "linear": xi} | {k: np.array([v] * n) for k, v in rows.items()}

    def family(self) -> Ridge:
        """The family as float64 arrays, unchecked: the search makes thousands a second."""
        n, d = self.a.shape
        return Ridge(
            name="search",
            link=LINKS[self.shape.link],
            features=np.broadcast_to(np.eye(d), (n, d, d)),
            offsets=np.zeros((n, d)),
            task_weights=self.weights,
            **self.tables(),
        )

    def exact_family(self) -> Ridge:
        """The family made by `problems.ridge`, which checks it."""
        n, d = self.a.shape
        features = np.array([[[Fraction(int(k == j)) for j in range(d)] for k in range(d)]] * n, dtype=object)
        tables = self.tables()
        return ridge(self.shape.link, features, task_weights=self.weights, name="search", **tables)

    def setting(self, family: Ridge, **more: Any) -> Setting:
        """The setting of one point on the family."""
        w = self.w[None]
        sizes: dict[str, Any] = dict(zip(SIZES, self.shape.sizes, strict=True))
        free = frozenset(("K", "C_beta", "B_prime", "D_L"))
        return Setting(
            family, self.alpha, self.shape.steps, w, w + self.step[None], free=free, **sizes, **more
        )

    def select(self, tasks: list[int], axes: list[int]) -> Instance:
        """The instance on some of its tasks and axes, with p(T) conditioned on them."""
        grid = np.ix_(tasks, axes)
        tables = {name: getattr(self, name)[grid] for name in ("a", "da", "mu", "nu")}
        points = {name: getattr(self, name)[axes] for name in ("w", "step")}
        weights = self.weights[tasks] / self.weights[tasks].sum()
        shape = replace(self.shape, tasks=len(tasks), d=len(axes))
        return replace(self, shape=shape, weights=weights, **tables, **points)
