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

from fractions import Fraction
from typing import Any

import flint

from maml_verify import constants
from maml_verify.bounds import Observed
from maml_verify.constants import Constants, Parameters

__all__ = ["slow_descent"]


def _right(c: Constants, p: Parameters, C_b: Any, gap: Fraction) -> tuple[Fraction, Fraction]:
    """r and xi of (25), exact."""
    r = (gap / p.K + constants.phi_9(c, p) / p.B) / constants.theta_9(c, p, C_b)
    return r, constants.xi_9(c, p, C_b)


def slow_descent(C_b: Any, rho: Fraction) -> tuple[dict[str, Any] | None, int]:
    """Lower bound of E ||grad L(w_zeta)|| against (25) with ``C_b`` a reading of (21)."""
    alpha, start, spread = Fraction(1, 10), Fraction(1), Fraction(1000)
    steps, batch, tiny = 1000, 10**12, Fraction(1, 10**6)
    c = Constants(L=Fraction(1), rho=rho, sigma=spread, b=tiny, b2=tiny**2)
    p = Parameters(alpha=alpha, N=1, B=batch, K=steps, C_beta=Fraction(100))
    h, smooth, C_L = (1 - alpha) ** 2, (1 + alpha) ** 2, C_b(c, p)
    reach = 2 * start + steps / p.C_beta
    beta = 1 / (p.C_beta * (smooth + C_L * (spread - reach)))
    confined = start + steps * beta * h * (spread + reach) <= reach
    mean = start + steps * beta**2 * h**2 * spread**2 / (2 * batch * start)
    average = h * (start - Fraction(steps - 1, 2) * h * beta * mean)
    # Second route: the recursion itself, step by step.
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
    positive = constants.theta_9(c, p, C_b) > 0
    # (60), which (25) solves, fails as well: m^2/(xi + m) grows with m.
    fails = fails and average**2 > r * (xi + average)
    if not (fails and confined and positive and smooth < 2):
        return None, 1
    observed = Observed(gap=gap)
    return {
        "point": {"alpha": "1/10", "L": "1", "rho": str(rho), "N": "1", "sigma": str(spread), "b": str(tiny),
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
