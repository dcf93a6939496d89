"""Meta gradients as people write them: the right one, those of other methods, and the known mistakes.

Each formula takes a task, a point w (d,), a step size alpha and N, and returns (d,).  A task has
``grad(w, role)`` and ``hvp(w, v, role)`` with role ``"support"`` or ``"query"``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from problems.arrays import Array

__all__ = ["FORMULAS", "Formula", "Task"]


class Task(Protocol):
    """What a formula asks of a task."""

    def grad(self, w: Any, role: str) -> Any:
        """Gradient of the loss on a role's data, (d,)."""

    def hvp(self, w: Any, v: Any, role: str) -> Any:
        """Hessian of the loss on a role's data times v, (d,)."""


Formula = Callable[[Task, Array, float, int], Array]
INNER, OUTER = "support", "query"


def path(task: Task, w: Array, alpha: float, steps: int, role: str = INNER) -> list[Array]:
    """w_0, ..., w_N of (9)."""
    found = [w]
    for _ in range(steps):
        found.append(found[-1] - alpha * task.grad(found[-1], role))
    return found


def swept(task: Task, g: Array, points: Sequence[Array], alpha: float, role: str = INNER) -> Array:
    """(I - alpha H(points[0])) ... (I - alpha H(points[-1])) g: the last point's factor comes first."""
    for point in reversed(points):
        g = g - alpha * task.hvp(point, g, role)
    return g


def maml(task: Task, w: Array, alpha: float, steps: int, inner: str = INNER, outer: str = OUTER) -> Array:
    """(12): the gradient of the query loss after N steps on the support set."""
    *points, last = path(task, w, alpha, steps, inner)
    return swept(task, task.grad(last, outer), points, alpha, inner)


def first_order(task: Task, w: Array, alpha: float, steps: int) -> Array:
    """Without the factors I - alpha H."""
    return task.grad(path(task, w, alpha, steps)[-1], OUTER)


def reptile(task: Task, w: Array, alpha: float, steps: int) -> Array:
    """(w_0 - w_N)/alpha, the sum of the inner gradients."""
    return (w - path(task, w, alpha, steps)[-1]) / alpha


def without_first(task: Task, w: Array, alpha: float, steps: int) -> Array:
    """The factor at w_0 is missing."""
    _, *points, last = path(task, w, alpha, steps)
    return swept(task, task.grad(last, OUTER), points, alpha)


def without_last(task: Task, w: Array, alpha: float, steps: int) -> Array:
    """The factor at w_{N-1} is missing."""
    *points, _, last = path(task, w, alpha, steps)
    return swept(task, task.grad(last, OUTER), points, alpha)


def reversed_product(task: Task, w: Array, alpha: float, steps: int) -> Array:
    """The factor at w_0 comes first."""
    *points, last = path(task, w, alpha, steps)
    return swept(task, task.grad(last, OUTER), points[::-1], alpha)


def one_step_late(task: Task, w: Array, alpha: float, steps: int) -> Array:
    """Hessians at w_{j+1} in place of w_j."""
    points = path(task, w, alpha, steps)
    return swept(task, task.grad(points[-1], OUTER), points[1:], alpha)


def on_query(task: Task, w: Array, alpha: float, steps: int) -> Array:
    """Hessians of the query loss."""
    *points, last = path(task, w, alpha, steps)
    return swept(task, task.grad(last, OUTER), points, alpha, OUTER)


def squared(task: Task, w: Array, alpha: float, steps: int) -> Array:
    """I - alpha^2 H in place of I - alpha H."""
    *points, last = path(task, w, alpha, steps)
    return swept(task, task.grad(last, OUTER), points, alpha**2)


def plus(task: Task, w: Array, alpha: float, steps: int) -> Array:
    """I + alpha H in place of I - alpha H."""
    *points, last = path(task, w, alpha, steps)
    return swept(task, task.grad(last, OUTER), points, -alpha)


def ascent(task: Task, w: Array, alpha: float, steps: int) -> Array:
    """The derivative of a path that climbs."""
    return maml(task, w, -alpha, steps)


def frozen(task: Task, w: Array, alpha: float, steps: int) -> Array:
    """The derivative of w - N alpha grad(w): the inner gradient is found once."""
    return maml(task, w, steps * alpha, 1)


def frozen_product(task: Task, w: Array, alpha: float, steps: int) -> Array:
    """The same path, with the factors of a path that moves."""
    first = task.grad(w, INNER)
    *points, last = [w - j * alpha * first for j in range(steps + 1)]
    return swept(task, task.grad(last, OUTER), points, alpha)


def shifted(by: int) -> Formula:
    """The right formula at another N."""
    return lambda task, w, alpha, steps: maml(task, w, alpha, steps + by)


def on(inner: str, outer: str) -> Formula:
    """The right formula on other data."""
    return lambda task, w, alpha, steps: maml(task, w, alpha, steps, inner, outer)


def times(factor: float, formula: Formula) -> Formula:
    """A multiple of a formula."""
    return lambda task, w, alpha, steps: factor * formula(task, w, alpha, steps)


# What a formula is called, what tells it from others of its name, and the formula; all need N >= 1.
FORMULAS: tuple[tuple[str, str, Formula], ...] = (
    ("maml", "", maml),
    ("first-order", "", first_order),
    ("missing-factor", "the one at w_0", without_first),
    ("missing-factor", "the one at w_{N-1}", without_last),
    ("reversed-product", "", reversed_product),
    ("one-step-fewer", "", shifted(-1)),
    ("one-step-more", "", shifted(1)),
    ("hessian-one-step-late", "", one_step_late),
    ("hessian-on-query", "", on_query),
    ("support-query-swapped", "", on(OUTER, INNER)),
    ("support-only", "", on(INNER, INNER)),
    ("query-only", "", on(OUTER, OUTER)),
    ("step-size-squared", "in the factors", squared),
    ("wrong-sign", "of the Hessians", plus),
    ("wrong-sign", "of the inner steps", ascent),
    ("wrong-sign", "of the whole", times(-1.0, maml)),
    ("frozen-inner-gradient", "differentiated", frozen),
    ("frozen-inner-gradient", "with a factor a step", frozen_product),
    ("reptile", "", reptile),
)
