"""Hessians between -l I and L I: what bounds a factor I - alpha M, and how factors telescope.

low = alpha l, alpha L = low + 2 wide/(1 + wide), which is all of 0 < alpha (L - l) < 2.  For h = alpha M a
with M symmetric between -l I and L I, <h + low a, alpha L a - h> >= 0: that is all that is used of M.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from maml_verify.theory import beyond
from maml_verify.theory.symbols import Constants
from proofs_check.goals import Form, Goal, Gram, Relation, Step, relation
from proofs_check.lemmas.quadratic_forms import combination, norm2, square
from proofs_check.lemmas.telescoping import rise
from proofs_check.symbols import CONSTANTS, PARAMETERS, N, alpha, v

__all__ = [
    "CONVEX",
    "CURVED",
    "at_spectrum",
    "ball_around",
    "between",
    "beyond_step",
    "factor_norm",
    "low",
    "noisy_factor",
    "r",
    "reached",
    "shifted",
    "top",
    "wide",
]

WHERE = "edition beyond"
low = sp.Symbol("low", positive=True)
wide = sp.Symbol("wide", positive=True)
r = 1 + low
#: alpha L.
top = low + 2 * wide / (1 + wide)
#: Where L bounds what is above and l what is below, and where losses are convex.
CURVED = CONSTANTS._replace(convexity=low / alpha)
CONVEX = CONSTANTS._replace(convexity=sp.Integer(0))
#: t of Lemma 15 for one factor.
TAU = low * (1 + wide) + wide


def beyond_step(name: str, result: str, said: str, reason: str, *goals: Goal) -> Step:
    """An entry of an edition beyond."""
    return relation(f"beyond/{name}", result, WHERE, said, reason, *goals, audit="derived")


def at_spectrum(c: Constants) -> Constants:
    """The constants with alpha L = low + 2 wide/(1 + wide)."""
    return c._replace(L=top.subs(low, c.convexity * alpha) / alpha)


def between(below: Any = low) -> tuple[Any, Form]:
    """<h + low a, alpha L a - h> >= 0, and the multiplier with which it bounds a factor."""
    above = below + 2 * wide / (1 + wide)
    form = {("a", "h"): above - below, ("h", "h"): -1, ("a", "a"): below * above}
    return 2 * (1 + below) / (above + below), form


def factor_norm(below: Any = low) -> Gram:
    """||a - h|| <= (1 + low) ||a||."""
    return Gram(("a", "h"), norm2(a=1, h=-1), {("a", "a"): (1 + below) ** 2}, facts=(between(below),))


def noisy_factor(noise: Any, below: Any = low) -> Gram:
    """E ||a - h - z||^2 <= (1 + low)^2 E ||a||^2 + ``noise``, z of mean zero and of at most this variance."""
    minibatch = {("one", "one"): noise, ("z", "z"): -1}
    return Gram(
        ("a", "h", "z", "one"),
        norm2(a=1, h=-1, z=-1),
        {("a", "a"): (1 + below) ** 2, ("one", "one"): noise},
        facts=(between(below), (1, minibatch)),
        orthogonal=(("a", "z"), ("h", "z")),
    )


def _ends(sign: int) -> tuple[tuple[tuple[str, Any], ...], tuple[tuple[str, Any], ...], Any]:
    """Where (1 - alpha L) b = a - h (sign 1) or (1 + low) b = a - h: two vectors whose product is >= 0."""
    if sign > 0:
        return (("b", 1), ("a", -1)), (("a", r), ("b", top - 1)), 1 - top
    return (("a", 1), ("b", -1)), (("b", r), ("a", top - 1)), r


def shifted(sign: int) -> tuple[Gram, Gram]:
    """||b - a||^2 <= +-t (||b||^2 - ||a||^2) for one factor, t = low (1 + wide) + wide."""
    first, second, size = _ends(sign)
    # h + low a and alpha L a - h, with h = a - size b.
    plus, minus = (("a", r), ("b", -size)), (("a", top - 1), ("b", size))
    same = Gram(("a", "b"), {(plus, minus): 1}, {(first, second): size}, rel="==")
    bound = Gram(
        ("a", "b"), square(b=1, a=-1), rise(sign * TAU, "b", "a"), facts=((1 + wide, {(first, second): 1}),)
    )
    return same, bound


def reached() -> tuple[Relation, Relation]:
    """t of the edition is 2N times that of one factor, and below 1 in its range."""
    place = at_spectrum(CURVED)
    left, wide = beyond.range_left(CURVED, PARAMETERS), beyond.shape(CURVED, PARAMETERS)
    return (
        Relation(2 * N * TAU, "==", beyond.reach(place, PARAMETERS)),
        Relation(beyond.reach(CURVED, PARAMETERS), "<", 1, given=(left, wide)),
    )


def ball_around() -> Gram:
    """||z - g||^2 <= t (||g||^2 - ||z||^2) puts (1+t) z into the ball of radius t ||g|| around g."""
    near = combination((1, rise(-v, "z", "g")), (-1, square(z=1, g=-1)))
    return Gram(("g", "z"), square(z=1 + v, g=-1), square(g=v), ((1 + v, near),))
