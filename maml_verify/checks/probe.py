"""Tasks on which different meta gradients differ: Hessians that move and don't commute, other query data.

The verbs take arrays of NumPy, PyTorch, JAX or autograd and give the same kind, differentiable there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np

from problems.arrays import Array

__all__ = ["DIMENSION", "Probe", "probes"]

DIMENSION, TERMS, TASKS = 4, 5, 3
ROLES = ("support", "query")


@final
@dataclass(frozen=True, eq=False)
class Probe:
    """A task: l(w; role) = sum_k a_k phi(q_k . w - y_k), phi(t) = t^2/2 + t^3/6 + t^4/12 (convex).

    Attributes
    ----------
    features : (K, d) q;  offsets : (K,) y
    coefficients : a, (K,) for each role
    """

    features: Array
    offsets: Array
    coefficients: dict[str, Array]

    @property
    def d(self) -> int:
        """Dimension of w."""
        return int(self.features.shape[1])

    def loss(self, w: Any, role: str) -> Any:
        """The loss on a role's data, a number."""
        _, y, a, t = self._terms(w, role)
        t = t - y
        return (a * (t * t / 2 + t * t * t / 6 + t * t * t * t / 12)).sum()

    def grad(self, w: Any, role: str) -> Any:
        """Its gradient, (d,)."""
        q, y, a, t = self._terms(w, role)
        t = t - y
        return (a * (t + t * t / 2 + t * t * t / 3)) @ q

    def hvp(self, w: Any, v: Any, role: str) -> Any:
        """Its Hessian times v, (d,)."""
        q, y, a, t = self._terms(w, role)
        t = t - y
        return (a * (1 + t + t * t) * (v @ q.T)) @ q

    def _terms(self, w: Any, role: str) -> tuple[Any, Any, Any, Any]:
        if role not in ROLES:
            raise ValueError(f"role = {role!r}; rule: one of {', '.join(ROLES)}")
        # NumPy's arrays mix with those of JAX and autograd; PyTorch wants its own.
        tables = (self.features, self.offsets, self.coefficients[role])
        if type(w).__module__.split(".")[0] == "torch":
            q, y, a = (w.new_tensor(table) for table in tables)
        else:
            q, y, a = tables
        return q, y, a, w @ q.T


def probes(rng: int) -> list[tuple[Probe, Array]]:
    """A few tasks with a point each; the largest curvature near it is about 1."""
    generator = np.random.default_rng([rng, 20])
    found = []
    for _ in range(TASKS):
        q = generator.standard_normal((TERMS, DIMENSION)) / 2
        y = generator.standard_normal(TERMS) / 2
        a = {role: generator.uniform(0.2, 1.2, TERMS) for role in ROLES}
        found.append((Probe(q, y, a), generator.standard_normal(DIMENSION) / 2))
    return found
