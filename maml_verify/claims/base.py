"""A statement of the paper as plain data with functions as fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from maml_verify.claims.index import INDICES, Index, Over
from maml_verify.left_sides.intervals import Interval
from maml_verify.settings import PreparedSetting, Setting
from maml_verify.theory import beyond
from maml_verify.theory.coefficients import C_1
from maml_verify.theory.conditions import range_edge
from maml_verify.theory.symbols import Bound, Constants, Observed, Parameters
from problems import Family, resampling_constants
from problems.arrays import Array
from problems.known import Known

__all__ = [
    "COROLLARY_STEP",
    "DEFINED",
    "RANGE",
    "SHAPE",
    "STEP_SIZE",
    "Assumption",
    "Claim",
    "Interval",
    "edge_of",
]


Unit = Literal[
    "length", "length^2", "gradient", "meta gradient", "meta gradient^2", "product", "step size", "constants",
    "meta gradient variance", "any",
]  # fmt: skip


class Assumption(NamedTuple):
    """A condition that holds where its margin is positive; ``why`` says where it fails what would mend it."""

    name: str
    margin: Callable[[Constants, Parameters], Any]
    why: Callable[[Constants, Parameters], str] | None = None


# Where Hessians lie between -l I and L I: what bounds each I - alpha Hess by 1 + alpha l, and Lemma 15.
SHAPE = Assumption("alpha (L - l) < 2", beyond.shape)
RANGE = Assumption("2 N alpha (L + l) < 2 - alpha (L - l)", beyond.range_left)
STEP_SIZE = Assumption("alpha < (2^(1/(2N)) - 1)/L", C_1)
# The step size of both corollaries.
COROLLARY_STEP = Assumption("alpha = 1/(8NL)", lambda c, p: 1 if p.N and 8 * p.N * c.L * p.alpha == 1 else 0)


def edge_of(conditions: Sequence[Assumption], steps: int) -> Fraction | None:
    """The end of the range of alpha L that conditions leave, for some family; None where they leave all."""
    if STEP_SIZE in conditions:
        return range_edge(steps)
    return Fraction(2, 2 * steps + 1) if RANGE in conditions else None


# A statement that divides by 1 - C_l says nothing where that is zero.
DEFINED = Assumption("1 - C_l != 0", lambda c, p: C_1(c, p) ** 2)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One statement; every bound is ``measure(setting) <= bound(constants, parameters, observed)``.

    A claim of your own needs id, text, measure, observe and editions; what is left out has a usual value.

    Attributes
    ----------
    id, paper, text : str
        Statement id, where it is printed (nothing: nowhere), and the statement in one line.
    over : str
        What the statement quantifies over besides points: nothing (left side of shape (R,)), ``task``
        (tasks, R), ``task-step`` (tasks, R, N + 1) for all j = 0..N, or ``item`` (items, R) where it is a
        list of inequalities.
    unit : str
        What the left side is, for its rounding errors: a distance of points, its square, the norm of a
        gradient along a path, that of meta gradients, its square or variance, that of a product of factors,
        moments of step sizes, or formulas of constants alone; ``any`` of which no error is known, so that
        float64 decides nothing.
    measure : PreparedSetting -> array, or `Interval` where it was estimated
    observe : PreparedSetting -> Observed, of scalars that broadcast against the left side
    editions : edition -> bound
    assumptions : edition -> conditions on constants and parameters, default none
    known : family (and ``progress=``) -> constants of the assumptions, with reasons
    needs : names of the constants that must be finite
    expected : edition -> "holds", the default, or "violated" (on some instance within the assumptions)
    paths : Setting -> number of sampled paths an exact left side enumerates
    simplify : (family, steps) -> a family with the same left side and constants, of a simpler link
    pairs : whether it compares two points, so that both sides are 0 where they coincide
    identity : whether at N = 0 both sides are one number, so that float64 compares it without rounding
    supports : whether the statement also speaks of support sets, as its use for Algorithm 2 needs
    prepare : (setting, constants) -> setting with what was left free chosen as the conditions allow
    parameters : names of the settings it speaks of besides step size and batches of the roles
    enclosed : whether ``measure`` over balls is an enclosure, where over float64 it is an estimate
    grid : (family, constants, steps, alpha, alpha_L) -> the default settings, where they are not those of
        `grid.settings`
    families : name of a column -> families that it has besides the usual ones
    items : edition -> names of the inequalities of a list of them
    attained, beyond : where the editions ``sharp`` and ``beyond`` are attained or approached, and with which
        of their terms
    alone : whether a comparison of one task, and of step j, depends on that task and the steps up to j
        alone, and not on means over all
    units : what is amiss with the units of its two sides
    steps : the numbers of inner steps that it speaks of; None for all
    typed : of a bound that was typed: its text, conditions and needs
    errors : name -> a wrong right side, planted besides those that every bound has
    observed_at_random : generator -> what ``observe`` could give, where that is no `Observed`

    Examples
    --------
    >>> from maml_verify import CLAIMS, find_claim
    >>> claim = find_claim("task-gradient-gap")
    >>> claim.paper, list(claim.editions)
    ('Lemma 14', ['printed', 'sharp', 'beyond'])
    >>> any(other.id == claim.id for other in CLAIMS)
    True
    """

    id: str
    text: str
    measure: Callable[[PreparedSetting], Array | Interval]
    observe: Callable[[PreparedSetting], Observed]
    editions: Mapping[str, Bound]
    paper: str = ""
    over: Over = ""
    unit: Unit = "any"
    known: Callable[..., Known] = resampling_constants
    needs: tuple[str, ...] = ("L",)
    expected: Mapping[str, str] = field(default_factory=dict)
    assumptions: Mapping[str, tuple[Assumption, ...]] = field(default_factory=dict)
    paths: Callable[[PreparedSetting], int] | None = None
    simplify: Callable[[Family, int], Family] | None = None
    pairs: bool = False
    identity: bool = False
    supports: bool = False
    prepare: Callable[[PreparedSetting, Constants], PreparedSetting] | None = None
    parameters: tuple[str, ...] = ()
    enclosed: bool = False
    grid: Callable[[Family, Known, str, Sequence[int], Any, Any], Iterator[Setting]] | None = None
    families: Callable[[str], tuple[Family, ...]] | None = None
    items: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    attained: str = ""
    beyond: str = ""
    alone: bool = False
    units: str = ""
    steps: tuple[int, ...] | None = None
    typed: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, Bound] = field(default_factory=dict)
    observed_at_random: Callable[[Any], Any] | None = None

    def __post_init__(self) -> None:
        """What is left out of an edition: no assumption, and that it holds."""
        for name, usual in (("assumptions", ()), ("expected", "holds")):
            given = {edition: usual for edition in self.editions} | dict(getattr(self, name))
            object.__setattr__(self, name, given)

    @property
    def name(self) -> str:
        """The statement id as a name of Python, as its function in `statements` has it, and its file."""
        return re.sub(r"[^a-z0-9]", "_", self.id)

    @property
    def usual(self) -> str:
        """The edition that is meant where none is named: the paper's."""
        return next(iter(self.editions))

    def attained_in(self, edition: str) -> str:
        """Where an edition is attained or approached; empty where that is not told."""
        return {"sharp": self.attained, "beyond": self.beyond}.get(edition, "")

    @property
    def index(self) -> type[Index]:
        """What one comparison of it is, as ``over`` says."""
        return INDICES[self.over]

    @property
    def method(self) -> str:
        """How the left side is had where it is not estimated."""
        return "exact" if self.paths else "closed-form"
