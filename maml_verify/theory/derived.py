"""Right-hand sides that the paper's proofs, made valid, support: edition ``derived``.

One function a statement that is false as printed, or not what its proof arrives at.  Same conventions as
`printed`: ``bound(c, p, o)`` is pure arithmetic, and a printed constant that stands is taken from
`coefficients`.  Every formula here is proved step by step in the proof ledger.
"""

from __future__ import annotations

from maml_verify.theory import coefficients, printed
from maml_verify.theory.coefficients import (
    C_1,
    C_2,
    C_L,
    A_squ_1,
    chi_5_scaled,
    drift,
    grown,
    growth,
    phi_5,
    theta_9_scaled,
)
from maml_verify.theory.coefficients import C_squ_3 as C_squ_3_printed
from maml_verify.theory.symbols import HALF, Constants, Number, Observed, Parameters

__all__ = [
    "estimator_bias",
    "finite_sum_mean_gradient",
    "finite_sum_meta_smoothness",
    "finite_sum_rate",
    "finite_sum_second_moment",
    "mean_gradient",
    "path_second_moment",
    "resampling_rate",
]


def path_second_moment(c: Constants, p: Parameters, o: Observed) -> Number:
    """Proposition 2, second item; curvature -L with additive noise attains it."""
    x = p.alpha * c.L
    return grown(x, 2 * p.j) * (p.alpha * c.sigma_g**2 / ((2 + x) * c.L * p.S))


def C_err_1(c: Constants, p: Parameters) -> Number:
    """What the proof of Proposition 3 arrives at in place of C_err1 of (15)."""
    return growth(c, p) ** p.N * grown(p.alpha * c.L, p.N) * c.sigma_g


def C_err_2(c: Constants, p: Parameters) -> Number:
    """In place of C_err2 of (15); (31) summed without replacing m - 1 by N - 1."""
    q = growth(c, p)
    late = drift(p.alpha * c.L, p.N)
    return q ** (2 * p.N - 1) * late * c.rho * c.sigma_g / ((2 - q ** (2 * p.N)) * c.L**2)


def estimator_bias(c: Constants, p: Parameters, o: Observed) -> Number:
    """Proposition 3."""
    return (C_err_1(c, p) + C_err_2(c, p) * (o.meta_gradient + c.sigma)) / p.S**HALF


def mean_gradient(c: Constants, p: Parameters, o: Observed) -> Number:
    """Lemma 15, which needs the condition C_l < 1, that is (1 + alpha L)^(2N) < 2."""
    return printed.mean_gradient(c, p, o)


def finite_sum_mean_gradient(c: Constants, p: Parameters, o: Observed) -> Number:
    """Lemma 19, which needs the condition C_1 > 0, that is (1 + alpha L)^(2N) < 2."""
    return printed.finite_sum_mean_gradient(c, p, o)


def xi_5(c: Constants, p: Parameters) -> Number:
    """In place of xi of (19): the error term carries E beta_k <= 2/(C_beta L_w), so 1/2 replaces 1/5."""
    one = p.C_beta**0
    noise = C_err_1(c, p) ** 2 + C_err_2(c, p) ** 2 * c.sigma**2
    return 6 / (p.C_beta * c.L) * (one / 2 + 2 / p.C_beta) * noise


def theta_5_bracket(c: Constants, p: Parameters) -> Number:
    """In place of the bracket of theta in (19): 3/2 replaces 3/5, and C_err2 is the one above."""
    one = p.C_beta**0
    return (
        one / 5
        - (one * 3 / 2 + 6 / p.C_beta) * C_err_2(c, p) ** 2 / p.S
        - C_squ_3_printed(c, p) / (p.C_beta * p.B)
        - 2 / p.C_beta
    )


def theta_5_scaled(c: Constants, p: Parameters, bracket: Number = None) -> Number:
    """C_L times theta, finite at C_L = 0; ``bracket`` is the value above where it is not given."""
    return 2 * C_1(c, p) / p.C_beta * (theta_5_bracket(c, p) if bracket is None else bracket)


def solved(r: Number, product: Number) -> Number:
    """The largest m with m^2 <= r m + product, in which (43) and (60) leave the mean of the norms."""
    return r / 2 + (product + r**2 / 4) ** HALF


def resampling_rate(c: Constants, p: Parameters, o: Observed) -> Number:
    """Theorem 5; needs `theta_5_bracket` > 0.  Written without division by C_L, so rho = 0 is no special
    case."""
    scaled = (o.gap / p.K + xi_5(c, p) / p.S + phi_5(c, p) / p.B) / theta_5_scaled(c, p)
    return solved(C_L(c, p) * scaled, chi_5_scaled(c, p) * scaled)


def C_b_7(c: Constants, p: Parameters) -> Number:
    """In place of C_b of (21); the C_L that goes with it is the one of (13)."""
    return c.rho / c.L * growth(c, p) ** (p.N - 1) * grown(p.alpha * c.L, p.N) ** 2


def finite_sum_meta_smoothness(c: Constants, p: Parameters, o: Observed) -> Number:
    """Proposition 7."""
    smooth = growth(c, p) ** (2 * p.N) * c.L + C_b_7(c, p) * c.b + C_L(c, p) * o.gradient
    return smooth * o.distance


def A_squ_2(c: Constants, p: Parameters) -> Number:
    """In place of A_squ2 of (23): the line of (54) before C_2 is enlarged."""
    s, more = growth(c, p) ** p.N, grown(p.alpha * c.L, p.N)
    return 4 * s**4 * C_2(c, p) ** 2 / C_1(c, p) ** 2 + 2 * s**4 * c.sigma**2 + 2 * s**2 * more**2 * c.b2


def finite_sum_second_moment(c: Constants, p: Parameters, o: Observed) -> Number:
    """Proposition 8."""
    return A_squ_1(c, p) * o.meta_gradient**2 + A_squ_2(c, p)


def B_prime_9(c: Constants, p: Parameters) -> Number:
    """|B'_k| must be at least this (Theorem 9), with C_b above and C_L of (13)."""
    return coefficients.B_prime_9(c, p, C_b_7, C_L)


def phi_9(c: Constants, p: Parameters) -> Number:
    """phi of (24), with A_squ2 above."""
    return A_squ_2(c, p) / (c.L * p.C_beta**2)


def xi_9_scaled(c: Constants, p: Parameters) -> Number:
    """C_L times xi, xi in place of (24): C_2 + C_1 sigma = sigma + q^N (q^N - 1) b, so sigma stays."""
    s = growth(c, p) ** p.N
    smooth = s**2 * c.L + C_b_7(c, p) * c.b
    return C_1(c, p) * smooth + C_L(c, p) * (c.sigma + s * grown(p.alpha * c.L, p.N) * c.b)


def finite_sum_rate(c: Constants, p: Parameters, o: Observed) -> Number:
    """Theorem 9; needs theta of (24) > 0.  Step size estimate (22) with C_b above and C_L of (13)."""
    scaled = (o.gap / p.K + phi_9(c, p) / p.B) / theta_9_scaled(c, p)
    return solved(C_L(c, p) * scaled, xi_9_scaled(c, p) * scaled)
