"""A ball on which a family has constants, though it may have none for all w.

What the claims of a statement need.  Its proof uses the constants at the points of inner paths and on the
segments between them.  A ball is convex; so it is enough that all points of all paths are in it:

- statements about points w, u (Propositions 1-4, 7, 8, Lemmas 11-15, 17-19): paths from w, u, and from the
  segment between them;
- statements about a whole run (Theorems 5 and 9 and their corollaries): the same from every iterate that the
  outer loop may come to, and from the segments between iterates.

Minibatches may have any weights over the atoms that a role can draw: gradients are means of the gradients of
atoms, and so are Hessians.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from problems.arrays import Array
from problems.balls.certified import Certified
from problems.family import AtomBounds, Case, Family, TermSizes, checked_family
from problems.known import Known
from problems.validation import count, finite_array, positive

__all__ = ["Ball", "OnBall"]

# Into so many boxes a ball is cut at most.
BOXES = 2000


class Ball:
    """A closed ball of parameters.

    Parameters
    ----------
    center : (d,) array_like
    radius : number, positive
        Of the unit of the parameters.

    Attributes
    ----------
    center, radius : (d,) float64, float

    Raises
    ------
    TypeError, ValueError
        Named by argument, value and rule.

    Examples
    --------
    >>> from problems import Ball, resampling_constants, ridge
    >>> regression = ridge("quadratic", features=[[[1.0]], [[2.0]]])
    >>> resampling_constants(regression).sigma.value
    inf
    >>> round(resampling_constants(Ball([0.0], 3).on(regression)).sigma.value, 9)
    4.5
    """

    def __init__(self, center: Any, radius: Any) -> None:
        self.center = finite_array("center", center, 1).astype(np.float64)
        self.radius = float(positive("radius", radius))

    def __repr__(self) -> str:
        return f"Ball({self.center.tolist()}, {self.radius:g})"

    def nearest(self, points: Array) -> Array:
        """The points (R, d) of the ball nearest to those given."""
        step = np.asarray(points, dtype=np.float64) - self.center
        length = np.linalg.norm(step, axis=1, keepdims=True)
        share = np.minimum(1, self.radius * (1 - 1e-12) / np.maximum(length, 1e-300))
        return np.where(share < 1, self.center + step * share, points)

    def on(self, family: Family, *, boxes: int = BOXES) -> OnBall:
        """A family with the same losses, whose constants are those on the ball.

        Parameters
        ----------
        family : Family
            Which runs over Arb balls (`Family.cast`), or a ridge sum.
        boxes : int
            Into so many the ball is cut at most, to find suprema (d <= 3).

        Returns
        -------
        OnBall
            Statements about it are ``vacuous`` where a path may leave the ball.

        Raises
        ------
        TypeError, ValueError
            Named by argument, value and rule.

        Examples
        --------
        >>> from problems import Ball, cosine
        >>> Ball([0.0, 0.0], 0.5).on(cosine(rng=0)).ball
        Ball([0.0, 0.0], 0.5)
        """
        family = checked_family(family)
        if self.center.shape != (family.d,):
            raise ValueError(f"center has shape {self.center.shape}; rule: ({family.d},), as the family has")
        return OnBall(family, self, count("boxes", boxes))


class OnBall(Family):
    """A family on a ball; made by `Ball.on`.

    Attributes
    ----------
    family : Family
    ball : Ball

    Notes
    -----
    A constant is the supremum over the ball, enclosed by interval arithmetic on the loss; for d <= 3 it is
    usually within 1 % of a value taken, which its reason tells; it is ``exact`` where that is within 1e-8.
    Constants that the family knows for all w hold on the ball, too, and are taken where they are smaller.

    What is needed of a start: an inner path of any minibatches, of any weights over the atoms that a role
    draws, stays in the ball from every start within `start_radius` of the centre. Statements about points
    ask it of w and u; those about whole runs of every iterate, so that starts have to be nearer by the way of
    all meta steps.

    Examples
    --------
    >>> from problems import Ball, resampling_constants, ridge
    >>> family = Ball([0.0], 2).on(ridge("quadratic", features=[[[1.0]], [[2.0]]]))
    >>> 1.9 < family.start_radius(0.25, 3) <= 2
    True
    >>> family.outside([[1.0], [3.0]], 0.25, 3)
    'a path from 3 off the centre may leave Ball([0.0], 2): proved to stay inside from within 2'
    """

    def __init__(self, family: Family, ball: Ball, boxes: int) -> None:
        self.family, self.ball, self.boxes = family, ball, boxes
        self.name, self.case, self.exact = family.name, family.case, None
        self.task_weights, self.probabilities = family.task_weights, family.probabilities
        self.support, self.query = family.support, family.query
        self.certified = Certified(family, ball.center, ball.radius, boxes, repr(ball))

    @property
    def d(self) -> int:
        """Dimension of the parameter w."""
        return self.family.d

    @property
    def rational(self) -> bool:
        """As the family."""
        return self.family.rational

    @property
    def convex(self) -> bool:
        """As the family, for all w."""
        return self.family.convex

    def loss(self, w: Array, c: Array) -> Array:
        """l_i(w; c), shape (n, R)."""
        return self.family.loss(w, c)

    def grad(self, w: Array, c: Array) -> Array:
        """Gradient of l_i(.; c) at w, shape (n, R, d)."""
        return self.family.grad(w, c)

    def hvp(self, w: Array, v: Array, c: Array) -> Array:
        """Hessian of l_i(.; c) at w times v, shape (n, R, d)."""
        return self.family.hvp(w, v, c)

    def atom_grads(self, w: Array, atoms: Sequence[int]) -> Array:
        """Gradients of the losses of single atoms, shape (n, R, atoms, d)."""
        return self.family.atom_grads(w, atoms)

    def cast(self, convert: Callable[[Any], Any]) -> Family | None:
        """The family over another kind of number, without the ball."""
        return self.family.cast(convert)

    def over_rationals(self, convert: Callable[[Any], Any]) -> Family | None:
        """The family over rationals, without the ball."""
        return self.family.over_rationals(convert)

    def restrict(self, tasks: Sequence[int]) -> OnBall:
        """The tasks on the same ball."""
        return OnBall(self.family.restrict(tasks), self.ball, self.boxes)

    def same_paths(self, steps: int) -> Family:
        """As the family."""
        return self.family.same_paths(steps)

    def weighted_tasks(self) -> list[int]:
        """As the family."""
        return self.family.weighted_tasks()

    def term_sizes(self) -> TermSizes | None:
        """As the family, for all w."""
        return self.family.term_sizes()

    def content(self) -> str | None:
        """The family's, and the ball."""
        inner = self.family.content()
        return None if inner is None else f"{self.ball!r} {self.boxes}\n{inner}"

    def atom_bounds(self) -> AtomBounds | None:
        """The family's for all w, or those on the ball, for simulations whose paths stay there."""
        inner = self.family.atom_bounds()
        if inner is not None:
            return inner
        growth = self.certified.growth
        if growth is None or not math.isfinite(growth.rho):
            return None
        ones = np.ones(self.tasks)
        return AtomBounds(ones * growth.high, ones * growth.rho)

    def hessian_spread(self, w: Array) -> Array:
        """As the family, where it bounds its atoms."""
        if self.family.atom_bounds() is not None:
            return self.family.hessian_spread(w)
        return super().hessian_spread(w)

    def constants(self, case: Case) -> Known:
        """Suprema over the ball, or those for all w where they are smaller."""
        return self.certified.constants(case)

    def start_radius(
        self, alpha: Any, steps: int, *, meta_steps: int = 0, meta_step_size: float = 0
    ) -> float:
        """How far a start may be from the centre; below 0 where no start is proved to keep its paths inside.

        Parameters
        ----------
        alpha : number
            Inner step size.
        steps : int
            N.
        meta_steps, meta_step_size : int, float
            Of a whole run: so many meta steps of at most this size.
        """
        growth = self.certified.growth
        if growth is None:
            return -math.inf
        radius = growth.start_radius(self.ball.radius, float(alpha), steps)
        return radius - meta_steps * growth.meta_step(meta_step_size, float(alpha), steps)

    def outside(
        self, points: Any, alpha: Any, steps: int, *, meta_steps: int = 0, meta_step_size: float = 0
    ) -> str:
        """Why a path from one of the points (R, d) may leave the ball; nothing where none does."""
        if self.certified.growth is None:
            return f"no bound on the gradients on {self.ball!r}, so that paths may leave it"
        radius = self.start_radius(alpha, steps, meta_steps=meta_steps, meta_step_size=meta_step_size)
        far = np.linalg.norm(np.asarray(points, dtype=np.float64) - self.ball.center, axis=1)
        far = far * (1 + 1e-12) + 1e-15 * float(np.abs(self.ball.center).max())
        k = int(far.argmax())
        if far[k] <= radius:
            return ""
        what = "a run" if meta_steps else "a path"
        within = f"proved to stay inside from within {radius:.6g}" if radius >= 0 else "proved from no start"
        return f"{what} from {far[k]:.6g} off the centre may leave {self.ball!r}: {within}"

    def nearest(
        self, points: Array, alpha: Any, steps: int, *, meta_steps: int = 0, meta_step_size: float = 0
    ) -> Array:
        """The points, and where paths from them may leave the ball others nearer to its centre."""
        radius = self.start_radius(alpha, steps, meta_steps=meta_steps, meta_step_size=meta_step_size)
        if not radius > 0:
            return points
        step = np.asarray(points, dtype=np.float64) - self.ball.center
        share = np.minimum(1, radius * (1 - 2.0**-10) / np.maximum(np.linalg.norm(step, axis=1), 1e-300))
        # Few digits, so that exact arithmetic stays short; towards the centre, so that none is outside.
        grain = 2.0 ** (math.frexp(radius)[1] - 13)
        near = self.ball.center + np.trunc(step * share[:, None] / grain) * grain
        return np.where((share < 1)[:, None], near, points)
