"""Vectors in [-1, 1]^n that a global optimiser moves, and the instances they stand for."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from maml_verify.studies.search.instance import Instance, Space
from problems.arrays import Array

__all__ = ["decode", "layout", "length", "starts"]

BOUNDED = ("cosine", "logistic")
# Smallest alpha L, mean coefficient and probability; the largest exponents of the sizes, to base 2.
LEAST_STEP, LEAST_COEFFICIENT, LEAST_CHANCE, LEAST_LABEL = 1e-4, 0.02, 0.02, 2**-20
TOP_EXPONENT = {"S": 10, "D": 10, "T": 10, "K": 44, "C_beta": 14, "B_prime": 10, "D_L": 10, "B": 60}


def layout(space: Space) -> dict[str, int]:
    """Names of the coordinates and how many each has."""
    n, d, m, K = space.tasks, space.d, space.atoms, space.terms or space.d
    bounded = space.link in BOUNDED
    labels = space.link == "logistic"
    linear = space.link != "cosine"
    return {
        "alpha_L": 1,
        "features": (n if bounded else 1) * K * d if space.terms else 0,
        "offsets": n * K if space.terms else 0,
        # With an unbounded phi', tasks or atoms that differ in their coefficients have no finite sigma.
        "a": n * K if bounded else K,
        "da": n * (m - 1) * K if bounded else 0,
        "mu": n * (K if labels else d) if linear else 0,
        "nu": n * (K if labels and space.split else (m - 1) * d) if linear or not space.split else 0,
        "p": 0 if space.split else m - 1,
        "weights": n - 1,
        "w": d,
        "step": d if space.pairs else 0,
        "sizes": len(space.scales),
    }


def length(space: Space) -> int:
    """How many coordinates."""
    return sum(layout(space).values())


def _simplex(coordinates: Array) -> Array:
    """Weights that sum to one, the last of them the rest."""
    count = max(len(coordinates), 1)
    first = np.clip((1 + coordinates) / 2, LEAST_CHANCE, 1 - LEAST_CHANCE) / count
    return np.append(first, 1 - first.sum())


def _parts(space: Space, vector: Array) -> dict[str, Array]:
    parts, start = {}, 0
    for name, size in layout(space).items():
        parts[name] = np.asarray(vector[start : start + size], dtype=np.float64)
        start += size
    return parts


def decode(space: Space, vector: Array, largest: float) -> Instance:
    """The instance of a vector.

    Parameters
    ----------
    largest : the largest alpha L
    """
    parts = _parts(space, vector)
    n, d, m, K = space.tasks, space.d, space.atoms, space.terms or space.d

    def table(name: str, *sizes: int) -> Array:
        return parts[name].reshape(sizes) if parts[name].size else np.zeros(sizes)

    def cubed(name: str, *sizes: int) -> Array:
        # Cubes put most of the range near zero, where equality cases tend to be.
        return space.reach * table(name, *sizes) ** 3

    p = np.array([0.5, 0.5]) if space.split else _simplex(parts["p"])
    # Deviations of the atoms: about their mean, or with opposite signs for support and query set.
    signs = np.array([1.0, -1.0]) if space.split else None

    def by_atom(mean: Array, rows: Array) -> Array:
        if signs is not None:
            return mean[:, None] + signs[:, None] * rows
        rows = np.concatenate([rows, np.zeros((n, 1, rows.shape[2]))], axis=1)
        return mean[:, None] + rows - (p[:, None] * rows).sum(1, keepdims=True)

    a = np.array(np.broadcast_to((LEAST_COEFFICIENT ** ((1 - parts["a"]) / 2)).reshape(-1, K), (n, K)))
    # A logistic loss needs coefficients that are not negative.
    noise = (n, m - 1, K)
    A = by_atom(a, cubed("da", *noise) if space.link == "cosine" else a[:, None] * table("da", *noise))
    rows = parts["features"].reshape(-1, K, d) if space.terms else np.eye(d)
    features = np.array(np.broadcast_to(rows, (n, K, d)))
    if space.link == "logistic":
        # Labels between 0 and 1 keep every task's loss bounded below.
        thetas = [table(name, n, K) for name in (("mu", "nu") if space.split else ("mu",))]
        labels = np.clip((1 + np.stack(thetas, 1)) / 2, LEAST_LABEL, 1 - LEAST_LABEL)
        xi = -(labels * (A if space.split else a[:, None])) @ features
        xi = xi if space.split else by_atom(xi[:, 0], cubed("nu", n, m - 1, d))
    else:
        xi = by_atom(cubed("mu", n, d), cubed("nu", n, m - 1, d))
    one, zero = [1.0] + [0.0] * (m - 1), [0.0] * (m - 1) + [1.0]
    step = largest * LEAST_STEP ** ((1 - float(parts["alpha_L"][0])) / 2)
    sizes = {name: _size(name, v) for name, v in zip(space.scales, parts["sizes"], strict=True) if v > 0}
    return Instance(
        link=space.link,
        steps=space.steps,
        alpha_L=step if space.alpha_L is None else space.alpha_L,
        features=features,
        offsets=2 * table("offsets", n, K) if space.terms else np.zeros((n, K)),
        coefficients=A,
        linear=xi,
        weights=_simplex(parts["weights"]),
        probabilities=np.array([p] * n),
        support=np.array([one if space.split else p] * n),
        query=np.array([zero if space.split else p] * n),
        w=space.reach * parts["w"] ** 3,
        step=space.reach * parts["step"] ** 3 if parts["step"].size else np.zeros(d),
        sizes=dict(space.sizes) | sizes,
    ).merged()


def _size(name: str, coordinate: float) -> int:
    return round(2 ** (TOP_EXPONENT[name] * float(coordinate)))


def _vector(space: Space, values: Mapping[str, object]) -> Array:
    default = {"a": 1.0, "features": 0.5, "sizes": -1.0}
    parts = [
        np.resize(np.asarray(values.get(name, default.get(name, 0.0)), dtype=np.float64), size)
        for name, size in layout(space).items()
    ]
    return np.concatenate(parts)


def starts(space: Space) -> list[Array]:
    """Structured starting points of one space."""
    small, point = 0.25, 0.4
    inner = 1 / space.reach
    opposed: dict[str, object] = {"mu": [1.0] * space.d + [-1.0] * space.d, "alpha_L": 0.5}
    # Opposed pulls far beyond the point's own gradient, batches as the conditions say and large ones; and
    # one iterate alone.
    large = [{"B": 0.9, "K": 7 / 44, "C_beta": 1.2 / 14}.get(name, -1.0) for name in space.scales]
    one = [{"B": 0.9, "K": 0.01, "C_beta": 1.2 / 14}.get(name, -1.0) for name in space.scales]
    pulled = {"w": (4 * inner) ** (1 / 3)}
    runs = [opposed | pulled | {"sizes": sizes} for sizes in (-1.0, large)]
    runs = [*runs, pulled | {"sizes": one, "alpha_L": -1.0}] if space.scales else []
    if space.scales and space.link == "logistic":
        # A long run down a slope: from w = reach it ends before the loss curves.
        slope = [{"B": 0.9, "K": 34.9992 / 44, "C_beta": 1.0}.get(name, -1.0) for name in space.scales]
        label = 1 - 2**-6
        runs.insert(0, {"w": 1.0, "mu": label, "nu": label, "alpha_L": -1.0, "sizes": slope})
    named: list[dict[str, object]] = [
        # Curvature at one end of its range, a critical point nearby, noise of two points.
        {"w": small / 4, "step": small / 4, "nu": small / 4},
        {"w": point, "step": small, "nu": small, "alpha_L": 0.5},
        # Far out, where the curvature is at the other end.
        {"w": 1.0, "step": small, "nu": small},
        {"w": -1.0, "mu": 1.0, "alpha_L": 1.0},
        # A stationary point on the plateau with noise of two points, and one at the edge of it, where the
        # noise reaches far to both sides.
        {"nu": small, "alpha_L": 0.9},
        {"w": inner ** (1 / 3), "mu": inner ** (1 / 3), "nu": 1.0, "alpha_L": 1.0},
        # Tasks that pull together.
        {"mu": small, "w": small, "alpha_L": 0.9},
        # Curvature that changes at the full rate: from 1 to 3 the well's does, from 0 to 1 the cubic's.
        {"w": (1.5 * inner) ** (1 / 3), "step": small, "mu": -0.5, "nu": small},
        {"w": (0.5 * inner) ** (1 / 3), "step": small, "mu": 0.5, "nu": small},
        # A step of the largest size to where the curvature jumps, noise far to both sides of it.
        {"w": (2**-0.5 * inner) ** (1 / 3), "nu": 1.0, "alpha_L": 1.0},
        # No noise, gradients next to nothing, steps small and large.
        {"w": 0.05, "step": 0.05, "alpha_L": -1.0},
        {"w": 0.02, "step": small, "alpha_L": 0.999},
        {"nu": 0.9, "da": 0.6, "p": -0.8, "w": small, "step": small},
        *(_noisy(space) if space.link == "cosine" else []),
    ]
    apart = _apart(space) if space.tasks > 1 else []
    curved = [_curved(space)] if space.tasks > 1 and space.terms else []
    return [_vector(space, values) for values in [*runs, *apart, *named, *curved]]


def _noisy(space: Space) -> list[dict[str, object]]:
    """Starting points where the noise of Hessians is far larger than their mean."""
    return [
        {"a": a, "da": 1.0, "w": (w / space.reach) ** (1 / 3), "alpha_L": 1.0}
        for a, w in ((-0.18, 0.1), (-0.53, 0.2))
    ]


def _apart(space: Space) -> list[dict[str, object]]:
    """Starting points of tasks that differ, the first from the others."""
    small, far, zero = ([size] * space.d for size in (0.25, 1.0, 0.0))
    opposed = [*small, *(-x for x in small)]
    least = [{"C_beta": 1.2 / 14, "B_prime": 0.01, "D_L": 0.01}.get(name, -1.0) for name in space.scales]
    return [
        # Opposed: at the stationary point of their mean, without noise, and near it with noise.
        {"mu": opposed, "alpha_L": 0.9},
        {"mu": opposed, "nu": opposed, "w": small[0] / 2, "alpha_L": 0.9},
        # One stationary and one far from it, with the least batches.
        {"mu": [*zero, *far], "alpha_L": 0.9, "sizes": least},
    ]


def _curved(space: Space) -> dict[str, object]:
    """Tasks pulled far apart, the first where the well's curvature is -1 and the others where it is 1."""
    K, d, others = space.terms, space.d, space.tasks - 1
    offsets = [1.0] * K + [-1.0] * K * others
    pulls = [-0.95] * d + [1.0] * d * others
    w = (1.05 / space.reach) ** (1 / 3)
    return {"features": np.eye(K, d).ravel(), "offsets": offsets, "mu": pulls, "w": w, "alpha_L": 0.5}
