"""The reciprocal moment bound behind (67) and (75), and the variance of a mean of norms.

For X >= 0 with mean mu and variance var, E 1/(X + k)^2 <= (var/k^2 + mu^2/(mu + k)^2) / (var + mu^2).
Proof: the parabola through f(0), touching f(X) = 1/(X + k)^2 at c = (var + mu^2)/mu, lies above f on X >=
0; its mean is (var f(0) + mu^2 f(c)) / (var + mu^2), and f(c) <= f(mu) because c >= mu.
"""

from __future__ import annotations

from functools import cache

import sympy as sp

from proofs_check.goals import Gram, Relation
from proofs_check.lemmas.quadratic_forms import independent_sum
from proofs_check.symbols import mu, var

__all__ = ["parabola", "reciprocal_moment", "two_points", "variance_of_norm"]

X, k0, c, mean = sp.symbols("X k0 c mean", positive=True)


@cache
def parabola() -> sp.Expr:
    """Q(X) = f(0) + p X + r X^2 with Q(c) = f(c), Q'(c) = f'(c)."""
    f = 1 / (X + k0) ** 2
    slope, bend = sp.symbols("slope bend")
    Q = f.subs(X, 0) + slope * X + bend * X**2
    found = sp.solve(
        [sp.together((Q - f).subs(X, c)), sp.together(sp.diff(Q - f, X).subs(X, c))],
        [slope, bend],
        dict=True,
    )[0]
    return sp.factor(Q.subs(found))


def two_points(least: sp.Expr, mean: sp.Expr, spread: sp.Expr) -> sp.Expr:
    """E f(X) for the X of this mean and variance that is 0 or c."""
    centre = (spread + mean**2) / mean
    return (spread / least**2 + mean**2 / (centre + least) ** 2) / (spread + mean**2)


@cache
def reciprocal_moment() -> tuple[Relation, ...]:
    """f <= Q on X >= 0; the mean of Q; f(c) <= f(mu)."""
    f = 1 / (X + k0) ** 2
    Q = sp.Poly(sp.expand(sp.numer(parabola())), X)
    slope, bend = (Q.coeff_monomial(X**i) / sp.denom(parabola()) for i in (1, 2))
    constant = Q.coeff_monomial(1) / sp.denom(parabola())
    centre = (var + mean**2) / mean
    average = (constant + slope * mean + bend * (var + mean**2)).subs(c, centre)
    target = two_points(k0, mean, var)
    return (
        Relation(f, "<=", parabola()),
        Relation(average, "==", target),
        Relation(
            target,
            "<=",
            (var / k0**2 + mean**2 / (mean + k0) ** 2) / (var + mean**2),
        ),
    )


def variance_of_norm() -> tuple[Gram | Relation, ...]:
    """Var ||X|| <= E ||X - m||^2 = sum of two variances when the inner noise is centred.

    (| ||X|| - ||m|| |)^2 <= ||X - m||^2 is <X, m> <= ||X|| ||m|| (Cauchy-Schwarz), and the variance is the
    least mean square distance from a constant: E (Y - a)^2 - Var Y = (E Y - a)^2.
    """
    a, second = sp.symbols("a second", nonnegative=True)
    least = Relation(second - mu**2, "<=", second - 2 * a * mu + a**2)
    return independent_sum(), least
