"""Lemmas 16 and 20: means of norms that take two values, one of them 0; and, for 1/E beta, one value."""

from __future__ import annotations

from fractions import Fraction

from maml_verify.settings import Setting, setting
from problems import Ridge, ridge

__all__ = [
    "finite_sum_stepsize_mean",
    "finite_sum_stepsize_moments",
    "stepsize_mean",
    "stepsize_moments",
]

F = Fraction
ALPHA = F(1, 8)


def stepsize_moments() -> Setting:
    """Lemma 16, E beta_k^2 attained: two tasks of unlike gradients, 2 and 8, whose noise makes norms 0 or 10.

    sigma = 3 and sigma_g = 4.
    """
    low, high = F(2), F(8)
    share = low / (low + high)
    family = ridge(
        "cubic-well",
        [[[F(1)]]] * 2,
        linear=[[[F(0)], [low + high]]] * 2,
        probabilities=[[1 - share, share], [share, 1 - share]],
    )
    return _setting(family, C_beta=2, B_prime=1, D_L=1)


def stepsize_mean(B_prime: int = 40) -> Setting:
    """Lemma 16, 1/E beta_k approached as B'_k grows: gradients 0 and 4, noise 3 at a right angle to both.

    sigma = 2 and sigma_g = 3; the norms are 3 and 5.
    """
    one, zero, size, noise = F(1), F(0), F(4), F(3)
    family = ridge(
        "cubic-well",
        [[[one, zero], [zero, one]]] * 2,
        linear=[[[g, s * noise] for s in (1, -1)] for g in (zero, size)],
    )
    return _setting(family, C_beta=2, B_prime=B_prime, D_L=1)


def _sets(gradients: tuple[int, ...], b: int = 2) -> Ridge:
    """Tasks with these query gradients at 0, and support gradients larger by ``b``."""
    n = len(gradients)
    query, support = ([[F(1 - k), F(k)]] * n for k in (0, 1))
    linear = [[[F(g)], [F(g + b)]] for g in gradients]
    q = [[[F(1)]]] * n
    return ridge("cubic-well", q, linear=linear, probabilities=query, support=support, query=query)


def finite_sum_stepsize_moments() -> Setting:
    """Lemma 20, E[1/Lhat^2] attained: two tasks, one of them stationary."""
    return _setting(_sets((0, 10)), B_prime=1)


def finite_sum_stepsize_mean() -> Setting:
    """Lemma 20, E[1/Lhat] attained: one task."""
    return _setting(_sets((10,)), B_prime=1)


def _setting(family: Ridge, **sizes: int) -> Setting:
    w = [[F(0)] * family.d]
    return setting(family, alpha=ALPHA, steps=2, w=w, u=w, **sizes)
