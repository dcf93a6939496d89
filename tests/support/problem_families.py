"""The catalog's variants, random ridge families, and numeric measures of what the assumptions bound."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from problems import FAMILIES, LINKS, Ridge, plateau, ridge
from problems.ridge_sums.named import FEATURES, KINDS


def catalog() -> dict[str, Ridge]:
    """Every link with every kind of noise and of features, and the small shapes."""
    families = [
        make(noise_kind=kind, features=features, rng=seed)
        for link, make in FAMILIES.items()
        for kind in KINDS
        for seed, features in enumerate(FEATURES)
        if (link, kind) != ("quadratic", "hessian")
    ]
    for link, make in FAMILIES.items():
        families += [
            make(1, 3, 4, rng=2, name=f"{link}-line"),
            make(2, 1, 4, rng=3, name=f"{link}-one-task"),
            make(1, 2, 1, rng=4, name=f"{link}-one-atom"),
            make(2, 2, 3, rng=5, task_weights=[0.25, 0.75], name=f"{link}-weighted"),
            make(2, 2, 2, rng=6, noise=0, spread=0, name=f"{link}-still"),
        ]
    return {family.name: family for family in [*families, plateau(2, 3, 4, rng=7)]}


def random_ridge(seed: int) -> Ridge:
    """Arbitrary arrays, with features shared or not, repeated, negated or parallel."""
    rng = np.random.default_rng(seed)
    n, m, K, d = rng.integers(1, 4, 4)
    q = rng.integers(-4, 5, (1 if seed % 2 else n, K, d)) / 4
    q = np.repeat(q, n // len(q), axis=0)
    if K > 1 and seed % 3 == 0:
        q[:, -1] = -q[:, 0] * (1 + seed % 2)
    A = rng.integers(-2, 7, (n, m, K)) / 4
    if seed % 5 < 2:
        A[:] = A[:1, :1]
    weights = [rng.dirichlet(np.ones(m), n) for _ in range(3)]
    return ridge(
        list(LINKS)[seed % 5],
        q,
        rng.integers(-6, 7, (n, K)) / 4,
        A,
        rng.integers(-4, 5, (n, m, d)) / 8 * (seed % 4 > 0),
        probabilities=weights[0],
        support=weights[1],
        query=weights[2],
        task_weights=rng.dirichlet(np.ones(n)),
        name=f"random-{seed}",
    )


def hessians(family: Ridge, w: Any, c: Any) -> Any:
    """Hessians (n, R, d, d) from products with the unit vectors; ``w`` is (R, d), ``c`` is (n, m)."""
    w = np.broadcast_to(w, (family.tasks, *w.shape))
    unit = np.eye(family.d)
    columns = [family.hvp(w, np.broadcast_to(v, w.shape), c[:, None]) for v in unit]
    return np.stack(columns, axis=-1)


def gradients(family: Ridge, w: Any, c: Any) -> Any:
    """Gradients (n, R, d)."""
    return family.grad(np.broadcast_to(w, (family.tasks, *w.shape)), c[:, None])


def by_atom(family: Ridge, what: Callable[..., Any], w: Any) -> Any:
    """``what`` for each atom alone, atoms leading."""
    units = np.eye(family.atoms)
    return np.stack([what(family, w, np.tile(unit, (family.tasks, 1))) for unit in units])


def spectral(H: Any) -> Any:
    if H.shape[-1] == 1:
        return np.abs(H[..., 0, 0])
    return np.abs(np.linalg.eigvalsh(H)).max(-1)


def lines(family: Ridge) -> Any:
    """Unit vectors along the axes and the features, each once, at most six."""
    q = family.features.reshape(-1, family.d)
    q = q[np.any(q != 0, axis=1)]
    rows = np.concatenate([np.eye(family.d), q / np.linalg.norm(q, axis=1, keepdims=True)])
    apart = [k for k in range(len(rows)) if (np.abs(rows[:k] @ rows[k]) < 1 - 1e-9).all()]
    return rows[apart[:6]]


Measure = Callable[[Any], Any]


def measures(family: Ridge) -> dict[str, dict[str, Measure]]:
    """What each assumption bounds, as functions of points (R, d), for the two cases."""
    p, S, T = family.probabilities, family.support, family.query
    p_T = family.task_weights

    def L(*roles: Any) -> Measure:
        return lambda w: np.max([spectral(hessians(family, w, c)).max(0) for c in roles], axis=0)

    def convexity(*roles: Any) -> Measure:
        def depth(w: Any) -> Any:
            low = [np.linalg.eigvalsh(hessians(family, w, c))[..., 0].min(0) for c in roles]
            return np.maximum(-np.min(low, axis=0), 0)

        return depth

    def rho(*roles: Any) -> Measure:
        steps = 1e-4 * lines(family)

        def rates(w: Any) -> Any:
            ends = [(w + sign * steps[:, None]).reshape(-1, family.d) for sign in (1, -1)]
            norms = [spectral(hessians(family, ends[0], c) - hessians(family, ends[1], c)) for c in roles]
            return np.max(norms, axis=(0, 1)).reshape(len(steps), -1).max(0) / 2e-4

        return rates

    def sigma(c: Any) -> Measure:
        def spread(w: Any) -> Any:
            g = gradients(family, w, c)
            deviation = g - np.einsum("i,ird->rd", p_T, g)
            return np.sqrt(np.einsum("i,ird->r", p_T, deviation**2))

        return spread

    def sigma_g(w: Any) -> Any:
        deviation = by_atom(family, gradients, w) - gradients(family, w, p)
        return np.sqrt(np.einsum("im,mird->ir", p, deviation**2)).max(0)

    def sigma_H(w: Any) -> Any:
        deviation = by_atom(family, hessians, w) - hessians(family, w, p)
        return np.sqrt(np.einsum("im,mir->ir", p, spectral(deviation) ** 2)).max(0)

    def gap(i: int) -> Measure:
        return lambda w: np.linalg.norm((gradients(family, w, S) - gradients(family, w, T))[i], axis=-1)

    return {
        "resampling": {
            "L": L(p),
            "rho": rho(p),
            "convexity": convexity(p),
            "sigma": sigma(p),
            "sigma_g": sigma_g,
            "sigma_H": sigma_H,
        },
        "finite-sum": {
            "L": L(S, T),
            "rho": rho(S, T),
            "convexity": convexity(S, T),
            "sigma": sigma(T),
            **{f"b_{i}": gap(i) for i in range(family.tasks)},
        },
    }


def search(measure: Measure, family: Ridge, enough: float, seed: int = 0) -> float:
    """The largest value found: random points near and far, then line searches by refined grids.

    Once ``enough`` is found, no further line searches are made.
    """
    rng, d = np.random.default_rng(seed), family.d
    scale = 1 / max(np.abs(family.features).max(), 1e-3)
    starts = rng.normal(size=(60, d)) * scale * 10.0 ** rng.uniform(-1, 4, (60, 1))
    values = measure(starts)
    best = float(values.max())
    for w in (starts[values.argmax()], np.zeros(d)):
        for line in np.concatenate([lines(family)] * min(d, 2)):
            center, width = 0.0, 16 * scale
            for points in (193, 33, 33, 33):
                t = np.concatenate([center + np.linspace(-width, width, points), [0, 1e3, -1e3]])
                found = measure(w + t[:, None] * line)
                center = t[found.argmax()]
                width = width * 2 / (points - 1)
                best = max(best, float(found.max()))
            w = w + center * line
        if best >= enough:
            break
    return best
