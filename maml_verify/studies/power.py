"""How strong a search is on one claim: of the wrong versions of its bound, how many it refutes.

A wrong version is the bound with an error planted that makes it smaller somewhere.  One that is not refuted
may be wrong and missed, or hold: a bound that is far from attained has room for it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from maml_verify.checks.check import check_setting
from maml_verify.claims import find_claim
from maml_verify.claims.own import with_claims
from maml_verify.execution.workers import each
from maml_verify.settings import Setting
from maml_verify.studies.mutate import CERTIFICATE, CLEAR
from maml_verify.studies.planted_errors import effect, mutations, planted
from maml_verify.studies.search.search import search
from problems.progress import Progress, silent

__all__ = ["Power", "power"]


@dataclass(frozen=True)
class Power:
    """What planted errors say of a claim's checks.

    Attributes
    ----------
    refuted, missed : the wrong versions that were, and that were not
    left : those for which there was no time
    """

    refuted: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    def __str__(self) -> str:
        """A line that says how many, and which were not refuted."""
        tried = len(self.refuted) + len(self.missed)
        if not tried:
            return "planted errors: none was tried, no measured power"
        text = f"planted errors: {len(self.refuted)} of {tried} wrong versions refuted"
        if self.missed:
            text += f"; not refuted: {', '.join(self.missed)}"
        return text + (f"; no time for {len(self.left)} more" if self.left else "")


def power(
    name: str,
    edition: str,
    cases: Sequence[Setting],
    *,
    evaluations: int,
    seconds: float,
    rng: int = 0,
    jobs: int | None = None,
    progress: Progress = silent,
) -> Power:
    """Plant every error that makes the bound of a claim smaller somewhere, and try to refute each.

    Parameters
    ----------
    name : id of a claim that is known
    cases : worst cases of the bound itself, which are tried first
    evaluations : budget of the search for each that they don't refute
    seconds : after which no other is begun
    """
    claim, until = find_claim(name), time.time() + seconds
    errors = [k for k, m in enumerate(mutations(claim)) if effect(claim, edition, m) == "tightens"]
    work = [(name, edition, k, tuple(cases), evaluations, rng, until) for k in errors]
    found: dict[str, list[str]] = {"refuted": [], "missed": [], "left": []}
    for done, (what, error) in enumerate(each(with_claims(_trial), work, jobs, ordered=True), 1):
        progress(done, len(work))
        found[what].append(error)
    return Power(**{what: tuple(names) for what, names in found.items()})


def _trial(
    name: str, edition: str, k: int, cases: tuple[Setting, ...], evaluations: int, rng: int, until: float
) -> tuple[str, str]:
    """Whether a wrong version was refuted, and its name."""
    claim = find_claim(name)
    error = mutations(claim)[k]
    wrong = planted(claim, edition, error)
    try:
        if any(check_setting(wrong, s, edition, certified=True).verdict == "violated" for s in cases):
            return "refuted", error.name
        if time.time() > until:
            return "left", error.name
        limits: dict[str, Any] = {"seconds": CERTIFICATE, "evaluations": evaluations, "target": CLEAR}
        found = search(wrong, edition, rng=rng, jobs=1, **limits).record.verdict == "violated"
    except (ArithmeticError, TypeError, ValueError):
        found = False  # the error leaves the bound without a value
    return ("refuted" if found else "missed"), error.name
