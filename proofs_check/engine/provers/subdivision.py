"""Arb subdivision: a function is positive on a whole box because its Arb enclosure is, on every piece.

Corollaries fix x = 1/(8N). With t = 1/N every printed quantity is an analytic function of t on [0, 1];
powers base^N with base = 1 + t p(t) are exp(p(t) log(1 + t p(t)) / (t p(t))), which `log1p_ratio` encloses
on balls that contain t = 0. On the admissible range s = N log(1 + x) in (0, log(2)/2] and t in [0, 1] play
the same part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import flint

__all__ = ["cover", "log1p_ratio"]

Box = tuple[tuple[flint.fmpq, flint.fmpq], ...]


def _interval(low: flint.arb, high: flint.arb) -> flint.arb:
    return low.union(high)


def log1p_ratio(y: flint.arb) -> flint.arb:
    """Enclosure of log(1 + y)/y for y >= 0, 1 at y = 0: between 1 - y/2 + y^2/3 - y^3/4 and the same
    without y^3.
    """
    if y > 0:
        direct = (1 + y).log() / y
        if direct.rad() < 1e-3:
            return direct
    low = 1 - y / 2 + y**2 / 3 - y**3 / 4
    high = 1 - y / 2 + y**2 / 3
    return _interval(low, high)


def _halves(box: Box) -> Iterator[Box]:
    widths = [high - low for low, high in box]
    widest = max(range(len(box)), key=lambda i: widths[i])
    low, high = box[widest]
    middle = (low + high) / 2
    for part in ((low, middle), (middle, high)):
        yield tuple(part if i == widest else side for i, side in enumerate(box))


def cover(function: Callable[..., flint.arb], box: Box, pieces: int = 4000) -> tuple[Box, ...] | None:
    """Boxes that make up the box, with ``function > 0`` on each; None if it was not shown."""
    todo, done = [box], 0
    kept: list[Box] = []
    while todo:
        done += 1
        if done > pieces:
            return None
        box = todo.pop()
        sides = [_interval(flint.arb(low), flint.arb(high)) for low, high in box]
        value = function(*sides)
        if value > 0:
            kept.append(box)
            continue
        middles = [flint.arb((low + high) / 2) for low, high in box]
        if function(*middles) < 0:
            return None
        todo.extend(_halves(box))
    return tuple(kept)
