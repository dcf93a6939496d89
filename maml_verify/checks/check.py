"""Check one statement on one family: ``check("estimator-bias", family, alpha_L=0.1, steps=3)``."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

from maml_verify.checks.both_sides import refuse_overflow, sides
from maml_verify.checks.certify import certify, exact_ties
from maml_verify.checks.columns import column as column_of
from maml_verify.checks.verdict import doubt, doubtful, estimate_of, is_tie, ratio_of, ratios_of, worst_of
from maml_verify.claims import Claim, find_claim
from maml_verify.record import Record
from maml_verify.settings import (
    BUDGET,
    DELTA,
    POINTS,
    REPLICATES,
    RUNS,
    Progress,
    Setting,
    exact_constants,
    exact_parameters,
    setting,
    silent,
)
from maml_verify.theory.symbols import Constants
from problems import FAMILIES, Ridge
from problems.known import Known
from problems.names import unknown
from problems.ridge_sums.ridge import weighted_tasks, without_idle_tasks
from problems.rounding import require_subnormals
from problems.validation import count, float_or_inf, positive

__all__ = ["as_variant", "check", "check_setting", "constants", "describe", "unmet_assumptions"]

# Comparisons a record certifies one by one, and those left undecided after which it gives up.
CERTIFIED = 200
PATIENCE = 2


def check(
    claim: str | Claim,
    family: Ridge | str,
    *,
    alpha: Any = None,
    alpha_L: Any = None,
    steps: Any,
    edition: str = "printed",
    known: Known | None = None,
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
    replicates: int = REPLICATES,
    delta: float = DELTA,
    progress: Progress = silent,
) -> Record:
    """Compare both sides of a statement on a family.

    Parameters
    ----------
    claim : str or Claim
        Statement id, such as ``estimator-bias``, or a claim.
    family : Ridge or str
        A family, or the name of one of ``problems.FAMILIES``, drawn from ``rng``.
    alpha, alpha_L : number
        Inner step size (scales as s^2/c where lengths scale as s and losses as c), or alpha times L, which
        has no unit; one of them.
    steps : int
        N >= 0.
    edition : str
        Which edition of the bound.
    known : Known, optional
        Constants of the family where they have been computed before.
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
        Of such an estimate; delta is its probability of a false alarm.
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
    if edition not in found.editions:
        raise unknown("edition", edition, found.editions)
    column = family if isinstance(family, str) else None
    family = _family(found, family, variant, rng)
    known = found.known(family) if known is None else known
    if (alpha is None) == (alpha_L is None):
        raise ValueError(f"alpha = {alpha}, alpha_L = {alpha_L}; rule: exactly one of them")
    if alpha is None:
        alpha = Fraction(positive("alpha_L", alpha_L)) / Fraction(known.L.value)
    given = {"points": points, "rng": rng, "S": S, "D": D, "T": T, "B": B, "K": K, "C_beta": C_beta}
    given |= {"B_prime": B_prime, "D_L": D_L, "runs": runs}
    given |= {"budget": budget, "replicates": replicates, "delta": delta}
    s = setting(family, alpha=alpha, steps=steps, w=w, u=u, **given).but(progress=progress)
    record = check_setting(found, s, edition, known)
    return record if column is None else as_variant(record, column, variant)


