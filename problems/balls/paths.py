"""Which starts keep every inner path in a ball, by how far one step can go."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Growth"]

# Far more than float64 loses in one step of the recursion.
SAFE = 1e-12


class Growth(NamedTuple):
    """What bounds one inner step from a point of the ball, for any weights of the atoms.

    Attributes
    ----------
    gradient : largest gradient of an atom on the ball
    at_centre : largest one at its centre
    high : largest norm of an atom's Hessian on the ball
    low : the l >= 0 with -l I <= each of them
    rho : how fast they change at most
    """

    gradient: float
    at_centre: float
    high: float
    low: float
    rho: float

    def factor(self, alpha: float) -> float:
        """A bound on norm(I - alpha H) for every mean H of Hessians on the ball; at least 1."""
        return max(1 + alpha * self.low, alpha * self.high - 1) * (1 + SAFE)

    def start_radius(self, radius: float, alpha: float, steps: int) -> float:
        """The largest r that is proved: N steps from within r of the centre stay in the ball; below 0: none.

        A step w - alpha grad l(w) is at most alpha max norm(grad l) from w; and from the centre c at most
        norm(I - alpha H) norm(w - c) + alpha norm(grad l(c)), H a mean Hessian on the segment from c to w.
        """
        q = self.factor(alpha)
        reach, pull = alpha * self.gradient * (1 + SAFE), alpha * self.at_centre * (1 + SAFE)
        for _ in range(steps):
            radius = max(radius - reach, (radius - pull) / q)
            if radius < 0:
                break
            radius *= 1 - 1e-15
        return radius * (1 - SAFE)

    def meta_step(self, step_size: float, alpha: float, steps: int) -> float:
        """How far a meta step of any batches goes: the product of the factors, times a gradient."""
        return step_size * self.factor(alpha) ** steps * self.gradient * (1 + SAFE)
