"""The shapes a search looks at: link, dimension, tasks, atoms, steps and batch sizes of its instances."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from maml_verify.claims import Claim
from maml_verify.claims.base import COROLLARY_STEP
from maml_verify.studies.search.instance import SIZES, Shape
from maml_verify.studies.search.objective import is_split
from maml_verify.theory.conditions import corollary_step

__all__ = ["fixed_step", "shapes"]

LINKS = ("cubic-well", "cosine", "cubic", "quadratic", "logistic", "steep-well")
PLAIN = (("S", 1), ("D", 1), ("T", 1), ("B", 1))
LARGER = (("S", 4), ("D", 4), ("T", 4), ("B", 1))
# Linear terms and points far beyond the scale L/rho of the curvature, for statements on whole runs.
WIDE = 2.0**16


def shapes(claim: Claim, steps: Sequence[int]) -> list[Shape]:
    """The shapes a search looks at, the simplest first."""
    case: dict[str, Any] = {"split": is_split(claim), "pairs": claim.pairs}
    axes = [(1, 1), (1, 2), (2, 2)]
    if claim.prepare:
        names = ("S", "D", "T", "B", *claim.parameters)
        case["scales"] = tuple(name for name in names if name in SIZES)
        places = [(1, 2), (1, 1)] if claim.enclosed else axes
        kinds: list[dict[str, Any]] = [{"reach": WIDE}, {}]
        few = steps
    else:
        places = axes
        kinds = [{"sizes": PLAIN}, {"sizes": LARGER}] if claim.paths else [{"sizes": PLAIN}]
        few = steps[:2]
    # The gap to inf L is enclosed for convex losses of one dimension.
    links = ("cubic", "logistic", "quadratic") if claim.enclosed else LINKS
    usual = [
        Shape(link, d, n, N, **case, **kind)
        for d, n in places
        for N in steps
        for kind in kinds
        for link in links
        if kind is kinds[0] or N in few
    ]
    atoms = 2 if case["split"] else 3
    last = kinds[-1 if claim.prepare else 0] | case
    larger = [
        # More logistic terms than dimensions are not known to be bounded below.
        Shape(link, d, n, N, atoms, min(terms, d) if link == "logistic" else terms, **last)
        for d, n, terms in ((1, 2, 2), (2, 2, 3), (3, 3, 0))
        for N in few[:2]
        for link in links
    ]
    if claim.enclosed:
        return usual

    # A second task, which many errors need, before more than two numbers of steps; then two tasks on a well
    # with features and offsets of their own.
    def cost(shape: Shape) -> float:
        return 3.5 if shape is larger[0] else shape.d + shape.tasks + (0 if shape.steps in steps[:2] else 2)

    return sorted([*usual, larger[0]], key=cost) + larger[1:]


def fixed_step(claim: Claim, edition: str, steps: int) -> Fraction | None:
    """alpha L where the statement leaves no choice."""
    return corollary_step(steps) if COROLLARY_STEP in claim.assumptions[edition] else None
