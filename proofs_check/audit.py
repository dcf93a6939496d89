"""The audit: decide every step of the ledger and turn the outcomes into records."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from proofs_check.certificates.base import Together
from proofs_check.certificates.kept import FORMAT, Checked, checked, kept
from proofs_check.engine.decide import decide
from proofs_check.engine.degenerate import equalities
from proofs_check.engine.describe import described
from proofs_check.engine.scope import meet
from proofs_check.goals import (
    CONSISTENT,
    PROVED,
    RANK,
    REFUTED,
    SUPPORTED,
    Goal,
    Outcome,
    Step,
    Witness,
)
from proofs_check.ledger import ledger

__all__ = ["DEPENDS", "audit", "certificates", "errata", "judge", "summary"]

DEPENDS = "depends on the reading"
FOR_ALL = ("all ", "a number")


def _decided(step: str, goal: Goal, prove: bool) -> Outcome:
    """By the certificate that ships, or anew; what the checker does not accept is not proved."""
    shipped = None if prove or isinstance(goal, Witness) else kept(step, goal)
    if shipped is not None:
        return Outcome(shipped["verdict"], Checked(shipped, shipped["method"]), shipped["scope"])
    out = decide(goal)
    if out.verdict not in (PROVED, CONSISTENT):
        return out
    shown = checked(goal, out.certificate)
    if shown is None:
        return Outcome(SUPPORTED, out.certificate, out.scope, note="no certificate that the checker accepts")
    return replace(out, certificate=shown)


def _conjunction(step: str, goals: tuple[Goal, ...], prove: bool, within: str = "") -> Outcome:
    """A reading is as strong as its weakest goal; what decided each goal is kept."""
    outcomes = [_decided(step, goal, prove) for goal in goals]
    worst = min(outcomes, key=lambda o: RANK[o.verdict])
    if worst.verdict != PROVED:
        return worst
    parts = Together(tuple(o.certificate for o in outcomes))
    return Outcome(worst.verdict, parts, meet(*(o.scope for o in outcomes), within))


def certificates(step: Step) -> dict[str, Any]:
    """What shows the goals of a step that are proved, each accepted by the checker, in JSON's types."""
    parts = []
    for label, goals in (*((r.label, r.goals) for r in step.readings), ("repair", step.repair)):
        for goal in goals:
            out = _decided(step.id, goal, prove=True)
            if isinstance(out.certificate, Checked):
                said = {"reading": label, "verdict": out.verdict, "scope": out.scope, "method": out.method}
                parts.append(said | out.certificate.part)
    rules = "; ".join(dict.fromkeys(p["certificate"]["rule"] for p in parts))
    return {"format": FORMAT, "step": step.id, "goal": step.printed, "rule": rules, "parts": parts}


def judge(step: Step, prove: bool = False) -> dict[str, Any]:
    """Record of one step, by shipped certificates where they show its goals; anew with ``prove``."""
    start = time.process_time()
    record: dict[str, Any] = {
        "step": step.id,
        "paper": step.where,
        "result": step.result,
        "printed": step.printed,
        "kind": step.kind,
        "verdict": step.kind,
        "scope": "",
        "method": "",
        "counterexample": None,
        "correction": None,
        "audit": step.audit,
        "statement": "statement" in step.tags,
        "reason": step.reason,
        "readings": [],
        "goals": [],
        "why": "",
        "consequence": "",
        "repair": None,
        "degenerate": [],
        "weight": 0,
        "root": "",
        "seconds": 0.0,
    }
    if step.kind not in ("relation", "units"):
        return record
    record["goals"] = [{"reading": r.label} | described(goal) for r in step.readings for goal in r.goals]
    outcomes = [
        (reading.label, _conjunction(step.id, reading.goals, prove, reading.within))
        for reading in step.readings
    ]
    verdicts = {outcome.verdict for _, outcome in outcomes}
    record["verdict"] = verdicts.pop() if len(verdicts) == 1 else DEPENDS
    shown = next((o for _, o in outcomes if o.verdict == REFUTED), outcomes[0][1])
    scope = meet(*(o.scope for _, o in outcomes)) if record["verdict"] == PROVED else shown.scope
    record |= {"scope": scope, "method": shown.method, "counterexample": shown.counterexample}
    if len(outcomes) > 1:
        record["readings"] = [
            {"reading": label, "verdict": o.verdict, "scope": o.scope} for label, o in outcomes
        ]
    if record["verdict"] in (REFUTED, DEPENDS):
        record |= {"correction": step.correction, "why": step.why, "weight": step.weight}
        record |= {"consequence": step.consequence, "root": step.root}
        if step.repair:
            fixed = _conjunction(step.id, step.repair, prove)
            record["repair"] = {
                "verdict": fixed.verdict,
                "how": step.repaired,
                "scope": fixed.scope,
                "method": fixed.method,
            }
    record["degenerate"] = equalities(step)
    record["seconds"] = round(time.process_time() - start, 4)
    return record


def audit(ids: tuple[str, ...] = (), prove: bool = False) -> list[dict[str, Any]]:
    """Decide the steps, displays or claims named (all of them by default).

    A goal that has a certificate is checked by that; with ``prove`` every goal is decided anew.

    Returns
    -------
    list of dict
        One record a step, in the paper's order, with the keys of the record contract: ``step, paper,
        result, printed,
        verdict, scope, method, counterexample, correction`` and more.

    Raises
    ------
    ValueError
        If a name fits no step.
    """
    return [judge(step, prove) for step in ledger(tuple(ids))]


def errata(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Records of refuted steps, most important first."""
    refuted = [r for r in records if r["verdict"] == REFUTED]
    return sorted(refuted, key=lambda r: -r["weight"])


def summary(records: list[dict[str, Any]]) -> dict[str, int | float]:
    """Counts by verdict, and the share of relations decided for all N; checks of units are none of them."""
    out: dict[str, int | float] = {}
    for record in records:
        out[record["verdict"]] = out.get(record["verdict"], 0) + 1
    relations = [r for r in records if r["kind"] == "relation"]
    # A counterexample refutes a claim made for all N; a proof counts if its scope is all N.
    final = [
        r
        for r in relations
        if r["verdict"] in (REFUTED, DEPENDS) or (r["verdict"] == PROVED and r["scope"].startswith(FOR_ALL))
    ]
    out["distinct errata"] = sum(1 for r in errata(records) if not r["root"])
    out["relations"] = len(relations)
    out["decided for all N"] = len(final)
    return out
