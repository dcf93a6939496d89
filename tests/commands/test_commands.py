"""The commands: formats, counts, exit codes, real data, interruption."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from latex_source import faults
from sklearn.datasets import load_breast_cancer

from maml_verify.__main__ import main
from maml_verify.commands import table as table_command
from maml_verify.commands.console import output
from maml_verify.record import Record, severity
from maml_verify.reports import tables
from maml_verify.studies import sweep as sweeping
from problems import FAMILIES

QUICK = ["table", "path-stability", "path-second-moment", "--edition", "printed", "--steps", "4"]
QUICK += ["--alpha-L", "1/50", "--jobs", "1"]
KEYS = {"claim", "paper", "edition", "family", "verdict", "ratio", "lhs", "rhs"}
KEYS |= {"method", "decided_by", "setting", "witness", "seconds"}


def run(capsys, *arguments):
    code = main(list(arguments))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_the_table_ends_with_its_counts_and_names_the_witness(capsys):
    code, out, _ = run(capsys, *QUICK)
    assert code == 0
    assert out.splitlines()[-1].startswith("10 checked (")
    assert out.splitlines()[-1].endswith("1 violated, 0 undecided, 0 vacuous")
    assert "VIOLATED 1.0" in out
    assert "witness path-second-moment-printed.json" in out


def test_json_has_the_keys_of_a_record(capsys):
    code, out, err = run(capsys, *QUICK, "--format", "json")
    records = json.loads(out)
    assert code == 0
    assert len(records) == 10
    assert all(set(record) >= KEYS for record in records)
    assert {record["verdict"] for record in records} == {"holds", "violated"}
    assert "10 checked" in err


def test_the_other_formats(capsys):
    rows = list(csv.DictReader(io.StringIO(run(capsys, *QUICK, "--format", "csv")[1])))
    assert len(rows) == 10
    assert json.loads(rows[0]["setting"])["steps"] == 4
    markdown = run(capsys, *QUICK, "--format", "markdown")[1]
    assert markdown.startswith("| statement | quadratic |")
    assert "**VIOLATED 1.0" in markdown
    latex = run(capsys, *QUICK, "--format", "latex")[1]
    assert faults(latex) == []
    assert latex.count(r"\\ \noalign") == 2
    assert r"\textbf{VIOLATED} 1.0" in latex


def test_output_writes_a_file(capsys, tmp_path):
    path = tmp_path / "table.md"
    code, out, err = run(capsys, *QUICK, "--format", "markdown", "--output", str(path))
    assert (code, out) == (0, "")
    assert "VIOLATED" in path.read_text()
    assert "checked" in err


def test_the_same_records_for_any_number_of_workers():
    def records(jobs):
        found = dict(sweeping.sweep(["mean-gradient"], ["cubic"], steps=(1, 2), jobs=jobs))
        return [{**found[k].to_dict(), "seconds": 0} for k in sorted(found)]

    assert records(1) == records(2)


def test_the_false_alarm_rate_is_shared_over_the_run():
    def confidence(*names):
        options = {"steps": (2,), "alpha_L": 0.0625, "jobs": 1, "delta": 1e-3}
        return {r.confidence for _, r in sweeping.sweep(["finite-sum-rate"], names, **options)}

    assert confidence("cosine") == {1 - 1e-3}
    assert confidence("cosine", "logistic") == {1 - 5e-4}


def test_counterexamples_are_stored_where_asked_for(capsys, tmp_path):
    assert run(capsys, *QUICK, "--witnesses", str(tmp_path))[0] == 0
    (path,) = tmp_path.iterdir()
    code, out, _ = run(capsys, "replay", str(path), "--format", "json")
    (record,) = json.loads(out)
    assert code == 0
    assert (record["verdict"], record["family"]) == ("violated", path.stem)


def test_check_and_list(capsys):
    code, out, _ = run(
        capsys, "check", "estimator-bias", "--family", "cosine", "--steps", "2", "--alpha-L", "0.05",
        "--edition", "all",
    )  # fmt: skip
    assert code == 0
    assert out.count("Proposition 3") == 5
    code, out, _ = run(capsys, "list")
    assert code == 0
    assert "Lemma 19" in out
    listed = json.loads(run(capsys, "list", "--format", "json")[1])
    assert len(listed["statements"]) >= 15
    assert [entry["family"] for entry in listed["families"]] == list(FAMILIES)


def test_list_and_audit_have_every_format(capsys):
    listed = list(csv.DictReader(io.StringIO(run(capsys, "list", "--format", "csv")[1])))
    assert {row["id"] for row in listed} >= {"meta-smoothness", "cubic-well"}
    rows = run(capsys, "list", "--format", "markdown")[1].splitlines()
    # A norm's bars would end the cell.
    assert {row.replace(r"\|", "").count("|") for row in rows} == {5}
    assert faults(run(capsys, "list", "--format", "latex")[1]) == []
    steps = list(csv.DictReader(io.StringIO(run(capsys, "audit", "eq-26", "--format", "csv")[1])))
    assert {"eq-26.a", "eq-26.b"} <= {row["step"] for row in steps}


def test_a_family_named_after_an_odd_file_leaves_tables_whole(capsys, tmp_path):
    path = tmp_path / "a|b_{c}\\.csv"
    path.write_text("x,y,t\n1,0,a\n2,1,a\n3,0,b\n4,1,b\n")
    data = ["--data", str(path), "--label", "y", "--task", "t", "--steps", "1", "--alpha-L", "1/10"]
    markdown = run(capsys, "check", "path-stability", *data, "--format", "markdown")[1]
    header, rule, row = markdown.splitlines()[:3]
    assert header.replace(r"\|", "").count("|") == rule.count("|") == row.count("|") == 3
    latex = run(capsys, "check", "path-stability", *data, "--format", "latex")[1]
    assert faults(latex) == []
    assert r"a$|$b\_\{c\}\textbackslash{}" in latex


def test_an_encoding_without_a_letter_spells_it_out(tmp_path):
    (tmp_path / "é.csv").write_text("x,y,t\n1,0,a\n2,1,a\n")
    line = "check path-stability --data é.csv --label y --task t --steps 1 --alpha-L 1/10"
    command = [sys.executable, "-m", "maml_verify", *line.split()]
    ascii_ = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(Path(__file__).parents[2])}
    for more in ([], ["--output", "out.txt"]):
        done = subprocess.run(command + more, cwd=tmp_path, env=ascii_, capture_output=True, check=True)
        assert b"\\xe9" in done.stdout or "é" in (tmp_path / "out.txt").read_text(encoding="utf-8")


def test_a_narrow_terminal_cuts_nothing(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "60")
    out = run(capsys, *QUICK)[1]
    assert "…" not in out


def test_a_closed_standard_output_is_an_error(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout", None)
    assert main(["list"]) == 2
    assert "standard output is closed" in capsys.readouterr().err


def test_what_is_named_twice_is_counted_once(capsys):
    line = "table path-stability path-stability --family cubic --family cubic --steps 1 --alpha-L 1/50"
    assert "1 checked (" in run(capsys, *line.split())[1]


def test_an_unexpected_verdict_exits_1(capsys, monkeypatch):
    record = Record(
        "path-stability", "Lemma 11", "printed", "cubic", "violated", 2.0, (2, 2), (1, 1), checked=1
    )
    monkeypatch.setattr(table_command, "sweep", lambda *a, **k: iter([(0, record)]))
    code, _, err = run(capsys, *QUICK)
    assert code == 1
    assert "expected holds" in err


def test_an_error_that_is_not_found_any_more_is_unexpected():
    record = Record("mean-gradient", "Lemma 15", "printed", "cubic", "holds", checked=1)
    assert output.unexpected([record]) == []
    assert "no counterexample was found" in output.unexpected([record], complete=True)[0]


def test_an_interruption_keeps_what_is_done(capsys, monkeypatch):
    def interrupted(*_, **__):
        yield (
            0,
            Record("path-stability", "Lemma 11", "printed", "cubic", "holds", 0.5, (1, 1), (2, 2), checked=3),
        )
        raise KeyboardInterrupt

    monkeypatch.setattr(table_command, "sweep", interrupted)
    code, out, err = run(capsys, *QUICK)
    assert code == 130
    assert "interrupted: 1 cells are done" in err
    assert "1 checked (3 comparisons)" in out


def test_vacuous_and_undecided_are_listed_not_green():
    vacuous = Record("mean-gradient", "Lemma 15", "printed", "cubic", "vacuous", reason="sigma: none")
    undecided = Record(
        "path-gradient", "Lemma 12", "printed", "cubic", "undecided", 1.0, (1, 1), (1, 1), checked=1
    )
    lines = tables.worst_cases([vacuous, undecided])
    assert len(lines) == 2
    assert (
        tables.counts([vacuous, undecided]) == "1 checked (1 comparisons), 0 violated, 1 undecided, 1 vacuous"
    )
    assert severity(undecided) > severity(vacuous)
    # The verdict counts first: a violation by little is worse than the widest open question.
    violated, holds = replace(undecided, verdict="violated", ratio=1.001), replace(undecided, verdict="holds")
    assert severity(violated) > severity(replace(undecided, ratio=2.0)) > severity(holds) > severity(vacuous)
    assert severity(replace(holds, ratio=0.5)) < severity(holds)


def test_a_terminal_gets_colours_and_a_bar(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    code, out, _ = run(capsys, *QUICK)
    assert code == 0
    assert "VIOLATED" in out
    assert "─" in out


def test_with_a_closed_standard_error_the_output_is_the_output_alone(tmp_path):
    data = tmp_path / "d.csv"
    data.write_text("x,y,t\n" + "".join(f"{k},{k % 2},{k // 2 % 2}\n" for k in range(8)))
    words = [
        sys.executable,
        "-m",
        "maml_verify",
        "check",
        "path-stability",
        "--data",
        str(data),
        "--label",
        "y",
    ]
    words += ["--task", "t", "--steps", "1", "--alpha-L", "1/9", "--format", "json"]
    done = subprocess.run(["sh", "-c", 'exec "$@" 2>&-', "sh", *words], stdout=subprocess.PIPE, check=False)
    assert done.returncode == 0
    assert [record["verdict"] for record in json.loads(done.stdout)] == ["holds"]


@pytest.mark.parametrize("command", ["check path-stability --steps 1 --alpha-L 1/9", "list", "audit eq-26"])
def test_every_command_has_a_worker_at_least(command, capsys):
    assert main([*command.split(), "--jobs", "0"]) == 2
    assert capsys.readouterr().err == "maml-verify: jobs = 0; rule: at least 1\n"


def test_a_closed_pipe_is_no_error():
    head = shutil.which("head")
    command = f"{sys.executable} -m maml_verify list | {head} -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("statements")
    assert done.stderr == ""


@pytest.fixture(scope="module")
def clinics(tmp_path_factory):
    """Breast cancer data, three features; three tasks by tertiles of tumour size."""
    data = load_breast_cancer()
    X = (data.data - data.data.mean(0)) / data.data.std(0)
    task = np.digitize(data.data[:, 0], np.quantile(data.data[:, 0], [1 / 3, 2 / 3]))
    keep = np.arange(0, len(X), 6)
    path = tmp_path_factory.mktemp("data") / "clinics.csv"
    with path.open("w") as file:
        writer = csv.writer(file)
        writer.writerow(["radius", "texture", "smoothness", "benign", "clinic"])
        for k in keep:
            writer.writerow([*np.round(X[k, [0, 1, 4]], 3), data.target[k], task[k]])
    return str(path)


def test_real_data_has_finite_constants_and_decided_verdicts(capsys, clinics):
    code, out, _ = run(
        capsys, "table", "--data", clinics, "--label", "benign", "--task", "clinic",
        "--steps", "1", "--alpha-L", "1/20", "--format", "json", "--edition", "printed",
    )  # fmt: skip
    records = [r for r in json.loads(out) if r["claim"] not in RATES]
    assert code == 0
    assert len(records) == 15
    assert {r["verdict"] for r in records} == {"holds"}


RATES = {"resampling-rate", "finite-sum-rate", "stepsize-moments", "finite-sum-stepsize-moments"}
RATES |= {"resampling-complexity", "finite-sum-complexity"}
