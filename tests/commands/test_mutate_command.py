"""``maml-verify mutate``: what was missed is said, and nothing planted is no success."""

from __future__ import annotations

import json

import pytest

from maml_verify.__main__ import main
from maml_verify.commands import mutate as command
from maml_verify.studies.mutate import FALSE, OPEN, TRUE, Mutant


def planted(monkeypatch, *mutants):
    monkeypatch.setattr(command, "mutate", lambda ids, **options: iter(mutants))


def mutant(kind, *, found, known=False):
    return Mutant(
        "path-stability", "sharp", f"{kind} {'' if found else 'not '}found", kind, known, found, 0.1
    )


def test_nothing_planted_is_an_error(monkeypatch, capsys):
    planted(monkeypatch)
    assert main(["mutate", "path-stability"]) == 2
    what = "nothing was planted, no measured power: path-stability"
    err = f"maml-verify: {what}; rule: at least one error that changes a bound\n"
    assert capsys.readouterr() == ("", err)


@pytest.mark.parametrize("style", ["text", "json"])
def test_only_what_was_missed_is_listed(style, monkeypatch, capsys):
    every = [
        mutant(kind, found=found, known=kind == FALSE)
        for kind in (FALSE, TRUE, OPEN)
        for found in (True, False)
    ]
    planted(monkeypatch, *every)
    assert main(["mutate", "path-stability", "--format", style]) == 1
    out = capsys.readouterr().out
    if style == "json":
        found = json.loads(out)
        assert [m["error"] for m in found["mutants"]] == [m.error for m in every]
        assert found["summary"] == {
            "false mutants refuted by search": "1 of 2",
            "true mutants refuted": "1 of 2",
        }
        return
    listed = [line for line in out.splitlines() if "refuted: path-stability, " in line]
    assert listed == [
        "false, not refuted: path-stability, false not found",
        "true, refuted: path-stability, true found",
    ]


def test_all_refuted_and_nothing_true_is_a_success(monkeypatch, capsys):
    planted(
        monkeypatch,
        mutant(FALSE, found=True, known=True),
        mutant(TRUE, found=False),
        mutant(OPEN, found=True),
    )
    assert main(["mutate", "path-stability"]) == 0
    assert "refuted: path-stability, " not in capsys.readouterr().out
