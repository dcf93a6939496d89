"""Exact instances on which a printed relation about random vectors or matrices fails.

The cubic well has second derivative clip(|t| - 2, -1, 1): -t^2/2 for |t| <= 1, bounded below, gradient and
Hessian 1-Lipschitz. Noise enters through terms of bounded slope. Everything is rational; every value is
found by enumeration and by a second, different computation.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

from proofs_check.goals import sides

__all__ = ["path_spread", "spectral_batch", "spectral_shift"]

Found = tuple[dict[str, Any] | None, int]
ROUTES = ["enumeration", "closed form"]


def path_spread(bound: Any) -> Found:
    """Cubic well, additive noise +-sigma_g, S = 1, w = 0: E w_j^2 against ``bound(x, j)`` for L =
    sigma_g = 1.

    Near 0 the gradient is -w + noise, so w_j = sum of (1 + x)^i alpha (+-1): second moment alpha^2 ((1 +
    x)^(2j) - 1) / ((1 + x)^2 - 1). Noise is scaled by ``size`` so that the path stays in |w| <= 1.
    """
    tried = 0
    for steps in range(1, 8):
        for x in (Fraction(1, 10), Fraction(1, 100), Fraction(1, 1000)):
            tried += 1
            size = Fraction(1, 100)
            total, reach = Fraction(0), Fraction(0)
            for signs in product((1, -1), repeat=steps):
                w = Fraction(0)
                for one in signs:
                    w = w - x * (-w + one * size)
                    reach = max(reach, abs(w))
                total += w**2
            left = total / 2**steps
            closed = (x * size) ** 2 * ((1 + x) ** (2 * steps) - 1) / ((1 + x) ** 2 - 1)
            right = size**2 * bound(x, steps)
            if left != closed:
                raise ArithmeticError("enumeration and closed form differ")
            if left > right and reach <= 1:
                return {
                    "point": {"alpha": str(x), "L": "1", "rho": "1", "j": str(steps), "N": str(steps),
                              "S": "1", "sigma_g": str(size), "w": "0"},
                    "loss": "cubic well with linear noise +-sigma_g w, two atoms of probability 1/2",
                    **sides(left, right),
                    "routes": ROUTES,
                    "hypotheses": [
                        "bounded below: the well is -t^2/2 + ... + t^2/2 growth, minimum attained",
                        "gradient 1-Lipschitz, Hessian 1-Lipschitz: clip(|t| - 2, -1, 1)",
                        f"every path stays in |w| <= 1 (largest {float(reach):.3g})",
                        "noise variance sigma_g^2 for all w, Hessian noise 0, one task",
                    ],
                }, tried  # fmt: skip
    return None, tried


def _norm2(diagonal: tuple[Fraction, ...]) -> Fraction:
    """Squared spectral norm of a diagonal matrix."""
    return max(abs(v) for v in diagonal) ** 2


def spectral_shift() -> Found:
    """E ||I - alpha H_D||^2 against alpha^2 sigma_H^2/D + (1 + x)^2 with H = -I +- sigma_H e e^T, D = 1.

    Two separate cubic wells near 0 give Hessian -I; the atoms add +-sigma_H h(w_1) with h'' a tent of
    height 1. Second route: the largest eigenvalue from the characteristic polynomial's roots on the
    diagonal, case by case.
    """
    alpha, noise = Fraction(1, 4), Fraction(1)
    a = 1 + alpha
    draws = [(a + s * alpha * noise, a) for s in (1, -1)]
    left = sum((_norm2(m) for m in draws), Fraction(0)) / 2
    closed = ((a + alpha * noise) ** 2 + a**2) / 2
    right = alpha**2 * noise**2 + a**2
    if left != closed:
        raise ArithmeticError("enumeration and closed form differ")
    found = {
        "point": {"alpha": str(alpha), "L": "1", "sigma_H": "1", "N": "1", "D": "1", "w": "(0, 0)"},
        "loss": "psi(w_1) + psi(w_2), psi the cubic well; atoms add +-h(w_1), h'' = max(0, 1 - |t|)",
        **sides(left, right), "routes": ROUTES,
        "hypotheses": [
            "E ||Hessian noise||^2 = sup h''^2 = 1 = sigma_H^2 for all w at most",
            "gradient noise +-h'(w_1), |h'| <= 1/2, so sigma_g^2 = 1/4",
            "mean loss: gradient 1-Lipschitz, Hessian 1-Lipschitz, bounded below",
            "alpha < (2^(1/2) - 1)/L",
        ],
    }  # fmt: skip
    return (found if left > right and a**2 < 2 else None), 1


def spectral_batch() -> Found:
    """E ||mean of D Hessian noises||^2 against sigma_H^2 / D with D = 2 and noises +-diag(1, 1),
    +-diag(1, -1).
    """
    atoms = [(s, s * t) for s in (1, -1) for t in (1, -1)]
    one = sum(_norm2((Fraction(a), Fraction(b))) for a, b in atoms) / len(atoms)
    left = Fraction(0)
    for (a, b), (c, e) in product(atoms, repeat=2):
        left += _norm2((Fraction(a + c, 2), Fraction(b + e, 2)))
    left /= len(atoms) ** 2
    # Same matrix up to sign (probability 1/2): 0 or 1 with equal chance; different ones always give norm 1.
    closed = Fraction(1, 2) * Fraction(1, 2) + Fraction(1, 2)
    right = one / 2
    if left != closed:
        raise ArithmeticError("enumeration and closed form differ")
    found = {
        "point": {"D": "2", "sigma_H": "1"},
        "loss": "Hessian noise +-diag(1, 1), +-diag(1, -1), four atoms of probability 1/4",
        **sides(left, right), "routes": ROUTES,
        "hypotheses": [
            "mean zero", "E ||noise||^2 = 1 = sigma_H^2", "independent draws",
            "atoms +-h(w_1) +- h(w_2), h'' = max(0, 1 - |t|), at w = 0: gradient noise is bounded",
        ],
    }  # fmt: skip
    return (found if left > right else None), 1
