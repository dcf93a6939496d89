"""Check one statement on one family: ``check("estimator-bias", family, alpha_L=0.1, steps=3)``."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from maml_verify.checks.both_sides import Decision, Sides, sides
from maml_verify.checks.case import Case, prepare
from maml_verify.checks.certify import at_once, certify, runs_over_balls, short_enough
from maml_verify.checks.columns import column as column_of
from maml_verify.checks.verdict import doubt, doubtful, estimate_of, is_tie, ratio_of, ratios_of, worst_of
from maml_verify.claims import Claim, find_claim
from maml_verify.claims.index import Index
from maml_verify.record import Record, told
from maml_verify.settings import BUDGET, DELTA, POINTS, RUNS, Setting, setting, step_size
from problems import FAMILIES, Family
from problems.arrays import Array
from problems.family import checked_family, without_idle_tasks
from problems.known import Known, joined
from problems.names import unknown
from problems.progress import Progress, silent
from problems.rounding import require_subnormals
from problems.validation import count, positive

__all__ = ["as_variant", "check", "check_case", "check_setting", "describe"]

# Comparisons a record certifies one by one, and those left undecided after which it gives up.
CERTIFIED = 200
PATIENCE = 2


def check(
    claim: str | Claim,
    family: Family | str,
    *,
    alpha: Any = None,
    alpha_L: Any = None,
    steps: Any,
    edition: str | None = None,
    known: Known | None = None,
    constants: Known | None = None,
    variant: int | None = None,
    w: Any = None,
    u: Any = None,
    points: int = POINTS,
    rng: int = 0,
    S: Any = None,
    D: Any = None,
    T: Any = None,
    B: Any = None,
    K: Any = None,
    C_beta: Any = None,
    B_prime: Any = None,
    D_L: Any = None,
    runs: int = RUNS,
    budget: int = BUDGET,
    replicates: int | None = None,
    delta: float = DELTA,
    detect: float | None = None,
    progress: Progress = silent,
) -> Record:
    """Compare both sides of a statement on a family.

    Parameters
    ----------
    claim : str or Claim
        Statement id, such as ``estimator-bias``, or a claim.
    family : Family or str
        A family, or the name of one of ``problems.FAMILIES``, drawn from ``rng``.
    alpha, alpha_L : number
        Inner step size (scales as s^2/c where lengths scale as s and losses as c), or alpha times L, which
        has no unit; one of them.
    steps : int
        N >= 0.
    edition : str, optional
        Which edition of the bound; default: as printed, or, of another paper, as reported.
    known : Known, optional
        Constants of the family where they have been computed before.
    constants : Known, optional
        Taken as claimed (`problems.claimed`) where the family has none: the record is then relative to them.
    variant : int, optional
        Of a family given by name: which one of the column of a table, in place of one drawn from ``rng``.
    w, u : array_like, optional
        Points and second points, (d,) or (R, d); drawn from ``rng`` when missing, ``points`` of them.
    points, rng : int
        How many points are drawn, and the seed of all that is drawn.
    S, D, T, B : int, optional
        Batch sizes of inner steps, Hessians, outer gradient and tasks; default 1, or what the conditions of
        the statement ask for.
    K, C_beta, B_prime, D_L, runs : number, optional
        Meta iterations, the constant of the meta step size 1/(C_beta Lhat), the batch sizes of Lhat, and
        independent runs, for statements about a whole run of an algorithm.
    budget : int
        Paths above which an expectation is estimated in place of enumerated.
    replicates, delta : int, float
        Of such an estimate; delta is its probability of a false alarm.  It ends as soon as it has decided.
        Left open, it has at most 20,000 replicates, or as many as take seconds where one visits much data or
        makes many steps.
    detect : float, optional
        The smallest lhs/rhs above 1 that an estimate is to show with probability 0.99: how many replicates or
        runs that takes is planned from the first of them, in place of ``replicates`` and ``runs``.
    progress : callable
        Called with the replicates of an estimate that are done and in all, as they are done.

    Returns
    -------
    Record
        Of the worst case over points, tasks and steps j.

    Raises
    ------
    TypeError, ValueError
        Named by argument, value and rule.
    OverflowError
        Where a side, or (1 + alpha L)^(2N), is beyond float64.
    FloatingPointError
        In a process that takes subnormal numbers for zero.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from maml_verify import check
    >>> from problems import ridge
    >>> family = ridge("cosine", features=[[[1.0, 0.5]], [[1.0, 0.5]]], offsets=[[0.0], [0.3]])
    >>> record = check("meta-smoothness", family, alpha_L=Fraction(1, 20), steps=3)
    >>> record.verdict, round(record.ratio, 6)
    ('holds', 0.138511)
    """
    found = find_claim(claim) if isinstance(claim, str) else claim
    if not isinstance(found, Claim):
        raise TypeError(f"claim = {claim!r}; rule: an id or a Claim")
    for name, value in (("known", known), ("constants", constants)):
        if value is not None and not isinstance(value, Known):
            raise TypeError(f"{name} = {value!r}; rule: a problems.Known")
    edition = found.usual if edition is None else edition
    if edition not in found.editions:
        raise unknown("edition", edition, found.editions)
    column = family if isinstance(family, str) else None
    family = _family(found, family, variant, rng)
    known = joined(found.known(family) if known is None else known, constants)
    if (alpha is None) == (alpha_L is None):
        raise ValueError(f"alpha = {alpha}, alpha_L = {alpha_L}; rule: exactly one of them")
    if alpha is None and not math.isfinite(known.L.value):
        return without_step_size(found, family, edition, known, count("steps", steps, 0))
    if alpha is None:
        alpha = step_size(positive("alpha_L", alpha_L), known.L.value)
    given = {"points": points, "rng": rng, "S": S, "D": D, "T": T, "B": B, "K": K, "C_beta": C_beta}
    given |= {"B_prime": B_prime, "D_L": D_L, "runs": runs}
    given |= {"budget": budget, "replicates": replicates, "delta": delta, "detect": detect}
    s = setting(family, alpha=alpha, steps=steps, w=w, u=u, **given).but(progress=progress)
    record = check_setting(found, s, edition, known)
    return record if column is None else as_variant(record, column, variant)


def _family(claim: Claim, family: Family | str, variant: int | None, rng: int) -> Family:
    """The family itself, one drawn by its name, or the variant of a column."""
    if not isinstance(family, str):
        if variant is not None:
            raise ValueError(f"variant = {variant!r} of a family; rule: with the name of one")
        return checked_family(family)
    if family not in FAMILIES:
        raise unknown("family", family, FAMILIES)
    if variant is None:
        return FAMILIES[family](rng=count("rng", rng, 0))
    members = column_of(claim.id, family)
    if count("variant", variant, 0) >= len(members):
        raise ValueError(f"variant = {variant}; rule: below {len(members)}, as {family} has so many")
    return members[variant]


def as_variant(record: Record, name: str, variant: int | None) -> Record:
    """The record of a member of a column, or of a family drawn from the seed, under the name of its link."""
    return replace(record, family=name, setting=record.setting | {"variant": variant})


def without_step_size(claim: Claim, family: Family, edition: str, known: Known, steps: int) -> Record:
    """The record where a step size in units of 1/L is asked for and L is not known."""
    setting: dict[str, Any] = {"steps": steps, "alpha": None, "alpha_L": None, "sizes": {}}
    head = (claim.id, claim.paper, edition, family.name)
    reason = f"L: {known.L.reason}"
    return Record(*head, "vacuous", setting=setting, reason=reason, method=claim.method)


def check_setting(
    claim: Claim,
    s: Setting,
    edition: str = "printed",
    known: Known | None = None,
    certified: bool = False,
) -> Record:
    """The record of a claim at a `Setting`.

    Parameters
    ----------
    known : constants of the family, found anew when None
    certified : leave no comparison to float64, however clear

    Raises
    ------
    ArithmeticError
        If the process flushes subnormal numbers to zero; OverflowError where a side is beyond float64.
    """
    start = time.perf_counter()
    known = known or claim.known(s.family)
    case = prepare(claim, s.but(family=without_idle_tasks(s.family)), edition, known)
    record = check_case(case, certified, s.family.weighted_tasks())
    seconds = 0.0 if record.verdict == "vacuous" else time.perf_counter() - start
    return told(replace(record, seconds=seconds))


def check_case(case: Case, certified: bool = False, numbers: Sequence[int] | None = None) -> Record:
    """The record of a prepared case; ``numbers`` are the family's own numbers of its tasks."""
    require_subnormals()
    claim = case.claim
    head = (claim.id, claim.paper, case.edition, case.setting.family.name)
    told: dict[str, Any] = {"method": claim.method, "relative_to": case.relative_to}
    if case.reasons:
        return Record(*head, "vacuous", setting=describe(case), reason="; ".join(case.reasons), **told)
    try:
        both = sides(case)
    except OverflowError as error:
        if not case.relative_to:
            raise
        # A constant that is only claimed does not bound the path: its numbers may overflow.
        return Record(*head, "undecided", setting=describe(case), reason=str(error), **told)
    ratios = ratios_of(case, both)
    indices = doubtful(claim.index, both, ratios, certified | _left_to_balls(case, both))
    decisions = _decided(case, both, indices)
    verdict, worst = worst_of(claim.index, indices, decisions, ratios)
    decision = decisions.get(worst) or estimate_of(both, worst)
    left = len(indices) - len(decisions)
    estimated = both.estimated and not (claim.enclosed and decision.decided_by != "float")
    return Record(
        *head,
        verdict,
        ratio=ratio_of(decision, _value(both, worst, decision)),
        lhs=decision.lhs,
        rhs=decision.rhs,
        method="monte-carlo" if estimated else claim.method,
        decided_by=decision.decided_by,
        setting=describe(case, worst, numbers),
        checked=both.low.size,
        reason="; ".join(
            filter(None, (doubt(both, verdict, worst in decisions, left, case.setting.family), claim.units))
        ),
        relative_to=case.relative_to,
        attained=claim.attained_in(case.edition),
        **(_error_rates(case, both) if estimated else {}),
    )


