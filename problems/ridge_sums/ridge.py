"""The ridge family: what `problems.Family` asks of a family, as far as ridge sums can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, final

import numpy as np

from problems.arrays import Array, length
from problems.family import AtomBounds, Case, TermSizes
from problems.known import Known
from problems.names import unknown
from problems.progress import Progress, silent
from problems.ridge_sums.assumptions import assumptions_1_to_3, assumptions_4_to_5
from problems.ridge_sums.at_zero import at_zero
from problems.ridge_sums.links import LINKS, Link
from problems.ridge_sums.sizes import atom_curvature, term_sizes
from problems.ridge_sums.tables import ROLES, TABLES, RidgeTables
from problems.validation import exact_weights, finite_array, probability_vector, uniform_weights

__all__ = ["Ridge", "ridge"]


@final
@dataclass(frozen=True, eq=False)
class Ridge(RidgeTables):
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

    def constants(self, case: Case) -> Known:
        """Constants of Assumptions 1-3 (``resampling``) or 4-5 (``finite-sum``), certified."""
        return self.constants_with(case, silent)

    def constants_with(self, case: Case, progress: Progress) -> Known:
        """`constants`; ``progress`` is called with the parts done and in all."""
        known = {"resampling": assumptions_1_to_3, "finite-sum": assumptions_4_to_5}[case]
        return known(self, progress=progress)

    def over_rationals(self, convert: Callable[[Any], Any]) -> Ridge:
        """The family over exact rationals; a link of irrational values only where its argument is 0."""
        cast = self.cast(convert)
        return replace(cast, link=at_zero(cast.link))

    @property
    def rational(self) -> bool:
        """As the link."""
        return self.link.rational

    @property
    def convex(self) -> bool:
        """Whether phi is convex and no coefficient negative."""
        return self.link.curvature[0] >= 0 and all(a >= 0 for a in self.coefficients.ravel())

    def atom_bounds(self) -> AtomBounds:
        """From the largest curvature of the link, and the most that it changes."""
        return _atom_bounds(self)

    def hessian_spread(self, w: Array) -> Array:
        """Bound on ||Hess l(w; tau) - Hess l(w)|| over the atoms that can be drawn, (n, R)."""
        mask, c = self.probabilities > 0, self.probabilities[:, None, :]
        off = np.abs(self.coefficients - c @ self.coefficients) * mask[..., None]
        curvature = np.abs(self.link.d2phi(self._ridge_terms(w)))
        return (curvature * length(self.features)[:, None] ** 2 @ off.swapaxes(1, 2)).max(-1)

    def term_sizes(self) -> TermSizes:
        """Sums of absolute values over the terms of a loss."""
        return _term_sizes(self)

    def same_paths(self, steps: int) -> Ridge:
        """A family of rational link with the same path distances after at most one step, if there is one.

        The first step differs from the exact one by -alpha sum_tau (c - p)_tau grad l(w; tau): where atoms
        share their coefficients the link cancels, and an equality there can be decided exactly whatever the
        link.
        """
        # Atoms of probability 0 and terms with q = 0 change no gradient.
        shared = all(
            (A[p != 0][:, (q != 0).any(1)] == A[p != 0][:1, (q != 0).any(1)]).all()
            for A, p, q in zip(self.coefficients, self.probabilities, self.features, strict=True)
        )
        if self.rational or steps > 1 or not shared:
            return self
        link = LINKS["quadratic"]
        return replace(self, link=link, exact=self.exact and replace(self.exact, link=link))

    def content(self) -> str:
        """The link and all tables, exact ones too."""
        tables = {name: value for name, value in vars(self).items() if isinstance(value, np.ndarray)}
        told = [(name, v.shape, [str(x) for x in v.ravel().tolist()]) for name, v in tables.items()]
        exact = self.exact.content() if self.exact else ""
        # A link of the user's may have the name of a known one.
        link = "" if LINKS.get(self.link.name) is self.link else _values(self.link)
        return f"{self.link.name}\n{told!r}\n{exact}\n{link}"

    def ridge_tables(self) -> list[dict[str, Any]]:
        """Link and arrays of each task, exact where they are."""
        source = self.exact or self
        names = (*TABLES, *ROLES[1:])
        return [
            {"weight": source.task_weights[i], "link": source.link.name}
            | {name: getattr(source, name)[i] for name in names}
            for i in range(source.tasks)
        ]


@lru_cache(maxsize=256)
def _term_sizes(family: Ridge) -> TermSizes:
    return term_sizes(family)


@lru_cache(maxsize=64)
def _atom_bounds(family: Ridge) -> AtomBounds:
    return atom_curvature(family)


def _values(link: Link) -> str:
    """What a link gives at fixed points, to digits that no change of the machine's rounding touches."""
    t = np.cos(np.arange(48) * 1.7) * np.geomspace(1e-2, 1e2, 48)
    values = np.concatenate([link.phi(t), link.dphi(t), link.d2phi(t)])
    return repr([f"{float(x):.9g}" for x in values])


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
    fields = {key: getattr(source, key).astype(np.float64, copy=False) for key in (*TABLES, *ROLES)}
    return replace(source, **fields, exact=source)
