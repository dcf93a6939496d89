"""The tables of l_i(w; tau) = sum_k A_i[tau, k] phi(q_ik . w - y_ik) + xi_i[tau] . w, and its verbs."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from problems.arrays import Array
from problems.family import Case, Family, conditioned
from problems.known import Known
from problems.ridge_sums.links import Link

__all__ = ["ROLES", "TABLES", "RidgeTables"]

ROLES = ("task_weights", "probabilities", "support", "query")
TABLES = ("features", "offsets", "coefficients", "linear")


@dataclass(frozen=True, eq=False)
class RidgeTables(Family):
    """The tables, and what is computed with them.

    Attributes
    ----------
    features : (n, K, d) q;  offsets : (n, K) y;  coefficients : (n, m, K) A;  linear : (n, m, d) xi
    case : which worst case it is, said by the function that made it; a name says nothing
    """

    name: str
    link: Link
    features: Array
    offsets: Array
    coefficients: Array
    linear: Array
    task_weights: Array
    probabilities: Array
    support: Array
    query: Array
    exact: Self | None = None
    case: str | None = None

    @abstractmethod
    def constants(self, case: Case) -> Known:
        """Constants of Assumptions 1-3 (``resampling``) or 4-5 (``finite-sum``), certified."""

    @property
    def d(self) -> int:
        """Dimension of the parameter w."""
        return int(self.features.shape[2])

    def _ridge_terms(self, w: Array) -> Array:
        return w @ self.features.swapaxes(1, 2) - self.offsets[:, None, :]

    def loss(self, w: Array, c: Array) -> Array:
        """l_i(w; c), shape (n, R)."""
        values = (c @ self.coefficients) * self.link.phi(self._ridge_terms(w))
        return values.sum(-1) + ((c @ self.linear) * w).sum(-1)

    def grad(self, w: Array, c: Array) -> Array:
        """Gradient of l_i(.; c) at w, shape (n, R, d)."""
        slopes = (c @ self.coefficients) * self.link.dphi(self._ridge_terms(w))
        return slopes @ self.features + c @ self.linear

    def atom_grads(self, w: Array, atoms: Sequence[int]) -> Array:
        """Gradients of the losses of single atoms, (n, R, atoms, d): one evaluation of the link for all."""
        slopes = self.link.dphi(self._ridge_terms(w))
        A, xi = self.coefficients[:, None], self.linear[:, None]
        return np.stack([(slopes * A[:, :, k]) @ self.features + xi[:, :, k] for k in atoms], axis=2)

    def hvp(self, w: Array, v: Array, c: Array) -> Array:
        """Hessian of l_i(.; c) at w times v, shape (n, R, d)."""
        curvature = (c @ self.coefficients) * self.link.d2phi(self._ridge_terms(w))
        return (curvature * (v @ self.features.swapaxes(1, 2))) @ self.features

    def cast(self, convert: Callable[[Any], Any]) -> Self:
        """The same family over another kind of number, from exact tables where there are any."""
        source = self.exact or self

        def table(values: Array) -> Array:
            flat = [convert(entry) for entry in values.ravel()]
            result = np.empty(len(flat), dtype=object)
            result[:] = flat
            return result.reshape(values.shape)

        fields = {key: table(getattr(source, key)) for key in TABLES + ROLES}
        return replace(self, **fields, exact=None)

    def restrict(self, tasks: Sequence[int]) -> Self:
        """The family of the named tasks alone, with p(T) conditioned on them.

        Raises
        ------
        ValueError
            If the tasks have no weight.
        """
        index = list(tasks)
        weights = conditioned(self, index)
        source = self.exact.restrict(index) if self.exact else None
        fields = {key: getattr(self, key)[index] for key in (*TABLES, *ROLES)}
        fields["task_weights"] = weights
        return replace(self, **fields, exact=source)
