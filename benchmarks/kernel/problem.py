"""The inputs that every contestant gets, and the sizes they are timed at.

A task has K atoms, one ridge term each.  A batch is S of them drawn uniformly, as a weight vector (counts/S).
The inner batch of a step is its Hessian batch too, so that the gradient of the unrolled loop is the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from maml_verify.meta_gradients.batches import weights_of
from problems.ridge_sums.ridge import Ridge, ridge

ALPHA = 0.1


@dataclass(frozen=True)
class Problem:
    """tasks, d, K, N, replicates, size S of a batch, and the link."""

    tasks: int
    d: int
    K: int
    N: int
    R: int
    S: int
    link: str = "cosine"

    @cached_property
    def family(self) -> Ridge:
        """The tasks."""
        rng = np.random.default_rng(0)
        n, K = self.tasks, self.K
        features = rng.standard_normal((n, K, self.d)) / np.sqrt(self.d)
        eye = np.broadcast_to(np.eye(K), (n, K, K))
        return ridge(self.link, features, rng.standard_normal((n, K)), eye)

    @cached_property
    def arrays(self) -> tuple[np.ndarray, ...]:
        """w (n, R, d), inner (N, n, R, K), outer (n, R, K), Q (n, K, d), y (n, K)."""
        rng = np.random.default_rng(1)
        w = rng.standard_normal((self.tasks, self.R, self.d))

        def batch() -> np.ndarray:
            return weights_of(rng.integers(0, self.K, (self.tasks, self.R, self.S)), self.K)

        inner = np.empty((self.N, self.tasks, self.R, self.K))
        for j in range(self.N):
            inner[j] = batch()
        return w, inner, batch(), self.family.features, self.family.offsets

    @property
    def evaluations(self) -> int:
        """Link evaluations of one call."""
        return self.tasks * self.R * self.K * (self.N + 1)

    @property
    def flops(self) -> float:
        """Floating-point operations of the products of one call, in the cheaper of both dense forms."""
        direct = (4 * self.N + 2) * self.d * self.K
        gram = 2 * self.N * self.K**2 + 2 * self.d * self.K
        return 2.0 * self.tasks * self.R * min(direct, gram)

    @property
    def bytes(self) -> float:
        """Bytes of the inputs and the result of one call."""
        return 8.0 * self.tasks * self.R * ((self.N + 1) * self.K + 2 * self.d)


PRESETS = {
    "single": (4, 8, 16, 5, 1, 4),
    "small": (4, 4, 8, 3, 20_000, 2),
    "medium": (8, 16, 32, 5, 4000, 8),
    "large": (8, 256, 512, 10, 64, 32),
}
TOY = {"single": (2, 3, 4, 2, 1, 2), "small": (2, 2, 4, 2, 500, 2)}
SWEEPS = {
    "N": [(8, 16, 32, N, 2000, 8) for N in (0, 1, 2, 4, 8, 16, 32)],
    "d": [(4, d, 32, 5, 500, 8) for d in (4, 16, 64, 256, 1024)],
    "R": [(8, 16, 32, 5, R, 8) for R in (10, 100, 1000, 10_000)],
}
