"""Right sides for losses that are convex, or nearly so: edition ``beyond``.

Hessians lie between -l I and L I, l the constant ``convexity``.  Then I - alpha Hess lies between 1 - alpha L
and r = 1 + alpha l, and r takes the place of q = 1 + alpha L wherever a product of such factors is bounded:
none grows where losses are convex.  What is assumed of alpha is in `shape` and `range_left`.  With l = L
each is the sharp bound, and where l is not known L stands for it.
Same conventions as `printed`; each is proved in the ledger.
"""

from __future__ import annotations

from typing import Any

from maml_verify.theory import sharp
from maml_verify.theory.coefficients import grown
from maml_verify.theory.symbols import HALF, Constants, Number, Observed, Parameters

__all__ = [
    "estimator_bias",
    "estimator_second_moment",
    "finite_sum_gradient_gap",
    "finite_sum_mean_gradient",
    "finite_sum_meta_smoothness",
    "finite_sum_second_moment",
    "mean_gradient",
    "meta_smoothness",
    "path_first_moment",
    "path_gradient",
    "path_second_moment",
    "path_stability",
    "product_deviation",
    "range_left",
    "shape",
    "task_gradient_gap",
]


def depth(c: Constants, p: Parameters) -> Number:
    """alpha l."""
    return p.alpha * (c.L if c.convexity is None else c.convexity)


def growth(c: Constants, p: Parameters) -> Number:
    """r = 1 + alpha l, a bound on ||I - alpha Hess|| where `shape` > 0."""
    return 1 + depth(c, p)


def shape(c: Constants, p: Parameters) -> Number:
    """2 - alpha (L - l): where it is positive, no eigenvalue of I - alpha Hess is below -r."""
    return 2 - p.alpha * c.L + depth(c, p)


def reach(c: Constants, p: Parameters) -> Number:
    """t = 2 N alpha (L + l)/(2 - alpha (L - l)), the width of 2N factors over their middle."""
    return 2 * p.N * (p.alpha * c.L + depth(c, p)) / shape(c, p)


def range_left(c: Constants, p: Parameters) -> Number:
    """2 - alpha (L - l) - 2 N alpha (L + l), positive where t < 1: for alpha L < 2/(2N + 1) if l = 0."""
    return shape(c, p) - 2 * p.N * (p.alpha * c.L + depth(c, p))


def terms(y: Number, n: Any) -> Number:
    """1 + (1 + y) + ... + (1 + y)^(n-1), n terms."""
    return n if y == 0 else grown(y, n) / y


def squares(y: Number, n: Any) -> Number:
    """1 + (1 + y)^2 + ... + (1 + y)^(2n-2), n terms."""
    return n if y == 0 else grown(y, 2 * n) / ((2 + y) * y)


def path_stability(c: Constants, p: Parameters, o: Observed) -> Number:
    """Lemma 11."""
    return growth(c, p) ** p.j * o.distance


def path_gradient(c: Constants, p: Parameters, o: Observed) -> Number:
    """Lemmas 12 and 17."""
    return growth(c, p) ** p.j * o.gradient


def path_second_moment(c: Constants, p: Parameters, o: Observed) -> Number:
    """Proposition 2, second item: noise adds up, j times that of one step if l = 0."""
    return p.alpha**2 * c.sigma_g**2 / p.S * squares(depth(c, p), p.j)


def path_first_moment(c: Constants, p: Parameters, o: Observed) -> Number:
    """Proposition 2, first item."""
    return path_second_moment(c, p, o) ** HALF


def C_L(c: Constants, p: Parameters) -> Number:
    """In place of (13): N alpha rho if l = 0."""
    r = growth(c, p)
    return p.alpha * c.rho * (r ** (2 * p.N) / r) * terms(depth(c, p), p.N)


def drift(c: Constants, p: Parameters) -> Number:
    """What a difference b of support and query gradients adds to grad l_Ti(w_N) is at most this times b."""
    return p.alpha * c.L * terms(depth(c, p), p.N)


