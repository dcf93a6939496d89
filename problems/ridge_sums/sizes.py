"""How large the terms of a ridge sum are and how curved its atoms, from absolute values of its tables."""

from __future__ import annotations

import math

import numpy as np

from problems.arrays import Array, length
from problems.family import AtomBounds, TermSizes
from problems.ridge_sums.tables import RidgeTables

__all__ = ["atom_curvature", "term_sizes"]

# Above this many multiplications the trace, which is no smaller, is taken for the largest eigenvalue.
WORK = 100_000


def _curvature(A: Array, features: Array, lengths: Array) -> Array:
    """Largest eigenvalue of sum_k A_k q_k q_k^T for each atom, (n, m); the trace where that is much work."""
    if A.shape[-1] == 1 or A.size * features.shape[-1] ** 2 > WORK:
        return (A * lengths**2).sum(-1)
    return np.linalg.eigvalsh(np.einsum("imk,ikd,ike->imde", A, features, features))[..., -1]


def term_sizes(family: RidgeTables) -> TermSizes:
    """Sums of absolute values over the terms of a loss: mean squares over atoms, the largest role."""
    link = family.link
    sup1 = max(map(abs, link.slope))
    bounded = math.isfinite(sup1)
    sup2, sup3 = float(max(map(abs, link.curvature))), float(link.sup3)
    q, y, A = length(family.features)[:, None], np.abs(family.offsets)[:, None], np.abs(family.coefficients)
    free = (A * q).sum(-1) * (sup1 if bounded else 0.0) + length(family.linear)
    value = A * (sup2 * y**2 + (sup1 * y + 2 if bounded else 0.0))
    tables = (A * q**3 * sup3, A * q * y * sup2, A * q**2 * y * sup3, value)
    rho, offset, hessian_offset, value = (table.sum(-1) for table in tables)
    sums = np.stack([_curvature(A * sup2, family.features, q), rho, free, offset, hessian_offset, value])
    roles = np.stack([family.probabilities, family.support, family.query])
    means = np.sqrt((roles * sums[:, None] ** 2).sum(-1)).max((1, 2))
    parts = (family.features, family.offsets, family.coefficients, family.linear)
    largest = max(float(np.abs(part).max()) for part in parts)
    terms = family.atoms + family.d + family.features.shape[1] + 16
    L, rho, free, offset, hessian_offset, value = map(float, means)
    return TermSizes(
        L, rho, free, offset, hessian_offset, value, terms, largest, math.isfinite(link.slope[0])
    )


def atom_curvature(family: RidgeTables) -> AtomBounds:
    """Largest curvature and slope of the link times the terms of an atom, the largest atom of each task."""
    q, mask = family.features, family.probabilities > 0
    sup2, sup3 = max(abs(float(c)) for c in family.link.curvature), float(family.link.sup3)
    A = np.abs(family.coefficients) * mask[..., None]
    top = np.linalg.eigvalsh(np.einsum("imk,ikd,ike->imde", A * sup2, q, q))[..., -1]
    rho = sup3 * (A @ (length(q) ** 3)[..., None]).max(1)
    return AtomBounds(top.max(1), rho[:, 0])
