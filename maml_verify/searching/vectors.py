"""Vectors in [-1, 1]^n that a global optimiser moves, and the instances they stand for."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from maml_verify.searching.instance import BOUNDED, Instance, Shape
from problems import LINKS
from problems.arrays import Array

__all__ = ["decode", "layout", "length", "starts"]

# Smallest alpha L, mean coefficient and probability, and the largest linear term and point.
LEAST_STEP, LEAST_COEFFICIENT, LEAST_CHANCE = 1e-4, 0.02, 0.02
REACH = 4.0


def layout(shape: Shape) -> dict[str, int]:
    """Names of the coordinates and how many each has."""
    n, d = shape.tasks, shape.d
    bounded = shape.link in BOUNDED
    linear = shape.link != "cosine"
    return {
        "alpha_L": 1,
        # With an unbounded phi', tasks or atoms that differ in their coefficients have no finite sigma.
        "a": n * d if bounded else d,
        "da": n * d if bounded else 0,
        "mu": n * d if linear else 0,
        "nu": n * d if linear or not shape.split else 0,
        "p": 0 if shape.split else 1,
        "weights": n - 1,
        "w": d,
        "step": d if shape.pairs else 0,
    }


def length(shape: Shape) -> int:
    """How many coordinates."""
    return sum(layout(shape).values())


def decode(shape: Shape, vector: Array, largest: float, alpha_L: float | None = None) -> Instance:
    """The instance of a vector.

    Parameters
    ----------
    largest : the largest alpha L;  alpha_L : its value where it is given
    """
    parts, place = {}, 0
    for name, size in layout(shape).items():
        parts[name] = np.asarray(vector[place : place + size], dtype=np.float64)
        place += size
    n, d = shape.tasks, shape.d

    def table(name: str) -> Array:
        return parts[name].reshape(n, d) if parts[name].size == n * d else np.zeros((n, d))

    a = LEAST_COEFFICIENT ** ((1 - parts["a"]) / 2)
    a = np.array(np.broadcast_to(a.reshape(-1, d), (n, d)))
    # Cubes put most of the range near zero, where equality cases tend to be.
    mu, nu = REACH * table("mu") ** 3, REACH * table("nu") ** 3
    if shape.link == "logistic":
        mu = (1 + table("mu")) / 2
        nu = (1 + table("nu")) / 2 if shape.split else nu
    chance = np.clip((1 + parts["p"]) / 2, LEAST_CHANCE, 1 - LEAST_CHANCE)
    p = float(chance[0]) if chance.size else 0.5
    first = np.clip((1 + parts["weights"]) / 2, LEAST_CHANCE, 1 - LEAST_CHANCE) / max(n - 1, 1)
    weights = np.append(first, 1 - first.sum())
    x = alpha_L if alpha_L is not None else largest * (LEAST_STEP) ** ((1 - float(parts["alpha_L"][0])) / 2)
    step = REACH * parts["step"] ** 3 if parts["step"].size else np.zeros(d)
    da = table("da")
    # L of the instance, so that alpha L is what was asked for.
    used = a * (1 + np.abs(da)) if shape.split else a
    L = used.max() * float(max(abs(end) for end in LINKS[shape.link].curvature))
    return Instance(shape, x / L, a, da, mu, nu, p, weights, REACH * parts["w"] ** 3, step)


def _vector(shape: Shape, values: Mapping[str, object]) -> Array:
    default = {"a": 1.0}
    parts = [
        np.resize(np.asarray(values.get(name, default.get(name, 0.0)), dtype=np.float64), size)
        for name, size in layout(shape).items()
    ]
    return np.concatenate(parts)


def starts(shape: Shape) -> list[Array]:
    """Structured starting points of one shape."""
    small, point = 0.25, 0.4
    named: list[dict[str, object]] = [
        # Curvature at one end of its range, a critical point nearby, noise of two points.
        {"w": small / 4, "step": small / 4, "nu": small / 4},
        {"w": point, "step": small, "nu": small, "alpha_L": 0.5},
        # Far out, where the curvature is at the other end.
        {"w": 1.0, "step": small, "nu": small},
        {"w": -1.0, "mu": 1.0, "alpha_L": 1.0},
        # Tasks that pull together, and tasks opposed to one another.
        {"mu": small, "w": small, "alpha_L": 0.9},
        {"mu": [small, -small], "nu": [small, -small], "w": small / 2, "alpha_L": 0.9},
        # Curvature that changes at the full rate: from 1 to 3 the well's does, from 0 to 1 the cubic's.
        {"w": (1.5 / REACH) ** (1 / 3), "step": small, "mu": -0.5, "nu": small},
        {"w": (0.5 / REACH) ** (1 / 3), "step": small, "mu": 0.5, "nu": small},
        # No noise, gradients next to nothing, steps small and large.
        {"w": 0.05, "step": 0.05, "alpha_L": -1.0},
        {"w": 0.02, "step": small, "alpha_L": 0.999},
        {"nu": 0.9, "da": 0.9, "p": -0.8, "w": small, "step": small},
    ]
    return [_vector(shape, values) for values in named]
