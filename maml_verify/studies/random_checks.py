"""A statement checked on random instances of the search spaces, for a number of comparisons.

The left sides are exact: instances whose expectation would have to be estimated are passed over, unless a
ratio that their estimates are to detect is given.  So are
equality cases that no precision decides, and runs whose gap to inf L float64 does not resolve.  What float64
cannot tell goes on to Arb balls and exact numbers, as in every other check.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from maml_verify.checks.case import prepare
from maml_verify.checks.check import check_case
from maml_verify.claims import all_claims, find_claim
from maml_verify.claims.base import Claim
from maml_verify.claims.own import with_claims
from maml_verify.execution.workers import each
from maml_verify.record import Record
from maml_verify.settings import draw_points, ratio_above_1, setting
from maml_verify.studies.search.admissible import admissible_steps
from maml_verify.studies.search.encoding import decode, length
from maml_verify.studies.search.instance import BUDGET, Space
from maml_verify.studies.search.objective import largest_step
from maml_verify.studies.search.simplify import exactly
from maml_verify.studies.search.spaces import fixed_step, spaces
from maml_verify.studies.sweep import worst
from problems.progress import Progress, silent
from problems.validation import count

__all__ = ["sample", "sample_claim"]

STEPS = (1, 2, 3, 4)
PROVED = ("derived", "sharp", "beyond", "reported")
POINTS = 16
# Settings in a row that meet no assumption, after which a statement is given up.
PATIENCE = 400
# Sides nearer than this that no precision tells apart are taken for equal irrational numbers.
TIE = 1e-12


def sample_claim(
    name: str, edition: str, checks: int, rng: int = 0, detect: float | None = None
) -> list[Record]:
    """A record a link: the worst of its random instances, with the comparisons of them all."""
    claim = find_claim(name)
    generator = np.random.default_rng([rng, all_claims().index(claim), list(claim.editions).index(edition)])
    records: list[Record] = []
    done = missed = 0
    while done < checks and missed < PATIENCE:
        record = _one(claim, edition, generator, detect)
        if record is None or record.verdict == "vacuous":
            missed += 1
            continue
        records.append(record)
        done, missed = done + record.checked, 0
    links = sorted({r.family for r in records})
    return [worst([r for r in records if r.family == link]) for link in links]


def _one(claim: Claim, edition: str, rng: np.random.Generator, detect: float | None) -> Record | None:
    """One random instance with several points; None where it would be estimated and nothing is to detect."""
    # Of pulls far beyond the scale of the curvature, float64 leaves too little of the gap to inf L.
    usual = [
        space
        for space in spaces(claim, claim.steps or admissible_steps(claim, edition, STEPS))
        if space.reach <= Space.reach
    ]
    space = usual[int(rng.integers(len(usual)))]
    space = replace(space, alpha_L=fixed_step(claim, edition, space.steps))
    largest = largest_step(claim, edition, space.steps)
    instance = exactly(decode(space, rng.uniform(-1, 1, length(space)), largest))
    # A run of one iterate is exact, a longer one is not.
    options = instance.sizes | {"budget": BUDGET, "detect": detect} | ({"K": 1} if claim.enclosed else {})
    family = replace(instance.exact_family(), name=space.link)
    known = claim.known(family)
    alpha = Fraction(instance.alpha_L) / Fraction(known.L.value)
    w = draw_points(family.d, POINTS, int(rng.integers(2**31)))
    # At w = 0 a side may be exactly 0, which a ball cannot tell from a small number.
    w = np.where(w == 0, 1 / 1024, w)
    s = setting(family, alpha=alpha, steps=space.steps, w=w, rng=int(rng.integers(2**31)), **options)
    case = prepare(claim, s, edition, known)
    if detect is None and claim.paths and claim.paths(case.setting) > BUDGET:
        return None
    try:
        record = check_case(case)
    except OverflowError:
        return None
    if record.verdict != "undecided":
        return record
    unresolved = claim.enclosed and record.method == "monte-carlo"
    equal = record.ratio is not None and abs(record.ratio - 1) < TIE
    return None if unresolved or equal else record


def sample(
    ids: Sequence[str] = (),
    editions: Sequence[str] | None = ("derived", "sharp"),
    *,
    checks: int = 100_000,
    detect: float | None = None,
    rng: int = 0,
    jobs: int | None = None,
    progress: Progress = silent,
) -> Iterator[Record]:
    """Records of random checks, at least ``checks`` comparisons an edition, shared over its statements.

    Parameters
    ----------
    ids : statement ids, all when empty
    detect : smallest lhs/rhs > 1 that estimates are to show; None: no instance is estimated
    editions : None takes of each statement the first there is of `PROVED`, and shares ``checks`` over them

    Raises
    ------
    ValueError
        If no statement named has one of the editions.
    """
    total = count("checks", checks)
    detect = None if detect is None else ratio_above_1("detect", detect)
    claims = [find_claim(name) for name in ids] or list(all_claims())
    if editions is None:
        groups = [[(c.id, next(e for e in PROVED if e in c.editions)) for c in claims]]
    else:
        groups = [[(c.id, edition) for c in claims if edition in c.editions] for edition in editions]
    work = [(*pair, -(-total // len(group)), rng, detect) for group in groups for pair in group]
    if not work:
        raise ValueError(f"editions = {', '.join(editions or ())}; rule: one that a statement named has")
    for done, records in enumerate(each(with_claims(sample_claim), work, jobs), 1):
        progress(done, len(work))
        yield from records
