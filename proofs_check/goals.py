"""What a step of a proof is: a printed relation, the goals it comes down to, and the outcome of each goal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from proofs_check.certificates.base import Certificate

__all__ = [
    "RANK",
    "Gram",
    "Induction",
    "Integral",
    "Outcome",
    "Product",
    "Reading",
    "Recursion",
    "Relation",
    "Segment",
    "Split",
    "Step",
    "Units",
    "Witness",
    "sides",
]

PROVED, REFUTED, SUPPORTED = "proved", "refuted", "supported"
#: The verdict on a check of units that passes: it says nothing of the relation itself.
CONSISTENT = "units agree"
#: A conjunction is as strong as its weakest part.
RANK = {PROVED: 3, SUPPORTED: 2, CONSISTENT: 1, REFUTED: 0}
ALL = "all N >= 1, all alpha > 0"
ADMISSIBLE = "all N >= 1, all alpha < (2^(1/2N) - 1)/L"


@dataclass(frozen=True)
class Outcome:
    """What a decider found: verdict, by what, for which range, and the counterexample if there is one."""

    verdict: str
    certificate: Certificate
    scope: str
    counterexample: dict[str, Any] | None = None
    note: str = ""

    @property
    def method(self) -> str:
        """How it was decided, in words."""
        return self.certificate.method


@dataclass(frozen=True)
class Relation:
    """A scalar relation ``left rel right`` for all values of its symbols.

    Parameters
    ----------
    left, rel, right : expression, ``<=``, ``<``, ``==``, expression
    given : expressions that are hypothesised to be strictly positive
    admissible : whether ``(1 + alpha L)^(2N) < 2`` is a hypothesis
    at : step size set by a corollary, such as 1/(8 N L); None where alpha is free
    lemma : (f, variable): decide by f(0) = 0 and f' > 0 instead; used for strict bounds by exponentials
    upper : (symbol, bound): what an earlier step bounds from above; a bound mentions none of these symbols
    """

    left: Any
    rel: str
    right: Any
    given: tuple[Any, ...] = ()
    admissible: bool = False
    at: Any = None
    lemma: tuple[Any, sp.Symbol] | None = None
    upper: tuple[tuple[sp.Symbol, Any], ...] = ()

    def __post_init__(self) -> None:
        _known(self.rel, ("<=", "<", "=="))


@dataclass(frozen=True)
class Recursion:
    """The claim that ``closed(n)`` bounds (or equals) the sequence ``V(n) = factor V(n-1) + term(n)``."""

    index: sp.Symbol
    start: int
    first: Any
    factor: Any
    term: Any
    closed: Any
    rel: str = "<="

    def __post_init__(self) -> None:
        _known(self.rel, ("<=", "=="))


@dataclass(frozen=True)
class Split:
    """A norm bound by a non-commutative identity: ``vector`` equals the sum of the products in
    ``terms``.

    Every factor carries a bound of its norm. The kernel is the triangle inequality and submultiplicativity;
    the bounds come from hypotheses (Lipschitz constants) or from earlier steps, named in ``Step.reason``.
    """

    vector: Any
    terms: tuple[tuple[tuple[Any, Any], ...], ...]
    right: Any
    rel: str = "<="
    given: tuple[Any, ...] = ()
    admissible: bool = False

    def __post_init__(self) -> None:
        # Norms of sums and products are bounded from above only.
        _known(self.rel, ("<=", "<"))


#: A vector by name, or a combination of named vectors: (("a", 1), ("h", -alpha)) is a - alpha h.
Vector = str | tuple[tuple[str, Any], ...]
#: From pairs of vectors to the coefficient of their inner product.
Form = dict[Any, Any]


@dataclass(frozen=True)
class Gram:
    """``right - left`` as a quadratic form in the Gram matrix of a few random vectors.

    ``left`` and ``right`` map pairs of vectors to coefficients; the engine expands the combinations.
    ``facts`` are forms known to be >= 0 (a Lipschitz bound) with the multiplier used, which is >= 0; pairs
    in ``orthogonal`` have inner product of mean zero.
    """

    vectors: tuple[str, ...]
    left: Form
    right: Form
    facts: tuple[tuple[Any, Form], ...] = ()
    orthogonal: tuple[tuple[str, str], ...] = ()
    rel: str = "<="

    def __post_init__(self) -> None:
        _known(self.rel, ("<=", "=="))
        if self.rel == "==" and self.facts:
            raise ValueError(f"facts = {self.facts}; rule: an equation follows from no bounds")


@dataclass(frozen=True)
class Segment:
    """A bound by the integral form along a segment from w to w + v, in any dimension.

    f(w + v) - f(w) is the integral of <grad f(w + t v), v> over 0 <= t <= 1. ``pointwise`` bounds the
    integrand at every t in (0, 1]; its right side, a polynomial in t, is integrated and compared with
    ``right``.
    """

    at: sp.Symbol
    pointwise: Gram
    right: Form


@dataclass(frozen=True)
class Product:
    """A non-commutative identity, ``left == right`` after expansion, between any operators.

    Where operators are ``centred``, both sides are means: each of these has mean 0 and is independent of all
    other operators, so that a product that holds it once has mean 0.
    An operator whose name ends in a number is a member of a list of that length; the identity then says
    nothing of longer lists, see `Induction`.
    """

    pairs: tuple[tuple[Any, Any], ...]
    centred: tuple[sp.Symbol, ...] = ()


@dataclass(frozen=True)
class Induction:
    """A non-commutative identity for lists of any length: for the shortest, and from each to the next.

    Parameters
    ----------
    start : both sides for the shortest list
    step : both sides for a list with one member more
    known : (symbol, value): what the step may put in, the identity for the shorter list among it
    """

    start: tuple[Any, Any]
    step: tuple[Any, Any]
    known: tuple[tuple[sp.Symbol, Any], ...]


@dataclass(frozen=True)
class Integral:
    """The integral of ``integrand`` over ``variable`` is ``primitive`` at the end less that at the start.

    The kernel is the fundamental theorem of calculus: the derivative of ``primitive`` is the integrand, for
    any loss whose second derivatives are continuous.
    """

    variable: sp.Symbol
    integrand: Any
    primitive: Any


@dataclass(frozen=True)
class Units:
    """A formula on scaled data against its unit times the formula: no proof of anything but that."""

    scaled: Any
    expected: Any


@dataclass(frozen=True)
class Witness:
    """A relation about random vectors or matrices, tested on exact instances.

    ``search`` returns (counterexample or None, number of instances tried). A counterexample comes with both
    sides computed by two routes and with the list of assumptions that were checked on it.
    """

    search: Callable[[], tuple[dict[str, Any] | None, int]]
    scope: str


def sides(left: Any, right: Any) -> dict[str, Any]:
    """Both sides of a counterexample, exact and in float64."""
    return {
        "left": str(left),
        "right": str(right),
        "left_float": float(left),
        "right_float": float(right),
    }


Goal = Relation | Recursion | Split | Gram | Segment | Product | Induction | Integral | Units | Witness


def _known(rel: str, allowed: tuple[str, ...]) -> None:
    if rel not in allowed:
        raise ValueError(f"rel = {rel!r}; rule: one of {', '.join(allowed)}")


@dataclass(frozen=True)
class Reading:
    """One way to read the printed glyphs, and the goals that decide it.

    ``within`` restricts the scope where what the goals rest on is proved for no more, such as ``B >= 2``.
    """

    goals: tuple[Goal, ...]
    label: str = "as printed"
    within: str = ""


@dataclass(frozen=True)
class Step:
    """One entry of the ledger.

    ``kind`` is ``relation``, ``units``, ``definition`` or ``not legible``. ``why`` and the fields after it
    hold what a refutation is worth to a reader; they are shown only where the machine refuted the step.
    ``root`` names the erratum this one follows from. ``repair`` holds goals that prove what is needed in
    place of a refuted step. The tag ``statement`` marks the entry of a numbered result itself.
    """

    id: str
    result: str
    where: str
    printed: str
    reason: str = ""
    readings: tuple[Reading, ...] = ()
    kind: str = "relation"
    why: str = ""
    consequence: str = ""
    correction: str = ""
    weight: int = 0
    repair: tuple[Goal, ...] = ()
    repaired: str = ""
    audit: str = "step"
    root: str = ""
    tags: tuple[str, ...] = ()


def relation(id: str, result: str, where: str, printed: str, reason: str, *goals: Goal, **more: Any) -> Step:
    """Step with a single reading."""
    return Step(id, result, where, printed, reason, (Reading(goals),), **more)


def readings(id: str, result: str, where: str, printed: str, reason: str, *rs: Reading, **more: Any) -> Step:
    """Step whose glyphs leave several readings."""
    return Step(id, result, where, printed, reason, rs, **more)


def definition(id: str, result: str, where: str, printed: str) -> Step:
    """Entry for a display that defines something and so can be neither proved nor refuted."""
    return Step(id, result, where, printed, kind="definition")


def illegible(id: str, result: str, where: str, printed: str, reason: str) -> Step:
    """Entry for a display whose glyphs are lost."""
    return Step(id, result, where, printed, reason, kind="not legible")