def _family(claim: Claim, family: Ridge | str, variant: int | None, rng: int) -> Ridge:
    """The family itself, one drawn by its name, or the variant of a column."""
    if not isinstance(family, str):
        if not isinstance(family, Ridge):
            raise TypeError(f"family = {family!r}; rule: a family or the name of one")
        if variant is not None:
            raise ValueError(f"variant = {variant!r} of a family; rule: with the name of one")
        return family
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
    certified : leave no case to float64, however clear

    Raises
    ------
    ArithmeticError
        If the process flushes subnormal numbers to zero; OverflowError where a side is beyond float64.
    """
    start = time.perf_counter()
    require_subnormals()
    known = known or claim.known(s.family)
    numbers = weighted_tasks(s.family)
    s = prepared(claim, s.but(family=without_idle_tasks(s.family)), edition, known)
    head = (claim.id, claim.paper, edition, s.family.name)
    c = s.constants
    assert c is not None
    unmet = unmet_assumptions(claim, edition, s, known)
    if unmet:
        described = describe(claim, s, known)
        return Record(*head, "vacuous", setting=described, reason="; ".join(unmet), method=claim.method)
    both = sides(claim, edition, s, c)
    ratios = ratios_of(claim, s, both)
    cases = doubtful(both, ratios, certified)
    ties = [] if both.estimated else [case for case in cases if is_tie(both, case)]
    decisions = exact_ties(claim, edition, s, c, ties)
    for case in [case for case in cases if case not in decisions][:CERTIFIED]:
        if both.estimated and not claim.enclosed:
            decisions[case] = estimate_of(both, case)
        else:
            decisions[case] = certify(claim, edition, s, c, case, is_tie(both, case))
            if claim.enclosed and decisions[case].verdict == "undecided":
                estimate = estimate_of(both, case)
                # The bound in float64 is the lower end of an enclosure: what it proves is only that it holds.
                holds = estimate.verdict == "holds"
                decisions[case] = estimate._replace(verdict="holds" if holds else "undecided")
        found = [decision.verdict for decision in decisions.values()]
        if "violated" in found or found.count("undecided") == PATIENCE:
            break
    verdict, worst = worst_of(cases, decisions, ratios)
    decision = decisions.get(worst) or estimate_of(both, worst)
    estimated = both.estimated and not (claim.enclosed and decision.decided_by != "float")
    return Record(
        *head,
        verdict,
        ratio=ratio_of(decision),
        lhs=decision.lhs,
        rhs=decision.rhs,
        method="monte-carlo" if estimated else claim.method,
        decided_by=decision.decided_by,
        setting=describe(claim, s, known, worst, numbers),
        seconds=time.perf_counter() - start,
        checked=both.low.size,
        reason=doubt(both, verdict, worst in decisions, len(cases) - len(decisions)),
        confidence=1 - s.delta if estimated else None,
        attained=claim.attained if edition == "sharp" else "",
    )


def prepared(claim: Claim, s: Setting, edition: str, known: Known) -> Setting:
    """The setting with constants and edition, and with what was left free chosen as the claim says."""
    _refuse_beyond(claim, known)
    c = constants(known)
    refuse_overflow(s, c)
    s = s.but(constants=c, edition=edition, noiseless=known.sigma_g.value == 0)
    if claim.prepare is None or any(getattr(c, name) is None for name in claim.needs):
        return s
    return claim.prepare(s, exact_constants(c))


@lru_cache(maxsize=256)
def constants(known: Known) -> Constants:
    """The numbers alone; None, which no bound can use, where there is none that float64 can hold."""
    values = (getattr(known, name).value for name in Constants._fields)
    return Constants(*(value if math.isfinite(float_or_inf(value)) else None for value in values))


def _refuse_beyond(claim: Claim, known: Known) -> None:
    """Refuse constants that a claim needs and that are rationals beyond float64."""
    for name in claim.needs:
        constant = getattr(known, name)
        if constant.flag != "none" and math.isinf(float_or_inf(constant.value)):
            rule = f"rule: {name} within float64 (at most 1.8e308), as in other units"
            raise OverflowError(f"{name} of the family is finite and beyond float64; {rule}")


def unmet_assumptions(claim: Claim, edition: str, s: Setting, known: Known) -> list[str]:
    """The assumptions of an edition that are not met, by name, decided in exact arithmetic."""
    lacking = [name for name in claim.needs if getattr(known, name).flag == "none"]
    if not known.lower_bounded.value:
        lacking.insert(0, "lower_bounded")
    if lacking:
        return [f"{name}: {getattr(known, name).reason}" for name in lacking]
    c, p = exact_constants(s.constants or constants(known)), exact_parameters(s)
    for name, margin, why in claim.assumptions[edition]:
        if not margin(c, p) > 0:
            # One that does not hold may leave the next without a meaning.
            return [f"not met: {name}" + (f": {why(c, p)}" if why else "")]
    return []


def describe(
    claim: Claim,
    s: Setting,
    known: Known,
    case: tuple[int, ...] | None = None,
    numbers: Sequence[int] | None = None,
) -> dict[str, Any]:
    """A setting as JSON types, with the case an index into `Sides` names.

    ``numbers`` are the family's own numbers of the tasks that were compared.
    """
    values: dict[str, Any] = {
        "steps": s.steps,
        "alpha": float(s.alpha),
        "alpha_L": float(Fraction(s.alpha) * Fraction(known.L.value)),
        "sizes": {"S": s.S, "D": s.D, "T": s.T, "B": s.B},
    }
    values |= {name: _json(getattr(s, name)) for name in claim.parameters}
    values["repeat"] = _repeat(claim, s)
    if case is not None:
        point = case[1] if claim.over else case[0]
        values |= {key: [float(x) for x in getattr(s, key)[point]] for key in ("w", "u")}
        if claim.over == "item":
            values["item"] = claim.items[s.edition][case[0]] if claim.items else case[0] + 1
        elif claim.over:
            values["task"] = numbers[case[0]] if numbers else case[0]
        if claim.over == "task-step":
            values["j"] = case[2]
    return values


def _repeat(claim: Claim, s: Setting) -> dict[str, Any]:
    """What else repeats a setting exactly: rationals as text, and points that were not drawn."""
    values: dict[str, Any] = {"alpha": str(Fraction(s.alpha))}
    if "C_beta" in claim.parameters:
        values["C_beta"] = str(Fraction(s.C_beta))
    for name in ("w", "u"):
        if name not in s.drawn:
            values[name] = [[str(Fraction(x)) for x in point] for point in getattr(s, name)]
    names = ("rng", "budget", "replicates", "delta")
    return values | {"points": len(s.w)} | {name: getattr(s, name) for name in names}


def _json(value: Any) -> Any:
    return int(value) if Fraction(value).denominator == 1 else float(value)
