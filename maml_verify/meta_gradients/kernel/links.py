"""Slope and curvature of a link at once, on float64 arrays in place: the tricks of elementary functions.

A link is taken at x = scale * t, so that the product that makes t can make x at no cost.  A pair writes
s = phi'(t) and c = ds/dx = phi''(t) / scale; k is scratch.
"""

from __future__ import annotations

from functools import lru_cache

from maml_verify.meta_gradients.kernel.link_pairs import _KNOWN, Pair
from problems.arrays import Array
from problems.ridge_sums.links import Link

__all__ = ["compiled_pair", "pair_for"]

# Below this many numbers the calls of a pair cost more than library functions.
SMALL = 3000
# Link evaluations of one call from which loading numba, half a second once, is worth its while: such calls
# come by the hundred.
LARGE = 200_000


@lru_cache(maxsize=1)
def _compiled() -> dict[str, Pair]:
    # The extra ``fast``; without it, or without a place to keep what it compiles, the passes of NumPy serve.
    try:
        from maml_verify.meta_gradients.kernel.compiled_links import PAIRS
    except (ImportError, RuntimeError):
        return {}
    return PAIRS


def compiled_pair(link: Link, evaluations: int) -> Pair | None:
    """The compiled pair of ``link``, where there is one and a call of so many evaluations is worth it."""
    return _compiled().get(link.name) if evaluations >= LARGE else None


def pair_for(link: Link, size: int, evaluations: int = 0) -> Pair:
    """The pair of ``link``; its own formulas where there is no trick.

    Parameters
    ----------
    size : numbers in one array
    evaluations : of one call, over all arrays
    """

    def plain(x: Array, s: Array, c: Array, k: Array) -> None:
        s[...] = link.dphi(x)
        c[...] = link.d2phi(x)

    if link.name not in _KNOWN or size < SMALL:
        return Pair(1.0, plain)
    return compiled_pair(link, evaluations) or _KNOWN[link.name]
