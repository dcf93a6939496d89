"""The coefficients of the bounds, which the paper defines from constants: as printed, each formula once.

Every function takes ``c`` (`Constants`, the values of Assumptions 1-5) and ``p`` (`Parameters`, what the
user of the theory chooses) and is pure arithmetic: float, Fraction, Arb ball, exact root sum and sympy symbol
all pass through it.  ``x ** HALF`` is a square root for each of them.  In float64 no formula loses digits
to a difference of near numbers: (1 + x)^n - 1 is `grown`.

Names follow the paper: ``C_L`` is its calligraphic-L constant, ``C_l`` the one of Lemma 14.  Where the
printed glyphs leave a second reading, the second function ends in ``_b``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from maml_verify.theory.symbols import Constants, Number, Parameters

__all__ = ["grown", "growth"]


def growth(c: Constants, p: Parameters) -> Number:
    """q = 1 + alpha L, the factor by which one inner step can spread two paths (Lemma 11)."""
    return 1 + p.alpha * c.L


def grown(x: Number, n: Any) -> Number:
    """(1 + x)^n - 1; in float64 without the digits that 1 + x loses of a small x."""
    if isinstance(x, float) or (isinstance(x, np.ndarray) and x.dtype.kind == "f"):
        return np.expm1(np.asarray(n, dtype=np.float64) * np.log1p(x))
    return (1 + x) ** n - 1


def drift(x: Number, n: Any) -> Number:
    """(1 + x)^n - 1 - n x; in float64 the binomial terms from x^2 on, all positive, where they are few."""
    if not isinstance(x, float) or n % 1 or (n > 1 and n * x > 0.5):
        return grown(x, n) - n * x
    term, total = float(n * x), 0.0
    for k in range(2, int(n) + 1):
        term *= (n - k + 1) / k * x
        total += term
        if term <= total * 2.0**-60:
            break
    return total


def C_l(c: Constants, p: Parameters) -> Number:
    """C_l of Lemma 14."""
    return grown(p.alpha * c.L, 2 * p.N)


def C_L(c: Constants, p: Parameters) -> Number:
    """C_L of (13)."""
    q, x = growth(c, p), p.alpha * c.L
    if p.N == 0:
        return 0 * x * c.rho  # the two terms cancel
    return (q ** (p.N - 1) * p.alpha * c.rho + c.rho / c.L * q**p.N * grown(x, p.N - 1)) * q**p.N


def C_err_1(c: Constants, p: Parameters) -> Number:
    """C_err1 of (15)."""
    return growth(c, p) ** (2 * p.N) * c.sigma_g


def C_err_2(c: Constants, p: Parameters) -> Number:
    """C_err2 of (15), 2 - (1 + alpha L)^(2N) to the first power."""
    q = growth(c, p)
    return q ** (4 * p.N) * c.rho * c.sigma_g / ((2 - q ** (2 * p.N)) * c.L**2)


def C_err_2_b(c: Constants, p: Parameters) -> Number:
    """C_err2 of (15), 2 - (1 + alpha L)^(2N) squared (second reading of the glyphs)."""
    q = growth(c, p)
    return q ** (4 * p.N) * c.rho * c.sigma_g / ((2 - q ** (2 * p.N)) ** 2 * c.L**2)


def C_squ_1_ratio(c: Constants, p: Parameters) -> Number:
    """C_squ1 / sigma_g^2 of (17), which stays finite at sigma_g = 0."""
    q = growth(c, p)
    return 3 * (p.alpha**2 * c.sigma_H**2 / p.D + q**2) ** p.N


def C_squ_1(c: Constants, p: Parameters) -> Number:
    """C_squ1 of (17)."""
    return C_squ_1_ratio(c, p) * c.sigma_g**2


def C_squ_2(c: Constants, p: Parameters) -> Number:
    """C_squ2 of (17)."""
    x = p.alpha * c.L
    return C_squ_1(c, p) * grown(2 * x + 2 * x**2, p.N) * x * (1 + x) ** -1


def C_squ_3(c: Constants, p: Parameters) -> Number:
    """C_squ3 of (17); its sigma_g^2 cancels, so sigma_g = 0 is no special case."""
    s = growth(c, p) ** (2 * p.N)
    return 2 * C_squ_1_ratio(c, p) * s / (2 - s) ** 2


def chi_5_scaled(c: Constants, p: Parameters) -> Number:
    """C_L times chi of (19), finite at C_L = 0."""
    s = growth(c, p) ** (2 * p.N)
    return (2 - s) * s * c.L + C_L(c, p) * c.sigma


def chi_5(c: Constants, p: Parameters) -> Number:
    """chi of (19); infinite at C_L = 0, where `theta_5` is infinite too and their ratio has a limit."""
    return chi_5_scaled(c, p) / C_L(c, p)


def xi_5(c: Constants, p: Parameters, C_err_2: Any = C_err_2) -> Number:
    """xi of (19)."""
    one = p.C_beta**0
    return (
        6
        / (p.C_beta * c.L)
        * (one / 5 + 2 / p.C_beta)
        * (C_err_1(c, p) ** 2 + C_err_2(c, p) ** 2 * c.sigma**2)
    )


def phi_5(c: Constants, p: Parameters) -> Number:
    """phi of (19)."""
    noise = C_squ_1(c, p) / p.T + C_squ_2(c, p) / p.S + C_squ_3(c, p) * c.sigma**2
    return 2 / (p.C_beta**2 * c.L) * noise


def theta_5_terms(c: Constants, p: Parameters, C_err_2: Any = C_err_2) -> tuple[Number, Number, Number]:
    """What the last bracket of theta in (19) takes from 1/5: the terms in S, in B and in C_beta alone."""
    one = p.C_beta**0
    return (
        (one * 3 / 5 + 6 / p.C_beta) * C_err_2(c, p) ** 2 / p.S,
        C_squ_3(c, p) / (p.C_beta * p.B),
        2 / p.C_beta,
    )


def theta_5_bracket(c: Constants, p: Parameters, C_err_2: Any = C_err_2) -> Number:
    """The last bracket of theta in (19); below the range edge theta has its sign."""
    in_S, in_B, in_C_beta = theta_5_terms(c, p, C_err_2)
    return p.C_beta**0 / 5 - in_S - in_B - in_C_beta


def theta_5_scaled(c: Constants, p: Parameters, C_err_2: Any = C_err_2) -> Number:
    """C_L times theta of (19), finite at C_L = 0."""
    s = growth(c, p) ** (2 * p.N)
    return 2 * (2 - s) / p.C_beta * theta_5_bracket(c, p, C_err_2)


def theta_5(c: Constants, p: Parameters, C_err_2: Any = C_err_2) -> Number:
    """theta of (19)."""
    return theta_5_scaled(c, p, C_err_2) / C_L(c, p)


def B_prime_5(c: Constants, p: Parameters) -> Number:
    """|B'_k| must exceed this (Theorem 5, Lemma 16)."""
    return 4 * C_L(c, p) ** 2 * c.sigma**2 / (3 * growth(c, p) ** (4 * p.N) * c.L**2)


