"""This project, as it is installed and with NumPy alone, and NumPy as a newcomer writes it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.kernel.problem import ALPHA, Problem
from benchmarks.kernel.timing import changed
from maml_verify.meta_gradients.draws import sample
from maml_verify.meta_gradients.kernel import links
from maml_verify.meta_gradients.maml import estimator
from maml_verify.meta_gradients.roles import Roles

Call = Callable[[], np.ndarray]
# The first has compiled code where the extra ``fast`` is installed; the second is shown only then.
OURS, ALONE = "this project", "this project, NumPy alone"
SLOPES = {"cosine": np.sin, "logistic": lambda t: 1 / (1 + np.exp(-t))}
CURVATURES = {"cosine": np.cos, "logistic": lambda t: np.exp(-t) / (1 + np.exp(-t)) ** 2}


def contestants(p: Problem, thorough: bool = True) -> dict[str, list[Call]]:
    """Calls on the given batches."""
    w, inner, outer, _, _ = p.arrays
    given = list(inner)
    roles = Roles(given, given, outer)
    return {
        **_ours(lambda: estimator(p.family, w, ALPHA, roles)),
        "NumPy, newcomer": [lambda: _newcomer(p, inner, outer)],
    }


def samplers(p: Problem) -> dict[str, list[Call]]:
    """Calls that draw their batches."""
    w, rng = p.arrays[0], np.random.default_rng(2)

    def ours() -> np.ndarray:
        inner = [sample(p.family, p.S, p.R, rng) for _ in range(p.N)]
        return estimator(p.family, w, ALPHA, Roles(inner, inner, sample(p.family, p.S, p.R, rng)))

    def newcomer() -> np.ndarray:
        share = np.full((p.tasks, 1, p.K), 1 / p.K)
        counts = rng.multinomial(p.S, share, size=(p.N + 1, p.tasks, p.R)) / p.S
        return _newcomer(p, counts[:-1], counts[-1])

    return {**_ours(ours), "NumPy, newcomer": [newcomer]}


def _ours(call: Call) -> dict[str, list[Call]]:
    alone = without_numba(call)
    return {OURS: [call]} | ({ALONE: [alone]} if links._compiled() else {})


def without_numba(call: Call) -> Call:
    """The same call with NumPy alone."""

    def alone() -> np.ndarray:
        with changed(links, "_compiled", lambda: {}):
            return call()

    return alone


def _newcomer(p: Problem, inner: np.ndarray, outer: np.ndarray) -> np.ndarray:
    w, _, _, Q, y = p.arrays
    slope, curvature = SLOPES[p.link], CURVATURES[p.link]
    Qt = Q.transpose(0, 2, 1)
    path = [w]
    for c in inner:
        path.append(path[-1] - ALPHA * (c * slope(path[-1] @ Qt - y[:, None])) @ Q)
    g = (outer * slope(path[-1] @ Qt - y[:, None])) @ Q
    for c, v in zip(inner[::-1], path[-2::-1], strict=True):
        g = g - ALPHA * (c * curvature(v @ Qt - y[:, None]) * (g @ Qt)) @ Q
    return g
