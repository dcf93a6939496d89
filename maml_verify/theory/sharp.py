"""Right-hand sides that are attained, or approached in a stated limit: edition ``sharp``.

Same conventions as `printed`.  Each is proved in the ledger.  Where it is attained, and with which of its
terms, is the field `attained` of its claim; `maml_verify.studies.extremal` has the instances.
"""

from __future__ import annotations

import numpy as np

from maml_verify.theory import derived, printed
from maml_verify.theory.coefficients import C_L, C_squ_1_ratio, grown, growth, smoothness_5, smoothness_9
from maml_verify.theory.symbols import HALF, Constants, Number, Observed, Parameters

__all__ = [
    "estimator_bias",
    "estimator_second_moment",
    "finite_sum_gradient_gap",
    "finite_sum_mean_gradient",
    "finite_sum_meta_smoothness",
    "finite_sum_second_moment",
    "finite_sum_stepsize_moments",
    "mean_gradient",
    "meta_smoothness",
    "path_first_moment",
    "path_gradient",
    "path_second_moment",
    "path_stability",
    "product_deviation",
    "stepsize_moments",
    "task_gradient_gap",
]

# The printed bound is the sharp one.
meta_smoothness = printed.meta_smoothness
path_stability = printed.path_stability
path_gradient = printed.path_gradient
product_deviation = printed.product_deviation
task_gradient_gap = printed.task_gradient_gap
finite_sum_gradient_gap = printed.finite_sum_gradient_gap
# The derived bound is.
path_second_moment = derived.path_second_moment
finite_sum_meta_smoothness = derived.finite_sum_meta_smoothness


def path_first_moment(c: Constants, p: Parameters, o: Observed) -> Number:
    """Proposition 2, first item: the root of the second moment, in place of a sum of norms.

    Attained where noise of different steps is orthogonal, so that the distance is constant.
    """
    return derived.path_second_moment(c, p, o) ** HALF


def reach(c: Constants, p: Parameters) -> Number:
    """t = 2 N alpha L < 1, alpha L for each of the 2N factors I - alpha H between grad l_i and grad L_i.

    The steps telescope: ||y - g||^2 <= t (||y||^2 - ||g||^2), g = grad l_i, y = grad L_i/(1 - alpha L)^(2N).
    """
    return 2 * p.N * p.alpha * c.L


def shrunk(c: Constants, p: Parameters, meta_gradient: Number) -> Number:
    """(1 - t) ||grad L||/(1 - alpha L)^(2N)."""
    return (1 - reach(c, p)) * meta_gradient / (1 - p.alpha * c.L) ** (2 * p.N)


def roots(t: Number, m: Number, sigma: Number) -> tuple[Number, Number]:
    """The largest n and e with n <= m + t e and e^2 <= n^2 + sigma^2, where t < 1."""
    root = (m**2 + (1 - t**2) * sigma**2) ** HALF
    return (m + t * root) / (1 - t**2), (t * m + root) / (1 - t**2)


def solved(c: Constants, p: Parameters, meta_gradient: Number) -> tuple[Number, Number]:
    """`roots` for n = ||grad l|| and the root mean square norm e of grad l_i, m = `shrunk`."""
    return roots(reach(c, p), shrunk(c, p, meta_gradient), c.sigma)


def mean_gradient(c: Constants, p: Parameters, o: Observed) -> Number:
    """Lemma 15, by steps that telescope."""
    return solved(c, p, o.meta_gradient)[0]


def support_drift(c: Constants, p: Parameters) -> Number:
    """q^N (q^N - 1): what b_i can add to ||grad L_i|| is at most this times b_i."""
    return growth(c, p) ** p.N * grown(p.alpha * c.L, p.N)


def finite_sum_mean_gradient(c: Constants, p: Parameters, o: Observed) -> Number:
    """Lemma 19: Lemma 15 with what b_i adds."""
    return solved(c, p, o.meta_gradient + support_drift(c, p) * c.b)[0]


def spread(t: Number, s: Number, mean: Number, sigma: Number) -> Number:
    """Root mean square deviation of grad L_i but for what b_i adds; s bounds its growth, ``mean`` that of
    grad L less what b_i adds.
    """
    return (s * sigma + t * ((s * sigma) ** 2 + (1 + t) / (1 - t) * mean**2) ** HALF) / (1 + t)


