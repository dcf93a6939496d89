"""The gap L(w_0) - inf L of the rates: a value below it, and a certified enclosure where there is one.

L at the best point found is an upper bound on inf L, so the lower end of the gap is always at hand: a rate
that holds with it holds.  A violation needs the upper end, a lower bound on inf L, which interval arithmetic
gives for convex families of one dimension.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from flint import arb

from maml_verify.arithmetic.domains import lift
from maml_verify.meta_gradients.inner_path import inner_path
from maml_verify.meta_gradients.objective import RoleMaker, meta_gradient_norms, meta_gradients, meta_losses
from problems.arrays import Array
from problems.family import Family

__all__ = ["best_point", "gap", "gap_enclosure", "lower_bound"]

DOUBLINGS = 200
OPTIONS = {"ftol": 2.0**-44, "gtol": 1e-9}
PIECES = 20_000
# The lower bound on inf L is within this share of L(w_0) - inf L.
TOLERANCE = 2.0**-7


def best_point(family: Family, w: Array, alpha: float, N: int, role: RoleMaker) -> Array:
    """Where L-BFGS comes from the best of the starts (R, d) and 0, shape (1, d).

    In units in which the first gradient step is 1 long and gains 1: the optimiser's tolerances are absolute.
    """
    from scipy.optimize import minimize

    # Where constants hold on a ball alone, the infimum that counts is over points of it.
    starts = family.nearest(np.concatenate([w, np.zeros((1, family.d))]), alpha, N)
    start = starts[int(np.argmin(meta_losses(family, starts, alpha, N, role)))]
    first = float(meta_gradient_norms(family, start[None], alpha, N, role)[0])
    length, unit = _power_of_two(alpha * first), _power_of_two(alpha * first**2)
    if not (length and unit):
        return start[None]
    bottom = meta_losses(family, start[None], alpha, N, role)[0]

    def loss(z: Array) -> tuple[float, Array]:
        x = (start + length * z)[None]
        value = (meta_losses(family, x, alpha, N, role)[0] - bottom) / unit
        return float(value), meta_gradients(family, x, alpha, N, role)[0] * (length / unit)

    steps = minimize(loss, np.zeros(family.d), jac=True, method="L-BFGS-B", options=OPTIONS).x
    found = family.nearest(np.array([start, start + length * steps]), alpha, N)
    return found[[int(np.argmin(meta_losses(family, found, alpha, N, role)))]]


def _power_of_two(x: float) -> float:
    """The one next to x > 0, so that to divide by it does not round; 0 beyond float64."""
    exponent = math.frexp(x)[1] if math.isfinite(x) else -math.inf
    return 2.0**exponent if x > 0 and abs(exponent) < 1000 else 0.0


def gap(family: Family, w: Array, alpha: float, N: int, role: RoleMaker) -> Array:
    """L(w_0) - L(best point found) for each start (R, d), float64; at most L(w_0) - inf L."""
    best = meta_losses(family, best_point(family, w, alpha, N, role), alpha, N, role)
    return np.maximum(meta_losses(family, w, alpha, N, role) - best, 0)


def gap_enclosure(family: Family, w: Array, alpha: Any, N: int, role: RoleMaker, best: Array) -> Array:
    """L(w_0) - inf L as balls (R,), infinite where no lower bound on inf L is known.

    Parameters
    ----------
    family, w, alpha : over Arb balls; w is (R, d)
    best : (1, d) float64, a good point
    """
    found = meta_losses(family, lift(best, "arb"), alpha, N, role)[0]
    result = np.empty(len(w), dtype=object)
    for r, value in enumerate(meta_losses(family, w, alpha, N, role)):
        bottom = lower_bound(family, alpha, N, role, TOLERANCE * max(float(value - found), 0.0))
        result[r] = arb(0, float("inf")) if bottom is None else (value - found).union(value - bottom)
    return result


def lower_bound(family: Family, alpha: Any, N: int, role: RoleMaker, tolerance: float) -> Any | None:
    """A number below inf L by at most about ``tolerance``; None where none is known.

    For d = 1 and convex tasks: inner steps with alpha L < 1 are increasing in w, and so is
    each task's outer gradient along them, so that beyond points where these have one sign L is monotone.
    Between, the line is halved until on each piece either L' has a sign, and the infimum is at an end, or
    the mean value form L(centre) + L'(piece) (w - centre) is near enough to the best value.
    """
    if family.d != 1 or not family.convex:
        return None
    exponent = next((k for k in range(DOUBLINGS) if _monotone_beyond(family, alpha, N, role, 2.0**k)), None)
    if exponent is None:
        return None
    positive = [2.0**k for k in range(-4, exponent + 1)]
    cuts = np.array([*(-x for x in reversed(positive)), 0.0, *positive])
    left, right = cuts[:-1], cuts[1:]
    best, bottom, seen = arb(float("inf")), arb(float("inf")), 0
    while len(left):
        seen += len(left)
        if seen > PIECES:
            return None
        centre, radius = (left + right) / 2, (right - left) / 2
        pieces = np.array([[arb(c, r)] for c, r in zip(centre, radius, strict=True)], dtype=object)
        slope = meta_gradients(family, pieces, alpha, N, role)[:, 0]
        up, down = np.array([s > 0 for s in slope]), np.array([s < 0 for s in slope])
        at = np.where(up, left, np.where(down, right, centre))
        value = meta_losses(family, lift(at[:, None], "arb"), alpha, N, role)
        best = min([best, *(v.upper() for v in value)])
        spread = np.where(up | down, 0.0, radius)
        low = [(v - abs(s) * arb(r)).lower() for v, s, r in zip(value, slope, spread, strict=True)]
        done = up | down | np.array([v >= best - tolerance for v in low])
        bottom = min([bottom, *(v for v, ready in zip(low, done, strict=True) if ready)])
        left, centre, right = left[~done], centre[~done], right[~done]
        left, right = np.concatenate([left, centre]), np.concatenate([centre, right])
    return bottom


def _monotone_beyond(family: Family, alpha: Any, N: int, role: RoleMaker, X: float) -> bool:
    roles = role(family, N)
    ends = lift(np.array([[-X], [X]]), "arb")
    start = np.broadcast_to(ends, (family.tasks, 2, 1))
    slopes = family.grad(inner_path(family, start, alpha, roles.inner)[-1], roles.outer)
    return all(s <= 0 for s in slopes[:, 0, 0]) and all(s >= 0 for s in slopes[:, 1, 0])
