"""Branch and bound over a ball: suprema of several quantities, each as near as asked for.

The ball is cut into boxes; the derivatives over a box bound every quantity there, those at its middle are
taken.  The box that is furthest from what is asked for is cut next.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping
from itertools import product
from typing import NamedTuple

import numpy as np

from problems.arrays import Array
from problems.balls.jets import Enclosure, Jet, Jets
from problems.balls.quadratic_on_ball import largest_norm
from problems.balls.quantities import Piece, Quantity, Spread, refined

__all__ = ["BRANCHED", "Found", "suprema"]

# Boxes are cut in so many dimensions at most; above, the ball is one box.
BRANCHED = 3


class Found(NamedTuple):
    """A supremum: no more than ``upper``, and ``value`` is taken."""

    upper: float
    value: float


class _Box(NamedTuple):
    middle: Array
    half: float
    bounds: Array


def suprema(
    jets: Jets,
    centre: Array,
    radius: float,
    quantities: Mapping[str, Quantity],
    tolerance: float,
    boxes: int,
) -> dict[str, Found]:
    """Bounds that hold on a closed ball.

    Parameters
    ----------
    centre, radius : (d,), float
    tolerance : relative to `Quantity.size`; cutting ends where every bound is that near to a value taken
    boxes : so many at most
    """
    search = _Search(jets, centre, radius, list(quantities.values()), tolerance)
    search.run(boxes)
    return {
        name: Found(float(search.bounds[k]), float(search.values[k])) for k, name in enumerate(quantities)
    }


class _Search:
    def __init__(
        self, jets: Jets, centre: Array, radius: float, quantities: list[Quantity], tolerance: float
    ) -> None:
        self.jets, self.centre, self.radius, self.quantities = jets, centre, radius, quantities
        self.tolerance = tolerance
        self.d = len(centre)
        self.values, self.sizes = np.zeros(len(quantities)), np.zeros(len(quantities))
        self.bounds = np.full(len(quantities), math.inf)

    def run(self, boxes: int) -> None:
        """Cut until every bound is near, or ``boxes`` were looked at."""
        root = self._look(_Box(self.centre, self.radius, self.bounds))
        self._lower(root)
        heap, count, done = [(-math.inf, 0, root)], 1, np.zeros(len(self.quantities))
        while heap and count < boxes and self.d <= BRANCHED:
            _, _, box = heapq.heappop(heap)
            if self._excess(box.bounds) <= 0:
                done = np.maximum(done, box.bounds)
                continue
            for signs in product((-1, 1), repeat=self.d):
                half = box.half / 2
                part = _Box(box.middle + half * np.array(signs), half, box.bounds)
                if self._nearest(part) < self.radius:
                    part = self._look(part)
                    count += 1
                    heapq.heappush(heap, (-self._excess(part.bounds), count, part))
        self.bounds = np.max([done, *(box.bounds for _, _, box in heap)], axis=0)

    def _excess(self, bounds: Array) -> float:
        """How far a bound is above what is asked for, relative to it."""
        with np.errstate(over="ignore"):
            return float((bounds / self._enough() - 1).max())

    def _enough(self) -> Array:
        """What no bound needs to be below."""
        return self.values + self.sizes * self.tolerance + 1e-280

    def _nearest(self, box: _Box) -> float:
        """Distance of the ball's centre from a box."""
        gap = np.maximum(np.abs(box.middle - self.centre) - box.half, 0)
        return float(np.linalg.norm(gap)) * (1 - 1e-12)

    def _point(self, box: _Box) -> Array:
        """The middle of a box; of one that reaches the sphere the point of it that is out there.

        Suprema are mostly on the sphere, and few middles are.
        """
        step = box.middle - self.centre
        length = float(np.linalg.norm(step))
        if length + box.half * math.sqrt(self.d) < self.radius or length < self.radius / 2:
            return self._inside(box.middle)
        return self._inside(self.centre + step * (self.radius / length))

    def _inside(self, point: Array) -> Array:
        step = point - self.centre
        return self.centre + step * min(
            1.0, self.radius * (1 - 1e-15) / max(float(np.linalg.norm(step)), 1e-300)
        )

    def _look(self, box: _Box) -> _Box:
        """Take the values at a point of the ball near the middle of the box, and bound what is in it."""
        point = self._point(box)
        # The box and the point: what is between them is in the smallest box around both.
        low, high = np.minimum(box.middle - box.half, point), np.maximum(box.middle + box.half, point)
        middle = (low + high) / 2
        # Far from the origin the middles of neighbours are rounded apart.
        grain = 1e-15 * (np.abs(middle) + box.half)
        half = np.maximum(high - middle, middle - low) + grain
        reach = float(np.linalg.norm(np.maximum(high - point, point - low) + grain)) * (1 + 1e-12)
        if box.half == self.radius:
            reach = self.radius
        at, over = self._taken(point), self.jets.at(middle, half)
        if over is None:
            return box
        step = np.maximum(high - point, point - low) + grain
        cell = self._cell(point, step, reach, at or _unknown(over), over)
        pairs = zip(self.quantities, self._enough().tolist(), strict=True)
        bounds = np.array([quantity.upper(cell, enough) for quantity, enough in pairs])
        return box._replace(bounds=np.fmin(box.bounds, bounds))

    def _cell(self, point: Array, half: Array, reach: float, at: Jet, over: Jet) -> Piece:
        half = half * (1 + 1e-15)
        return Piece(point - self.centre, half, reach, self.radius, at, refined(at, over, half))

    def _taken(self, point: Array) -> Jet | None:
        at = self.jets.at(point, np.zeros(self.d))
        if at is not None and all(np.isfinite(e.radius).all() for e in at[:3]):
            self.values = np.maximum(self.values, [quantity.value(at) for quantity in self.quantities])
            self.sizes = np.maximum(self.sizes, [quantity.size(at) for quantity in self.quantities])
        return at

    def _lower(self, root: _Box) -> None:
        """What duality gives over the whole ball, and the values where it says that they are large.

        Suprema of what treats axes alike are on them, or half way between some.
        """
        for signs in product((-1.0, 0.0, 1.0), repeat=self.d):
            if self.d > BRANCHED:
                break
            step = self.radius * np.array(signs) / max(math.hypot(*signs), 1.0)
            self._taken(self._inside(self.centre + step))
        at, over = self._taken(self.centre), self.jets.at(self.centre, np.full(self.d, self.radius))
        if at is None or over is None:
            return
        cell = self._cell(self.centre, np.full(self.d, self.radius), self.radius, at, over)
        for k, quantity in enumerate(self.quantities):
            if isinstance(quantity, Spread):
                b, A, rest = quantity.model(cell)
                if math.isfinite(rest) and np.isfinite(A).all():
                    bound, points = largest_norm(b, A, self.radius)
                    root.bounds[k] = min(root.bounds[k], bound + rest)
                    for point in points:
                        self._taken(self._inside(self.centre + point))


def _unknown(over: Jet) -> Jet:
    return [Enclosure(e.middle * 0, e.radius + np.inf) for e in over]
