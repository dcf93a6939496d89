"""Constants against a maximiser of its own over w, written from the assumptions alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from problems import LINKS, Ridge, finite_sum_constants, resampling_constants, ridge

# phi' and phi'' of every link, written out once more.


def ramp(a: Any, centre: float, rate: float) -> Any:
    """Integral from 0 to a of clip(rate (s - centre), -1, 1)."""
    low, high = centre - 1 / rate, centre + 1 / rate
    inside = np.clip(a, low, high)
    return -np.minimum(a, low) + rate * ((inside - centre) ** 2 - 1 / rate**2) / 2 + np.maximum(a - high, 0)


DERIVATIVES: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "quadratic": (lambda t: t, lambda t: 1 + 0 * t),
    "logistic": (expit, lambda t: expit(t) * expit(-t)),
    "cosine": (np.sin, np.cos),
    "cubic": (
        lambda t: np.sign(t) * np.where(abs(t) < 1, t**2 / 2, abs(t) - 0.5),
        lambda t: np.minimum(abs(t), 1),
    ),
    "cubic-well": (
        lambda t: np.sign(t) * ramp(abs(t), 2, 1),
        lambda t: np.clip(abs(t) - 2, -1, 1),
    ),
    "huber": (
        lambda t: np.sign(t) * (np.minimum(abs(t), 1) + (lambda r: r - r**2 / 2)(np.clip(abs(t) - 1, 0, 1))),
        lambda t: np.interp(abs(t), [1, 2], [1, 0]),
    ),
    "steep-well": (
        lambda t: np.sign(t) * ramp(abs(t), 1, 1024),
        lambda t: np.clip(1024 * (abs(t) - 1), -1, 1),
    ),
}


class Plain:
    """Gradients and Hessians of a ridge family at points (R, d), by the formula."""

    def __init__(self, one: Ridge) -> None:
        self.one = one
        self.slope, self.curvature = DERIVATIVES[one.link.name]

    def _terms(self, i: int, w: Any) -> Any:
        return w @ self.one.features[i].T - self.one.offsets[i]

    def grad(self, i: int, w: Any, c: Any) -> Any:
        a, xi = c @ self.one.coefficients[i], c @ self.one.linear[i]
        return (a * self.slope(self._terms(i, w))) @ self.one.features[i] + xi

    def hess(self, i: int, w: Any, c: Any) -> Any:
        q = self.one.features[i]
        return np.einsum(
            "rk,ki,kj->rij", (c @ self.one.coefficients[i]) * self.curvature(self._terms(i, w)), q, q
        )

    def square(self, key: str, w: Any) -> Any:
        """What the constant's square bounds, at each point."""
        one, n, units = self.one, range(self.one.tasks), np.eye(self.one.atoms)
        p, S, T = one.probabilities, one.support, one.query
        if key in ("sigma", "finite-sum sigma"):
            g = np.array([self.grad(i, w, (p if key == "sigma" else T)[i]) for i in n])
            mean = np.einsum("i,ird->rd", one.task_weights, g)
            return np.einsum("i,ird->r", one.task_weights, (g - mean) ** 2)
        if key == "sigma_g":
            spread = [[((self.grad(i, w, u) - self.grad(i, w, p[i])) ** 2).sum(-1) for u in units] for i in n]
            return np.max([p[i] @ np.array(spread[i]) for i in n], axis=0)
        if key == "sigma_H":
            spread = [[norms(self.hess(i, w, u) - self.hess(i, w, p[i])) ** 2 for u in units] for i in n]
            return np.max([p[i] @ np.array(spread[i]) for i in n], axis=0)
        if key == "convexity":
            depths = [-np.linalg.eigvalsh(self.hess(i, w, p[i])).min(-1) for i in n]
            return np.maximum(np.max(depths, axis=0), 0) ** 2
        if key == "L":
            return np.max([norms(self.hess(i, w, p[i])) for i in n], axis=0) ** 2
        if key == "finite-sum L":
            return np.max([norms(self.hess(i, w, c[i])) for c in (S, T) for i in n], axis=0) ** 2
        i = int(key.removeprefix("b_"))
        return ((self.grad(i, w, S[i]) - self.grad(i, w, T[i])) ** 2).sum(-1)

    def rate(self, w: Any, v: Any) -> Any:
        """norm(Hess(w) - Hess(v)) / norm(w - v), the largest over tasks."""
        p, n = self.one.probabilities, range(self.one.tasks)
        gaps = [norms(self.hess(i, w, p[i]) - self.hess(i, v, p[i])) for i in n]
        return np.max(gaps, axis=0) / np.linalg.norm(w - v, axis=1)


