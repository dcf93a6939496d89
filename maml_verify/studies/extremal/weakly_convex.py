"""Editions ``beyond``: curvature -l where the curvature elsewhere is up to L > l, and convex losses."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from maml_verify.settings import Setting, setting
from problems import Ridge, ridge

__all__ = ["gap_of_one_task", "gap_of_products", "mean_gradient", "noise", "paths", "variance"]

# How far apart two wells are: where one has curvature -1, the other has 1.
FAR = 10
STEPS = 4
HALF = Fraction(1, 2)


def _family(l: Any, noise: Any = 0) -> Ridge:
    """One dimension: curvature -l on [-1, 1], L = 1; two atoms of gradients +- ``noise``."""
    deep, shallow = (1 + Fraction(l)) / 2, (1 - Fraction(l)) / 2
    one, zero = Fraction(1), Fraction(0)
    # The far well has slope -1 * (FAR - 4) at 0, which a linear term takes away.
    pull = shallow * (FAR - 4)
    return ridge(
        "cubic-well",
        [[[one], [one]]],
        offsets=[[zero, Fraction(FAR)]],
        coefficients=[[[deep, shallow]] * 2],
        linear=[[[pull + noise], [pull - noise]]],
    )


def _setting(l: Any, alpha: Any, start: Any = Fraction(1, 8), **options: Any) -> Setting:
    noise = options.pop("noise", 0)
    places = {"w": [[Fraction(start)]], "u": [[Fraction(0)]]}
    return setting(_family(l, noise), alpha=Fraction(alpha), **{"steps": STEPS, **places, **options})


def paths(l: Any = HALF) -> Setting:
    """Lemmas 11, 12 and 17: attained at every j."""
    return _setting(l, HALF)


def noise(l: Any = HALF, S: int = 1) -> Setting:
    """Proposition 2: attained at every j by additive noise; noise and path stay where the curvature is -l."""
    return _setting(l, HALF, 0, noise=Fraction(1, 16), S=S)


def gap_of_one_task() -> Setting:
    """Lemma 14: attained where (1 + alpha l)^(2N) - 1 is above t, here 4.96 above 3.43."""
    return paths()


def gap_of_products() -> Setting:
    """Lemma 13: attained by convex losses of curvature L at N = 1, where it is alpha L."""
    return _setting(0, HALF, FAR * 2, steps=1)


def mean_gradient() -> Setting:
    """Lemma 15: attained by one task of curvature L, convex: ||grad l|| = ||grad L||/(1 - alpha L)^(2N)."""
    return _setting(0, Fraction(1, 8), FAR * 2, steps=2)


def variance() -> Setting:
    """Variance of the estimator: attained by noise about a stationary point of curvature -L."""
    return _setting(1, Fraction(1, 8), 0, noise=Fraction(1, 16), steps=2, T=2)
