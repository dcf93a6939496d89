"""Each statement on the family: where one that is proved fails, the family's constants or derivatives do."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from maml_verify.checks.check import check
from maml_verify.checks.laws.subject import Broken, NotTold, Subject
from maml_verify.claims import Claim
from problems.known import Known

__all__ = ["statement"]

# Of each statement the first of these editions that it has and that is known to hold.
PROVED = ("derived", "sharp", "printed", "reported")
# Paths that are enumerated, and replicates beyond: what takes a part of a second, between these.
PATHS, REPLICATES, SECONDS = (16, 4000), (100, 2000), 0.2
STEPS, POINTS, RUNS, ITERATIONS = 2, 3, 32, 2


def statement(subject: Subject, claim: Claim, constants: Known | None) -> str:
    """A statement at N = 2, or the N it speaks of, and a small step size, in an edition that is proved."""
    edition = next((e for e in PROVED if claim.expected.get(e) == "holds"), None)
    if edition is None:
        raise NotTold("no edition is known to hold")
    whole = "K" in claim.parameters
    step = Fraction(1, 8 * STEPS) if claim.id.endswith(("complexity", "rate")) else Fraction(1, 20)
    affordable = SECONDS / subject.cost
    options: dict[str, Any] = {"points": 1 if whole else POINTS, "rng": subject.seed}
    options["budget"] = int(np.clip(affordable, *PATHS))
    options["replicates"] = int(np.clip(affordable, *REPLICATES))
    if subject.ball is not None:
        # Near enough to the centre for short paths to stay where the constants hold.
        near = subject.ball.radius / 8 * np.array([1.0, 2.0])
        rng = subject.generator(claim.id)
        options["w"], options["u"] = (subject.points(rng, options["points"], *near) for _ in "wu")
    if whole:
        options |= {"K": ITERATIONS, "runs": RUNS}
    options["steps"] = STEPS if claim.steps is None else claim.steps[0]
    record = check(claim, subject.family, edition=edition, alpha_L=step, constants=constants, **options)
    if record.verdict == "violated":
        raise Broken(str(record), **record.setting, lhs=record.lhs, rhs=record.rhs)
    if record.verdict != "holds":
        raise NotTold(f"{record.verdict}: {record.reason}")
    ratio = "no ratio" if record.ratio is None else f"lhs/rhs = {record.ratio:.6g}"
    return f"{edition}: {ratio} in {record.checked} comparisons"
