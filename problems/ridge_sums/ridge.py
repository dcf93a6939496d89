"""The ridge family: l_i(w; tau) = sum_k A_i[tau, k] phi(q_ik . w - y_ik) + xi_i[tau] . w."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, final

import numpy as np

from problems.arrays import Array
from problems.family import Family
from problems.names import unknown
from problems.ridge_sums.links import LINKS, Link
from problems.validation import exact_weights, finite_array, probability_vector, uniform_weights

__all__ = ["Ridge", "ridge", "weighted_tasks", "without_idle_tasks"]

_ROLES = ("task_weights", "probabilities", "support", "query")
_TABLES = ("features", "offsets", "coefficients", "linear")


@final
@dataclass(frozen=True, eq=False)
class Ridge(Family):
    """A ridge family; made by `ridge`, which checks its arrays.

    Attributes
    ----------
    features : (n, K, d) q;  offsets : (n, K) y;  coefficients : (n, m, K) A;  linear : (n, m, d) xi
    link : phi, with the ranges of its derivatives
    task_weights, probabilities, support, query : as of every `Family`
    exact : the same family in rationals, or None where this is it
    case : which worst case it is, said by the function that made it; a name says nothing

    Examples
    --------
    >>> from problems import cosine
    >>> family = cosine(d=2, tasks=3, atoms=4, rng=0)
    >>> family.features.shape, family.offsets.shape, family.coefficients.shape, family.linear.shape
    ((3, 2, 2), (3, 2), (3, 4, 2), (3, 4, 2))
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
    exact: Ridge | None = None
    case: str | None = None

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

    def cast(self, convert: Callable[[Any], Any]) -> Ridge:
        """The same family over another kind of number, from exact tables where there are any."""
        source = self.exact or self

        def table(values: Array) -> Array:
            flat = [convert(entry) for entry in values.ravel()]
            result = np.empty(len(flat), dtype=object)
            result[:] = flat
            return result.reshape(values.shape)

        fields = {key: table(getattr(source, key)) for key in _TABLES + _ROLES}
        return replace(self, **fields, exact=None)

    def restrict(self, tasks: Sequence[int]) -> Ridge:
        """The family of the named tasks alone, with p(T) conditioned on them.

        Raises
        ------
        ValueError
            If the tasks have no weight.
        """
        index = list(tasks)
        if not (self.task_weights[index] != 0).any():
            raise ValueError(f"tasks = {index}: no weight; rule: at least one with p(T) > 0")
        source = self.exact.restrict(index) if self.exact else None
        fields = {key: getattr(self, key)[index] for key in (*_TABLES, *_ROLES)}
        fields["task_weights"] = fields["task_weights"] / fields["task_weights"].sum()
        return replace(self, **fields, exact=source)


def weighted_tasks(family: Ridge) -> list[int]:
    """The tasks with p(T) > 0: the others take part in nothing."""
    return [i for i, p in enumerate((family.exact or family).task_weights) if p != 0]


@lru_cache(maxsize=64)
def without_idle_tasks(family: Ridge) -> Ridge:
    """The family without its tasks of weight 0, the same object each time."""
    kept = weighted_tasks(family)
    return family if len(kept) == family.tasks else family.restrict(kept)


def _atoms(coefficients: Any, linear: Any, probabilities: Any) -> int:
    by_atom = (("coefficients", coefficients, 3), ("linear", linear, 3), ("probabilities", probabilities, 2))
    given = next((entry for entry in by_atom if entry[1] is not None), None)
    m = 1 if given is None else finite_array(*given).shape[1]
    if not m:
        raise ValueError("coefficients, linear or probabilities: no atoms; rule: at least one atom")
    return m


def ridge(
    link: str,
    features: Any,
    offsets: Any = None,
    coefficients: Any = None,
    linear: Any = None,
    *,
    probabilities: Any = None,
    support: Any = None,
    query: Any = None,
    task_weights: Any = None,
    name: str | None = None,
) -> Ridge:
    """A ridge family from explicit arrays, with the tasks leading.

    Parameters
    ----------
    link : str
        One of ``problems.ridge_sums.links.LINKS``.
    features : (n, K, d)
        Directions q_ik.
    offsets : (n, K), default 0
    coefficients : (n, m, K), default one atom with ones
        A_i[tau, k].
    linear : (n, m, d), default 0
        Terms xi_i[tau].
    probabilities : (n, m), default uniform
        Law of the atoms.
    support, query : (n, m), default ``probabilities``
        Weights of S_i and T_i.
    task_weights : (n,), default uniform
        p(T).

    name : str, default the link's
        A label, which changes nothing.

    Returns
    -------
    Ridge
        In float64; its ``exact`` is the same in rationals, which are the numbers given.

    Raises
    ------
    TypeError, ValueError
        If an array has the wrong shape, kind or sum; the message names array, value and rule.

    Notes
    -----
    l_i(w; tau) = sum_k A_i[tau, k] phi(q_ik . w - y_ik) + xi_i[tau] . w.  Where lengths scale as s and losses
    as c, features scale as 1/s, offsets not at all, coefficients as c, linear terms as c/s.

    Examples
    --------
    >>> import numpy as np
    >>> from problems import ridge
    >>> family = ridge("quadratic", features=[[[1.0, 0.0], [0.0, 2.0]]], offsets=[[1.0, 0.0]])
    >>> family.tasks, family.atoms, family.d
    (1, 1, 2)
    >>> w = np.array([[[0.0, 1.0]]])
    >>> family.loss(w, family.probabilities[:, None, :]).tolist()
    [[2.5]]
    >>> family.grad(w, family.probabilities[:, None, :]).tolist()
    [[[-1.0, 4.0]]]
    """
    if not isinstance(link, str) or link not in LINKS:
        raise unknown("link", link, LINKS)
    q = finite_array("features", features, 3)
    n, K, d = q.shape
    if not (n and K and d):
        raise ValueError(f"features has shape {q.shape}; rule: at least one task, term and dimension")
    m = _atoms(coefficients, linear, probabilities)
    zero = q.ravel()[0] * 0

    def table(label: str, value: Any, shape: tuple[int, ...], default: Any) -> Array:
        if value is None:
            return np.full(shape, default, dtype=q.dtype)
        array = finite_array(label, value, len(shape))
        if array.shape != shape:
            raise ValueError(f"{label} has shape {array.shape}; rule: {shape}, as features say")
        return array

    def weights(label: str, value: Any, default: Array) -> Array:
        if value is None:
            return default
        table(label, value, (n, m), None)
        return np.array([exact_weights(probability_vector(label, row)) for row in value])

    uniform = np.array([uniform_weights(m)] * n)
    p = weights("probabilities", probabilities, uniform)
    if task_weights is None:
        task_weights = uniform_weights(n)
    p_T = exact_weights(probability_vector("task_weights", task_weights))
    if p_T.shape != (n,):
        raise ValueError(f"task_weights has shape {p_T.shape}; rule: ({n},), one a task")
    source = Ridge(
        name=name or link,
        link=LINKS[link],
        features=q,
        offsets=table("offsets", offsets, (n, K), zero),
        coefficients=table("coefficients", coefficients, (n, m, K), zero + 1),
        linear=table("linear", linear, (n, m, d), zero),
        task_weights=p_T,
        probabilities=p,
        support=weights("support", support, p),
        query=weights("query", query, p),
    )
    fields = {key: getattr(source, key).astype(np.float64, copy=False) for key in (*_TABLES, *_ROLES)}
    return replace(source, **fields, exact=source)
