"""Each statement on the family: where one that is proved fails, the family's constants or derivatives do."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from maml_verify.checks.check import check
from maml_verify.checks.laws.subject import Broken, NotTold, Subject
from maml_verify.claims import Claim
from problems.known import Known

__all__ = ["statement"]

# Of each statement the first of these editions that it has and that is known to hold.
PROVED = ("derived", "sharp", "printed")
# Small enough for seconds: points, paths that are enumerated, replicates beyond, runs and iterations of a rate.
SMALL: dict[str, Any] = {"points": 3, "budget": 4000, "replicates": 2000}
RUN: dict[str, Any] = {"K": 2, "runs": 32, "points": 1}
STEPS = 2


def statement(subject: Subject, claim: Claim, constants: Known | None) -> str:
    """A statement at N = 2 and a small step size, in an edition that is proved."""
    edition = next((e for e in PROVED if claim.expected.get(e) == "holds"), None)
    if edition is None:
        raise NotTold("no edition is known to hold")
    whole = "K" in claim.parameters
    step = Fraction(1, 8 * STEPS) if claim.id.endswith(("complexity", "rate")) else Fraction(1, 20)
    options = SMALL | (RUN if whole else {}) | {"rng": subject.seed}
    record = check(claim, subject.family, edition=edition, alpha_L=step, steps=STEPS, constants=constants, **options)
    if record.verdict == "violated":
        raise Broken(str(record), **record.setting, lhs=record.lhs, rhs=record.rhs)
    if record.verdict != "holds":
        raise NotTold(f"{record.verdict}: {record.reason}")
    ratio = "no ratio" if record.ratio is None else f"lhs/rhs = {record.ratio:.6g}"
    return f"{edition}: {ratio} in {record.checked} comparisons"
