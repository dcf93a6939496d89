"""Every constant of the paper beside what is measured: shares are what the statements leave."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from maml_verify import find_claim
from maml_verify.__main__ import main
from maml_verify.studies.measured_constants import measured_constants
from maml_verify.theory import paper_constants
from maml_verify.theory.paper_constants import PAPER_CONSTANTS, STATEMENTS, TOGETHER, shares
from maml_verify.theory.symbols import Constants, Observed, Parameters
from problems import quadratic, ridge

NAMES = {
    "C_L", "L_w", "C_err1", "C_err2", "C_squ1", "C_squ2", "C_squ3", "A_squ1", "A_squ2", "C_b", "C_1", "C_2",
    "chi", "xi", "phi", "theta",
}  # fmt: skip
C = Constants(1.0, 0.7, 0.3, 0.2, 0.4, 0.25, 0.1)
P = Parameters(0.05, 2, None, S=4, D=2, T=3, B=5, K=1, C_beta=100)
O = Observed(distance=0.5, gradient=1.3, support_gradient=1.1, meta_gradient=0.9, gap=2.0)


def test_every_constant_of_the_paper_is_there_in_every_edition_that_has_it():
    assert {one.name for one in PAPER_CONSTANTS} == NAMES
    for one in PAPER_CONSTANTS:
        assert "printed" in one.editions
        assert set(one.editions) <= set(find_claim(one.statement).editions)


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize("factor", [0.3, 0.999, 1.7])
def test_a_constant_with_its_share_makes_both_sides_equal(statement, factor, monkeypatch):
    monkeypatch.setattr(paper_constants, "ROUNDING", 0.0)
    bound = find_claim(statement).editions["printed"]
    values = {
        one.name: one.editions["printed"](C, P) for one in PAPER_CONSTANTS if one.statement == statement
    }
    lhs = np.array([factor * float(bound(C, P, O))])
    found = shares(statement, values, lhs, C, P, O)
    assert found.pop(TOGETHER, found.get("L_w")) == pytest.approx([factor])
    assert found.keys() == values.keys()
    names = [name for name in values if name != "L_w"]
    for name in names:
        share = float(found[name][0])
        assert (share > 1) == (factor > 1)
        if share <= 0:
            continue
        # With the constant alone changed, the statement is attained.
        largest = name in ("C_1", "theta")
        changed = values | {name: values[name] / share if largest else values[name] * share}
        again = shares(statement, changed, lhs, C, P, O)
        assert again.get(TOGETHER, again.get("L_w")) == pytest.approx([1.0])


def rows_of(family, **options):
    usual = {"steps": 2, "alpha_L": 1 / 16, "sizes": {}, "points": 20, "evaluations": 0}
    return measured_constants(family, **(usual | options))


def test_the_plateau_attains_the_smoothness():
    well = ridge("cubic-well", [[[1.0]]])
    rows = {
        (r["constant"], r["statement"]): r
        for r in rows_of(well, evaluations=60, seconds=60)
        if r["edition"] == "printed"
    }
    assert rows["L_w", "meta-smoothness"]["ratio"] == pytest.approx(1, abs=0.01)
    assert rows["L_w", "meta-smoothness"]["searched"] <= 1
    assert all(r["ratio"] <= 1 for r in rows.values() if not math.isnan(r["ratio"]))
    # Of one atom and one task no noise is left to measure.
    assert math.isnan(rows["C_err1", "estimator-bias"]["ratio"])


def test_families_of_a_file_and_of_data_have_constants_too(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(
        "from problems import quadratic\nfamily = quadratic(rng=3, name='mine')\n"
    )
    (tmp_path / "rows.csv").write_text("x,y,t\n1,1,a\n2,0,a\n1,0,b\n2,1,b\n")
    data = "--data rows.csv --label y --task t"
    for named, told in (("mine.py:family", "mine"), (data, "rows")):
        line = f"constants {named} --evaluations 0 --points 4 --steps 1 --format json"
        assert main(line.split()) == 0
        assert json.loads(capsys.readouterr().out)["family"] == told


def test_a_constant_that_is_too_small_is_seen(monkeypatch):
    def smaller(one):
        formula = one.editions["printed"]
        return replace(one, editions={"printed": lambda c, p: formula(c, p) / 100})

    wrong = [smaller(one) if one.name == "C_squ3" else one for one in PAPER_CONSTANTS]
    monkeypatch.setattr("maml_verify.studies.measured_constants.PAPER_CONSTANTS", tuple(wrong))
    (row,) = [r for r in rows_of(quadratic(rng=1)) if r["constant"] == "C_squ3"]
    assert row["ratio"] > 1


def test_quadratics_have_no_c_l_and_say_so():
    rows = rows_of(quadratic(rng=0))
    (row,) = [r for r in rows if (r["constant"], r["where"]) == ("C_L", "(13)")]
    assert row["value"] == 0
    assert math.isnan(row["ratio"])


def test_the_command_says_what_a_row_means(capsys):
    line = ["constants", "quadratic", "--evaluations", "0", "--points", "10"]
    assert main(line) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("family quadratic, N 2, alpha L 1/16")
    assert "the least with which the statement held at every point tried" in shown
    assert main([*line, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {row["constant"] for row in found["rows"]} == NAMES
    assert (
        main(
            [
                "constants",
                "quadratic",
                "--alpha-L",
                "1/2",
                "--steps",
                "5",
                "--evaluations",
                "0",
                "--format",
                "csv",
            ]
        )
        == 0
    )
    assert main(["constants", "quadratic", "cubic"]) == 2
    assert "rule: one FAMILY, or --data FILE" in capsys.readouterr().err
    assert main(["constants", "cubik"]) == 2
    assert "the nearest is cubic" in capsys.readouterr().err