def D_L_5(c: Constants, p: Parameters) -> Number:
    """|D_Lk| must exceed this (Theorem 5, Lemma 16)."""
    return 64 * c.sigma_g**2 * C_L(c, p) ** 2 / (growth(c, p) ** (4 * p.N) * c.L**2)


def smoothness_5(c: Constants, p: Parameters, gradient: Number) -> Number:
    """L_w of the text after (13); (14), with the sampled mean of the norms as ``gradient``."""
    return growth(c, p) ** (2 * p.N) * c.L + C_L(c, p) * gradient


def C_b_7(c: Constants, p: Parameters) -> Number:
    """C_b and C_L of (21), which print the same glyphs, exponent N - 1."""
    q = growth(c, p)
    return (p.alpha * c.rho + c.rho / c.L * q ** (p.N - 1)) * q ** (2 * p.N)


def C_b_7_b(c: Constants, p: Parameters) -> Number:
    """C_b and C_L of (21), second reading: (1 + alpha L)^N - 1."""
    spread = p.alpha * c.rho + c.rho / c.L * grown(p.alpha * c.L, p.N)
    return spread * growth(c, p) ** (2 * p.N)


def C_1(c: Constants, p: Parameters) -> Number:
    """C_1 of (74)."""
    return 2 - growth(c, p) ** (2 * p.N)


