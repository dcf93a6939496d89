"""A record can be repeated, in Python and on the command line, to the same verdict and ratio.

The default table takes a quarter of a minute: here each of its cells is one family of its column at N = 2.
CI gives the file of the whole table, in every edition, in MAML_VERIFY_TABLE.
"""

import json
import os
import shlex
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from maml_verify import Record, check
from maml_verify.__main__ import main
from maml_verify.claims import CLAIMS
from maml_verify.studies.sweep import cells, run_cell
from problems import cosine, cubic
from problems.ridge_sums.named import COLUMNS

STORED = os.environ.get("MAML_VERIFY_TABLE")


def records():
    if STORED:
        stored = json.loads(Path(STORED).read_text(encoding="utf-8"))
        return [Record(**{k: v for k, v in one.items() if k != "repeat"}) for one in stored]
    return [run_cell(cell._replace(member=1)).record for cell in cells(steps=(2,))]


def repeated(capsys, command):
    """The record that a command line prints; None where nothing was checked."""
    program, *arguments = shlex.split(command)
    assert program == "maml-verify"
    code = main([*arguments, "--format", "json"])
    captured = capsys.readouterr()
    if code == 2:
        assert "nothing was checked" in captured.err
        return None
    (record,) = json.loads(captured.out)
    return record


def test_each_cell_of_the_table_is_repeated(capsys):
    found = records()
    assert len(found) >= len([c for c in CLAIMS if "printed" in c.editions]) * len(COLUMNS)
    for record in found:
        again = check(record.claim, record.family, **record.arguments())
        assert (again.verdict, again.family) == (record.verdict, record.family), record
        assert record.ratio is None or again.ratio == pytest.approx(record.ratio, rel=1e-9), record
        typed = repeated(capsys, record.command())
        if record.verdict == "vacuous":
            assert typed is None
        else:
            assert (typed["verdict"], typed["ratio"]) == (again.verdict, again.ratio)
            assert typed["repeat"] == record.command()


def test_a_whole_column_says_which_of_its_families_is_shown():
    (cell,) = cells(["path-second-moment"], ["cubic-well"], steps=(4,), alpha_L=Fraction(1, 50))
    shown = run_cell(cell).record
    own = [run_cell(cell._replace(member=k)).record for k in range(7)]
    assert shown.setting["variant"] == max(
        range(7), key=lambda k: (own[k].verdict == "violated", own[k].ratio)
    )
    assert f"variant={shown.setting['variant']};" in str(shown)


def test_a_family_drawn_by_its_name_is_repeated_with_its_seed(capsys):
    record = check("estimator-bias", "cosine", alpha_L=Fraction(1, 20), steps=2, rng=7, S=2)
    typed = repeated(capsys, record.command())
    assert (typed["verdict"], typed["ratio"]) == (record.verdict, record.ratio)
    other = check("estimator-bias", "cosine", alpha_L=Fraction(1, 20), steps=2, rng=8, S=2)
    assert other.ratio != record.ratio


def test_points_that_were_given_are_kept_exactly(capsys):
    w = [[Fraction(1, 3), Fraction(-2, 7)], [0.1, 1e-300]]
    record = check("path-stability", "cubic", alpha=0.1, steps=3, w=w)
    assert check("path-stability", "cubic", **record.arguments()).lhs == record.lhs
    assert repeated(capsys, record.command())["lhs"] == list(record.lhs)


def test_an_estimate_is_repeated_with_its_seed_and_its_rate(capsys):
    record = check(
        "path-second-moment", "cubic", alpha_L=0.1, steps=3, S=2, budget=0, replicates=500, delta=1e-3, rng=5
    )
    assert record.method == "monte-carlo"
    assert repeated(capsys, record.command())["lhs"] == list(record.lhs)


def test_a_family_of_the_users_is_repeated_in_python_alone():
    family = cubic(rng=3)
    record = check("path-stability", family, alpha_L=Fraction(1, 10), steps=2)
    assert record.command() == ""
    assert "repeat" not in record.to_dict()
    assert check("path-stability", family, **record.arguments()).ratio == record.ratio


MORE = [
    "",
    "--split-rng 3",
    "--features q p --intercept",
    "--standardise --positive=0 --sample 4",
    "--link quadratic",
]


@pytest.mark.parametrize("more", MORE)
@pytest.mark.parametrize("rng", ["0", "2"])
def test_a_record_on_data_names_the_data_and_all_that_was_said_of_it(tmp_path, capsys, rng, more):
    rows = np.random.default_rng(0).integers(-4, 5, (12, 2)) / 4
    lines = [f"{a},{b},{k % 2},{k // 6}" for k, (a, b) in enumerate(rows)]
    path = tmp_path / "two tasks.csv"
    path.write_text("\n".join(["p,q,y,t", *lines]) + "\n")
    data = ["--data", str(path), "--label", "y", "--task", "t", "--rng", rng, *more.split()]
    line = ["table", "finite-sum-gradient-gap", *data, "--steps", "2", "--jobs", "1", "--format", "json"]
    assert main(line) == 0
    (record,) = json.loads(capsys.readouterr().out)
    typed = repeated(capsys, record["repeat"])
    assert (typed["verdict"], typed["ratio"]) == (record["verdict"], record["ratio"])


def test_a_variant_is_checked():
    given = {"alpha_L": Fraction(1, 10), "steps": 1}
    with pytest.raises(ValueError, match=r"variant = 99; rule: below 6, as cosine has so many"):
        check("estimator-bias", "cosine", variant=99, **given)
    with pytest.raises(ValueError, match=r"variant = -1; rule: at least 0"):
        check("estimator-bias", "cosine", variant=-1, **given)
    with pytest.raises(TypeError, match=r"variant = 1\.5; rule: an integer"):
        check("estimator-bias", "cosine", variant=1.5, **given)
    with pytest.raises(ValueError, match=r"variant = 0 of a family; rule: with the name of one"):
        check("estimator-bias", cosine(), variant=0, **given)
