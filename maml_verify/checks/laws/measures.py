"""What each assumption bounds, as functions of points: each value found is a lower bound of the constant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from maml_verify.checks.laws.subject import CASES, Subject
from problems.arrays import Array
from problems.family import Case

__all__ = ["Measure", "measures"]

# Up to this dimension a Hessian is its products with all unit vectors; beyond, its norm is by power steps.
DENSE, POWER = 40, 24
# Two points of a difference of Hessians are no nearer: rounding would be what differs.
NEAREST = 1e-3


@dataclass(frozen=True)
class Measure:
    """A function of points (R, d), or of pairs (R, 2 d): a point and the way to another.

    Attributes
    ----------
    law : the check that it is a part of
    name : the constant
    where : case and role, in words
    claimed : its value
    value : points -> (n, R), what the constant bounds for each task (or (1, R), for all together)
    size : points -> (R,), of the terms whose rounding ``value`` has
    pairs : whether points are pairs
    """

    law: str
    name: str
    where: str
    claimed: float
    value: Callable[[Array], Array]
    size: Callable[[Array], Array]
    pairs: bool = False


class Asked:
    """Gradients and Hessians of a family at points (R, d), by role and by atom."""

    def __init__(self, subject: Subject) -> None:
        self.subject, self.family = subject, subject.family
        self.task_weights = self.family.task_weights.astype(np.float64)

    def weights(self, role: str) -> Array:
        return getattr(self.family, role).astype(np.float64)[:, None]

    def grad(self, w: Array, c: Array) -> Array:
        return self.subject.ask(self.family.grad, self.subject.over_tasks(w), c)

    def hessian(self, w: Array, c: Array) -> Array:
        """(n, R, d, D): its products with the unit vectors, or with D directions where d is large."""
        d, R = self.family.d, len(w)
        points = self.subject.over_tasks(np.repeat(w, d, axis=0))
        v = np.broadcast_to(np.tile(np.eye(d), (R, 1)), points.shape)
        found = self.subject.ask(self.family.hvp, points, v, c)
        return found.reshape(self.family.tasks, R, d, d)

    def norm(self, *terms: tuple[float, Array, Array]) -> Array:
        """Spectral norm (n, R) of a sum of factor times Hessian at w of batch c."""
        if self.family.d <= DENSE:
            H = sum(factor * self.hessian(w, c) for factor, w, c in terms)
            H = np.where(np.isfinite(H), H, 0)
            return np.abs(np.linalg.eigvalsh((H + np.swapaxes(H, -1, -2)) / 2)).max(-1)
        n, R = self.family.tasks, len(terms[0][1])
        v = np.random.default_rng(R).standard_normal((n, R, self.family.d))
        for _ in range(POWER):
            v = v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-300)
            parts = (
                f * self.subject.ask(self.family.hvp, self.subject.over_tasks(w), v, c) for f, w, c in terms
            )
            v = np.asarray(sum(parts))
            v = np.where(np.isfinite(v), v, 0)
        return np.linalg.norm(v, axis=-1)

    def units(self) -> Iterator[tuple[Array, Array]]:
        """Batches of one atom, each with its probabilities (n, 1)."""
        for k in range(self.family.atoms):
            p = self.family.probabilities[:, k].astype(np.float64)[:, None]
            if (p != 0).any():
                yield np.eye(self.family.atoms)[None, k : k + 1].repeat(self.family.tasks, 0), p


def measures(subject: Subject) -> Iterator[Measure]:
    """A measure for each constant that has a value, and each role that it speaks of."""
    asked = Asked(subject)
    roles = {CASES[0]: ("probabilities",), CASES[1]: ("support", "query")}
    seen: set[Any] = set()
    for case in CASES:
        known = subject.known[case]
        for role in roles[case]:
            for law, make in (("L", curvature), ("convexity", concavity), ("rho", change)):
                value = float(getattr(known, law).value)
                key = (law, asked.weights(role).tobytes(), value)
                # What L says, too, is looked at once.
                told = law != "convexity" or (value < float(known.L.value) and asked.family.d <= DENSE)
                if getattr(known, law).flag != "none" and key not in seen and told:
                    seen.add(key)
                    yield make(asked, role, value)
        spread_over = "probabilities" if case == CASES[0] else "query"
        key = ("sigma", asked.weights(spread_over).tobytes(), float(known.sigma.value))
        if known.sigma.flag != "none" and key not in seen:
            seen.add(key)
            yield spread(asked, spread_over, float(known.sigma.value))
        yield from _of_atoms(asked, case)


def _of_atoms(asked: Asked, case: Case) -> Iterator[Measure]:
    known = asked.subject.known[case]
    if known.sigma_g.flag != "none":
        yield noise(asked, float(known.sigma_g.value))
    if known.sigma_H.flag != "none":
        yield hessian_noise(asked, float(known.sigma_H.value))


def curvature(asked: Asked, role: str, claimed: float) -> Measure:
    """||Hess l_i(w)||, which L bounds."""
    c = asked.weights(role)

    def value(w: Array) -> Array:
        return asked.norm((1.0, w, c))

    return Measure("L", "L", f"Hessian of {role}", claimed, value, lambda w: value(w).max(0))


def concavity(asked: Asked, role: str, claimed: float) -> Measure:
    """How far the least eigenvalue of Hess l_i(w) is below 0, which the constant ``convexity`` bounds."""
    c = asked.weights(role)

    def value(w: Array) -> Array:
        H = asked.hessian(w, c)
        H = np.where(np.isfinite(H), H, 0)
        return -np.linalg.eigvalsh((H + np.swapaxes(H, -1, -2)) / 2).min(-1)

    where = f"least eigenvalue of the Hessian of {role}"
    return Measure("L", "convexity", where, claimed, value, lambda w: asked.norm((1.0, w, c)).max(0))


def change(asked: Asked, role: str, claimed: float) -> Measure:
    """||Hess l_i(w + s) - Hess l_i(w)||/||s||, which rho bounds."""
    c, d = asked.weights(role), asked.family.d

    def value(z: Array) -> Array:
        w, s = z[:, :d], z[:, d:]
        length = np.linalg.norm(s, axis=1)
        found = asked.norm((1.0, w + s, c), (-1.0, w, c)) / np.maximum(length, NEAREST)
        return np.where(length >= NEAREST, found, 0)

    def size(z: Array) -> Array:
        return asked.norm((1.0, z[:, :d], c)).max(0) / np.maximum(np.linalg.norm(z[:, d:], axis=1), NEAREST)

    return Measure("rho", "rho", f"Hessians of {role}", claimed, value, size, pairs=True)


def spread(asked: Asked, role: str, claimed: float) -> Measure:
    """Root of E_i ||grad l_i - E_i grad l_i||^2, which sigma bounds."""
    c, p = asked.weights(role), asked.task_weights

    def value(w: Array) -> Array:
        g = asked.grad(w, c)
        off = g - np.einsum("i,ird->rd", p, g)
        return np.sqrt(np.einsum("i,ird->r", p, off**2))[None]

    return Measure("sigma", "sigma", f"gradients of {role}", claimed, value, _gradient_size(asked, c))


def noise(asked: Asked, claimed: float) -> Measure:
    """Root of E_tau ||grad l_i(w; tau) - grad l_i(w)||^2, which sigma_g bounds."""
    c = asked.weights("probabilities")

    def value(w: Array) -> Array:
        g = asked.grad(w, c)
        return np.sqrt(sum(p * ((asked.grad(w, unit) - g) ** 2).sum(-1) for unit, p in asked.units()))

    return Measure("sigma_g", "sigma_g", "gradients of atoms", claimed, value, _gradient_size(asked, c))


def hessian_noise(asked: Asked, claimed: float) -> Measure:
    """Root of E_tau ||Hess l_i(w; tau) - Hess l_i(w)||^2, which sigma_H bounds."""
    c = asked.weights("probabilities")

    def value(w: Array) -> Array:
        return np.sqrt(sum(p * asked.norm((1.0, w, unit), (-1.0, w, c)) ** 2 for unit, p in asked.units()))

    def size(w: Array) -> Array:
        return np.max([asked.norm((1.0, w, unit)).max(0) for unit, _ in asked.units()], axis=0)

    return Measure("sigma_H", "sigma_H", "Hessians of atoms", claimed, value, size)


def gap(asked: Asked) -> Callable[[Array], Array]:
    """||grad l_Si - grad l_Ti||, which b_i bounds, for each task (n, R)."""
    S, T = asked.weights("support"), asked.weights("query")
    return lambda w: np.linalg.norm(asked.grad(w, S) - asked.grad(w, T), axis=-1)


def _gradient_size(asked: Asked, c: Array) -> Callable[[Array], Array]:
    return lambda w: np.linalg.norm(asked.grad(w, c), axis=-1).max(0)
