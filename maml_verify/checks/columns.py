"""The families of a column: several of one link, and those that a statement asks for besides."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

from maml_verify.claims import find_claim
from problems import FAMILIES, Family, Ridge, plateau

__all__ = ["column", "supported", "variants"]


@lru_cache(maxsize=128)
def column(statement: str, name: str) -> tuple[Family, ...]:
    """The families that a statement is checked on under the name of a link."""
    claim = find_claim(statement)
    extras = claim.families(name) if claim.families else ()
    return (*variants(name), *(supported(name) if claim.supports else ()), *extras)


@lru_cache(maxsize=32)
def variants(name: str) -> tuple[Ridge, ...]:
    """The usual families of a link: small and large noise, offsets, task differences, Hessian noise."""
    make = FAMILIES[name]
    common: dict[str, Any] = {"atoms": 2, "tasks": 2}
    skew = (Fraction(1, 4), Fraction(3, 4))
    # One family is in general position with Hessian noise: Hessians that don't commute, others on support and
    # query set, so that a product in the wrong order or a wrong Hessian is seen.  Least squares has constant
    # Hessians.
    noise = "additive" if name == "quadratic" else "hessian"
    families = [
        make(**common, rng=0),
        make(**common, rng=1, noise=Fraction(1, 64), spread=Fraction(1, 64), task_weights=skew),
        make(**common, rng=2, noise=8, spread=8),
        make(d=1, tasks=3, atoms=2, rng=3, noise=Fraction(1, 4), spread=0, scale=2),
        make(**common, rng=4, features="random", scale=Fraction(1, 2), noise_kind=noise),
    ]
    if name != "quadratic":
        families.append(make(**common, rng=5, noise_kind="hessian"))
    if name == "cubic-well":
        families.append(plateau(d=2, rng=6))
    return tuple(families)


@lru_cache(maxsize=32)
def supported(name: str) -> tuple[Ridge, ...]:
    """The same with their support sets as their populations."""
    return tuple(_on_support(family) for family in variants(name))


def _on_support(family: Ridge) -> Ridge:
    exact = family.exact and replace(family.exact, probabilities=family.exact.support)
    return replace(family, probabilities=family.support, exact=exact)
