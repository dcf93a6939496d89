"""How strong the checks are: which planted errors a known worst case refutes, and which a search finds.

An error that a shipped witness refutes is false and a search must refute it; one that only loosens the
bound is true and nothing may refute it.  Of the others, which tighten a bound that has room, a search may
refute some: those are false too, and counted apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from maml_verify.checks.check import check_setting
from maml_verify.checks.witness import read_witness, shipped_regimes
from maml_verify.claims import Claim, all_claims, find_claim
from maml_verify.claims.own import with_claims
from maml_verify.execution.workers import each
from maml_verify.settings import Setting
from maml_verify.studies.planted_errors import Mutation, effect, mutations, planted, target_edition
from maml_verify.studies.search.search import search
from problems.progress import Progress, silent
from problems.validation import count, positive

__all__ = ["Mutant", "mutate", "summary", "trial", "without_power"]

# A search stops at a refutation as clear as this; its certificate decides.
CLEAR = 1 + 1e-7
# Seconds that make a found instance simple; how many are looked at does not depend on the clock.
CERTIFICATE = 4
# A left side that is a whole run takes as long as about this many others.
RUN = 25
TRUE, FALSE, OPEN = "true", "false", "open"


@dataclass(frozen=True)
class Mutant:
    """One planted error: what it does, and who refutes it.

    Attributes
    ----------
    kind : ``true`` (only loosens), ``false`` (a shipped witness refutes it), ``open`` (neither)
    known, found : refuted by a shipped witness; by the search, certified
    """

    claim: str
    edition: str
    error: str
    kind: str
    known: bool
    found: bool
    delta: float | None = None


def known_cases(claim: Claim) -> list[Setting]:
    """The settings of the shipped witnesses of a claim, that of the edition errors are planted in first."""
    editions = sorted(claim.editions, key=lambda edition: (edition != target_edition(claim), edition))
    return [read_witness(file)[2] for edition in editions for file in shipped_regimes(claim.id, edition)]


def _refuted(claim: Claim, edition: str, s: Setting) -> bool:
    try:
        return check_setting(claim, s, edition, certified=True).verdict == "violated"
    except (ArithmeticError, TypeError):
        return False  # the error leaves the bound without a value here


def trial(
    name: str,
    mutation: Mutation,
    evaluations: int = 1500,
    rng: int = 0,
    seconds: float | None = None,
    cases: Sequence[Setting] | None = None,
) -> Mutant | None:
    """One planted error; None where the bound does not depend on what it changes.

    Parameters
    ----------
    cases : known worst cases, default those of the shipped witnesses
    """
    claim = find_claim(name)
    edition = target_edition(claim)
    if edition is None:
        return None
    what = effect(claim, edition, mutation)
    if what == "none":
        return None
    wrong = planted(claim, edition, mutation)
    known = any(_refuted(wrong, edition, s) for s in (known_cases(claim) if cases is None else cases))
    budget = max(evaluations // RUN, 1) if claim.enclosed else evaluations
    limits: dict[str, Any] = {"seconds": seconds or CERTIFICATE, "evaluations": None if seconds else budget}
    try:
        record = search(wrong, edition, rng=rng, jobs=1, target=CLEAR, **limits).record
        found = record.verdict == "violated"
    except (ArithmeticError, TypeError, ValueError):
        found = False
    kind = TRUE if what == "loosens" else FALSE if known else OPEN
    return Mutant(name, edition, mutation.name, kind, known, found, mutation.delta)


def _trial(name: str, k: int, evaluations: int, rng: int, seconds: float | None) -> Mutant | None:
    return trial(name, mutations(find_claim(name))[k], evaluations, rng, seconds)


def mutate(
    ids: Sequence[str] = (),
    *,
    evaluations: int = 1500,
    seconds: float | None = None,
    rng: int = 0,
    jobs: int | None = None,
    progress: Progress = silent,
) -> Iterator[Mutant]:
    """Plant every error in every statement named (default: all).

    Parameters
    ----------
    evaluations : budget of each search, a twenty-fifth of it where the left side is a run; most end earlier
    seconds : time of each search in its place; what is found then depends on the machine
    rng : seed;  jobs : worker processes;  progress : called with trials done and in all
    """
    evaluations = count("evaluations", evaluations)
    seconds = None if seconds is None else float(positive("seconds", seconds))
    claims = [find_claim(name) for name in ids] or [c for c in all_claims() if target_edition(c)]
    work = [(c.id, k, evaluations, rng, seconds) for c in claims for k in range(len(mutations(c)))]
    for done, mutant in enumerate(each(with_claims(_trial), work, jobs, ordered=True), 1):
        progress(done, len(work))
        if mutant:
            yield mutant


def without_power(ids: Sequence[str], mutants: Sequence[Mutant]) -> list[str]:
    """The claims in which nothing could be planted: how strong their checks are is not known."""
    claims = [find_claim(name) for name in ids] or list(all_claims())
    return [claim.id for claim in claims if not any(m.claim == claim.id for m in mutants)]


def summary(mutants: Sequence[Mutant]) -> list[dict[str, Any]]:
    """A row a statement: errors by kind, how many were refuted, the smallest delta refuted."""
    rows = []
    for key in dict.fromkeys((m.claim, m.edition) for m in mutants):
        own = [m for m in mutants if (m.claim, m.edition) == key]
        false = [m for m in own if m.kind == FALSE]
        killed = [m.delta for m in own if m.delta is not None and (m.known or m.found)]
        rows.append(
            {
                "claim": key[0],
                "edition": key[1],
                "false": len(false),
                "refuted": sum(m.found for m in false),
                "true": sum(m.kind == TRUE for m in own),
                "true_refuted": sum(m.kind == TRUE and (m.found or m.known) for m in own),
                "open": sum(m.kind == OPEN for m in own),
                "open_refuted": sum(m.kind == OPEN and m.found for m in own),
                "smallest_delta": min(killed) if killed else float("nan"),
            }
        )
    return rows


def to_dict(mutant: Mutant) -> dict[str, Any]:
    """A dictionary of JSON types."""
    return asdict(mutant)
