"""Is a family what it says: ``check_family(family)`` puts each law and each statement to the test."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from maml_verify.checks.laws.constants import constant, lower_bound, support_query_gap
from maml_verify.checks.laws.derivatives import gradient, hvp, symmetry
from maml_verify.checks.laws.sampler import sampler
from maml_verify.checks.laws.statements import statement
from maml_verify.checks.laws.structure import atoms, linearity, purity, shapes
from maml_verify.checks.laws.subject import Broken, NotTold, Subject
from maml_verify.claims import all_claims
from problems.family import Family, checked_family
from problems.known import Known
from problems.names import unknown
from problems.progress import Progress, silent
from problems.validation import count, positive

__all__ = ["FamilyCheck", "check_families", "check_family", "check_names"]

Status = Literal["passed", "failed", "skipped", "expected"]
OnFail = Literal["raise", "warn"]

LAWS: dict[str, Callable[[Subject], str]] = {
    "shapes": shapes,
    "purity": purity,
    "linearity": linearity,
    "gradient": gradient,
    "hvp": hvp,
    "hvp-symmetry": symmetry,
    "atoms": atoms,
    "sampler": sampler,
}
CONSTANTS: dict[str, Callable[[Subject], str]] = {
    "L": lambda subject: constant(subject, "L"),
    "rho": lambda subject: constant(subject, "rho"),
    "sigma": lambda subject: constant(subject, "sigma"),
    "sigma_g": lambda subject: constant(subject, "sigma_g"),
    "sigma_H": lambda subject: constant(subject, "sigma_H"),
    "b": support_query_gap,
    "lower-bound": lower_bound,
}
# What every other check takes for granted.
GROUND = ("shapes", "purity")
# Share of the time that the laws and the constants may take, each an equal part of what is left of it.
SHARE = 0.7


@dataclass(frozen=True)
class FamilyCheck:
    """What one check of a family found.

    Attributes
    ----------
    check : its id, such as ``hvp`` or ``L``, or that of a statement
    status : ``passed``, ``failed``, ``skipped``, or ``expected`` where it failed as was expected
    why : what was seen, or why it was not put to the test
    counterexample : the point where it fails, and what was found there; None where it doesn't
    seconds : the time that it took

    Examples
    --------
    >>> from maml_verify import check_family
    >>> from problems import cosine
    >>> first = check_family(cosine(rng=0), seconds=2)[0]
    >>> first.check, first.status, first.why
    ('shapes', 'passed', '3 tasks, 4 atoms, d = 2, over Arb balls, too')
    """

    check: str
    status: Status
    why: str
    counterexample: dict[str, Any] | None
    seconds: float


def check_names() -> tuple[str, ...]:
    """The ids of all checks, in their order; statements about a whole run take longest and come last."""
    statements = sorted(all_claims(), key=lambda claim: "K" in claim.parameters)
    return (*LAWS, *CONSTANTS, *(claim.id for claim in statements))


def check_family(
    family: Family,
    *,
    constants: Known | None = None,
    on_fail: OnFail | None = "raise",
    expected_failures: Mapping[str, str] | None = None,
    seconds: float = 30,
    rng: int = 0,
    progress: Progress = silent,
) -> list[FamilyCheck]:
    """Put a family to the test: derivatives, batches, every constant that it claims, every statement.

    A constant is attacked by optimisation from many starts, near and far; a derivative is compared with
    extrapolated differences, which tell a relative error of 1e-7 in one entry.

    Parameters
    ----------
    family : Family
    constants : `problems.claimed` ones, for those that the family does not tell itself
    on_fail : ``raise``: the first check that fails is an AssertionError; ``warn``: each is a warning; None
    expected_failures : id of a check -> reason; where it fails, its status is ``expected``
    seconds : time that all may take
    rng : seed
    progress : called with the checks done and in all

    Returns
    -------
    list of FamilyCheck
        In the order of the ids.

    Raises
    ------
    AssertionError
        Naming the check that failed, with its counterexample.
    TypeError, ValueError
        If it is no family, for an argument named with value and rule, or where nothing could be tested.

    Examples
    --------
    >>> from maml_verify import check_family
    >>> from problems import claimed, cosine
    >>> found = check_family(cosine(rng=0), seconds=2)
    >>> {result.status for result in found} <= {"passed", "skipped"}
    True
    """
    if on_fail not in ("raise", "warn", None):
        raise ValueError(f"on_fail = {on_fail!r}; rule: 'raise', 'warn' or None")
    results = []
    for done, result in enumerate(check_families(family, constants, expected_failures, seconds, rng), 1):
        progress(done, len(check_names()))
        results.append(result)
        if result.status == "failed" and on_fail is not None:
            text = f"{family.name}: {result.check}: {result.why}; counterexample: {result.counterexample}"
            if on_fail == "raise":
                raise AssertionError(text)
            warnings.warn(text, stacklevel=2)
    if all(result.status == "skipped" for result in results):
        raise ValueError(f"nothing was tested of {family.name}: {results[0].why}; rule: at least one check")
    return results


def check_families(
    family: Family,
    constants: Known | None = None,
    expected_failures: Mapping[str, str] | None = None,
    seconds: float = 30,
    rng: int = 0,
    only: Iterable[str] | None = None,
) -> Iterator[FamilyCheck]:
    """The results of `check_family` one by one, or of some checks only."""
    family = checked_family(family)
    expected = dict(expected_failures or {})
    for name in (*expected, *(only or ())):
        if name not in check_names():
            raise unknown("check", name, check_names())
    subject = Subject(family, constants, float(positive("seconds", seconds)), count("rng", rng, 0))
    # What all others take for granted is asked for in any case.
    wanted = set(check_names() if only is None else only)
    todo = [name for name in check_names() if name in {*GROUND, *wanted}]
    broken: str | None = None
    status: Status
    for name in todo:
        start = time.monotonic()
        if broken is not None:
            status, why, counterexample = "skipped", f"{broken} failed", None
        else:
            status, why, counterexample = _put(subject, name, todo, constants, seconds)
        if status == "failed":
            broken = name if name in GROUND else None
            if name in expected:
                status, why = "expected", f"{expected[name]}: {why}"
        if name in wanted:
            yield FamilyCheck(name, status, why, counterexample, time.monotonic() - start)


def _put(
    subject: Subject, name: str, todo: list[str], constants: Known | None, seconds: float
) -> tuple[Status, str, dict[str, Any] | None]:
    """Status, reason and counterexample of one check."""
    now = time.monotonic()
    try:
        if name in LAWS or name in CONSTANTS:
            left = [other for other in todo[todo.index(name) :] if other in LAWS or other in CONSTANTS]
            subject.deadline = now + max(subject.end - (1 - SHARE) * seconds - now, 0.2) / len(left)
            return "passed", (LAWS.get(name) or CONSTANTS[name])(subject), None
        if now > subject.end:
            raise NotTold(f"no time is left; rule: more than {seconds:g} seconds")
        claim = next(claim for claim in all_claims() if claim.id == name)
        return "passed", statement(subject, claim, constants), None
    except NotTold as skipped:
        return "skipped", str(skipped), None
    except Broken as broken:
        return "failed", str(broken), broken.counterexample
    except Exception as error:
        # What a user's code raises is a result, too.
        first = (str(error).strip() or "no message").splitlines()[0]
        return "failed", f"{type(error).__name__}: {first}", {}