def C_b(c: Constants, p: Parameters) -> Number:
    """In place of C_b of (21): (N alpha)^2 rho L if l = 0."""
    r = growth(c, p)
    return p.alpha * c.rho * (r**p.N / r) * terms(depth(c, p), p.N) * drift(c, p)


def smoothness(c: Constants, p: Parameters, gradient: Number) -> Number:
    """L_w of Proposition 7, and of Proposition 1 at b = 0; ``gradient`` the mean of the norms."""
    return growth(c, p) ** (2 * p.N) * c.L + C_b(c, p) * c.b + C_L(c, p) * gradient


def meta_smoothness(c: Constants, p: Parameters, o: Observed) -> Number:
    """Proposition 1."""
    return (growth(c, p) ** (2 * p.N) * c.L + C_L(c, p) * o.gradient) * o.distance


def finite_sum_meta_smoothness(c: Constants, p: Parameters, o: Observed) -> Number:
    """Proposition 7."""
    return smoothness(c, p, o.gradient) * o.distance


def deviation(rest: Number, t: Number) -> Number:
    """The largest ||s z - v|| of unit v, s = 1 + rest, where ||z - v||^2 <= t (||v||^2 - ||z||^2)."""
    return ((1 + rest) * t + abs(rest - t)) / (1 + t)


def gap(c: Constants, p: Parameters, count: Any) -> Number:
    """||I - product|| of ``count`` factors: 4 n x/(2 - x + 2 n x), n = count/2, if l = 0."""
    t = count * (p.alpha * c.L + depth(c, p)) / shape(c, p)
    return deviation(grown(depth(c, p), count), t)


def product_deviation(c: Constants, p: Parameters, o: Observed) -> Number:
    """Lemma 13, for Hessians."""
    return gap(c, p, p.N)


def task_gradient_gap(c: Constants, p: Parameters, o: Observed) -> Number:
    """Lemma 14."""
    return gap(c, p, 2 * p.N) * o.gradient


def support_drift(c: Constants, p: Parameters) -> Number:
    """What b_i can add to ||grad L_i|| is at most this times b_i."""
    return growth(c, p) ** p.N * drift(c, p)


def finite_sum_gradient_gap(c: Constants, p: Parameters, o: Observed) -> Number:
    """Lemma 18."""
    return gap(c, p, p.N) * o.gradient + support_drift(c, p) * o.support_gradient


def solved(c: Constants, p: Parameters, meta_gradient: Number) -> tuple[Number, Number]:
    """The largest ||grad l|| and root mean square norm of grad l_i, as `sharp.solved` has them for l = L."""
    t = reach(c, p)
    return sharp.roots(t, (1 - t) * meta_gradient / (1 - p.alpha * c.L) ** (2 * p.N), c.sigma)


def mean_gradient(c: Constants, p: Parameters, o: Observed) -> Number:
    """Lemma 15."""
    return solved(c, p, o.meta_gradient)[0]


def finite_sum_mean_gradient(c: Constants, p: Parameters, o: Observed) -> Number:
    """Lemma 19."""
    return solved(c, p, o.meta_gradient + support_drift(c, p) * c.b)[0]


def finite_sum_second_moment(c: Constants, p: Parameters, o: Observed) -> Number:
    """Proposition 8."""
    s, more = growth(c, p) ** (2 * p.N), support_drift(c, p)
    deviation = sharp.spread(reach(c, p), s, o.meta_gradient + more * c.b, c.sigma)
    return o.meta_gradient**2 + (deviation + more * c.b2**HALF) ** 2


def distances(c: Constants, p: Parameters) -> Number:
    """At least sum_(k<N) E ||w_k - w~_k||, and the root of the mean of its square."""
    last = path_second_moment(c, p._replace(j=p.N - 1), Observed())
    return (p.N * (p.N - 1) * last / 2) ** HALF


