"""Named ridge families: one constructor a link, with rational data so that exact arithmetic works.

The features are shared by all tasks, so that tasks differ by bounded gradients only (finite sigma);
the support set is the first half of the atoms and the query set the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from problems.arrays import Array
from problems.names import unknown
from problems.ridge_sums.links import LINKS
from problems.ridge_sums.ridge import Ridge, ridge
from problems.validation import count, nonnegative_fraction, positive_fraction

__all__ = [
    "COLUMNS",
    "FAMILIES",
    "cosine",
    "cubic",
    "cubic_well",
    "huber",
    "logistic",
    "plateau",
    "quadratic",
]

# Links whose phi' is bounded.
BOUNDED = ("logistic", "cosine", "huber")
KINDS = ("additive", "hessian", "sampled")
FEATURES = ("axes", "random")


def _grid(rng: np.random.Generator, shape: tuple[int, ...], size: int = 8, per: int = 8) -> Array:
    """Uniform multiples of 1/per with absolute value at most size/per, as Fractions."""
    numerators = rng.integers(-size, size, shape, endpoint=True)
    return np.frompyfunc(lambda p: Fraction(int(p), per), 1, 1)(numerators)


def _rows(rng: np.random.Generator, kind: str, K: int, d: int, scale: Fraction) -> Array:
    """K rows: axes of lengths from scale down to about scale/2, or random rows of full rank."""
    if kind == "axes":
        q = np.full((K, d), Fraction(0), dtype=object)
        for k in range(K):
            q[k, k % d] = scale * Fraction(2 * d - k % d, 2 * d)
        return q
    while True:
        rounded = np.rint(rng.standard_normal((K, d)) * 64 / np.sqrt(d)).astype(int)
        if np.linalg.matrix_rank(rounded) == min(K, d):
            return np.frompyfunc(lambda p: scale * Fraction(int(p), 64), 1, 1)(rounded)


def _combine(a: Array, q: Array) -> Array:
    """a @ q, without the products with zeros of which axes are full."""
    result = np.full((*a.shape[:-1], q.shape[1]), Fraction(0), dtype=object)
    for k, j in zip(*np.nonzero(q), strict=True):
        result[..., j] += a[..., k] * q[k, j]
    return result


def _balance(table: Array, half: int) -> Array:
    """Each half of the atoms (axis 1) centred at its own mean."""
    halves = [part for part in (table[:, :half], table[:, half:]) if part.shape[1]]
    return np.concatenate([part - part.sum(1, keepdims=True) / part.shape[1] for part in halves], 1)


def _opposed(tasks: int, atoms: int, half: int) -> Array:
    """+1 on the first half of the atoms, the negative on the second that makes the mean zero."""
    if not half:
        return np.full((tasks, atoms, 1), Fraction(0), dtype=object)
    row = [Fraction(1)] * half + [-Fraction(half, atoms - half)] * (atoms - half)
    return np.array([row] * tasks, dtype=object)[..., None]


def _choice(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise unknown(name, value, allowed)
    return value


def _choices(link: str, features: str, noise_kind: str) -> None:
    _choice("features", features, FEATURES)
    _choice("noise_kind", noise_kind, KINDS)
    if (link, noise_kind) == ("quadratic", "hessian"):
        raise ValueError(
            "noise_kind = 'hessian'; rule: not for quadratic, whose sigma_g is infinite as soon as "
            "atoms differ in their Hessians ('sampled' makes such a family)"
        )


def _two_terms(q: Array, y: Array, A: Array, eta: Array) -> tuple[Array, Array, Array]:
    """Opposite noise on two terms of one direction: the Hessians differ, yet not at infinity."""
    q, y = np.concatenate([q, q]), np.concatenate([y, y + 1], axis=1)
    return q, y, np.concatenate([A / 2 + eta, A / 2 - eta], axis=2)


def _tilt(rng: np.random.Generator, link: str, tasks: int, terms: int, noise: Fraction) -> Array:
    """By how much support and query set pull apart along each row: where phi' is bounded, so little that it
    can meet them.
    """
    tilt = _grid(rng, (tasks, 1, terms), 1) + Fraction(1, 4)
    return tilt * (min(noise, Fraction(1)) if link in BOUNDED else noise)


def _halves(uniform: Array, half: int) -> tuple[Array, Array]:
    """Weights of a support set, the first half of the atoms, and of a query set, the second."""
    if not half:
        return uniform, uniform
    support, query = uniform * 0, uniform * 0
    support[:, :half], query[:, half:] = Fraction(1, half), Fraction(1, uniform.shape[1] - half)
    return support, query


def _family(
    link: str,
    d: int,
    tasks: int,
    atoms: int,
    *,
    scale: Any = 1,
    noise: Any = 1,
    spread: Any = 1,
    rng: Any = None,
    features: str = "axes",
    noise_kind: str = "additive",
    task_weights: Any = None,
    name: str | None = None,
) -> Ridge:
    d, n, m = count("d", d), count("tasks", tasks), count("atoms", atoms)
    scale = positive_fraction("scale", scale)
    noise, spread = nonnegative_fraction("noise", noise), nonnegative_fraction("spread", spread)
    _choices(link, features, noise_kind)
    rng = np.random.default_rng(rng)
    half = m // 2
    K = m if noise_kind == "sampled" else d
    q = _rows(rng, features, K, d, scale)
    y = _grid(rng, (1, K)) + spread * _grid(rng, (n, K))
    A = np.full((n, m, K), Fraction(1), dtype=object)
    xi = np.full((n, m, d), Fraction(0), dtype=object)
    opposed = _opposed(n, m, half)
    if noise_kind == "sampled":
        A[:, ~np.eye(m, dtype=bool)] = Fraction(0)
    elif noise_kind == "hessian":
        eta = _grid(rng, (n, m, K), 1) + opposed * Fraction(1, 4)
        eta = min(noise, Fraction(1)) * (eta - eta.sum(1, keepdims=True) / m)
        q, y, A = (q, y, A + eta) if link in BOUNDED else _two_terms(q, y, A, eta)
    elif noise_kind == "additive":
        xi = noise * _balance(_grid(rng, (n, m, d)), half)
        if link != "cosine":
            xi = xi + _combine(opposed * _tilt(rng, link, n, K, noise), q)
    if link == "logistic":
        # log(1 + e^t) - theta t with theta in [0, 1] is bounded below.
        xi = xi - _combine(A * _labels(rng, (n, m, K), noise_kind == "sampled"), q)
    elif link not in BOUNDED and noise_kind != "sampled":
        xi = xi + spread * _grid(rng, (n, 1, d))
    uniform = np.full((n, m), Fraction(1, m), dtype=object)
    support, query = _halves(uniform, half)
    usual = "hessian" if link == "cosine" else "additive"
    parts = [link] + [noise_kind] * (noise_kind != usual) + [features] * (features != "axes")
    return ridge(
        link,
        np.broadcast_to(q, (n, *q.shape)),
        y,
        A,
        xi,
        probabilities=uniform,
        support=support,
        query=query,
        task_weights=task_weights,
        name=name or "-".join(parts),
    )


def _labels(rng: np.random.Generator, shape: tuple[int, int, int], drawn: bool) -> Array:
    """1/2, or for each task and term 0 or 1."""
    if not drawn:
        return np.full(shape, Fraction(1, 2), dtype=object)
    labels = rng.integers(0, 2, (shape[0], 1, shape[2]))
    return np.broadcast_to(np.frompyfunc(lambda p: Fraction(int(p)), 1, 1)(labels), shape)


def quadratic(d: int = 2, tasks: int = 3, atoms: int = 4, **options: Any) -> Ridge:
    """Least squares: phi(t) = t^2/2; constant Hessians, rho = 0.

    Parameters
    ----------
    d, tasks, atoms : int
        Dimension of w, number of tasks, number of atoms a task.
    scale : number > 0, default 1
        Length of the longest row; with axes L = scale^2 sup abs(phi'').
    noise : number >= 0, default 1
        Size of what differs by atom.
    spread : number >= 0, default 1
        Size of what differs by task (offsets, linear terms).
    features : ``"axes"`` (orthogonal rows) or ``"random"``
    noise_kind : str, default ``"additive"`` (``"hessian"`` for `cosine`)
        ``"additive"``: linear terms differ by atom, sigma_H = 0.  ``"hessian"``: coefficients do, with
        sigma_g and sigma_H finite (not for `quadratic`).  ``"sampled"``: one ridge term an atom.
    task_weights : (tasks,), default uniform
        p(T).
    rng : None, int, SeedSequence or Generator
    name : str, default the link and what is not the default

    Returns
    -------
    Ridge
        Its data are rationals, so that the link allows exact arithmetic.

    Raises
    ------
    TypeError, ValueError
        Naming the option, its value and the rule.

    Examples
    --------
    >>> from problems import quadratic, resampling_constants
    >>> family = quadratic(d=3, tasks=2, atoms=4, scale=2, rng=0)
    >>> family.d, family.tasks, family.atoms
    (3, 2, 4)
    >>> print(resampling_constants(family).L.value)
    4
    """
    return _family("quadratic", d, tasks, atoms, **options)


def logistic(d: int = 2, tasks: int = 3, atoms: int = 4, **options: Any) -> Ridge:
    """Logistic losses log(1 + e^t) - theta t with theta in (0, 1).

    Parameters
    ----------
    d, tasks, atoms, options : as for `quadratic`

    Returns
    -------
    Ridge

    Raises
    ------
    TypeError, ValueError
        Naming the option, its value and the rule.

    Examples
    --------
    >>> from problems import logistic, resampling_constants
    >>> known = resampling_constants(logistic(rng=0))
    >>> print(known.L.value, known.rho.flag)
    1/4 exact
    """
    return _family("logistic", d, tasks, atoms, **options)


def cosine(d: int = 2, tasks: int = 3, atoms: int = 4, **options: Any) -> Ridge:
    """Bounded, non-convex: phi(t) = 1 - cos t.

    A linear term would make it unbounded below, so additive noise has mean zero on the support and on the
    query set: then b_i = 0.

    Parameters
    ----------
    d, tasks, atoms, options : as for `quadratic`

    Returns
    -------
    Ridge

    Raises
    ------
    TypeError, ValueError
        Naming the option, its value and the rule.

    Examples
    --------
    >>> from problems import cosine, resampling_constants
    >>> known = resampling_constants(cosine(rng=0))
    >>> print(known.L.value, known.rho.flag)
    1 exact
    """
    return _family("cosine", d, tasks, atoms, **({"noise_kind": "hessian"} | options))


def cubic(d: int = 2, tasks: int = 3, atoms: int = 4, **options: Any) -> Ridge:
    """Convex, piecewise cubic, phi'' = min(abs(t), 1).

    Parameters
    ----------
    d, tasks, atoms, options : as for `quadratic`

    Returns
    -------
    Ridge

    Raises
    ------
    TypeError, ValueError
        Naming the option, its value and the rule.

    Examples
    --------
    >>> from problems import cubic, resampling_constants
    >>> known = resampling_constants(cubic(rng=0))
    >>> print(known.L.value, known.rho.flag)
    1 exact
    """
    return _family("cubic", d, tasks, atoms, **options)


def cubic_well(d: int = 2, tasks: int = 3, atoms: int = 4, **options: Any) -> Ridge:
    """Non-convex, piecewise cubic, phi'' = clip(abs(t) - 2, -1, 1).

    Parameters
    ----------
    d, tasks, atoms, options : as for `quadratic`

    Returns
    -------
    Ridge

    Raises
    ------
    TypeError, ValueError
        Naming the option, its value and the rule.

    Examples
    --------
    >>> from problems import cubic_well, resampling_constants
    >>> known = resampling_constants(cubic_well(rng=0))
    >>> print(known.L.value, known.rho.flag)
    1 exact
    """
    return _family("cubic-well", d, tasks, atoms, **options)


def huber(d: int = 2, tasks: int = 3, atoms: int = 4, **options: Any) -> Ridge:
    """Robust regression: phi'' is 1 for abs(t) <= 1 and falls to 0 at 2, so that phi' is bounded.

    A Huber loss with its corner rounded off, so that Hessians are Lipschitz; every constant is finite for
    all w, whatever the tasks' features are.

    Parameters
    ----------
    d, tasks, atoms, options : as for `quadratic`

    Returns
    -------
    Ridge

    Raises
    ------
    TypeError, ValueError
        Naming the option, its value and the rule.

    Examples
    --------
    >>> from problems import huber, resampling_constants, ridge
    >>> known = resampling_constants(huber(rng=0))
    >>> print(known.L.value, known.rho.flag)
    1 exact
    >>> print(resampling_constants(ridge("huber", features=[[[1.0]], [[2.0]]])).sigma.value)
    9/4
    """
    return _family("huber", d, tasks, atoms, **options)


def plateau(d: int = 1, tasks: int = 2, atoms: int = 2, *, reach: Any = 2**16, rng: Any = None) -> Ridge:
    """A cubic-well family whose inner paths from w near 0 stay where the curvature is exactly -L.

    Offsets, task differences and noise are at most 1/reach, so that a path which grows by less than
    about reach/4 keeps every abs(q . w - y) <= 1.

    Parameters
    ----------
    d, tasks, atoms, rng : as for `quadratic`
    reach : number > 0

    Returns
    -------
    Ridge

    Raises
    ------
    TypeError, ValueError
        Naming the option, its value and the rule.

    Examples
    --------
    >>> from maml_verify import check
    >>> from problems import plateau
    >>> record = check("path-stability", plateau(rng=0), alpha_L=0.1, steps=2, w=[0.0], u=[0.015625])
    >>> round(record.ratio, 6)
    1.0
    """
    reach = positive_fraction("reach", reach)
    rng = np.random.default_rng(rng)
    base = _family("cubic-well", d, tasks, atoms, rng=rng, name="plateau")
    source = base.exact
    assert source is not None
    family = ridge(
        "cubic-well",
        source.features / source.features[0, 0, 0],
        source.offsets / (2 * reach),
        source.coefficients,
        source.linear / (4 * reach),
        probabilities=source.probabilities,
        support=source.support,
        query=source.query,
        name="plateau",
    )
    return replace(family, case="plateau")


FAMILIES: dict[str, Callable[..., Ridge]] = {
    "quadratic": quadratic,
    "logistic": logistic,
    "cosine": cosine,
    "cubic": cubic,
    "cubic-well": cubic_well,
    "huber": huber,
}
# The columns of a table where no family is named.
COLUMNS = ("quadratic", "logistic", "cosine", "cubic", "cubic-well")
assert set(FAMILIES) <= set(LINKS)
