"""Constants of the instances of the search, in closed form and float64.

Features are the unit axes and offsets are zero, so every supremum over w splits into one scalar problem an
axis; `problems.ridge_sums.assumptions` gives the same numbers, exactly, in a hundred times the time.
"""

from __future__ import annotations

import math

import numpy as np

from maml_verify.studies.search.instance import Instance
from maml_verify.theory.symbols import Constants
from problems import LINKS, Link, Ridge
from problems.arrays import Array

__all__ = ["bounded_below", "finite_sum", "resampling"]

# Coefficients that differ by less are the same number, rounded.
SAME = 1e-12


def bounded_below(instance: Instance) -> bool:
    """Whether every task's loss is bounded below under each role's weights; True off the axes, unseen."""
    if not instance.on_axes:
        return True
    for role in (instance.probabilities, instance.support, instance.query):
        A, xi = ((role[..., None] * table).sum(1) for table in (instance.coefficients, instance.linear))
        low, high = LINKS[instance.link].slope
        if instance.link == "cosine":
            good = xi == 0
        elif math.isfinite(high):
            good = (-xi >= low * A) & (-xi <= high * A)
        else:
            good = (A > 0) | ((A == 0) & (xi == 0))
        if not good.all():
            return False
    return True


def _largest_deviation(link: Link, weights: Array, A: Array, xi: Array) -> float:
    """sup over w of (sum_r weights_r ||A_r phi'(w) + xi_r||^2)^(1/2), rows r, by axis."""
    low, high = link.slope
    if np.abs(A).max() <= SAME:
        squares = weights @ xi**2
    elif math.isinf(high):
        return math.inf
    else:
        # The mean square is convex in phi', so it is largest at an end of the range of phi'.
        squares = np.maximum(weights @ (A * low + xi) ** 2, weights @ (A * high + xi) ** 2)
    return math.sqrt(squares.sum())


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _between_tasks(family: Ridge, A: Array, xi: Array) -> float:
    p = family.task_weights
    return _largest_deviation(family.link, p, A - p @ A, xi - p @ xi)


def _convexity(link: Link, A: Array) -> float:
    """The largest -phi'' times a coefficient, and at least 0."""
    return max(0.0, -min(float((A * float(end)).min()) for end in link.curvature))


def _smoothness(link: Link, A: Array) -> tuple[float, float]:
    size = float(np.abs(A).max())
    return size * float(max(abs(end) for end in link.curvature)), size * float(link.sup3)


def resampling(family: Ridge) -> Constants:
    """Assumptions 1, 2 and 3."""
    link, p = family.link, family.probabilities
    A, xi = family.coefficients, family.linear
    mean_A, mean_xi = (p[:, None] @ A)[:, 0], (p[:, None] @ xi)[:, 0]
    L, rho = _smoothness(link, mean_A)
    gaps_A, gaps_xi = A - mean_A[:, None], xi - mean_xi[:, None]
    parts = zip(p, gaps_A, gaps_xi, strict=True)
    sigma_g = max(_largest_deviation(link, *part) for part in parts)
    curvature = float(max(abs(end) for end in link.curvature))
    sigma_H = curvature * math.sqrt((p * np.abs(gaps_A).max(2) ** 2).sum(1).max())
    sigma = _finite(_between_tasks(family, mean_A, mean_xi))
    return Constants(L, rho, sigma, _finite(sigma_g), sigma_H, None, None, _convexity(link, mean_A))


def finite_sum(family: Ridge) -> Constants:
    """Assumptions 4 and 5."""
    link = family.link
    S, T = family.support[:, None], family.query[:, None]
    A_S, xi_S = (S @ family.coefficients)[:, 0], (S @ family.linear)[:, 0]
    A_T, xi_T = (T @ family.coefficients)[:, 0], (T @ family.linear)[:, 0]
    L, rho = _smoothness(link, np.concatenate([A_S, A_T]))
    sigma = _finite(_between_tasks(family, A_T, xi_T))
    one = np.ones(1)
    rows = zip(A_S - A_T, xi_S - xi_T, strict=True)
    b = np.array([_largest_deviation(link, one, a[None], x[None]) for a, x in rows])
    p = family.task_weights
    convexity = _convexity(link, np.concatenate([A_S, A_T]))
    means = _finite(float(p @ b)), _finite(float(p @ b**2))
    return Constants(L, rho, sigma, None, None, *means, convexity)
