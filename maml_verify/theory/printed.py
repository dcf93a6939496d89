"""Right-hand sides of the paper's statements, as printed, each formula once.

Every function is ``bound(c, p, o)``: ``c`` the constants of the assumptions, ``p`` the parameters, ``o``
the scalars the statement allows on its right side (`Observed`).  Pure arithmetic; never sees a problem.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from maml_verify.theory.coefficients import (
    C_1,
    C_2,
    C_L,
    A_squ_1,
    A_squ_2,
    C_b_7,
    C_b_7_b,
    C_err_1,
    C_err_2,
    C_err_2_b,
    C_l,
    C_squ_1,
    C_squ_2,
    C_squ_3,
    chi_5_scaled,
    grown,
    growth,
    phi_5,
    phi_9,
    smoothness_5,
    smoothness_9,
    theta_5_scaled,
    theta_9_scaled,
    xi_5,
    xi_9_scaled,
)
from maml_verify.theory.symbols import HALF, Constants, Number, Observed, Parameters

__all__ = []


def meta_smoothness(c: Constants, p: Parameters, o: Observed) -> Number:
    """Proposition 1; ``o.gradient`` is E_i ||grad l_i(w)||."""
    return (growth(c, p) ** (2 * p.N) * c.L + C_L(c, p) * o.gradient) * o.distance


def path_first_moment(c: Constants, p: Parameters, o: Observed) -> Number:
    """Proposition 2, first item."""
    return grown(p.alpha * c.L, p.j) * (c.sigma_g / (c.L * p.S**HALF))


def path_second_moment(c: Constants, p: Parameters, o: Observed) -> Number:
    """Proposition 2, second item."""
    x = p.alpha * c.L
    return grown(x + 2 * x**2, p.j) * (p.alpha * c.sigma_g**2 / ((1 + x) * c.L * p.S))


def estimator_bias(c: Constants, p: Parameters, o: Observed) -> Number:
    """Proposition 3, (16)."""
    return C_err_1(c, p) / p.S**HALF + C_err_2(c, p) / p.S**HALF * (o.meta_gradient + c.sigma)


def estimator_bias_b(c: Constants, p: Parameters, o: Observed) -> Number:
    """Proposition 3, (16) with the second reading of C_err2."""
    return C_err_1(c, p) / p.S**HALF + C_err_2_b(c, p) / p.S**HALF * (o.meta_gradient + c.sigma)


def estimator_second_moment(c: Constants, p: Parameters, o: Observed) -> Number:
    """Proposition 4, (18)."""
    return C_squ_1(c, p) / p.T + C_squ_2(c, p) / p.S + C_squ_3(c, p) * (o.meta_gradient**2 + c.sigma**2)


def resampling_rate(c: Constants, p: Parameters, o: Observed) -> Number:
    """Theorem 5, (20), with the illegible factor under the root taken as 1."""
    total = (o.gap / p.K + xi_5(c, p) / p.S + phi_5(c, p) / p.B) / theta_5_scaled(c, p)
    # The factors C_L of 1/theta and 1/chi cancel under the root: C_L = 0 takes its limit.
    return C_L(c, p) * total + (chi_5_scaled(c, p) * total) ** HALF


def resampling_rate_b(c: Constants, p: Parameters, o: Observed) -> Number:
    """Theorem 5, (20) with the second reading of C_err2."""
    total = o.gap / p.K + xi_5(c, p, C_err_2_b) / p.S + phi_5(c, p) / p.B
    total = total / theta_5_scaled(c, p, C_err_2_b)
    return C_L(c, p) * total + (chi_5_scaled(c, p) * total) ** HALF


def finite_sum_meta_smoothness(c: Constants, p: Parameters, o: Observed) -> Number:
    """Proposition 7; ``o.gradient`` is E_i ||grad l_Ti(w)||."""
    return (growth(c, p) ** (2 * p.N) * c.L + C_b_7(c, p) * c.b + C_b_7(c, p) * o.gradient) * o.distance


def finite_sum_meta_smoothness_b(c: Constants, p: Parameters, o: Observed) -> Number:
    """Proposition 7 with the second reading of (21)."""
    return (growth(c, p) ** (2 * p.N) * c.L + C_b_7_b(c, p) * c.b + C_b_7_b(c, p) * o.gradient) * o.distance


def finite_sum_second_moment(c: Constants, p: Parameters, o: Observed) -> Number:
    """Proposition 8."""
    return A_squ_1(c, p) * o.meta_gradient**2 + A_squ_2(c, p)


def finite_sum_rate(c: Constants, p: Parameters, o: Observed) -> Number:
    """Theorem 9, (25)."""
    return _finite_sum_rate(c, p, o, C_b_7)


def finite_sum_rate_b(c: Constants, p: Parameters, o: Observed) -> Number:
    """Theorem 9, (25) with the second reading of (21)."""
    return _finite_sum_rate(c, p, o, C_b_7_b)


def _finite_sum_rate(c: Constants, p: Parameters, o: Observed, C_b: Callable[..., Number]) -> Number:
    # xi r keeps its limit at C_L = 0, where theta and xi are infinite.
    total = (o.gap / p.K + phi_9(c, p) / p.B) / theta_9_scaled(c, p)
    r = C_b(c, p) * total
    return r / 2 + (xi_9_scaled(c, p, C_b) * total + (r / 2) ** 2) ** HALF


def stepsize_moments(c: Constants, p: Parameters, o: Observed) -> Number:
    """Lemma 16: 1/E beta_k and E beta_k^2, stacked; ``o.gradient`` is E_i ||grad l_i(w_k)||."""
    L_w = smoothness_5(c, p, o.gradient)
    return np.stack([p.C_beta * 5 * L_w / 4, 4 / (p.C_beta**2 * L_w**2)])


def finite_sum_stepsize_moments(c: Constants, p: Parameters, o: Observed) -> Number:
    """Lemma 20: 1/E[1/Lhat] and E[1/Lhat^2], stacked; ``o.gradient`` is E_i ||grad l_Ti(w_k)||."""
    L_w = smoothness_9(c, p, o.gradient, C_b_7, C_b_7)
    return np.stack([L_w, 2 / L_w**2])


def finite_sum_stepsize_moments_b(c: Constants, p: Parameters, o: Observed) -> Number:
    """Lemma 20 with the second reading of (21)."""
    L_w = smoothness_9(c, p, o.gradient, C_b_7_b, C_b_7_b)
    return np.stack([L_w, 2 / L_w**2])


def path_stability(c: Constants, p: Parameters, o: Observed) -> Number:
    """Lemma 11."""
    return growth(c, p) ** p.j * o.distance


def path_gradient(c: Constants, p: Parameters, o: Observed) -> Number:
    """Lemma 12 (``o.gradient`` = ||grad l_i(w)||) and Lemma 17 (= ||grad l_Si(w)||)."""
    return growth(c, p) ** p.j * o.gradient


def product_deviation(c: Constants, p: Parameters, o: Observed) -> Number:
    """Lemma 13; ``p.N`` factors, m = N - 1."""
    return grown(p.alpha * c.L, p.N)


def task_gradient_gap(c: Constants, p: Parameters, o: Observed) -> Number:
    """Lemma 14."""
    return C_l(c, p) * o.gradient


def mean_gradient(c: Constants, p: Parameters, o: Observed) -> Number:
    """Lemma 15."""
    return 1 / (1 - C_l(c, p)) * o.meta_gradient + C_l(c, p) / (1 - C_l(c, p)) * c.sigma


def finite_sum_gradient_gap(c: Constants, p: Parameters, o: Observed) -> Number:
    """Lemma 18; ``o.gradient`` = ||grad l_Ti(w)||."""
    more = grown(p.alpha * c.L, p.N)
    return more * o.gradient + growth(c, p) ** p.N * more * o.support_gradient


def finite_sum_mean_gradient(c: Constants, p: Parameters, o: Observed) -> Number:
    """Lemma 19, (73)."""
    return 1 / C_1(c, p) * o.meta_gradient + C_2(c, p) / C_1(c, p)
