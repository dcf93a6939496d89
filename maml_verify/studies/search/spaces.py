"""The spaces of a search: links, dimensions, numbers of tasks, atoms and steps, batch sizes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from maml_verify.claims import Claim
from maml_verify.claims.base import COROLLARY_STEP
from maml_verify.studies.search.admissible import step_range
from maml_verify.studies.search.instance import SIZES, Space
from maml_verify.studies.search.objective import is_split
from maml_verify.theory.conditions import corollary_step

__all__ = ["fixed_step", "spaces"]

LINKS = ("cubic-well", "cosine", "cubic", "quadratic", "logistic", "steep-well")
PLAIN = (("S", 1), ("D", 1), ("T", 1), ("B", 1))
LARGER = (("S", 4), ("D", 4), ("T", 4), ("B", 1))
# Linear terms and points far beyond the scale L/rho of the curvature, for statements on whole runs.
WIDE = 2.0**16


def spaces(claim: Claim, steps: Sequence[int]) -> list[Space]:
    """The spaces a search looks at, the simplest first."""
    case: dict[str, Any] = {"split": is_split(claim), "pairs": claim.pairs}
    axes = [(1, 1), (1, 2), (2, 2)]
    if claim.prepare:
        names = ("S", "D", "T", "B", *claim.parameters)
        case["scales"] = tuple(name for name in names if name in SIZES)
        dimensions = [(1, 2), (1, 1)] if claim.enclosed else axes
        kinds: list[dict[str, Any]] = [{"reach": WIDE}, {}]
        # The numbers of steps at which more than the first of `kinds` is searched.
        also = steps
    else:
        dimensions = axes
        kinds = [{"sizes": PLAIN}, {"sizes": LARGER}] if claim.paths else [{"sizes": PLAIN}]
        # Where conditions exclude batches of one, the larger batches are left, or another kind of instance.
        kinds = [kind for kind in kinds if _left(claim, kind["sizes"], steps)] or [{"sizes": LARGER}]
        also = steps[:2]
    # The gap to inf L is enclosed for convex losses of one dimension.
    links = ("cubic", "logistic", "quadratic") if claim.enclosed else LINKS
    usual = [
        Space(link, d, n, N, **case, **kind)
        for d, n in dimensions
        for N in steps
        for kind in kinds
        for link in links
        if kind is kinds[0] or N in also
    ]
    atoms = 2 if case["split"] else 3
    last = kinds[-1 if claim.prepare else 0] | case
    larger = [
        # More logistic terms than dimensions are not known to be bounded below.
        Space(link, d, n, N, atoms, min(terms, d) if link == "logistic" else terms, **last)
        for d, n, terms in ((1, 2, 2), (2, 2, 3), (3, 3, 0))
        for N in also[:2]
        for link in links
    ]
    if claim.enclosed:
        return usual

    # A second task, which many errors need, before more than two numbers of steps; then two tasks on a well
    # with features and offsets of their own.
    def cost(space: Space) -> float:
        return 3.5 if space is larger[0] else space.d + space.tasks + (0 if space.steps in steps[:2] else 2)

    return sorted([*usual, larger[0]], key=cost) + larger[1:]


def _left(claim: Claim, sizes: tuple[tuple[str, int], ...], steps: Sequence[int]) -> bool:
    """Whether some edition's conditions leave these batch sizes."""
    size = dict(sizes)["S"]
    return any(step_range(claim, edition, N, size) for edition in claim.editions for N in steps)


def fixed_step(claim: Claim, edition: str, steps: int) -> Fraction | None:
    """alpha L where the statement leaves no choice."""
    if COROLLARY_STEP in claim.assumptions[edition]:
        return corollary_step(steps)
    if claim.prepare or not claim.assumptions[edition]:
        return None
    left = step_range(claim, edition, steps)
    return left[0] if left and left[0] == left[1] else None
