"""What a step of a proof is: a printed relation, the goals it comes down to, and the outcome of each goal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy as sp

__all__ = [
    "RANK",
    "Gram",
    "Outcome",
    "Product",
    "Reading",
    "Recursion",
    "Relation",
    "Split",
    "Step",
    "Witness",
    "sides",
]

PROVED, REFUTED, SUPPORTED = "proved", "refuted", "supported"
#: A conjunction is as strong as its weakest part.
RANK = {PROVED: 2, SUPPORTED: 1, REFUTED: 0}
ALL = "all N >= 1, all alpha > 0"
ADMISSIBLE = "all N >= 1, all alpha < (2^(1/2N) - 1)/L"


@dataclass(frozen=True)
class Outcome:
    """What a decider found: verdict, how, for which range, and the counterexample if there is one."""

    verdict: str
    method: str
    scope: str
    counterexample: dict[str, Any] | None = None
    note: str = ""


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
    """

    left: Any
    rel: str
    right: Any
    given: tuple[Any, ...] = ()
    admissible: bool = False
    at: Any = None
    lemma: tuple[Any, sp.Symbol] | None = None


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


@dataclass(frozen=True)
class Gram:
    """``right - left`` as a quadratic form in the Gram matrix of a few random vectors.

    ``left`` and ``right`` map pairs of vector names to coefficients; ``facts`` are forms known to be >= 0
    (a Lipschitz bound) with the multiplier used; pairs in ``orthogonal`` have inner product of mean zero.
    """

    vectors: tuple[str, ...]
    left: dict[tuple[str, str], Any]
    right: dict[tuple[str, str], Any]
    facts: tuple[tuple[Any, dict[tuple[str, str], Any]], ...] = ()
    orthogonal: tuple[tuple[str, str], ...] = ()
    rel: str = "<="


@dataclass(frozen=True)
class Product:
    """A non-commutative identity, ``left == right`` after expansion, in each of the listed sizes."""

    pairs: tuple[tuple[Any, Any], ...]
    scope: str = ALL


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


Goal = Relation | Recursion | Split | Gram | Product | Witness


@dataclass(frozen=True)
class Reading:
    """One way to read the printed glyphs, and the goals that decide it."""

    goals: tuple[Goal, ...]
    label: str = "as printed"


@dataclass(frozen=True)
class Step:
    """One entry of the ledger.

    ``kind`` is ``relation``, ``definition`` or ``not legible``. ``why`` and the fields after it hold what a
    refutation is worth to a reader; they are shown only where the machine refuted the step. ``root`` names
    the erratum this one follows from. ``repair`` holds goals that prove what is needed in place of a
    refuted step. The tag ``statement`` marks the entry of a numbered result itself.
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
