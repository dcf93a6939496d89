"""What the assumptions bound, as numbers at a point and as upper bounds over a cell of the ball.

Over a cell a derivative is its value at a point m of it plus the next derivative, enclosed over the cell,
times w - m.  Errors are of second order in the size of the cell.  float64 rounds sums of at most a few
thousand products: `slack` of the sum of their absolute values is more.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

import numpy as np

from problems.arrays import Array
from problems.balls.directions import Directions, directions, powers
from problems.balls.jets import Enclosure, Jet

__all__ = ["HessianSize", "HessianSpread", "Piece", "Quantity", "Spread", "ThirdSize"]
__all__ += ["frobenius", "refined", "root_mean_square"]

SLACK = 1e-12
# Of derivatives that cancel so much is not looked for.
CANCELLED = 1e-6


class Piece(NamedTuple):
    """Part of a ball: what is within ``radius`` of the ball's centre and within ``reach`` of m.

    Attributes
    ----------
    offset : (d,) m less the centre
    half : (d,) how far the box reaches from m along each axis
    reach, radius : float
    point, over : derivatives at m and over a box that holds m and the part
    """

    offset: Array
    half: Array
    reach: float
    radius: float
    point: Jet
    over: Jet

    def most(self, g: Array) -> Array:
        """A bound on sup g . (w - m) over the cell, for g (..., d)."""
        size = np.sqrt((g * g).sum(-1))
        return (
            np.minimum(self.reach * size, self.radius * size - g @ self.offset) + SLACK * self.radius * size
        )


def refined(point: Jet, over: Jet, half: Array) -> Jet:
    """Derivatives over a box, each the narrower of what it is and of that at m plus the next one's range."""
    result = [over[-1]]
    for at, wide in zip(reversed(point[:-1]), reversed(over[:-1]), strict=True):
        slope = result[0]
        with np.errstate(invalid="ignore"):
            radius = at.radius + (np.abs(slope.middle) + slope.radius) @ half * (1 + SLACK)
        better = radius < wide.radius
        middle = np.where(better, at.middle, wide.middle)
        result.insert(0, Enclosure(middle, np.where(better, radius, wide.radius)))
    return result


class Quantity(ABC):
    """One supremum that is looked for, of derivatives of one order."""

    order: ClassVar[int]

    @abstractmethod
    def value(self, point: Jet) -> float:
        """What it is at a point, or less."""

    @abstractmethod
    def upper(self, cell: Piece, enough: float) -> float:
        """A bound on what it is anywhere in a cell; below ``enough`` a smaller one is of no use."""

    def size(self, point: Jet) -> float:
        """The number at a point to which the accuracy is relative; what cancels counts a little."""
        return max(self.value(point), CANCELLED * float(frobenius(point[self.order - 1].middle).max()))


def frobenius(values: Array) -> Array:
    """Square root of the sum of squares over all axes but the first."""
    return np.sqrt((values.reshape(len(values), -1) ** 2).sum(1))


def unfolded(e: Enclosure) -> Array:
    """A bound on the norm of symmetric tensors (outcomes, d, ..., d): that of d rows, and of the radii."""
    rows = e.middle.reshape(len(e.middle), e.middle.shape[1], -1)
    return (
        np.linalg.norm(rows, 2, axis=(1, 2)) * (1 + SLACK) + frobenius(e.radius) if len(rows) else np.zeros(0)
    )


def _along(cell: Piece, k: int, rows: Any, grid: Directions) -> tuple[Array, Array]:
    """Bounds above on D^k l[v, ..., v] and on its negative over the cell, (outcomes, G) each."""
    point, slope = cell.point[k - 1].of(rows), cell.over[k].of(rows)
    n, d = len(point.middle), grid.v.shape[1]
    V = grid.powers(k)
    at = point.middle.reshape(n, -1) @ V.T
    g = np.einsum("oad,ga->ogd", slope.middle.reshape(n, -1, d), V)
    wrong = frobenius(point.radius) + cell.reach * frobenius(slope.radius)
    wrong = wrong + SLACK * (frobenius(point.middle) + cell.radius * frobenius(slope.middle))
    return at + cell.most(g) + wrong[:, None], -at + cell.most(-g) + wrong[:, None]


