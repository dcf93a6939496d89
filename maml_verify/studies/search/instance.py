"""Instances of the search: the tables of a ridge family, a point, a step size and batch sizes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from maml_verify.settings import Setting
from problems import LINKS, Ridge, ridge
from problems.arrays import Array

__all__ = ["SIZES", "TABLES", "WEIGHTS", "Instance", "Space"]

SIZES = ("S", "D", "T", "B", "K", "C_beta", "B_prime", "D_L")
# By what comes first: tasks and terms; tasks and atoms; neither.
TABLES = ("features", "offsets", "coefficients", "linear", "w", "step")
WEIGHTS = ("weights", "probabilities", "support", "query")
# Paths above which an instance is passed over: the search makes thousands of them.
BUDGET = 2000


@dataclass(frozen=True)
class Space:
    """A search space: link, dimension, tasks, atoms, steps N, batch sizes, and the claim's case.

    Attributes
    ----------
    terms : ridge terms a task with features and offsets of their own; 0 for one on each unit axis without
        offset, whose constants have closed forms
    split : the finite-sum case, where the support set is the first atom and the query set the second
    reach : the largest linear term and point
    sizes : batch sizes that are given
    scales : names of the sizes that are searched over; the others are what the conditions say, or 1
    alpha_L : step size times L where it is fixed
    """

    link: str
    d: int
    tasks: int
    steps: int
    atoms: int = 2
    terms: int = 0
    split: bool = False
    pairs: bool = False
    reach: float = 4.0
    sizes: tuple[tuple[str, int], ...] = ()
    scales: tuple[str, ...] = ()
    alpha_L: Fraction | None = None


@dataclass(frozen=True, eq=False)
class Instance:
    """An instance, in float64 or in rationals; the tables are those of `problems.ridge_sums.ridge`.

    Attributes
    ----------
    alpha_L : step size times L;  sizes : those that are not left to the conditions of the statement
    weights : (n,) p(T);  w, step : (d,) point w and u - w
    """

    link: str
    steps: int
    alpha_L: Any
    features: Array
    offsets: Array
    coefficients: Array
    linear: Array
    weights: Array
    probabilities: Array
    support: Array
    query: Array
    w: Array
    step: Array
    sizes: dict[str, Any]

    @property
    def on_axes(self) -> bool:
        """Whether the features are the unit axes and offsets zero, as the closed forms need."""
        K, d = self.features.shape[1:]
        return bool(d == K and (self.features == np.eye(d)).all()) and not self.offsets.any()

    def _tables(self) -> dict[str, Array]:
        return {name: getattr(self, name) for name in (*TABLES[:4], *WEIGHTS[1:])}

    def family(self) -> Ridge:
        """The family as float64 arrays, unchecked: the search makes thousands of them."""
        return Ridge(name="search", link=LINKS[self.link], task_weights=self.weights, **self._tables())

    def exact_family(self) -> Ridge:
        """The family made by `problems.ridge_sums.ridge`, which checks it."""
        return ridge(self.link, task_weights=self.weights, name="search", **self._tables())

    def setting(self, family: Ridge, L: Any, **more: Any) -> Setting:
        """The setting of one point on the family, whose constant L is given."""
        w = self.w[None]
        exact = isinstance(self.alpha_L, Fraction)
        alpha = self.alpha_L / (Fraction(L) if exact else float(L))
        free = frozenset(SIZES) - frozenset(self.sizes)
        options: dict[str, Any] = {"free": free, **self.sizes, **more}
        return Setting(family, alpha, self.steps, w, w + self.step[None], **options)

    def select(self, tasks: list[int], axes: list[int]) -> Instance:
        """The instance on some of its tasks and axes, with p(T) conditioned on them."""
        names = ("features", "offsets", "coefficients", "linear", *WEIGHTS)
        kept = {name: getattr(self, name)[tasks] for name in names}
        kept["weights"] = kept["weights"] / kept["weights"].sum()
        on_axes = self.on_axes
        for name in ("features", "linear"):
            kept[name] = kept[name][..., axes]
        if on_axes:
            kept["features"] = kept["features"][:, axes]
            kept["offsets"], kept["coefficients"] = kept["offsets"][:, axes], kept["coefficients"][..., axes]
        return replace(self, w=self.w[axes], step=self.step[axes], **kept)

    def without_term(self, k: int) -> Instance:
        """The instance without one ridge term of every task."""
        names = {"features": 1, "offsets": 1, "coefficients": 2}
        return replace(
            self, **{name: np.delete(getattr(self, name), k, axis) for name, axis in names.items()}
        )

    def balanced(self) -> Instance:
        """The instance whose linear terms have mean zero where phi alone bounds no other from below."""
        if self.link != "cosine":
            return self
        p, xi = self.probabilities[..., None], self.linear.copy()
        xi[:, -1] = -(p[:, :-1] * xi[:, :-1]).sum(1) / np.where(p[:, -1] == 0, 1, p[:, -1])
        return replace(self, linear=xi)

    def merged(self) -> Instance:
        """The instance with one atom where all atoms are the same."""
        tables = {name: getattr(self, name) for name in ("coefficients", "linear")}
        if not all((table == table[:, :1]).all() for table in tables.values()):
            return self
        one = self.probabilities[:, :1] * 0 + 1
        first = {name: table[:, :1] for name, table in tables.items()}
        return replace(self, **first, probabilities=one, support=one, query=one)
