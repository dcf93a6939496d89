"""Where a statement is checked: a family, the user's parameters and points."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, Self

import numpy as np

from maml_verify.arithmetic.domains import lift
from maml_verify.theory.symbols import Constants, Parameters
from problems.arrays import Array
from problems.family import Family, checked_family
from problems.progress import Progress, silent
from problems.validation import count, finite_array, float_or_inf, positive, probability

__all__ = [
    "PreparedSetting",
    "Setting",
    "draw_points",
    "exact_constants",
    "exact_parameters",
    "lifted",
    "ratio_above_1",
    "setting",
    "step_size",
]

# Above this many paths an expectation is estimated instead of enumerated.
BUDGET = 20_000
REPLICATES = 20_000
# Left open, replicates are as many as visit this many numbers in all: a few seconds; at least so many.
VISITS, LEAST_REPLICATES = 2_000_000_000, 20
RUNS = 200
DELTA = 1e-6
POINTS = 6
NO_CONSTANTS = Constants(*[None] * len(Constants._fields))


@dataclass(frozen=True, eq=False)
class Setting:
    """One setting, or one a point where ``w`` holds several points; made by `setting`.

    Attributes
    ----------
    family : Family
    alpha : step size (rational or float, taken as the number it is); scales as s^2/c
    steps : N
    w, u : (R, d) points and second points
    S, D, T, B : batch sizes of inner steps, Hessians, outer gradient, tasks
    field : "float", "arb" or "exact", the kind of numbers in family and points
    budget : paths above which expectations are estimated
    replicates, rng, delta : of that estimate; delta its probability of a false alarm
    detect : smallest lhs/rhs > 1 that an estimate is to show with probability 0.99; None: what so many
        replicates or runs show
    K, C_beta, B_prime, D_L, runs : meta iterations, meta step size, its batches, independent runs
    free : names of what was left to the conditions of a theorem
    drawn : which of w and u were drawn from ``rng``
    progress : called with the replicates of an estimate that are done and in all, as they are done
    against : right side with which an estimate is compared, so that it ends as soon as it has decided
    plain : the family over float64, where ``family`` is over another kind of number

    Examples
    --------
    >>> from maml_verify import setting
    >>> from problems import quadratic
    >>> s = setting(quadratic(d=3, tasks=2), alpha=0.1, steps=2, points=4)
    >>> s.w.shape, s.points("w").shape
    ((4, 3), (2, 4, 3))
    """

    family: Family
    alpha: Any
    steps: int
    w: Array
    u: Array
    S: Any = 1
    D: Any = 1
    T: Any = 1
    B: Any = 1
    field: str = "float"
    budget: int = BUDGET
    replicates: int = REPLICATES
    rng: int = 0
    delta: float = DELTA
    detect: float | None = None
    K: Any = 1
    C_beta: Any = 1
    B_prime: Any = 1
    D_L: Any = 1
    runs: int = RUNS
    free: frozenset[str] = frozenset()
    drawn: frozenset[str] = frozenset()
    progress: Progress = silent
    against: Any = None
    plain: Family | None = None

    @property
    def noiseless(self) -> bool:
        """Whether every inner batch is known to give the exact path."""
        return False

    def points(self, which: str = "w") -> Array:
        """Points as the verbs want them, shape (tasks, R, d)."""
        w = getattr(self, which)
        if self.field == "float":
            w = w.astype(np.float64)
        return w[None].repeat(self.family.tasks, 0)

    def fill(self, sizes: Mapping[str, Any]) -> Self:
        """The setting with those of the sizes that were left free."""
        return self.but(**{name: value for name, value in sizes.items() if name in self.free})

    def at(self, point: int) -> Self:
        """The setting of one of its points."""
        return self.but(w=self.w[point : point + 1], u=self.u[point : point + 1])

    def but(self, **changes: Any) -> Self:
        """The setting with other values of some fields.

        `dataclasses.replace` does the same field by field, in a time that a sweep feels.
        """
        other = object.__new__(type(self))
        vars(other).update(vars(self), **changes)
        return other

    def prepared(
        self, edition: str, constants: Constants, claimed: frozenset[str] = frozenset()
    ) -> PreparedSetting:
        """The setting for an edition and constants."""
        other = object.__new__(PreparedSetting)
        vars(other).update(vars(self), edition=edition, constants=constants, claimed=claimed)
        return other


@dataclass(frozen=True, eq=False)
class PreparedSetting(Setting):
    """A setting for one edition and constants, on which a left side such as a step size may depend.

    Attributes
    ----------
    edition, constants : what is checked; None for a constant that the family does not have
    claimed : names of the constants that were only claimed
    """

    edition: str = "printed"
    constants: Constants = NO_CONSTANTS
    claimed: frozenset[str] = frozenset()

    @property
    def noiseless(self) -> bool:
        """Whether sigma_g = 0, so that inner batches give the exact path; a mere claim does not say so."""
        return self.constants.sigma_g == 0 and "sigma_g" not in self.claimed


def setting(
    family: Family,
    *,
    alpha: Any,
    steps: Any,
    w: Any = None,
    u: Any = None,
    S: Any = None,
    D: Any = None,
    T: Any = None,
    B: Any = None,
    K: Any = None,
    C_beta: Any = None,
    B_prime: Any = None,
    D_L: Any = None,
    points: int = POINTS,
    rng: int = 0,
    budget: int = BUDGET,
    replicates: int | None = None,
    delta: float = DELTA,
    detect: Any = None,
    runs: int = RUNS,
) -> Setting:
    """A checked `Setting`.

    Parameters
    ----------
    family : Ridge
        As made by `problems`.
    alpha : inner step size, positive; scales as s^2/c, where lengths scale as s and losses as c
    steps : N >= 0
    w, u : (d,) or (R, d), default drawn by `draw_points` from ``rng``, where the family's constants hold
    S, D, T, B, K, C_beta, B_prime, D_L : default 1, or what the conditions of a theorem say
    points, rng : how many points to draw, and the seed of all that is drawn
    budget : paths above which an expectation is estimated, at least 0
    replicates, delta : of that estimate, at least 2; its probability of a false alarm, between 0 and 1.
        Left open, there are at most 20,000 replicates, or as many as take seconds where one visits much data
        or makes many steps
    detect : smallest lhs/rhs, above 1, that it is to show with probability 0.99: plans the replicates or runs
    runs : independent runs of an algorithm, at least 2, as their spread is needed

    Returns
    -------
    Setting

    Raises
    ------
    TypeError, ValueError
        Named by argument, value and rule.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from maml_verify import setting
    >>> from problems import quadratic
    >>> setting(quadratic(), alpha=Fraction(1, 3), steps=2, w=[[0.0, 1.0]], u=[[1.0, 1.0]]).w.shape
    (1, 2)
    >>> setting(quadratic(), alpha=0, steps=2)
    Traceback (most recent call last):
        ...
    ValueError: alpha = 0; rule: positive and finite in float64
    """
    family = checked_family(family)
    rng = count("rng", rng, 0)
    alpha, steps = positive("alpha", alpha), count("steps", steps, 0)
    rows = count("points", points)
    w, u = _both_points(family, w, u, rows, rng, lambda x: family.nearest(x, alpha, steps))
    if replicates is None:
        replicates = _affordable(family, len(w), steps)
    sizes = {"S": S, "D": D, "T": T, "B": B, "K": K, "C_beta": C_beta, "B_prime": B_prime, "D_L": D_L}
    checked: dict[str, Any] = {k: 1 if v is None else _size(k, v) for k, v in sizes.items()}
    return Setting(
        family,
        alpha,
        steps,
        w,
        u,
        rng=rng,
        budget=count("budget", budget, 0),
        replicates=count("replicates", replicates, 2),
        delta=probability("delta", delta),
        detect=None if detect is None else ratio_above_1("detect", detect),
        runs=count("runs", runs, 2),
        free=frozenset(name for name, value in sizes.items() if value is None),
        drawn=frozenset(name for name, value in (("w", w), ("u", u)) if value is None),
        **checked,
    )


def _affordable(family: Family, points: int, steps: int) -> int:
    """Replicates of an estimate that take no more than seconds, each a path of every task from each point."""
    # An inner step visits every atom where it needs their mean, and costs about 128 numbers besides.
    one = family.tasks * points * max(steps, 1) * (family.atoms * family.d + 128)
    return min(REPLICATES, max(LEAST_REPLICATES, VISITS // one))


def ratio_above_1(name: str, value: Any) -> float:
    """The value as a float64 above 1.

    Raises
    ------
    TypeError, ValueError
        Named by argument, value and rule.
    """
    ratio = float(positive(name, value))
    if ratio <= 1:
        raise ValueError(f"{name} = {value}; rule: above 1, as it is lhs/rhs of a violation")
    return ratio


def _size(name: str, value: Any) -> Any:
    return positive(name, value) if name == "C_beta" else count(name, value)


def _both_points(
    family: Family, w: Any, u: Any, rows: int, rng: int, nearest: Callable[[Array], Array]
) -> tuple[Array, Array]:
    """Points and second points (R, d), drawn where there are none: ``rows``, or as many as the other has."""
    first = nearest(draw_points(family.d, rows, rng)) if w is None else _points("w", w, family)
    rows = rows if len(first) == 1 else len(first)
    second = nearest(draw_points(family.d, rows, rng, first)) if u is None else _points("u", u, family)
    rows = max(len(first), len(second))
    for name, value in (("w", first), ("u", second)):
        if len(value) not in (1, rows):
            raise ValueError(f"{name} has {len(value)} points; rule: 1 or {rows}, as the other has")
    return np.broadcast_to(first, (rows, family.d)), np.broadcast_to(second, (rows, family.d))


def _points(name: str, value: Any, family: Family) -> Array:
    try:
        value = np.atleast_2d(value)
    except ValueError:
        raise ValueError(
            f"{name}: rows of different lengths; rule: points of {family.d} coordinates"
        ) from None
    array = finite_array(name, value, 2)
    if array.shape[1] != family.d or not len(array):
        rule = f"rows of {family.d} coordinates, as the family has"
        raise ValueError(f"{name} has shape {np.shape(value)}; rule: {rule}")
    return array


def step_size(alpha_L: Any, L: Any) -> Fraction:
    """The step size alpha = (alpha L)/L, exactly.

    Raises
    ------
    ValueError
        If it is beyond float64, as L is too large or too small; it names what was given.
    """
    alpha = Fraction(alpha_L) / Fraction(L)
    if not 0 < float_or_inf(alpha) < math.inf:
        of = f"alpha_L/L with L = {float_or_inf(L):g}"
        raise ValueError(
            f"alpha_L = {alpha_L}; rule: {of} is positive and finite in float64, as in other units"
        )
    return alpha


def draw_points(d: int, points: int, rng: int, around: Array | None = None) -> Array:
    """Points (R, d) of several magnitudes, or at several distances of the points ``around``.

    They are multiples of 1/1024, so that exact arithmetic stays short.
    """
    steps = _displacements(d, points, rng, around is not None)
    w = steps if around is None else around.astype(np.float64) + steps
    # Points drawn around a point near 1e308 overflow; the sides then overflow, too, and the error says so.
    with np.errstate(over="ignore"):
        return np.round(w * 1024) / 1024


@lru_cache(maxsize=1024)
def _displacements(d: int, points: int, rng: int, shrinking: bool) -> Array:
    # A sweep asks for the same ones at every step size and batch size.
    steps = np.random.default_rng([rng, int(shrinking)]).standard_normal((points, d))
    sizes = np.geomspace(10, 0.01, points) if shrinking else np.geomspace(1 / 16, 8, points)
    return steps * sizes[:, None]


@lru_cache(maxsize=256)
def exact_constants(c: Constants) -> Constants:
    """Constants as fmpq; None stays where there is no finite one."""
    return Constants(*(None if value is None else lift(value, "exact") for value in c))


def exact_parameters(s: Setting) -> Parameters:
    """Step size and sizes as fmpq, for conditions that are decided exactly."""
    sizes = (lift(getattr(s, name), "exact") for name in Parameters._fields[3:])
    return Parameters(lift(s.alpha, "exact"), s.steps, None, *sizes)


def lifted(s: PreparedSetting) -> tuple[Constants, Parameters]:
    """Constants and parameters in the field of the setting."""
    c = Constants(*(None if value is None else lift(value, s.field) for value in s.constants))
    alpha, *sizes = (lift(getattr(s, name), s.field) for name in ("alpha", *Parameters._fields[3:]))
    return c, Parameters(alpha, s.steps, None, *sizes)
