"""Propositions 1 and 7: every Hessian along the path leaves -L at rate rho, where gradients are large."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from maml_verify.settings import Setting, setting
from problems import LINKS, Ridge, ridge

__all__ = ["finite_sum_meta_smoothness", "meta_smoothness"]

NARROW = 2**24
ALPHA = Fraction(1, 4)
START = Fraction(8)
# A path is placed to this accuracy: the Hessians at its points are off by as little.
UNIT = 2**80


def _edges(steps: int, narrow: int, pull: Fraction) -> list[Fraction]:
    """Points of the support path from `START`, on the edges of narrow wells that they themselves make."""
    slope = LINKS["cubic-well"].dphi
    edges = [START] * steps
    for _ in range(6):  # each pass divides the error by ``narrow``
        x, path = START, []
        for _ in range(steps):
            path.append(x)
            gradient = -x + pull + sum(_value(slope, narrow * (x - e) - 1) for e in edges) / narrow**2
            x = Fraction(round((x - ALPHA * gradient) * UNIT), UNIT)
        edges = path
    return edges


def _value(function: Any, t: Fraction) -> Fraction:
    return Fraction(function(np.array([t], dtype=object))[0])


def _family(steps: int, narrow: int, pull: Fraction) -> Ridge:
    """One wide well of curvature -1 and, from each point of the path to its left, a ramp of slope 1."""
    wide = Fraction(1, narrow)
    features = [[wide]] + [[Fraction(narrow)]] * steps
    offsets = [Fraction(0)] + [narrow * edge + 1 for edge in _edges(steps, narrow, pull)]
    terms = [1 / wide**2] + [Fraction(1, narrow**3)] * steps
    query, support = [Fraction(1), Fraction(0)], [Fraction(0), Fraction(1)]
    return ridge(
        "cubic-well",
        [features],
        offsets=[offsets],
        coefficients=[[terms, terms]],
        linear=[[[Fraction(0)], [pull]]],
        probabilities=[query],
        support=[support],
        query=[query],
    )


def _setting(steps: int, narrow: int, pull: Fraction) -> Setting:
    u = START - Fraction(1, 4 * narrow)
    return setting(_family(steps, narrow, pull), alpha=ALPHA, steps=steps, w=[[START]], u=[[u]])


def meta_smoothness(steps: int = 2, narrow: int = NARROW) -> Setting:
    """Proposition 1, approached as ``narrow`` grows."""
    return _setting(steps, narrow, Fraction(0))


def finite_sum_meta_smoothness(steps: int = 2, narrow: int = NARROW, b: Any = 8) -> Setting:
    """Proposition 7, approached as ``narrow`` grows: support gradients exceed query gradients by ``b``."""
    return _setting(steps, narrow, -Fraction(b))
