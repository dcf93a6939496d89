"""The arrays of a ridge family in the layouts that the forms multiply by, made once a family."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from problems.arrays import Array
from problems.ridge_sums.ridge import Ridge

__all__ = ["Layout", "layout_of"]


@dataclass(frozen=True, eq=False)
class Layout:
    """Attributes
    ----------
    rows, columns : (n, K, d), (n, d, K), contiguous: Q, and scale * Q^T
    offsets : (n, 1, K) scale * y
    coefficients : (n, m, K) A, or None where atom k is ridge term k alone
    linear : (n, m, d) xi, or None where it is zero
    """

    scale: float
    rows: Array
    columns: Array
    offsets: Array
    coefficients: Array | None
    linear: Array | None

    @property
    def atoms(self) -> int:
        """Number of atoms a task."""
        return self.rows.shape[1] if self.coefficients is None else self.coefficients.shape[1]

    def terms(self, weights: Array, tasks: slice = slice(None)) -> Array:
        """Coefficients (tasks, R or 1, K) of the ridge terms under weights of the atoms."""
        return weights if self.coefficients is None else weights @ self.coefficients[tasks]

    @cached_property
    def gram(self) -> Array:
        """scale * Q Q^T, (n, K, K)."""
        return self.rows @ self.columns

    @cached_property
    def linear_terms(self) -> Array | None:
        """scale * xi Q^T, (n, m, K)."""
        return None if self.linear is None else self.linear @ self.columns


@lru_cache(maxsize=64)
def layout_of(family: Ridge, scale: float) -> Layout:
    """The layout of ``family`` for links at scale * t."""
    K, m = family.features.shape[1], family.atoms
    own = m == K and bool((family.coefficients == np.eye(m)).all())
    return Layout(
        scale,
        np.ascontiguousarray(family.features),
        np.ascontiguousarray(family.features.swapaxes(1, 2)) * scale,
        family.offsets[:, None, :] * scale,
        None if own else np.ascontiguousarray(family.coefficients),
        np.ascontiguousarray(family.linear) if family.linear.any() else None,
    )
