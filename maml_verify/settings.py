"""Where a statement is checked: a family, the user's parameters and points."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from problems import Ridge
from problems.arrays import Array
from problems.validation import count, finite_array, positive

__all__ = ["Setting", "draw_points", "setting"]

# Above this many paths an expectation is estimated instead of enumerated.
BUDGET = 20_000


@dataclass(frozen=True, eq=False)
class Setting:
    """One setting, or one a point where ``w`` holds several points; made by `setting`.

    Attributes
    ----------
    family : Ridge
    alpha : step size (rational or float, taken as the number it is); scales as s^2/c
    steps : N
    w, u : (R, d) points and second points
    S, D, T, B : batch sizes of inner steps, Hessians, outer gradient, tasks
    field : "float", "arb" or "exact", the kind of numbers in family and points
    noiseless : sigma_g = 0, so that every inner batch gives the exact path
    budget : paths above which expectations are estimated
    replicates, rng, delta : of that estimate; delta its probability of a false alarm
    """

    family: Ridge
    alpha: Any
    steps: int
    w: Array
    u: Array
    S: Any = 1
    D: Any = 1
    T: Any = 1
    B: Any = 1
    field: str = "float"
    noiseless: bool = False
    budget: int = BUDGET
    replicates: int = 20_000
    rng: int = 0
    delta: float = 1e-6

    def points(self, which: str = "w") -> Array:
        """Points as the verbs want them, shape (tasks, R, d)."""
        w = getattr(self, which)
        if self.field == "float":
            w = w.astype(np.float64)
        return np.broadcast_to(w, (self.family.tasks, *w.shape))

    def at(self, point: int) -> Setting:
        """The setting of one of its points."""
        return replace(self, w=self.w[point : point + 1], u=self.u[point : point + 1])


def setting(
    family: Ridge,
    *,
    alpha: Any,
    steps: Any,
    w: Any = None,
    u: Any = None,
    S: Any = 1,
    D: Any = 1,
    T: Any = 1,
    B: Any = 1,
    points: int = 6,
    rng: int = 0,
    **options: Any,
) -> Setting:
    """A checked `Setting`.

    Parameters
    ----------
    w, u : (d,) or (R, d), default drawn by `draw_points` from ``rng``

    Raises
    ------
    TypeError, ValueError
        Named by argument, value and rule; OverflowError where (1 + alpha L)^(2N) is beyond float64.
    """
    if not isinstance(family, Ridge):
        raise TypeError(f"family = {family!r}; rule: a family made by problems")
    rows = count("points", points)
    first = draw_points(family.d, rows, rng) if w is None else _points("w", w, family)
    rows = rows if len(first) == 1 else len(first)
    second = draw_points(family.d, rows, rng, first) if u is None else _points("u", u, family)
    rows = max(len(first), len(second))
    for name, value in (("w", first), ("u", second)):
        if len(value) not in (1, rows):
            raise ValueError(f"{name} has {len(value)} points; rule: 1 or {rows}, as the other has")
    return Setting(
        family,
        positive("alpha", alpha),
        count("steps", steps, 0),
        np.broadcast_to(first, (rows, family.d)),
        np.broadcast_to(second, (rows, family.d)),
        S=count("S", S),
        D=count("D", D),
        T=count("T", T),
        B=count("B", B),
        rng=rng,
        **options,
    )


def _points(name: str, value: Any, family: Ridge) -> Array:
    array = finite_array(name, np.atleast_2d(value), 2)
    if array.shape[1] != family.d or not len(array):
        rule = f"rows of {family.d} coordinates, as the family has"
        raise ValueError(f"{name} has shape {np.shape(value)}; rule: {rule}")
    return array


def draw_points(d: int, points: int, rng: int, around: Array | None = None) -> Array:
    """Points (R, d) of several magnitudes, or at several distances of the points ``around``.

    They are multiples of 1/1024, so that exact arithmetic stays short.
    """
    generator = np.random.default_rng([rng, 0 if around is None else 1])
    steps = generator.standard_normal((points, d))
    if around is None:
        w = steps * np.geomspace(1 / 16, 8, points)[:, None]
    else:
        w = around.astype(np.float64) + steps * np.geomspace(10, 0.01, points)[:, None]
    return np.round(w * 1024) / 1024