def second_moment(c: Constants, p: Parameters, gradient: Number, distance: Number) -> Number:
    """E ||G_i||^2 from the roots of E ||grad l_i||^2 and of E ||w_N - w~_N||^2."""
    r = growth(c, p)
    size = r**p.N * gradient + c.L * distance
    return (p.alpha**2 * c.sigma_H**2 / p.D + r**2) ** p.N * (size**2 + c.sigma_g**2 / p.T)


def estimator_second_moment(c: Constants, p: Parameters, o: Observed) -> Number:
    """Proposition 4."""
    distance = path_first_moment(c, p._replace(j=p.N), o)
    return second_moment(c, p, solved(c, p, o.meta_gradient)[1], distance)


def bias(c: Constants, p: Parameters, gradient: Number, distance: Number, total: Number) -> Number:
    """||E G_i - grad L|| from E ||grad l_i||, E ||w_N - w~_N|| and sum_(k<N) E ||w_k - w~_k||."""
    r = growth(c, p)
    return r**p.N * (c.L * distance + p.alpha * c.rho * (r**p.N / r) * total * gradient)


def estimator_bias(c: Constants, p: Parameters, o: Observed) -> Number:
    """Proposition 3."""
    distance = path_first_moment(c, p._replace(j=p.N), o)
    return bias(c, p, solved(c, p, o.meta_gradient)[1], distance, distances(c, p))


def mean_shift(c: Constants, p: Parameters) -> Number:
    """||E w_N - w~_N|| <= (alpha rho/2) sum_(j<N) r^(N-1-j) E ||w_j - w~_j||^2, of the order of the variance.

    0 at N = 1, where noise enters once and has mean zero.
    """
    y = depth(c, p)
    first = p.alpha**2 * c.sigma_g**2 / p.S
    return p.alpha * c.rho / 2 * first * terms(y, p.N) * terms(y, p.N - 1) / (2 + y)


def second_order(c: Constants, p: Parameters, gradient: Number, distance: Number, total: Number) -> Number:
    """`bias` where noise of mean zero counts by its square, as Hessians are rho-Lipschitz."""
    r = growth(c, p)
    first = r**p.N * (c.L * mean_shift(c, p) + c.rho / 2 * distance**2)
    return first + p.alpha * c.rho * (r**p.N / r) * total * (r**p.N * gradient + c.L * distance)


def second_order_bias(c: Constants, p: Parameters, o: Observed) -> Number:
    """||E G_i - grad L||, (1 + alpha l) rho alpha^2 sigma_g^2/(2S) at N = 1 for every alpha in range.

    For N > 1 the products of factors still shift by the root of the noise's variance.
    """
    distance = path_first_moment(c, p._replace(j=p.N), o)
    return second_order(c, p, solved(c, p, o.meta_gradient)[1], distance, distances(c, p))


def variance(c: Constants, p: Parameters, gradient: Number, distance: Number, rest: Number) -> Number:
    """E ||G_i - E G_i||^2 from the roots of E ||grad l_i||^2 and of E ||w_N - w~_N||^2, and that of what path
    and tasks add.
    """
    r = growth(c, p)
    noise = p.alpha**2 * c.sigma_H**2 / p.D / r**2
    size = (r**p.N * gradient + c.L * distance) ** 2
    batches = grown(noise, p.N) * size + (1 + noise) ** p.N * (c.sigma_g**2 / p.T)
    return r ** (2 * p.N) * batches + rest**2


def estimator_variance(c: Constants, p: Parameters, o: Observed) -> Number:
    """E ||G_i - E G_i||^2: of the Hessian batches and the outer batch, and of tasks and path together."""
    gradient = solved(c, p, o.meta_gradient)[1]
    distance = path_first_moment(c, p._replace(j=p.N), o)
    tasks = sharp.spread(reach(c, p), growth(c, p) ** (2 * p.N), o.meta_gradient, c.sigma)
    rest = tasks + bias(c, p, gradient, distance, distances(c, p))
    return variance(c, p, gradient, distance, rest)
