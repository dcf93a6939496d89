"""Rates of Algorithms 1 and 2, edition ``beyond`` of Theorems 5 and 9: by polarisation, and r for q.

With g = grad L, m = E G_i and e = m - g, -<g, m> = -(|g|^2 + |m|^2 - |e|^2)/2, and the terms of |m|^2 cancel
where C_beta is at least L_w E beta^2/E beta of beta = 1/L-hat.  Every term of the descent is a polynomial in
||grad L||, with coefficients in `Descent`, and `rate` solves for the mean of the norms.  L-hat has the
constants of `beyond`, r = 1 + alpha l in place of q = 1 + alpha L; batches of any size serve.
"""

from __future__ import annotations

from typing import NamedTuple

from maml_verify.theory import beyond
from maml_verify.theory.coefficients import grown
from maml_verify.theory.symbols import HALF, Constants, Number, Observed, Parameters

__all__ = [
    "Descent",
    "completed",
    "finite_sum",
    "finite_sum_rate",
    "finite_sum_smoothness",
    "least_C_beta",
    "least_K",
    "rate",
    "resampling",
    "resampling_rate",
    "resampling_smoothness",
    "settled",
    "smaller_bias",
    "theta",
]

Affine = tuple[Number, Number]
"""A bound c_0 + c_1 ||grad L||."""


class Descent(NamedTuple):
    """E L(w_(k+1)) <= L(w_k) - (curve G^2 - slope G - level)/(2 C_beta L_w), G = ||grad L(w_k)||.

    least <= L_w <= start + rise G.  Units: slope c/s, level (c/s)^2, least and start c/s^2, rise 1/s.
    """

    curve: Number
    slope: Number
    level: Number
    least: Number
    start: Number
    rise: Number


def resampling_smoothness(c: Constants, p: Parameters, gradient: Number) -> Number:
    """L_w of Proposition 1, and (14) where ``gradient`` is the sampled mean of the norms."""
    return beyond.growth(c, p) ** (2 * p.N) * c.L + beyond.C_L(c, p) * gradient


def finite_sum_smoothness(c: Constants, p: Parameters, gradient: Number) -> Number:
    """L_w of Proposition 7, and (22) where ``gradient`` is the sampled mean of the norms."""
    return beyond.smoothness(c, p, gradient)


def noise_of_estimate(c: Constants, p: Parameters) -> tuple[Number, Number]:
    """delta and omega: E L-hat <= (1 + delta) L_w, and L-hat deviates by omega times its least value."""
    share = beyond.C_L(c, p) / resampling_smoothness(c, p, 0)
    delta = share * c.sigma_g / p.D_L**HALF
    return delta, share * ((c.sigma**2 + c.sigma_g**2 / p.D_L) / p.B_prime) ** HALF


def least_C_beta(c: Constants, p: Parameters) -> Number:
    """(1 + omega)^2 (1 + delta), at least C_beta L_w E beta^2/E beta; 1 as |B'| and |D_L| grow."""
    delta, omega = noise_of_estimate(c, p)
    return (1 + omega) ** 2 * (1 + delta)


def mean_square_gradient(c: Constants, p: Parameters) -> Affine:
    """The root of E ||grad l_i||^2 is at most this, with ||grad L|| in the second place."""
    t = beyond.reach(c, p)
    return c.sigma / (1 - t**2) ** HALF, 1 / (1 - p.alpha * c.L) ** (2 * p.N)


def path(c: Constants, p: Parameters) -> Number:
    """The root of E ||w_N - w~_N||^2."""
    return beyond.path_first_moment(c, p._replace(j=p.N), Observed())


def bias(c: Constants, p: Parameters) -> Affine:
    """||e|| by `beyond.bias`, of first order in the noise."""
    start, rise = mean_square_gradient(c, p)
    distance, total = path(c, p), beyond.distances(c, p)
    return beyond.bias(c, p, start, distance, total), beyond.bias(c, p, rise, 0, total)


def second_order_bias(c: Constants, p: Parameters) -> Affine:
    """||e|| by `beyond.second_order`; the second is 0 at N = 1."""
    start, rise = mean_square_gradient(c, p)
    distance, total = path(c, p), beyond.distances(c, p)
    return beyond.second_order(c, p, start, distance, total), beyond.bias(c, p, rise, 0, total)


def smaller_bias(c: Constants, p: Parameters) -> Affine:
    """The bound of ||e|| that is smaller where grad L is 0: of second order where noise is small."""
    first, second = bias(c, p), second_order_bias(c, p)
    return second if second[0] <= first[0] else first


def deviation(c: Constants, p: Parameters) -> Affine:
    """The root of E ||grad L_i - grad L||^2 where b_i = 0."""
    t = beyond.reach(c, p)
    return beyond.growth(c, p) ** (2 * p.N) * c.sigma, t / (1 - t**2) ** HALF