def _value(both: Sides, index: Index, decision: Decision) -> float | None:
    """The estimated left side, where a decision rests on it."""
    if both.estimate is None or decision.decided_by != "float":
        return None
    return float(np.broadcast_to(both.estimate.value, both.low.shape)[index.key])


def _error_rates(case: Case, both: Sides) -> dict[str, Any]:
    """What an estimate states: its confidence, and which violation it would have shown."""
    delta, found = case.setting.delta, both.estimate
    rates: dict[str, Any] = {"confidence": 1 - delta, "false_alarm": delta}
    if found is None:
        return rates
    largest = float(np.max(found.detects))
    return rates | {"detects": largest if math.isfinite(largest) else None, "drawn": found.drawn}


def _left_to_balls(case: Case, both: Sides) -> Array:
    """Where no margin of float64 is proved and balls take no long time: all but what no operation rounds."""
    if case.claim.unit == "any":
        apart = np.ones(both.low.shape, dtype=bool)
        if case.claim.pairs:  # both sides are 0 where two points coincide
            apart &= case.claim.index.by_point((case.setting.w != case.setting.u).any(-1))
        return apart
    within = not (both.proved or both.estimated or case.claim.enclosed)
    within = within and short_enough(case.claim, case.setting) and runs_over_balls(case.setting.family)
    return within & (both.margin + both.slack > 0)


