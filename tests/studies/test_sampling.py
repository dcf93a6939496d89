"""Random instances with exact left sides: true editions hold, and a bound that is too small does not."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from maml_verify import claims
from maml_verify.__main__ import main
from maml_verify.claims import CLAIMS, find_claim
from maml_verify.studies.random_checks import sample, sample_claim


@pytest.mark.parametrize("edition", ["derived", "sharp", "beyond"])
def test_the_edition_holds_on_random_instances(edition, record_property):
    records = list(sample(editions=(edition,), checks=2500, jobs=1))
    assert {r.claim for r in records} == {c.id for c in CLAIMS if edition in c.editions}
    assert {r.verdict for r in records} == {"holds"}
    assert {r.method for r in records if r.decided_by != "float"} <= {"exact", "closed-form"}
    checked = sum(r.checked for r in records)
    assert checked >= 2500
    links = len({r.family for r in records})
    record_property(
        "counted", f"{edition} editions: {checked:,} random exact checks on {links} links, all hold"
    )


def test_a_bound_that_is_too_small_does_not_hold(monkeypatch):
    claim = find_claim("path-stability")
    sharp = claim.editions["sharp"]
    wrong = replace(claim, editions={"sharp": lambda c, p, o: sharp(c, p, o) * 9 / 10})
    monkeypatch.setattr(claims, "CLAIMS", tuple(wrong if c is claim else c for c in CLAIMS))
    assert "violated" in {r.verdict for r in sample_claim("path-stability", "sharp", 2000)}


def test_the_command_prints_how_many_were_checked(capsys):
    arguments = ["sample", "path-gradient", "--edition", "sharp", "--checks", "500"]
    assert main([*arguments, "--jobs", "1", "--format", "json"]) == 0
    out, err = capsys.readouterr()
    assert {r["claim"] for r in json.loads(out)} == {"path-gradient"}
    assert "0 violated, 0 undecided, 0 vacuous" in err
    assert main(["sample", "path-gradient", "--edition", "derived"]) == 2
