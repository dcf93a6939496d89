"""From grad l_i to grad L_i by a telescoping sum."""

from __future__ import annotations

from typing import Any

import sympy as sp

from maml_verify.theory import sharp
from proofs_check.goals import Gram, Relation, Step, relation
from proofs_check.lemmas.quadratic_forms import combination, square
from proofs_check.symbols import (  # fmt: skip
    CONSTANTS,
    PARAMETERS,
    G,
    k,
    u,
    v,
)

__all__ = [
    "WHERE",
    "ball",
    "below_1",
    "drift",
    "factor",
    "gradients",
    "m_",
    "more",
    "rise",
    "root",
    "sharp_step",
    "shrunk",
    "spread",
    "t",
    "telescoped",
    "unique",
    "with_root",
]

WHERE = "sharp edition"


t = sharp.reach(CONSTANTS, PARAMETERS)


drift = sharp.support_drift(CONSTANTS, PARAMETERS)


below_1 = u / (1 + u)


root = sp.Symbol("root", nonnegative=True)


more = sp.Symbol("more", positive=True)


def with_root(expression: Any, value: Any) -> Any:
    """The expression with every square root replaced by ``value``."""
    half = sp.Rational(1, 2)
    return expression.replace(lambda part: part.is_Pow and part.exp == half, lambda part: value)


def sharp_step(name: str, result: str, said: str, reason: str, *goals: Any) -> Step:
    """An entry of a sharp edition."""
    return relation(f"sharp/{name}", result, WHERE, said, reason, *goals, audit="derived")


def rise(size: Any, after: str, before: str) -> dict[tuple[str, str], Any]:
    """size (||after||^2 - ||before||^2)."""
    return combination((size, square(**{after: 1})), (-size, square(**{before: 1})))


def factor(sign: int) -> Gram:
    """||(1 -+ x) b - a|| <= x ||a|| gives ||b - a||^2 <= +-x (||b||^2 - ||a||^2); sign = 1 for 1 - x."""
    rate = below_1 if sign > 0 else u
    near = combination((rate**2, square(a=1)), (-1, square(b=1 - sign * rate, a=-1)))
    return Gram(("a", "b"), square(b=1, a=-1), rise(sign * rate, "b", "a"), ((1 / (1 - sign * rate), near),))


def telescoped(sign: int) -> Gram:
    """From k + 1 to k + 2 steps: ||b - g||^2 <= +-(k+2) x (||b||^2 - ||g||^2)."""
    count = k + 1
    one = combination((1, rise(sign * v, "b", "a")), (-1, square(b=1, a=-1)))
    before = combination((count, rise(sign * v, "a", "g")), (-1, square(a=1, g=-1)))
    facts = ((count + 1, one), ((count + 1) / count, before))
    return Gram(("a", "b", "g"), square(b=1, g=-1), rise(sign * (count + 1) * v, "b", "g"), facts)


def ball() -> Gram:
    """||y - g||^2 <= t (||y||^2 - ||g||^2) puts (1-t) y into the ball of radius t ||g|| around g."""
    near = combination((1, rise(below_1, "y", "g")), (-1, square(y=1, g=-1)))
    return Gram(("g", "y"), square(y=1 - below_1, g=-1), square(g=below_1), ((1 - below_1, near),))


def spread() -> Gram:
    """The same for z, averaged: z = Z + z and g = G + g, means and deviations in L2."""
    s = below_1
    gap = combination((s, square(G=1, g=1)), (-s, square(Z=1, z=1)), (-1, square(Z=1, z=1, G=-1, g=-1)))
    right = combination((s**2, square(g=1)), (s**2 * (1 + s) / (1 - s), square(Z=1)))
    means = tuple((a, d) for a in "GZ" for d in "gz")
    return Gram(("G", "Z", "g", "z"), square(z=1 + s, g=-1), right, ((1 + s, gap),), orthogonal=means)


def unique() -> Relation:
    """e^2 <= (m + t e)^2 + sigma^2 fails for e above (t m + r)/(1 - t^2), r^2 = m^2 + (1 - t^2) sigma^2 (t
    = u/(1+u), r = m + v, sigma^2 from r).
    """
    s, r = below_1, m_ + v
    beyond = (s * m_ + r) / (1 - s**2) + more
    return Relation((m_ + s * beyond) ** 2 + (r**2 - m_**2) / (1 - s**2), "<", beyond**2)


m_ = sp.Symbol("m_", nonnegative=True)


shrunk = sharp.shrunk(CONSTANTS, PARAMETERS, G)


def gradients(bound: Any, size: Any, *, mean: bool, t: Any = t) -> Relation:
    """``bound`` is n = m + t e (or e itself) at e = (t m + r)/(1 - t^2)."""
    value = with_root(bound, root)
    if not mean:
        return Relation(value - t * size / (1 - t**2), "==", root / (1 - t**2))
    return Relation(size + t * (t * size + root) / (1 - t**2), "==", value)
