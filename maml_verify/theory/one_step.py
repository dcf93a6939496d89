"""The one-step constants of Fallah, Mokhtari and Ozdaglar (2020), each as a secondary source reports it.

F(w) = E_i l_i(w - alpha grad l_i(w)).  The letters are those of this project: sigma bounds the differences of
tasks, sigma_g and sigma_H those of data; S is the size of an inner batch, D of a Hessian batch, T of an outer
one.
"""

from __future__ import annotations

import numpy as np

from maml_verify.theory.symbols import HALF, Constants, Number, Observed, Parameters

__all__ = [
    "D_L",
    "B_prime",
    "first_order_floor",
    "hessian_free_error",
    "inner_bias",
    "least_D",
    "maml_floor",
    "mean_bias",
    "second_moment",
    "sharper_hessian_free_error",
    "smoothness",
    "smoothness_at",
    "stepsize_moments",
]


def smoothness_at(c: Constants, p: Parameters, gradient: Number) -> Number:
    """L(w) = 4 L + 2 rho alpha E_i ||grad l_i(w)||."""
    return 4 * c.L + 2 * c.rho * p.alpha * gradient


def smoothness(c: Constants, p: Parameters, o: Observed) -> Number:
    """L(w) ||w - u||; as it is said of (w, u) and of (u, w), the smaller of L(w) and L(u) serves."""
    return smoothness_at(c, p, o.gradient) * o.distance


def B_prime(c: Constants, p: Parameters) -> Number:
    """The least |B'| of the step size: (rho alpha sigma/L)^2/2."""
    return (c.rho * p.alpha * c.sigma / c.L) ** 2 / 2


def D_L(c: Constants, p: Parameters) -> Number:
    """The least |D_L| of the step size: (2 rho alpha sigma_g/L)^2."""
    return (2 * c.rho * p.alpha * c.sigma_g / c.L) ** 2


def stepsize_moments(c: Constants, p: Parameters, o: Observed) -> Number:
    """1/E[1/L~] <= L(w)/0.8 and E[1/L~^2] <= 3.125/L(w)^2, stacked."""
    L_w = smoothness_at(c, p, o.gradient)
    return np.stack([5 * L_w / 4, 25 / (8 * L_w**2)])


def inner_bias(c: Constants, p: Parameters, o: Observed) -> Number:
    """alpha L sigma_g/sqrt S."""
    return p.alpha * c.L * c.sigma_g / p.S**HALF


def mean_bias(c: Constants, p: Parameters, o: Observed) -> Number:
    """2 alpha L sigma_g/sqrt S + alpha^2 L sigma_H sigma_g/S: one batch makes the step and the Hessian."""
    x = p.alpha * c.L
    return 2 * x * c.sigma_g / p.S**HALF + x * p.alpha * c.sigma_H * c.sigma_g / p.S


def second_moment(c: Constants, p: Parameters, o: Observed) -> Number:
    """40 ||grad F||^2 + 14 sigma^2."""
    return 40 * o.meta_gradient**2 + 14 * c.sigma**2


def hessian_free_error(c: Constants, p: Parameters, o: Observed) -> Number:
    """rho delta ||v||^2, with delta v = u - w; at delta = 1, as both sides are in proportion to 1/delta."""
    return c.rho * o.distance**2


def sharper_hessian_free_error(c: Constants, p: Parameters, o: Observed) -> Number:
    """Half of it: ||Hess l(w + t v) - Hess l(w)|| <= rho |t| ||v||, averaged over |t| <= delta."""
    return c.rho * o.distance**2 / 2


def least_D(c: Constants, p: Parameters) -> Number:
    """The least Hessian batch of the rates: 2 alpha^2 sigma_H^2."""
    return 2 * (p.alpha * c.sigma_H) ** 2


def maml_floor(c: Constants, p: Parameters, o: Observed) -> Number:
    """The larger of sqrt(61 (1 + rho alpha sigma/L) V) and 61 rho alpha V/L.

    V = sigma^2/B + sigma_g^2/(B T) + sigma_g^2/S.
    """
    variance = (c.sigma**2 + c.sigma_g**2 / p.T) / p.B + c.sigma_g**2 / p.S
    return _floor(c, p, 61, variance)


def first_order_floor(c: Constants, p: Parameters, o: Observed) -> Number:
    """The same with 14 in place of 61 and 20 alpha^2 L^2 sigma^2 more, which no batch size takes away."""
    variance = (c.sigma**2 + c.sigma_g**2 / p.T) / p.B + c.sigma_g**2 / p.S
    return _floor(c, p, 14, variance + 20 * (p.alpha * c.L * c.sigma) ** 2)


def _floor(c: Constants, p: Parameters, factor: int, variance: Number) -> Number:
    root = (factor * (1 + c.rho * p.alpha * c.sigma / c.L) * variance) ** HALF
    linear = factor * c.rho * p.alpha / c.L * variance
    # The larger of two, for balls and symbols as well.
    return (root + linear + abs(root - linear)) / 2
