"""How near each bound comes to being attained: the best instance known, and how its ratio moves."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from importlib.resources.abc import Traversable
from itertools import chain
from typing import Any

from maml_verify.checks.case import prepare
from maml_verify.checks.check import check_case, check_setting
from maml_verify.checks.witness import shipped_regimes
from maml_verify.checks.witness_reading import case_of, load_witness
from maml_verify.claims import CLAIMS, Claim
from maml_verify.claims.own import own_claims
from maml_verify.settings import Setting
from maml_verify.studies.search.search import search
from maml_verify.studies.search.spaces import fixed_step

__all__ = ["known_witnesses", "profile", "tightness"]

STEPS = (1, 2, 4, 8)
SHARES = (Fraction(1, 4), Fraction(1, 2), Fraction(2))
# Sizes that the conditions of a statement choose anew where N or alpha L moves.
CHOSEN = frozenset(("B_prime", "D_L"))


def known_witnesses(ids: Sequence[str] = (), editions: Sequence[str] = ()) -> Iterator[Traversable]:
    """The shipped witnesses, in the paper's order; all when nothing is named."""
    for claim in CLAIMS:
        if not ids or claim.id in ids:
            chosen = [edition for edition in claim.editions if not editions or edition in editions]
            # `claim-edition.json` comes first, then regimes of their own, `claim-edition.regime.json`.
            yield from chain.from_iterable(shipped_regimes(claim.id, edition) for edition in chosen)


def _instances(
    ids: Sequence[str], editions: Sequence[str], seconds: float, jobs: int | None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Witnesses by name: the shipped ones, and of a claim of the user's the worst case found."""
    for path in known_witnesses(ids, editions):
        yield path.name, load_witness(path)
    for claim in own_claims():
        for edition in claim.editions:
            if (not ids or claim.id in ids) and (not editions or edition in editions):
                found = search(claim, edition, seconds=seconds, jobs=jobs)
                if found.witness is not None:
                    yield "searched", found.witness


def profile(
    claim: Claim, edition: str, s: Setting, steps: Sequence[int], shares: Sequence[Fraction]
) -> dict[str, float]:
    """Ratios of a witness's instance at other N, and at shares of its alpha L.

    A ratio is nan where an assumption is not met there, or the left side is not exact.
    """
    known = claim.known(s.family)
    s = replace(s, free=CHOSEN)
    neighbours: dict[str, Setting] = {}
    for N in steps:
        x = fixed_step(claim, edition, N)
        neighbours[f"N={N}"] = replace(
            s, steps=N, alpha=s.alpha if x is None else x / Fraction(known.L.value)
        )
    neighbours |= {f"aL*{share}": replace(s, alpha=Fraction(s.alpha) * share) for share in shares}
    ratios = {}
    for name, near in neighbours.items():
        ratios[name] = math.nan
        try:
            case = prepare(claim, near, edition, known)
            if claim.paths and claim.paths(case.setting) > near.budget:
                continue
            record = check_case(case, certified=claim.enclosed)
        except ArithmeticError:
            continue
        if record.ratio is not None and record.method != "monte-carlo":
            ratios[name] = record.ratio
    return ratios


def tightness(
    ids: Sequence[str] = (),
    editions: Sequence[str] = (),
    *,
    steps: Sequence[int] = STEPS,
    shares: Sequence[Fraction] = SHARES,
    replayed: bool = False,
    seconds: float = 20,
    jobs: int | None = None,
) -> list[dict[str, Any]]:
    """A row a witness: best ratio known, its gap to 1, how it was decided, its `profile`, where sharp.

    Parameters
    ----------
    ids, editions : which witnesses; all when empty
    replayed : recompute the stored ratio, certified, in place of reading it
    seconds, jobs : time and worker processes of the search of a claim that comes with no witness
    """
    rows = []
    for name, stored in _instances(ids, editions, seconds, jobs):
        claim, edition, s = case_of(name, stored)
        known = claim.known(s.family)
        values = {key: stored[key] for key in ("verdict", "ratio", "method", "decided_by")}
        if replayed:
            record = check_setting(claim, s, edition, known, certified=True)
            values = {key: getattr(record, key) for key in values}
        ratio = math.nan if values["ratio"] is None else float(Fraction(values["ratio"]))
        alpha_L = float(Fraction(s.alpha) * Fraction(known.L.value))
        head = {"claim": claim.id, "edition": edition, "verdict": values["verdict"]}
        tail = {"method": values["method"], "decided_by": values["decided_by"], "N": s.steps, "aL": alpha_L}
        row = {**head, "ratio": ratio, "gap": 1 - ratio, **tail, **profile(claim, edition, s, steps, shares)}
        rows.append({**row, "witness": name, "attained": claim.attained_in(edition)})
    return rows