def square(of: Affine) -> tuple[Number, Number, Number]:
    """Coefficients of the square."""
    return of[0] ** 2, 2 * of[0] * of[1], of[1] ** 2


def variance_of(
    c: Constants, p: Parameters, gradient: Affine, distance: Number, rest: Affine
) -> tuple[Number, Number, Number]:
    """`beyond.variance` of affine bounds, by its coefficients."""
    r = beyond.growth(c, p)
    noise = p.alpha**2 * c.sigma_H**2 / p.D / r**2
    factor = r ** (2 * p.N) * grown(noise, p.N)
    outer = r ** (2 * p.N) * (1 + noise) ** p.N * (c.sigma_g**2 / p.T)
    last = square((r**p.N * gradient[0] + c.L * distance, r**p.N * gradient[1]))
    level, slope, curve = square(rest)
    return factor * last[0] + outer + level, factor * last[1] + slope, factor * last[2] + curve


def variance(c: Constants, p: Parameters) -> tuple[Number, Number, Number]:
    """Coefficients of a bound on E ||G_i - E G_i||^2 in ||grad L||."""
    tasks, off = deviation(c, p), bias(c, p)
    rest = tasks[0] + off[0], tasks[1] + off[1]
    return variance_of(c, p, mean_square_gradient(c, p), path(c, p), rest)


def polarised(
    delta: Number, omega: Number, batch: Number, off: Affine, spread: tuple[Number, Number, Number]
) -> tuple[Number, Number, Number]:
    """curve, slope, level of G^2/(1 + delta) - (1 + omega) ||e||^2 - (1 + omega)^2 V/batch."""
    share = (1 + omega) ** 2 / batch
    level, slope, curve = ((1 + omega) * a + share * b for a, b in zip(square(off), spread, strict=True))
    return 1 / (1 + delta) - curve, slope, level


def resampling(c: Constants, p: Parameters, off: Affine) -> Descent:
    """The descent of Algorithm 1, ||e|| at most ``off``; needs C_beta >= `least_C_beta`."""
    parts = polarised(*noise_of_estimate(c, p), p.C_beta * p.B, off, variance(c, p))
    start, rise = mean_square_gradient(c, p)
    least, step = resampling_smoothness(c, p, 0), beyond.C_L(c, p)
    return Descent(*parts, least, least + step * start, step * rise)


def finite_sum(c: Constants, p: Parameters) -> Descent:
    """The descent of Algorithm 2, whose meta gradients are unbiased; no condition on C_beta but theta > 0."""
    more = beyond.support_drift(c, p)
    start, rise = mean_square_gradient(c, p)
    least, step = finite_sum_smoothness(c, p, 0), beyond.C_L(c, p)
    omega = step / least * c.sigma / p.B_prime**HALF
    spread, slope = deviation(c, p)
    level, slope, curve = square((spread + more * (c.b2**HALF + slope * c.b), slope))
    share = (1 + omega) ** 2 / p.C_beta
    return Descent(
        2 - share * (1 + curve / p.B),
        share * slope / p.B,
        share * level / p.B,
        least,
        least + step * (start + rise * more * c.b),
        step * rise,
    )


def theta(d: Descent) -> Number:
    """What is left of the curve where L_w grows with ||grad L|| and the slope counts."""
    return d.curve - d.rise * d.slope / d.least


def completed(d: Descent) -> Descent:
    """The descent with slope G <= (curve/8) G^2 + 2 slope^2/curve put in."""
    return d._replace(curve=d.curve * 7 / 8, slope=d.slope * 0, level=d.level + 2 * d.slope**2 / d.curve)


def settled(d: Descent) -> Descent:
    """The descent, `completed` where its slope would cost more than an eighth of the curve."""
    return d if d.rise * d.slope / d.least <= d.curve / 8 else completed(d)


def rate(d: Descent, p: Parameters, gap: Number) -> Number:
    """E ||grad L(w_zeta)||: the largest G with curve G^2/(start + rise G) <= left + slope G/least."""
    left = 2 * p.C_beta * gap / p.K + d.level / d.least
    middle = d.start * d.slope / d.least + d.rise * left
    return (middle + (middle**2 + 4 * theta(d) * d.start * left) ** HALF) / (2 * theta(d))


def least_K(d: Descent, p: Parameters, gap: Number, eps: Number) -> Number:
    """The K from which on `rate` is at most eps; where it is not positive, no K is: batches are too small."""
    left = d.curve * eps**2 / (d.start + d.rise * eps) - (d.slope * eps + d.level) / d.least
    return 2 * p.C_beta * gap / left


def resampling_rate(c: Constants, p: Parameters, o: Observed) -> Number:
    """Theorem 5."""
    return rate(settled(resampling(c, p, smaller_bias(c, p))), p, o.gap)


def finite_sum_rate(c: Constants, p: Parameters, o: Observed) -> Number:
    """Theorem 9."""
    return rate(settled(finite_sum(c, p)), p, o.gap)
