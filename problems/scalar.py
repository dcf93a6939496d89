"""Certified suprema over one real variable: sup_t E_omega (sum_s e[omega, s] f(t - y_s) + shift[omega])^2.

f is phi' or phi'' of a link.  Along one direction q this is all that a gradient or Hessian difference can
do, and orthogonal directions do it independently of one another.
"""

from __future__ import annotations

import math

import numpy as np
from flint import fmpq

from problems.arrays import Array
from problems.links import Link
from problems.rationals import floats, rational

__all__ = ["sup_mean_square"]

# The search stops when the upper bound is within this factor of a value attained.
GAP = 1e-9
EVALUATIONS = 4_000_000
# Points where phi'' of a piecewise-cubic link changes slope, and beyond which it is constant.
KINKS = {"cubic": (-1, 0, 1), "cubic-well": (-3, -2, -1, 0, 1, 2, 3)}
# sup abs of the fourth derivative, which the second derivative of phi'' needs.
SUP4 = {"logistic": 0.125, "cosine": 1.0}


def sup_mean_square(
    link: Link, order: int, e: Array, y: Array, shift: Array, weights: Array
) -> tuple[fmpq, bool]:
    """An upper bound, and whether it is attained (or approached) to a relative 1e-8.

    Parameters
    ----------
    order : 1 for f = phi', which must be bounded or have sum_s e = 0;  2 for f = phi''
    e : (outcomes, s);  y : (s,) increasing;  shift, weights : (outcomes,);  all exact rationals
    """
    if link.name in KINKS and order == 2:
        return _piecewise_linear(link, e, y, shift, weights), True
    ends = _ends(link, order, e, y, shift, weights)
    return _search(link, order, e, y, shift, weights, ends)


def _piecewise_linear(link: Link, e: Array, y: Array, shift: Array, weights: Array) -> fmpq:
    # Between kinks each outcome is linear in t, so the mean square is convex: its sup is at a kink.
    kinks = np.array(sorted({s + k for s in y for k in KINKS[link.name]}), dtype=object)
    x = link.d2phi(kinks[:, None] - y) @ e.T + shift
    return max((x * x) @ weights)


def _ends(link: Link, order: int, e: Array, y: Array, shift: Array, weights: Array) -> list[fmpq]:
    """The limits as t goes to -inf and +inf, where there are any."""
    total = e.sum(1)
    if link.name == "cosine":
        return []
    if link.name == "logistic":
        low, high = shift, shift + (total if order == 1 else 0)
    else:
        # phi'(t) is t + const sign(t) far out, and sum e = 0.
        low = high = shift - e @ y
    return [weights @ (x * x) for x in (low, high)]


def _search(
    link: Link, order: int, e: Array, y: Array, shift: Array, weights: Array, ends: list[fmpq]
) -> tuple[fmpq, bool]:
    # h has a second derivative bounded by M, so on [a, b] it exceeds max(h(a), h(b)) by at most
    # M (b - a)^2 / 8: split the cells that may beat the best value, drop the others.
    ef, yf, sf, pf = floats(e), floats(y), floats(shift), floats(weights)
    size = np.abs(ef).sum(1)
    first, second = float(max(abs(link.curvature[0]), link.curvature[1])), float(link.sup3)
    if order == 2:
        first, second = second, SUP4[link.name]
    if order == 1 and math.isinf(link.slope[0]):
        box = float(np.diff(yf).sum()) * np.abs(np.cumsum(ef, axis=1)).max(1, initial=0)
        reach = 4.0
    else:
        top = max(map(abs, link.slope)) if order == 1 else float(link.curvature[1])
        box = size * top
        reach = 4.0 if link.name == "cosine" else 40.0
    box = box + np.abs(sf)
    M = 2 * float(pf @ ((size * first) ** 2 + box * size * second)) * (1 + 1e-9)
    f = link.dphi if order == 1 else link.d2phi
    low, high = yf[0] - reach, yf[-1] + reach
    if link.name == "cosine":
        low, high = 0.0, 6.3
    # Rounding of f (a few units, arguments up to the width of the domain), of the sums, and e^-40.
    slip = size * 1e-14 * (4 + max(abs(low), abs(high)) + np.abs(yf).max()) + 1e-14 * box
    error = float(pf @ (2 * box * slip + slip**2))

    def value(t: Array) -> Array:
        x = f(t[:, None] - yf) @ ef.T + sf
        return (x**2) @ pf

    a = np.linspace(low, high, 129)
    h = value(a)
    known = max(map(float, ends), default=0.0)
    left, right, hl, hr = a[:-1], a[1:], h[:-1], h[1:]
    best = max(known, float(h.max()))
    dropped = best
    spent = 0
    while len(left):
        bound = np.maximum(hl, hr) + M * (right - left) ** 2 / 8
        if link.name == "logistic" and order == 1:
            # phi' is monotone: its values at the ends enclose it, tightly so far out.
            low, high = f(left[:, None] - yf), f(right[:, None] - yf)
            up, down = np.maximum(ef, 0).T, np.minimum(ef, 0).T
            ends_of_x = high @ up + low @ down + sf, low @ up + high @ down + sf
            bound = np.minimum(bound, np.maximum(*(x**2 for x in ends_of_x)) @ pf)
        keep = bound > best * (1 + GAP) + error
        dropped = max(dropped, float(bound[~keep].max(initial=0.0)))
        left, right, hl, hr, bound = (part[keep] for part in (left, right, hl, hr, bound))
        spent += 4 * len(left) * ef.size
        if spent > EVALUATIONS:
            dropped = max(dropped, float(bound.max(initial=0.0)))
            break
        cuts = np.linspace(left, right, 5, axis=1)
        values = value(cuts.ravel()).reshape(cuts.shape) if len(left) else cuts
        left, right, hl, hr = (
            part.ravel() for part in (cuts[:, :-1], cuts[:, 1:], values[:, :-1], values[:, 1:])
        )
        best = max(best, float(values.max(initial=0.0)))
    upper = max(rational(dropped * (1 + 1e-12) + error), *ends, fmpq(0))
    return upper, float(dropped) + error <= best * (1 + 1e-8)