@dataclass(frozen=True)
class HessianSize(Quantity):
    """The largest norm of the Hessians of some outcomes, or the largest eigenvalue of their negatives."""

    rows: tuple[int, ...]
    below: bool = False
    order: ClassVar[int] = 2

    def value(self, point: Jet) -> float:
        """At a point."""
        H = point[1].of(list(self.rows))
        tops = np.linalg.eigvalsh(H.middle)
        size = -tops[:, 0] if self.below else np.maximum(tops[:, -1], -tops[:, 0])
        return float(np.maximum(size - frobenius(H.radius), 0).max())

    def size(self, point: Jet) -> float:
        """The norm: how deep the curvature goes may be little of it."""
        return replace(self, below=False).value(point) if self.below else super().size(point)

    def upper(self, cell: Piece, enough: float) -> float:
        """Over a cell."""
        return float(self.each(cell, enough).max())

    def each(self, cell: Piece, enough: float) -> Array:
        """Of each outcome."""
        rows = list(self.rows)
        slope = cell.reach * unfolded(cell.over[2].of(rows))
        bound = np.minimum(
            self._by_rows(cell.point[1].of(rows), slope), self._by_rows(cell.over[1].of(rows), 0)
        )
        d = cell.offset.size
        if d > 3 or bound.max() <= enough:
            return bound
        grid = directions(d)
        with np.errstate(invalid="ignore"):
            high, low = (part.max(1) for part in _along(cell, 2, rows, grid))
            size = np.maximum(high, low) * grid.factor(2)
            found = np.maximum(low + 2 * size * math.sin(grid.angle) ** 2, 0) if self.below else size
        return np.fmin(bound, found)

    def _by_rows(self, H: Enclosure, more: Any) -> Array:
        """From eigenvalues: what is within radii is at most the diagonal matrix of their row sums."""
        rows = H.radius.sum(-1)
        finite = np.isfinite(rows).all(1)
        room = np.where(finite[:, None], rows, 0.0)[..., None] * np.eye(H.middle.shape[-1])
        size = np.linalg.eigvalsh(room - H.middle)[:, -1]
        if not self.below:
            size = np.maximum(size, np.linalg.eigvalsh(room + H.middle)[:, -1])
        wrong = SLACK * (frobenius(H.middle) + frobenius(room)) + more
        return np.where(finite, np.maximum(size + wrong, 0.0), np.inf)


@dataclass(frozen=True)
class HessianSpread(Quantity):
    """sqrt(E norm(Hess)^2) over outcomes with weights, the largest of some groups of them."""

    groups: tuple[tuple[tuple[int, float], ...], ...]
    order: ClassVar[int] = 2

    def value(self, point: Jet) -> float:
        """At a point."""
        return self._mean([HessianSize((row,)).value(point) for row in self._rows])

    def upper(self, cell: Piece, enough: float) -> float:
        """Over a cell."""
        if not self._rows:
            return 0.0
        return self._mean(HessianSize(self._rows).each(cell, enough)) * (1 + SLACK)

    @property
    def _rows(self) -> tuple[int, ...]:
        return tuple(row for group in self.groups for row, _ in group)

    def _mean(self, norms: Any) -> float:
        rest, best = list(norms), 0.0
        for group in self.groups:
            mine, rest = rest[: len(group)], rest[len(group) :]
            best = max(best, math.sqrt(sum(p * x * x for (_, p), x in zip(group, mine, strict=True))))
        return best


