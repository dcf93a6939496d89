"""How far float64 may be from both sides of a comparison: bounds on rounding errors, in their units.

A gradient is sums of products of table entries, so that its error is relative to the sum of their absolute
values: F(X) = s + y + L X at points of norm X, with s what does not depend on w, y the part of the offsets.
An inner step multiplies the error e of a point by at most q = 1 + alpha L and adds epsilon (X + alpha F); the
reverse sweep adds alpha |dH| |g| for an error dH <= rho e of a Hessian.  L and rho are root mean squares over
atoms, as the steps of a sampled path grow in the mean.  Beyond 2^200 and 2^-200, where products could
overflow or lose digits to underflow, float64 proves nothing, and a margin is infinite.  What is estimated has
the margin of one evaluation; that of the K meta steps of a run, which would grow with K, is not bounded.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from maml_verify.arithmetic.norms import norm
from maml_verify.settings import Setting
from maml_verify.theory.constants import C_L, C_b_7, C_b_7_b
from maml_verify.theory.symbols import Constants, Observed, Parameters
from problems import Ridge
from problems.arrays import Array

__all__ = ["Errors", "errors", "left_margin", "right_margin"]

LARGEST = 2.0**200
# Above this many multiplications a trace stands for an eigenvalue.
WORK = 100_000
UNIT = 2.0**-52
# Of a formula with powers up to 4N of a rounded q: relative, far above its rounding.
RELATIVE, PER_STEP = 1e-10, 2.0**-46


class _Size(NamedTuple):
    """Sums of absolute values over the terms of a loss: mean squares over atoms, the largest role."""

    L: float
    rho: float
    free: float
    offset: float
    turned: float
    value: float
    terms: int
    largest: float


def _curvature(A: Array, features: Array, lengths: Array) -> Array:
    """Largest eigenvalue of sum_k A_k q_k q_k^T for each atom, (n, m); the trace where that is much work."""
    if A.shape[-1] == 1 or A.size * features.shape[-1] ** 2 > WORK:
        return (A * lengths**2).sum(-1)
    return np.linalg.eigvalsh(np.einsum("imk,ikd,ike->imde", A, features, features))[..., -1]


class Errors(NamedTuple):
    """Bounds on the errors in float64 of what the sides are made of.

    start, gradient : a point where a path starts, and a gradient there
    point, path_gradient : the same along an inner path
    meta_gradient : one, and ``largest`` its size
    factor : one I - alpha H of it;  gap : a difference of meta losses;  growth : (1 + alpha L)^N
    """

    start: float
    gradient: float
    point: float
    path_gradient: float
    meta_gradient: float
    largest: float
    factor: float
    gap: float
    growth: float


@lru_cache(maxsize=256)
def _size(family: Ridge) -> _Size:
    link = family.link
    sup1 = max(map(abs, link.slope))
    bounded = math.isfinite(sup1)
    sup2, sup3 = float(max(map(abs, link.curvature))), float(link.sup3)
    q, y, A = norm(family.features)[:, None], np.abs(family.offsets)[:, None], np.abs(family.coefficients)
    free = (A * q).sum(-1) * (sup1 if bounded else 0.0) + norm(family.linear)
    value = A * (sup2 * y**2 + (sup1 * y + 2 if bounded else 0.0))
    tables = (A * q**3 * sup3, A * q * y * sup2, A * q**2 * y * sup3, value)
    rho, offset, turned, value = (table.sum(-1) for table in tables)
    sums = np.stack([_curvature(A * sup2, family.features, q), rho, free, offset, turned, value])
    roles = np.stack([family.probabilities, family.support, family.query])
    means = np.sqrt((roles * sums[:, None] ** 2).sum(-1)).max((1, 2))
    parts = (family.features, family.offsets, family.coefficients, family.linear)
    largest = max(float(np.abs(part).max()) for part in parts)
    terms = family.atoms + family.d + family.features.shape[1] + 16
    L, rho, free, offset, turned, value = map(float, means)
    return _Size(L, rho, free, offset, turned, value, terms, largest)


def errors(s: Setting) -> Errors:
    """Of a setting over float64."""
    with np.errstate(all="ignore"):
        size, alpha, N = _size(s.family), float(s.alpha), s.steps
        epsilon = UNIT * size.terms
        reach = max(float(norm(points.astype(np.float64)).max()) for points in (s.w, s.u))
        step = 1 + alpha * size.L
        q = float(np.float64(step) ** N)

        def force(X: float) -> float:
            return size.free + size.offset + size.L * X

        bounded = math.isfinite(s.family.link.slope[0])
        g = size.free if bounded else q * force(reach)
        X = reach + N * alpha * g
        F = force(X)
        point = epsilon * X + N * q * epsilon * (X + alpha * F)
        path_gradient = size.L * point + epsilon * F
        turned = size.rho * (point + epsilon * X) + epsilon * (size.turned + size.L)
        # Of a factor I - alpha H; the 2N factors and sums of a meta gradient multiply by at most q, and its
        # gradient at the end of the path is at most g.
        factor = alpha * min(turned, 2 * size.L) + epsilon * step
        meta = q * path_gradient + N * q * g * factor
        value = size.value + (size.free + 2 * size.offset + size.L * X) * X
        found = Errors(
            start=0.0 if s.w.dtype == s.u.dtype == np.float64 else 2 * UNIT * reach,
            gradient=epsilon * force(reach),
            point=point,
            path_gradient=path_gradient,
            meta_gradient=meta,
            largest=q * g,
            factor=factor,
            gap=2 * (F * point + epsilon * value),
            growth=q,
        )
    large = max(size.largest, reach, alpha, 1 / alpha)
    small = min([x for x in (F, X) if x], default=1.0)
    if not (large <= LARGEST and small >= 1 / LARGEST and all(map(math.isfinite, found))):
        return Errors(*[math.inf] * len(found))
    return found


def _relative(N: int) -> float:
    return RELATIVE + PER_STEP * N


def left_margin(unit: str, s: Setting, c: Constants, p: Parameters, e: Errors, low: Array) -> Array:
    """Error of a left side ``low`` in its unit, which `Claim.unit` names."""
    size = np.abs(low)
    if unit == "length":
        error = 2 * e.point
    elif unit == "length^2":
        error = 4 * e.point * (np.sqrt(size) + e.point)
    elif unit == "gradient":
        error = 2 * e.path_gradient
    elif unit == "meta gradient":
        error = 2 * e.meta_gradient
    elif unit == "meta gradient^2":
        error = 2 * s.family.d**2 * e.meta_gradient * (e.largest + e.meta_gradient)
    elif unit == "product":
        error = 2 * s.family.d * (s.steps + 1) * e.growth * e.factor
    elif unit == "step size":
        slope = max(C_L(c, p), C_b_7(c, p), C_b_7_b(c, p)) if c.rho else 0.0
        error = 4 * size * slope * e.gradient / c.L
    else:
        error = 0.0
    return _relative(s.steps) * size + error


def right_margin(
    bound: Callable[[Constants, Parameters, Observed], Any],
    c: Constants,
    p: Parameters,
    observed: Observed,
    e: Errors,
    rhs: Array,
) -> Array:
    """Error of a right side: what errors of the observed numbers, of alpha L and of C_beta make of it."""
    errors = {
        "distance": 2 * e.start,
        "gradient": e.gradient,
        "support_gradient": e.gradient,
        "meta_gradient": e.meta_gradient,
        "gap": e.gap,
    }
    relative = 2.0**-48 * (1 + p.N)
    near = [(c, p._replace(alpha=p.alpha * (1 + relative)), observed)]
    if p.C_beta != 1:
        near.append((c, p._replace(C_beta=p.C_beta * (1 + relative)), observed))
    for name, value in observed._asdict().items():
        if value is not None and errors[name]:
            near.append((c, p, observed._replace(**{name: value + errors[name]})))
    margin = _relative(p.N) * np.abs(rhs)
    for arguments in near:
        try:
            moved = np.asarray(bound(*arguments)).astype(complex)
        except ArithmeticError:
            moved = np.asarray(complex(np.inf))
        # The root of a negative number is none.
        moved = np.where(moved.imag == 0, moved.real, np.inf)
        # Twice: errors of two numbers together may make more than each alone.
        margin = margin + 2 * np.abs(moved - rhs)
    return np.where(np.isnan(margin), np.inf, margin)