def _decided(case: Case, both: Sides, indices: Sequence[Index]) -> dict[Index, Decision]:
    """What float64 does not prove, taken further, until one is violated or too many stay undecided."""
    ties = [] if both.estimated else [index for index in indices if is_tie(both, index)]
    decisions = at_once(case, ties, "exact")
    if _left_to_balls(case, both).any():
        balls = at_once(case, [index for index in indices if index not in decisions], "arb")
        decisions |= {index: found for index, found in balls.items() if found.verdict != "undecided"}
    for index in [index for index in indices if index not in decisions][:CERTIFIED]:
        decisions[index] = _taken_further(case, both, index)
        found = [decision.verdict for decision in decisions.values()]
        if "violated" in found or found.count("undecided") == PATIENCE:
            break
    return decisions


def _taken_further(case: Case, both: Sides, index: Index) -> Decision:
    estimate = estimate_of(both, index)
    if (both.estimated and not case.claim.enclosed) or not runs_over_balls(case.setting.family):
        return estimate
    decision = certify(case, index, is_tie(both, index))
    if not case.claim.enclosed or decision.verdict != "undecided":
        return decision
    # The bound in float64 is the lower end of an enclosure: what it proves is only that it holds.
    return estimate._replace(verdict="holds" if estimate.verdict == "holds" else "undecided")


def describe(case: Case, index: Index | None = None, numbers: Sequence[int] | None = None) -> dict[str, Any]:
    """The setting of a case as JSON types, with one of its comparisons.

    ``numbers`` are the family's own numbers of the tasks that were compared.
    """
    claim, s, L = case.claim, case.setting, case.constants.L
    values: dict[str, Any] = {
        "steps": s.steps,
        "alpha": float(s.alpha),
        "alpha_L": None if L is None else float(Fraction(s.alpha) * Fraction(L)),
        "sizes": {"S": s.S, "D": s.D, "T": s.T, "B": s.B},
    }
    values |= {name: _json(getattr(s, name)) for name in claim.parameters}
    values["repeat"] = _repeat(claim, s)
    if index is not None:
        values |= {key: [float(x) for x in getattr(s, key)[index.point]] for key in ("w", "u")}
        values |= index.label(claim.items.get(case.edition, ()), numbers)
    return values


def _repeat(claim: Claim, s: Setting) -> dict[str, Any]:
    """What else repeats a setting exactly: rationals as text, and points that were not drawn."""
    values: dict[str, Any] = {"alpha": str(Fraction(s.alpha))}
    if "C_beta" in claim.parameters:
        values["C_beta"] = str(Fraction(s.C_beta))
    for name in ("w", "u"):
        if name not in s.drawn:
            values[name] = [[str(Fraction(x)) for x in point] for point in getattr(s, name)]
    names = ["rng", "budget", "replicates", "delta"] + ["detect"] * (s.detect is not None)
    return values | {"points": len(s.w)} | {name: getattr(s, name) for name in names}


def _json(value: Any) -> Any:
    return int(value) if Fraction(value).denominator == 1 else float(value)