def finite_sum_second_moment(c: Constants, p: Parameters, o: Observed) -> Number:
    """Proposition 8: ||grad L||^2 and a variance."""
    s, more = growth(c, p) ** (2 * p.N), support_drift(c, p)
    deviation = spread(reach(c, p), s, o.meta_gradient + more * c.b, c.sigma)
    return o.meta_gradient**2 + (deviation + more * c.b2**HALF) ** 2


def second_moment(c: Constants, p: Parameters, gradient: Number, distance: Number) -> Number:
    """E ||G_i||^2 from the roots of E ||grad l_i||^2 and of E ||w_N - w~_N||^2, by Minkowski in L2."""
    size = growth(c, p) ** p.N * gradient + c.L * distance
    return C_squ_1_ratio(c, p) / 3 * (size**2 + c.sigma_g**2 / p.T)


def estimator_second_moment(c: Constants, p: Parameters, o: Observed) -> Number:
    """Proposition 4: exact conditional moments and the sharp Lemma 15, in place of the factor 3."""
    distance = path_first_moment(c, p._replace(j=p.N), o)
    return second_moment(c, p, solved(c, p, o.meta_gradient)[1], distance)


def distances(c: Constants, p: Parameters) -> Number:
    """At least sum_(k<N) E ||w_k - w~_k||, by Cauchy-Schwarz; the second moments are convex in k."""
    last = derived.path_second_moment(c, p._replace(j=p.N - 1), Observed())
    return (p.N * (p.N - 1) * last / 2) ** HALF


def bias(c: Constants, p: Parameters, gradient: Number, distance: Number, total: Number) -> Number:
    """||E G_i - grad L|| from E ||grad l_i||, E ||w_N - w~_N|| and sum_(k<N) E ||w_k - w~_k||."""
    q = growth(c, p)
    return q**p.N * (c.L * distance + p.alpha * c.rho * q ** (p.N - 1) * total * gradient)


def estimator_bias(c: Constants, p: Parameters, o: Observed) -> Number:
    """Proposition 3: second moments of the path and the sharp Lemma 15, in place of sums of norms."""
    distance = path_first_moment(c, p._replace(j=p.N), o)
    return bias(c, p, solved(c, p, o.meta_gradient)[1], distance, distances(c, p))


def reciprocal(least: Number, slope: Number, gradient: Number, variance: Number) -> Number:
    """E 1/(least + slope X)^2 for X >= 0 of this mean and variance is at most this.

    Attained by X that is 0 or (gradient^2 + variance)/gradient.  A sum of positive terms: nothing cancels.
    """
    if variance == 0 or slope == 0:  # where the general form may be 0/0
        return 1 / (least + slope * gradient) ** 2
    square = gradient**2 + variance
    near = gradient * least + slope * square
    return (variance / least**2 + (gradient**2 / near) ** 2) / square


def mean_norm(mean: Number, variance: Number, noise: Number) -> Number:
    """E (X^2 + noise^2)^(1/2) for X >= 0 of this mean and variance is at most this.

    Attained by X that is 0 or (mean^2 + variance)/mean.
    """
    if variance == 0:
        return (mean**2 + noise**2) ** HALF
    second = mean**2 + variance
    return variance / second * noise + mean * (1 + (noise * mean / second) ** 2) ** HALF


def stepsize_moments(c: Constants, p: Parameters, o: Observed) -> Number:
    """Lemma 16, for batches B'_k and D_Lk of any size."""
    noise = c.sigma_g**2 / p.D_L
    # Where C_L = 0 no norm counts, and ties stay rational.
    norms = o.gradient if C_L(c, p) == 0 else mean_norm(o.gradient, c.sigma**2, noise**HALF)
    first = p.C_beta * smoothness_5(c, p, norms)
    variance = (c.sigma**2 + noise) / p.B_prime
    second = reciprocal(smoothness_5(c, p, 0), C_L(c, p), o.gradient, variance)
    return np.stack([first, second / p.C_beta**2])


def finite_sum_stepsize_moments(c: Constants, p: Parameters, o: Observed) -> Number:
    """Lemma 20 with the derived C_b and the C_L of (13), for B'_k of any size."""
    reading = derived.C_b_7, C_L
    least = smoothness_9(c, p, 0, *reading)
    second = reciprocal(least, C_L(c, p), o.gradient, c.sigma**2 / p.B_prime)
    return np.stack([smoothness_9(c, p, o.gradient, *reading), second])
