"""An instance on which Theorem 9 as printed fails: large sigma slows Algorithm 2 down, and xi of (24)
ignores sigma.

Two equally likely tasks l(w) = (w - c)^2/2 and (w + c)^2/2, support and query sets equal, N = 1. Then grad
L(w) = h w, h = (1 - alpha)^2, and sigma = c. The step size estimate has C_L times about c in it, so w_k
hardly moves while K is far below C_L c, and the mean gradient stays near h w_0. All bounds below are
rational and rigorous:

- |w_k| <= R = w_0 + K delta, where a step moves w by at most delta = beta_max h (c + R);
- beta_k <= beta_max = 1/(C_beta ((1+x)^2 + C_L (c - R)));
- E w_(k+1)^2 <= E w_k^2 + beta_max^2 h^2 c^2/B, so E |w_k| <= M = w_0 + K beta_max^2 h^2 c^2/(2 B w_0);
- E |w_k| >= E w_k >= w_0 - k h beta_max M.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import flint
import sympy as sp

from maml_verify.theory import coefficients
from maml_verify.theory.symbols import Constants, Observed, Parameters

__all__ = ["iterations", "positive_from_one", "slow_descent", "standstill"]


def _right(c: Constants, p: Parameters, C_b: Any, gap: Fraction) -> tuple[Fraction, Fraction]:
    """r and xi of (25), exact."""
    r = (gap / p.K + coefficients.phi_9(c, p) / p.B) / coefficients.theta_9(c, p, C_b)
    return r, coefficients.xi_9(c, p, C_b)


def standstill(C_b: Any, c: Constants, p: Parameters, start: Any, reach: Any) -> tuple[Any, Any]:
    """Lower bound of E ||grad L(w_zeta)||, and how much less than ``reach`` the path needs.

    Pure arithmetic at L = 1, N = 1: for rationals and for symbols.
    """
    h = (1 - p.alpha) ** 2
    beta = 1 / (p.C_beta * ((1 + p.alpha) ** 2 + C_b(c, p) * (c.sigma - reach)))
    spare = reach - start - p.K * beta * h * (c.sigma + reach)
    mean = start + p.K * beta**2 * h**2 * c.sigma**2 / (2 * p.B * start)
    average = h * (start - (p.K - 1) * h * beta * mean / 2)
    return average, spare


def slow_descent(C_b: Any, rho: Fraction) -> tuple[dict[str, Any] | None, int]:
    """Lower bound of E ||grad L(w_zeta)|| against (25) with ``C_b`` a reading of (21)."""
    alpha, start, spread = Fraction(1, 10), Fraction(1), Fraction(1000)
    steps, batch, b = 1000, 10**12, Fraction(1, 10**6)
    c = Constants(L=Fraction(1), rho=rho, sigma=spread, b=b, b2=b**2)
    p = Parameters(alpha=alpha, N=1, B=batch, K=steps, C_beta=Fraction(100))
    h, smooth, C_L = (1 - alpha) ** 2, (1 + alpha) ** 2, C_b(c, p)
    reach = 2 * start + steps / p.C_beta
    average, spare = standstill(C_b, c, p, start, reach)
    # Second route: the recursion itself, step by step.
    beta = 1 / (p.C_beta * (smooth + C_L * (spread - reach)))
    mean = start + steps * beta**2 * h**2 * spread**2 / (2 * batch * start)
    value, total = start, Fraction(0)
    for _ in range(steps):
        total += h * value
        value -= h * beta * mean
    if total / steps != average:
        raise ArithmeticError("closed form and recursion differ")
    gap = h * start**2 / 2
    r, xi = _right(c, p, C_b, gap)
    # average > r/2 + sqrt(xi r + r^2/4) as rationals, and again with Arb balls.
    exact = average > r / 2 and (average - r / 2) ** 2 > xi * r + r**2 / 4
    ball = flint.arb(flint.fmpq(r.numerator, r.denominator))
    root = (flint.arb(flint.fmpq(xi.numerator, xi.denominator)) * ball + ball**2 / 4).sqrt()
    right = ball / 2 + root
    fails = exact and flint.arb(flint.fmpq(average.numerator, average.denominator)) > right
    positive = coefficients.theta_9(c, p, C_b) > 0
    # (60), which (25) solves, fails as well: m^2/(xi + m) grows with m.
    fails = fails and average**2 > r * (xi + average)
    if not (fails and spare >= 0 and positive and smooth < 2):
        return None, 1
    observed = Observed(gap=gap)
    return {
        "point": {"alpha": "1/10", "L": "1", "rho": str(rho), "N": "1", "sigma": str(spread), "b": str(b),
                  "C_beta": "100", "B": str(batch), "K": str(steps), "w_0": str(start),
                  "Delta": str(observed.gap)},
        "loss": "(w - c)^2/2 and (w + c)^2/2, c = 1000, equal chances, support = query",
        "left": "at least " + str(round(float(average), 6)), "right": str(round(float(right), 6)),
        "left_float": float(average), "right_float": float(right),
        "routes": ["exact rationals, squared", "Arb balls and the recursion step by step"],
        "hypotheses": [
            "bounded below, gradient 1-Lipschitz, Hessian constant, so rho-Lipschitz", "sigma = c for all w",
            "grad l_S = grad l_T, so any b > 0 will do", "(1+x)^2 = 1.21 < 2", "theta > 0",
            "|B'_k| any size allowed: only |grad l_Ti(w)| >= c - |w| is used",
        ],
    }, 1  # fmt: skip


def positive_from_one(values: Callable[[Any], tuple[Any, ...]]) -> bool:
    """Whether rational functions of K are positive for every K = 1 + more, by coefficients of one sign."""
    more = sp.Symbol("more", nonnegative=True)
    for value in values(1 + more):
        above, below = sp.fraction(sp.cancel(value))
        if not all(v > 0 for part in (above, below) for v in sp.Poly(part, more).coeffs()):
            return False
    return True


def iterations(
    C_b: Any, batch: Callable[[Any, Any], Any] = lambda spread, K: 4 * spread**2
) -> tuple[dict[str, Any] | None, int]:
    """Corollary 10: for every K = 4 C_k take eps = 1/2, sigma = 100 K: K steps leave E ||grad L|| above eps.

    B enters by sigma^2/(eps^2 B) alone, which any C_B >= 1 makes at most 1.
    """
    eps, b = Fraction(1, 2), Fraction(1, 10**6)

    def bounds_at(K: Any) -> tuple[Any, Any, Any]:
        """How far the bound is above eps, the path inside its reach, and theta above 0."""
        spread = 100 * K
        c = Constants(L=K**0, rho=K**0, sigma=spread, b=K**0 * b, b2=K**0 * b**2)
        p = Parameters(alpha=K**0 / 8, N=1, B=batch(spread, K), K=K, C_beta=K**0 * 80)
        average, spare = standstill(C_b, c, p, K**0, K**0 + K)
        return average - eps * K**0, spare, coefficients.theta_9_bracket(c, p)

    found = [bounds_at(Fraction(K)) for K in (1, 10, 1000)]
    if any(value <= 0 for values in found for value in values):
        return None, len(found)
    least = eps + min(above for above, _, _ in found)
    if not positive_from_one(bounds_at):
        return None, len(found)
    return {
        "point": {"alpha": "1/8", "L": "1", "rho": "1", "N": "1", "sigma": "100 K", "b": str(b),
                  "w_0": "1", "Delta": "49/128", "eps": "1/2", "B": "sigma^2/eps^2 or more",
                  "for every": "K >= 1"},
        "loss": "(w - sigma)^2/2 and (w + sigma)^2/2, equal chances, support = query",
        "left": "at least " + str(round(float(least), 6)), "right": str(eps),
        "left_float": float(least), "right_float": float(eps),
        "routes": ["values at K = 1, 10, 1000", "coefficients of one sign in K - 1"],
        "hypotheses": [
            "bounded below, gradient 1-Lipschitz, Hessian constant, so rho-Lipschitz", "sigma for all w",
            "alpha = 1/(8 N L), C_beta = 80, theta > 0", "|B'_k| any size allowed",
        ],
    }, len(found)  # fmt: skip