@dataclass(frozen=True)
class ThirdSize(Quantity):
    """The largest norm of the third derivatives of some outcomes: how fast Hessians change."""

    rows: tuple[int, ...]
    order: ClassVar[int] = 3

    def value(self, point: Jet) -> float:
        """At a point: the largest of some directions."""
        T = point[2].of(list(self.rows))
        d = T.middle.shape[1]
        V = directions(d).powers(3) if d <= 3 else powers(_largest_rows(T.middle), 3)
        size = np.abs(T.middle.reshape(len(T.middle), -1) @ V.T).max(1)
        return float(np.maximum(size - frobenius(T.radius), 0).max())

    def upper(self, cell: Piece, enough: float) -> float:
        """Over a cell."""
        rows, d = list(self.rows), cell.offset.size
        T = cell.over[2].of(rows)
        bound = unfolded(T)
        if d > 3 or bound.max() <= enough:
            return float(bound.max())
        grid = directions(d)
        factor = grid.factor(3)
        plain = np.abs(T.middle.reshape(len(rows), -1) @ grid.powers(3).T).max(1)
        bound = np.fmin(bound, (plain + frobenius(T.radius) + SLACK * frobenius(T.middle)) * factor)
        if len(cell.over) > 3:
            with np.errstate(invalid="ignore"):
                high, low = _along(cell, 3, rows, grid)
            bound = np.fmin(bound, np.maximum(high, low).max(1) * factor)
        return float(bound.max())


def _largest_rows(T: Array) -> Array:
    """Unit vectors (G, d) in which a tensor is large: of its unfolded form, and the axes."""
    d = T.shape[1]
    v = np.linalg.svd(T.reshape(len(T), d, -1), full_matrices=False)[0].swapaxes(1, 2).reshape(-1, d)
    return np.concatenate([v, np.eye(d)])


@dataclass(frozen=True, eq=False)
class Spread(Quantity):
    """sqrt(sum_k p_k norm(sum_o C_ko grad_o)^2)."""

    C: Array
    weights: Array
    order: ClassVar[int] = 1

    def value(self, point: Jet) -> float:
        """At a point."""
        g, r = self._combined(point[0])
        return float(np.sqrt(self.weights @ np.maximum(frobenius(g) - frobenius(r), 0) ** 2))

    def _combined(self, e: Enclosure) -> Enclosure:
        size, C = np.abs(e.middle), np.abs(self.C)
        with np.errstate(invalid="ignore"):
            radius = np.tensordot(C, e.radius, 1) * (1 + SLACK) + 1e-2 * SLACK * np.tensordot(C, size, 1)
        return Enclosure(np.tensordot(self.C, e.middle, 1), np.where(np.isnan(radius), np.inf, radius))

    def model(self, cell: Piece) -> tuple[Array, Array, float]:
        """b (k d,), A (k d, d) and a remainder: the whole is norm(b + A (w - m)) up to the remainder."""
        s, d = np.sqrt(self.weights), cell.offset.size
        g, wrong = self._combined(cell.point[0])
        # What the outcomes share cancels at m, and so it does in what the next derivatives add.
        point, over = ([self._combined(e) for e in jet[1:]] for jet in (cell.point, cell.over))
        A, slant = refined(point, over, cell.half)[0]
        rest = s * (frobenius(wrong) + cell.reach * frobenius(slant))
        scaled_b, scaled_A = s[:, None] * g, s[:, None, None] * A
        return scaled_b.ravel(), scaled_A.reshape(-1, d), float(np.sqrt((rest**2).sum())) * (1 + SLACK)

    def upper(self, cell: Piece, enough: float) -> float:
        """Over a cell."""
        g, r = self._combined(cell.over[0])
        plain = root_mean_square(frobenius(np.abs(g) + r), self.weights)
        b, A, rest = self.model(cell)
        if not (math.isfinite(rest) and np.isfinite(A).all()):
            return plain
        size = float(b @ b) + (float(np.linalg.norm(A)) * cell.reach) ** 2
        square = (
            float(b @ b) + float(cell.most(2 * (A.T @ b))) + float(np.linalg.norm(A, 2) * cell.reach) ** 2
        )
        return min(plain, math.sqrt(max(square, 0) + SLACK * size) + rest)


def root_mean_square(sizes: Array, weights: Array) -> float:
    """sqrt(sum_k p_k sizes_k^2), rounded up."""
    return float(np.sqrt(weights @ sizes**2)) * (1 + SLACK)
