"""The ledger leaves nothing out, and every verdict of the audit is backed by what its record says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from latex_source import faults

from maml_verify.claims import CLAIMS
from proofs_check.audit import DEPENDS, audit, errata, summary
from proofs_check.goals import CONSISTENT
from proofs_check.ledger import LEAVES, ledger, missing
from proofs_check.pages.render import FORMATS, render

FOLDER = Path(__file__).parents[2] / "proofs_check" / "proofs" / "printed"
PAGE = Path(__file__).parents[2] / "docs" / "errata.md"
KEYS = {"step", "paper", "result", "printed", "verdict", "scope", "method", "counterexample", "correction"}


def test_every_display_and_result_has_an_entry() -> None:
    assert missing(ledger()) == []


def test_a_missing_display_is_noticed() -> None:
    assert missing(tuple(s for s in ledger() if not s.id.startswith("eq-33"))) == ["eq-33"]


def test_printed_corollary_constants_have_entries() -> None:
    ids = {step.id for step in ledger()}
    wanted = {f"eq-45.{c}" for c in "abcde"} | {f"eq-46.{c}" for c in "abcd"} | {f"eq-47.{c}" for c in "abc"}
    wanted |= {"eq-48.xi", "eq-48.phi.a", "eq-48.theta.a", "eq-48.theta.b", "eq-48.chi", "corollary-6/C_squ3"}
    wanted |= {f"eq-61.{c}" for c in "abc"} | {f"eq-62.{c}" for c in "abcdef"}
    wanted |= {"eq-63.theta", "eq-63.phi", "eq-63.xi"}
    assert wanted <= ids


def test_the_table_of_files_names_all_that_they_hold_and_nothing_else() -> None:
    for leaf in LEAVES:
        held = {name for step in leaf.steps() for name in (step.id, step.result)}
        assert all(leaf.may_hold(name) for name in held), leaf.module
        whole = {name for name in leaf.names if any(re.match(rf"{name}([./]|$)", h) for h in held)}
        assert whole == set(leaf.names), leaf.module


def test_what_is_named_is_taken_from_the_whole_ledger() -> None:
    steps = ledger()
    assert ledger(("eq-48",)) == tuple(s for s in steps if s.id.startswith("eq-48."))
    assert ledger(("mean-gradient",)) == tuple(s for s in steps if s.result == "mean-gradient")
    assert ledger(("corollary-6",)) == tuple(s for s in steps if s.id.startswith("corollary-6/"))
    assert ledger(("derived",)) == tuple(s for s in steps if s.id.startswith("derived/"))
    assert [s.id for s in ledger(("eq-48.chi", "eq-3"))] == ["eq-3", "eq-48.chi"]


def test_one_step_is_built_without_the_files_of_the_others() -> None:
    code = "from proofs_check import ledger; ledger.ledger(('eq-48.chi',)); print(ledger._built.cache_info())"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "misses=1," in run.stdout


def test_the_audit_of_what_is_named_is_a_part_of_the_whole(records: list[dict[str, Any]]) -> None:
    def timeless(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [record | {"seconds": 0.0} for record in found]

    assert [r["step"] for r in records] == [step.id for step in ledger()]
    part = [r for r in records if r["step"].startswith("lemma-1") or r["result"] == "setup"]
    names = (*(f"lemma-{i}" for i in range(11, 20)), "setup")
    assert timeless(audit(names)) == timeless(part)


def test_unknown_names_are_an_error() -> None:
    with pytest.raises(ValueError, match="eq-99"):
        ledger(("eq-99",))


def test_records_have_the_keys_and_verdicts_of_the_contract(records: list[dict[str, Any]]) -> None:
    allowed = {"proved", "refuted", "supported", "definition", "not legible", DEPENDS, CONSISTENT}
    assert all(set(r) >= KEYS for r in records)
    assert {r["verdict"] for r in records} <= allowed


def test_nine_in_ten_relations_are_decided_for_all_N(records: list[dict[str, Any]]) -> None:
    counts = summary(records)
    assert counts["decided for all N"] >= 0.9 * counts["relations"]


def test_every_refutation_has_a_counterexample_by_two_routes(records: list[dict[str, Any]]) -> None:
    for record in records:
        read = {reading["verdict"] for reading in record["readings"]}
        if "refuted" in (record["verdict"], *read):
            assert len(record["counterexample"]["routes"]) == 2, record["step"]


def test_every_erratum_says_why_and_how_to_mend_it(records: list[dict[str, Any]]) -> None:
    for record in records:
        if record["verdict"] == "refuted":
            assert record["why"], record["step"]
            assert record["correction"], record["step"]


def test_every_relation_shows_both_sides_and_its_hypotheses(records: list[dict[str, Any]]) -> None:
    for record in records:
        assert bool(record["goals"]) == (record["verdict"] not in ("definition", "not legible"))
        assert all(g["left"] and g["right"] and g["relation"] for g in record["goals"])
        if record["verdict"] not in ("definition", "not legible"):
            assert record["reason"], record["step"]
        if record["counterexample"]:
            assert record["counterexample"]["hypotheses"], record["step"]


def test_every_false_step_has_a_proved_repair(records: list[dict[str, Any]]) -> None:
    for record in records:
        if record["verdict"] == "refuted" and record["audit"] == "step":
            assert record["repair"]["verdict"] == "proved", record["step"]
            assert record["consequence"], record["step"]


def test_every_claim_has_its_proof() -> None:
    results = {step.result for step in ledger()}
    for claim in CLAIMS:
        if "reported" in claim.editions:
            # Of a paper whose text was not seen: there is no proof to be checked.
            continue
        assert claim.id in results
        # What the paper doesn't state shares a file with what it strengthens.
        assert "/" in claim.id or (FOLDER / f"{claim.id.replace('-', '_')}.py").exists()


def test_every_repair_and_every_derived_step_is_proved(records: list[dict[str, Any]]) -> None:
    for record in records:
        if record["repair"]:
            assert record["repair"]["verdict"] == "proved", record["step"]
        if record["audit"] == "derived":
            assert record["verdict"] == "proved", record["step"]


def test_the_audit_takes_less_than_two_minutes(records: list[dict[str, Any]]) -> None:
    assert sum(r["seconds"] for r in records) < 120


@pytest.mark.parametrize("style", FORMATS)
def test_each_format_shows_the_errata(records: list[dict[str, Any]], style: str) -> None:
    out = render(records, style)
    assert "eq-59.c" in out.replace(r"\allowbreak ", "")
    if style == "json":
        assert len(json.loads(out)) == len(records)
    if style == "latex":
        assert faults(out) == []
        assert out.startswith(r"\documentclass")


def test_statements_that_survive_a_broken_proof_are_proved(records: list[dict[str, Any]]) -> None:
    verdicts = {r["step"]: r["verdict"] for r in records if r["statement"]}
    assert len(verdicts) >= 19
    for survivor in ("eq-16", "eq-18", "lemma-16/statement", "proposition-8/statement"):
        assert verdicts[survivor] == "proved", survivor
    for false in ("proposition-2/second-moment", "lemma-15/statement", "theorem-9/statement"):
        assert verdicts[false] == "refuted", false


def test_errata_are_ranked(records: list[dict[str, Any]]) -> None:
    weights = [r["weight"] for r in errata(records)]
    assert weights == sorted(weights, reverse=True)
    assert weights


def test_the_errata_page_is_up_to_date(records: list[dict[str, Any]]) -> None:
    command = "maml-verify audit --format markdown --output docs/errata.md"
    assert PAGE.read_text() == render(records, "markdown"), f"run {command}"


def test_every_root_is_itself_an_erratum(records: list[dict[str, Any]]) -> None:
    refuted = {r["step"] for r in errata(records)}
    roots = {r["root"] for r in records if r["root"]}
    assert roots
    assert roots <= refuted
