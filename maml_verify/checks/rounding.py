"""How far float64 may be from both sides of a comparison: bounds on rounding errors, in their units.

A gradient is sums of products of table entries, so that its error is relative to the sum of their absolute
values: F(X) = s + y + L X at points of norm X, with s what does not depend on w, y the part of the offsets.
An inner step multiplies the error e of a point by at most q = 1 + alpha L and adds epsilon (X + alpha F); the
reverse sweep adds alpha |dH| |g| for an error dH <= rho e of a Hessian.  L and rho are root mean squares over
atoms, as the steps of a sampled path grow in the mean.  Beyond 2^200 and 2^-200, where products could
overflow or lose digits to underflow, float64 proves nothing, and a margin is infinite.  What is estimated has
the margin of one evaluation; that of the K meta steps of a run, which would grow with K, is not bounded.

A family that does not tell the sizes of its terms has no such margin.  For it they are measured at the
points, with a unit of 2^-40, and a share `USUAL` of both sides is added: usual, not proved (`Sides.proved`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from maml_verify.arithmetic.norms import norm
from maml_verify.settings import PreparedSetting
from maml_verify.theory.coefficients import C_L, C_b_7, C_b_7_b
from maml_verify.theory.symbols import Constants, Observed, Parameters
from problems.arrays import Array
from problems.family import TermSizes

__all__ = ["Errors", "errors", "left_margin", "right_margin", "usual_margin"]

LARGEST = 2.0**200
UNIT = 2.0**-52
# Relative error of a formula with powers up to q^(4N), q rounded: far above what rounding makes.
RELATIVE, PER_STEP = 1e-10, 2.0**-46
# Where no margin is proved: share of the absolute values of both sides, and operations of a verb.
USUAL, OPERATIONS = 1e-6, 2**12


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


def _measured(s: PreparedSetting) -> TermSizes:
    """Sizes as the verbs show them at the points of a setting, for a family that does not tell them."""
    family, batches = s.family, [np.eye(s.family.atoms)[k] for k in range(s.family.atoms)]
    shape = (family.tasks, 1, family.atoms)
    points = np.concatenate([s.points("w"), s.points("u")], axis=1)
    free = norm(family.atom_grads(points, range(family.atoms))).max()
    value = max(np.abs(family.loss(points, np.broadcast_to(c, shape))).max() for c in batches)
    L, rho = float(s.constants.L or 0), float(s.constants.rho or 0)
    largest = max(float(free), float(value), L, rho)
    return TermSizes(L, rho, float(free), 0.0, L, float(value), OPERATIONS, largest, bounded=False)


def usual_margin(low: Array, rhs: Array) -> Array:
    """Of each side, where no margin is proved, besides `left_margin` and `right_margin`."""
    return USUAL / 2 * (np.abs(low) + np.abs(rhs))


def errors(s: PreparedSetting) -> Errors:
    """Of a setting over float64; usual ones where the family does not tell the sizes of its terms."""
    with np.errstate(all="ignore"):
        size = s.family.term_sizes() or _measured(s)
        alpha, N = float(s.alpha), s.steps
        epsilon = UNIT * size.terms
        reach = max(float(norm(points.astype(np.float64)).max()) for points in (s.w, s.u))
        step = 1 + alpha * size.L
        q = float(np.float64(step) ** N)

        def force(X: float) -> float:
            return size.free + size.offset + size.L * X

        g = size.free if size.bounded else q * force(reach)
        X = reach + N * alpha * g
        F = force(X)
        point = epsilon * X + N * q * epsilon * (X + alpha * F)
        path_gradient = size.L * point + epsilon * F
        hessian = size.rho * (point + epsilon * X) + epsilon * (size.hessian_offset + size.L)
        # Of a factor I - alpha H; the 2N factors and sums of a meta gradient multiply by at most q, and its
        # gradient at the end of the path is at most g.
        factor = alpha * min(hessian, 2 * size.L) + epsilon * step
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


def left_margin(unit: str, s: PreparedSetting, c: Constants, p: Parameters, e: Errors, low: Array) -> Array:
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
    elif unit == "meta gradient variance":
        # The second moment less the square of the mean, each with the error above.
        error = 4 * s.family.d**2 * e.meta_gradient * (e.largest + e.meta_gradient)
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
        # A negative radicand has no root: its error is not bounded.
        moved = np.where(moved.imag == 0, moved.real, np.inf)
        # Doubled, because the errors of two compared numbers add up.
        margin = margin + 2 * np.abs(moved - rhs)
    return np.where(np.isnan(margin), np.inf, margin)
