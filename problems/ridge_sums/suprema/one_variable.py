"""Certified suprema over one real variable: sup_t E_omega (sum_s e[omega, s] f(t - y_s) + shift[omega])^2.

f is phi' or phi'' of a link.  Along one direction q this is all that a gradient or Hessian difference can
do, and orthogonal directions do it independently of one another.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
from flint import fmpq

from problems.arrays import Array
from problems.rationals import exponent, power, rational, scaled
from problems.ridge_sums.links import STEEP, Link
from problems.rounding import TINY, units

__all__ = ["sup_mean_square", "sup_rate"]

# The search stops when the upper bound is within this factor of a value attained.
GAP = 1e-11
# Offsets further apart lose too many digits in a search, or could overflow in float64.
SPAN, WIDEST = 2**30, 2**400
# Beyond 40 from every offset a logistic slope is this close to its limit (e^-40), and so is its curvature.
FAR, TAIL = 40, fmpq(1, 2**57)
EVALUATIONS = 4_000_000
HALVINGS = 40
EXACT_WORK = 2_000
# Points where phi'' of a piecewise-cubic link changes slope, and beyond which it is constant.
STEEP_KINKS = (1 - fmpq(1, STEEP), 1 + fmpq(1, STEEP))
KINKS = {
    "cubic": (-1, 0, 1),
    "huber": (-2, -1, 1, 2),
    "cubic-well": (-3, -2, -1, 0, 1, 2, 3),
    "steep-well": (*(-k for k in reversed(STEEP_KINKS)), *STEEP_KINKS),
}
# sup abs of the fourth derivative, which the second derivative of phi'' needs.
SUP4 = {"logistic": 0.125, "cosine": 1.0}


def sup_mean_square(
    link: Link, order: int, e: Array, y: Array, shift: Array, weights: Array
) -> tuple[fmpq, bool] | None:
    """An upper bound, and whether it is attained (or approached) to a relative 1e-8.

    None where offsets are too far apart for a search.

    Parameters
    ----------
    order : 1 for f = phi', which must be bounded or have sum_s e = 0;  2 for f = phi''
    e : (outcomes, s), not all 0;  y : (s,) increasing;  shift, weights : (outcomes,);  all exact rationals
    """
    if order == 1 and len(y) == 1 and not math.isinf(link.slope[0]):
        # The mean square is convex in the slope, and the slope takes all values of its range.
        return max(weights @ (e[:, 0] * rational(end) + shift) ** 2 for end in link.slope), True
    # The supremum is over all t: only the gaps of the offsets count.
    y = y - y[0]
    if link.name in KINKS and order == 2:
        return _piecewise_linear(link, e, y, shift, weights), True
    if link.name not in KINKS and y[-1] > SPAN:
        return None
    # The largest coefficient between 1/4 and 1, so that nothing in float64 comes near its ends.
    k = max(k for k in map(exponent, [*e.ravel(), *shift]) if k is not None)
    e, shift = e * power(-k), shift * power(-k)
    if link.name in KINKS:
        upper, attained = _piecewise_quadratic(link, e, y, shift, weights)
    else:
        upper, attained = _search(link, order, e, y, shift, weights)
    return upper * power(2 * k), attained


def sup_rate(link: Link, e: Array, y: Array) -> fmpq:
    """sup abs of the slope of sum_s e_s phi''(t - y_s) for a piecewise-cubic link, exact."""
    kinks = _kinks(link, y)
    x = link.d2phi(kinks[:, None] - y) @ e
    return max(abs(np.diff(x)) / np.diff(kinks))


def _kinks(link: Link, y: Array) -> Array:
    return np.array(sorted({s + k for s in y for k in KINKS[link.name]}), dtype=object)


def _piecewise_linear(link: Link, e: Array, y: Array, shift: Array, weights: Array) -> fmpq:
    # Between kinks each outcome is linear in t, so the mean square is convex: its sup is at a kink.
    x = link.d2phi(_kinks(link, y)[:, None] - y) @ e.T + shift
    return max((x * x) @ weights)


def _piecewise_quadratic(link: Link, e: Array, y: Array, shift: Array, weights: Array) -> tuple[fmpq, bool]:
    """phi' of a piecewise-cubic link, bounded or with sum e = 0: a quartic between kinks, constant beyond.

    A polynomial is at most the largest of its Bernstein coefficients, the first and last of which are
    its values at the ends; halving the interval closes in on the supremum.
    """
    kinks = _kinks(link, y)
    slip: Any = 0
    slack: Any = 1 + rational(GAP)
    if len(kinks) * e.size > EXACT_WORK and y[-1] < WIDEST:
        width = float(scaled(max(abs(kinks)) + max(abs(y)), 0))
        kinks, y, e, shift, weights = (scaled(part, 0) for part in (kinks, y, e, shift, weights))
        ends = np.concatenate([kinks, (kinks[:-1] + kinks[1:]) / 2])
        box = (np.abs(link.dphi(ends[:, None] - y)) @ np.abs(e).T + np.abs(shift)).max(0)
        # Rounding of the values: of arguments (phi'' is at most 1) and of sums; b1 is at most 3 box.
        wrong = units(4) * width * np.abs(e).sum(1) + units(len(y) + 16) * box
        products = 20 * box * wrong + 20 * wrong**2 + 9 * box**2 * units(len(weights) + 16 + 4 * HALVINGS)
        slip, slack = float(weights @ products) * (1 + GAP) + TINY, 1 + GAP

    def value(t: Array) -> Array:
        return link.dphi(t[:, None] - y) @ e.T + shift

    ends, middle = value(kinks), value((kinks[:-1] + kinks[1:]) / 2)
    b0, b2 = ends[:-1], ends[1:]
    b1 = 2 * middle - (b0 + b2) / 2
    products = (b0 * b0, b0 * b1, (b0 * b2 + 2 * b1 * b1) / 3, b1 * b2, b2 * b2)
    c = np.stack([part @ weights for part in products], axis=1)
    best = c[:, [0, 4]].max()
    upper = best
    for _ in range(HALVINGS):
        best = max(best, c[:, [0, 4]].max())
        upper = max(upper, best)
        # A cell this small is dropped: its bound is within GAP of the best value.
        top = c.max(1)
        open_cells = top > best
        near = open_cells & (top <= best * slack + slip)
        upper = max(upper, top[near].max(initial=best))
        c = c[open_cells & ~near]
        if not len(c):
            break
        rows, left, right = [c[:, k] for k in range(5)], [c[:, 0]], [c[:, 4]]
        while len(rows) > 1:
            rows = [(a + b) / 2 for a, b in pairwise(rows)]
            left.append(rows[0])
            right.insert(0, rows[-1])
        c = np.concatenate([np.stack(left, axis=1), np.stack(right, axis=1)])
    if len(c):
        upper = max(upper, c.max())
    upper = rational(upper) + rational(slip)
    return upper, upper - rational(best) <= rational(1e-8) * rational(best)


def _ends(link: Link, order: int, e: Array, shift: Array, weights: Array) -> tuple[fmpq, fmpq]:
    """The larger limit as t goes to -inf and +inf, 0 where there is none, and a bound beyond the search."""
    if link.name == "cosine":
        return fmpq(0), fmpq(0)
    limits = [weights @ (x * x) for x in (shift, shift + (e.sum(1) if order == 1 else 0))]
    off = abs(e).sum(1) * TAIL
    box = abs(e).sum(1) + abs(shift)
    return max(limits), max(limits) + weights @ (2 * box * off + off * off)


def _search(link: Link, order: int, e: Array, y: Array, shift: Array, weights: Array) -> tuple[fmpq, bool]:
    # h has a second derivative bounded by M, so on [a, b] it exceeds max(h(a), h(b)) by at most
    # M (b - a)^2 / 8: split the cells that may beat the best value, drop the others.
    limit, beyond = _ends(link, order, e, shift, weights)
    ef, yf, sf, pf = (scaled(part, 0) for part in (e, y, shift, weights))
    size = np.abs(ef).sum(1)
    first, second = float(max(abs(link.curvature[0]), link.curvature[1])), float(link.sup3)
    if order == 2:
        first, second = second, SUP4[link.name]
    top = max(map(abs, link.slope)) if order == 1 else float(link.curvature[1])
    box = size * top + np.abs(sf)
    M = 2 * float(pf @ ((size * first) ** 2 + box * size * second)) * (1 + 1e-9)
    f = link.dphi if order == 1 else link.d2phi
    low, high = (0.0, 6.3) if link.name == "cosine" else (yf[0] - FAR, yf[-1] + FAR)
    # Rounding of f (a few units of 1), of its arguments (first is its Lipschitz constant) and of the sums.
    reach = max(abs(low), abs(high)) + np.abs(yf).max()
    slip = size * (units(32) + units(4) * reach * first) + box * units(8 + len(yf)) + TINY
    error = float(pf @ (2 * box * slip + slip**2)) + float(pf @ box**2) * units(8 + len(pf)) + TINY

    def value(t: Array) -> Array:
        x = f(t[:, None] - yf) @ ef.T + sf
        return (x**2) @ pf

    a = np.linspace(low, high, 129)
    h = value(a)
    known = float(scaled(limit, 0))
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
            ends = high @ up + low @ down + sf, low @ up + high @ down + sf
            bound = np.minimum(bound, np.maximum(*(x**2 for x in ends)) @ pf)
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
    upper = max(rational(dropped * (1 + 1e-12) + error), beyond)
    return upper, upper - rational(best) <= rational(1e-8) * rational(best)