def norms(H: Any) -> Any:
    return np.abs(np.linalg.eigvalsh(H)).max(-1)


def largest(value: Callable[[Any], Any], d: int, rng: np.random.Generator) -> float:
    """Random points of many sizes, then ever smaller clouds around the best."""
    w = rng.normal(size=(2000, d)) * 10 ** rng.uniform(-1.5, 3, (2000, 1))
    values = value(w)
    best = w[np.argsort(values)[-4:]]
    for k in range(26):
        cloud = (best[:, None] + rng.normal(size=(4, 60, d)) * 3 * 0.55**k).reshape(-1, d)
        w = np.concatenate([best, cloud])
        values = value(w)
        best = w[np.argsort(values)[-4:]]
    return float(values.max())


def random_family(link: str, seed: int) -> Ridge:
    """Features shared by tasks, orthogonal or not; noise on two slots a direction; one idle atom."""
    rng = np.random.default_rng(seed)
    d = 1 + seed % 2
    q = rng.normal(size=(1, d, d)) if seed % 3 else np.array([[[0.6, 0.8], [-0.8, 0.6]]])[:, :d, :d]
    q = np.concatenate([q, q], axis=1)
    noise = rng.integers(-24, 25, (2, 4, d)) / 64 * (link != "quadratic")
    p = np.array([[0.5, 0.2, 0.3, 0.0], [0.1, 0.1, 0.8, 0.0]])
    return ridge(
        link,
        np.concatenate([q, q]),
        rng.normal(size=(2, 2 * d)),
        1 + np.concatenate([noise, -noise], axis=2),
        rng.normal(size=(2, 4, d)) / 2,
        probabilities=p,
        support=[[1, 0, 0, 0]] * 2,
        query=[[0, 0.25, 0.75, 0]] * 2,
        task_weights=[0.25, 0.75],
    )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("link", LINKS)
def test_no_point_exceeds_a_constant_and_exact_ones_are_approached(link: str, seed: int) -> None:
    one = random_family(link, seed)
    plain, rng = Plain(one), np.random.default_rng(seed)
    first, second = resampling_constants(one), finite_sum_constants(one)
    known = {key: getattr(first, key) for key in ("L", "sigma", "sigma_g", "sigma_H", "convexity")}
    known |= {"finite-sum L": second.L, "finite-sum sigma": second.sigma}
    known |= {f"b_{i}": b for i, b in enumerate(second.b_i)}
    for key, constant in known.items():
        assert math.isfinite(constant.value), key
        found = math.sqrt(largest(lambda w, key=key: plain.square(key, w), one.d, rng))
        assert found <= constant.value * (1 + 1e-12) + 1e-12, (key, found, constant)
        if constant.flag == "exact":
            assert found >= constant.value * (1 - 1e-4) - 1e-12, (key, found, constant)
    w = rng.normal(size=(4000, one.d)) * 3
    gaps = rng.normal(size=w.shape) * 10 ** rng.uniform(-3, 0, (4000, 1))
    assert plain.rate(w, w + gaps).max() <= first.rho.value * (1 + 1e-6) + 1e-12
