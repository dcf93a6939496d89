"""`conjecture "LEFT <= RIGHT"`: verdict, witness, units and power in every format; bad text gets a caret."""

import csv
import io
import json

import pytest

from maml_verify.__main__ import main
from maml_verify.claims import all_claims
from maml_verify.claims.own import UNNAMED
from maml_verify.studies.power import Power

TRUE = "norm(dl(w) - dl(u)) <= L * norm(w - u)"
FEW = ["--evaluations", "40", "--seconds", "60", "--steps", "1", "--jobs", "1", "--planted", "20"]


def ran(capsys, bound, *words):
    code = main(["conjecture", bound, *words])
    return code, capsys.readouterr()


def test_a_bound_that_holds_is_told_with_its_ratio_units_and_power(capsys):
    code, shown = ran(capsys, TRUE, "--where", "alpha*L <= 1", *FEW)
    lines = shown.out.splitlines()
    assert code == 0
    assert lines[:2] == [TRUE, "where alpha*L <= 1"]
    assert lines[2].startswith("holds: the worst of ")
    assert "has lhs/rhs = 1 at N = 1" in lines[2]
    assert lines[3] == "units: the two sides agree"
    assert lines[4].startswith("planted errors: ")
    assert "wrong versions refuted" in lines[4]
    assert lines[5].startswith("1 checked (")
    # It was known while the command ran.
    assert UNNAMED not in {claim.id for claim in all_claims()}


def test_a_false_one_is_violated_with_a_witness_that_replays(capsys, tmp_path):
    false = "norm(dl(w) - dl(u)) <= L/2 * norm(w - u)**2"
    code, shown = ran(capsys, false, "--id", "mine", "--witnesses", str(tmp_path), "--format", "json", *FEW)
    (record,) = json.loads(shown.out)
    assert code == 1
    assert (record["verdict"], record["decided_by"] in ("arb", "exact")) == ("violated", True)
    assert (record["bound"], record["claim"]) == (false, "mine")
    assert record["units"] == "the left side scales as c^(1) s^(-1), the right as c^(1)"
    assert record["witness"] == str(tmp_path / "mine.json")
    assert main(["replay", record["witness"]]) == 1
    assert "mine (printed)" not in capsys.readouterr().out


@pytest.mark.parametrize("style", ["markdown", "latex", "csv"])
def test_the_other_formats_have_a_row(capsys, style):
    code, shown = ran(capsys, TRUE, "--format", style, *FEW, "--planted", "1")
    assert code == 0
    assert "holds" in shown.out
    if style == "csv":
        (row,) = csv.DictReader(io.StringIO(shown.out))
        assert (row["bound"], row["verdict"], row["units"]) == (TRUE, "holds", "agree")


# What is typed, the place that the caret points at, and why.
BAD = [
    ("norm(dL(w)) <= Lo * norm(w)", "Lo *", "did you mean L?"),
    ("norm(dL(w) <= L * norm(w)", "(dL(w) <= L", "this bracket is not closed"),
    ("dL(w) <= L * norm(w)", "<= L", "a vector is compared"),
    ("norm(dL(w)) <= L ** norm(w)", "** norm(w)", "an exponent that depends on the problem"),
    ("norm(dL(w)) <= 2 ** w", "** w", "a power by or of a vector"),
    ("norm(dL(w))" + " + norm(dL(w))" * 9 + " <= Lo * norm(w)", "Lo *", "did you mean L?"),
]


@pytest.mark.parametrize(("text", "place", "why"), BAD, ids=[why for _, _, why in BAD])
def test_bad_text_is_one_line_and_a_caret_at_the_place(capsys, text, place, why):
    for words in ([text], ["0 <= L", "--where", text]):
        code, shown = ran(capsys, *words)
        assert code == 2
        said, part, caret = shown.err.splitlines()
        assert why in said or (words[0] != text and "in a condition" in said)
        assert len(part) <= 80
        assert len(caret) <= 80
        if words[0] == text:
            assert part[caret.index("^") :].startswith(place)
    assert not shown.out


def test_other_bad_input_is_one_line(capsys):
    for words, why in [
        (["0 <= L", "--needs", "M"], "rule: one of L, rho"),
        (["0 <= L", "--id", "My bound"], "rule: small letters"),
        (["0 <= L", "--id", "path-stability"], "another claim has it"),
        ([TRUE, "--where", "alpha*L < 0", *FEW], "rule: a budget in which an instance is found"),
    ]:  # fmt: skip
        code, shown = ran(capsys, *words)
        assert code == 2
        (line,) = shown.err.splitlines()
        assert why in line


def test_the_power_says_what_was_missed_and_what_there_was_no_time_for():
    assert str(Power()) == "planted errors: none was tried, no measured power"
    assert str(Power(("a",), ("b",), ("c", "d"))) == (
        "planted errors: 1 of 2 wrong versions refuted; not refuted: b; no time for 2 more"
    )