def C_2(c: Constants, p: Parameters) -> Number:
    """C_2 of (74)."""
    x = p.alpha * c.L
    return grown(x, 2 * p.N) * c.sigma + growth(c, p) ** p.N * grown(x, p.N) * c.b


def A_squ_1(c: Constants, p: Parameters) -> Number:
    """A_squ1 of (23)."""
    s = growth(c, p) ** (2 * p.N)
    return 4 * s**2 / (2 - s) ** 2


def A_squ_2(c: Constants, p: Parameters) -> Number:
    """A_squ2 of (23), with its printed (1 + alpha)^(4N), in which alpha is not multiplied by L."""
    s = growth(c, p) ** (2 * p.N)
    return 4 * s**4 / (2 - s) ** 2 * (c.sigma + c.b) ** 2 + 2 * (1 + p.alpha) ** (4 * p.N) * (
        c.sigma**2 + c.b2
    )


def smoothness_9(c: Constants, p: Parameters, gradient: Number, C_b: Any, C_L: Any) -> Number:
    """L_w of Proposition 7; (22), with the sampled mean of the norms as ``gradient``."""
    return growth(c, p) ** (2 * p.N) * c.L + C_b(c, p) * c.b + C_L(c, p) * gradient


def B_prime_9(c: Constants, p: Parameters, C_b: Any, C_L: Any) -> Number:
    """|B'_k| must be at least this (Theorem 9, Lemma 20)."""
    return 2 * C_L(c, p) ** 2 * c.sigma**2 / smoothness_9(c, p, 0, C_b, C_L) ** 2


def xi_9_scaled(c: Constants, p: Parameters, C_b: Any = C_b_7) -> Number:
    """C_L times xi of (24), finite at C_L = 0."""
    q = growth(c, p)
    s = q ** (2 * p.N)
    return (2 - s) * s * c.L + (2 - s) * C_b(c, p) * c.b + q ** (3 * p.N) * c.b * C_b(c, p)


def xi_9(c: Constants, p: Parameters, C_b: Any = C_b_7) -> Number:
    """xi of (24)."""
    return xi_9_scaled(c, p, C_b) / C_b(c, p)


def theta_9_terms(c: Constants, p: Parameters) -> tuple[Number, Number]:
    """What the bracket of theta in (24) takes from 1/C_beta: the terms in B and in C_beta alone."""
    return 1 / p.C_beta**2 * (A_squ_1(c, p) / p.B), 1 / p.C_beta**2


def theta_9_bracket(c: Constants, p: Parameters) -> Number:
    """The bracket of theta in (24); below the range edge theta has its sign."""
    in_B, in_C_beta = theta_9_terms(c, p)
    return 1 / p.C_beta - in_B - in_C_beta


def theta_9_scaled(c: Constants, p: Parameters) -> Number:
    """C_L times theta of (24), finite at C_L = 0."""
    return C_1(c, p) * theta_9_bracket(c, p)


def theta_9(c: Constants, p: Parameters, C_b: Any = C_b_7) -> Number:
    """theta of (24)."""
    return theta_9_scaled(c, p) / C_b(c, p)


def phi_9(c: Constants, p: Parameters) -> Number:
    """phi of (24)."""
    return A_squ_2(c, p) / (c.L * p.C_beta**2)
