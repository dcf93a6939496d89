"""A family of the user's on the command line: FILE.py:NAME, in this process and in others."""

import csv
import io
import json
import re
import shlex

import pytest

from maml_verify.__main__ import main

CONTENT = """
import numpy as np
from problems import claimed, from_functions

def loss(w, y):
    return np.log1p(np.exp(w[0] - y))

def grad(w, y):
    return ((1 + np.tanh((w[0] - y) / 2)) / 2)[:, None]

def hvp(w, v, y):
    p = (1 + np.tanh((w[0] - y) / 2)) / 2
    return (p * (1 - p) * v[0])[:, None]

def soft(L=0.25):
    known = claimed(L=L, rho=0.1, sigma=1, sigma_g=1, sigma_H=0.25, b=1, b2=1)
    y = np.array([[0.0, 0.5], [-0.25, 1.0]])
    return from_functions(loss, grad, hvp, y, 1, constants=known, name="soft")

def small():
    return soft(0.2)

ready = soft()
three = 3

def broken():
    raise OSError("no\\nway")

def needs(x):
    return x
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    import sys

    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mine.py"
    path.write_text(CONTENT)
    return path


@pytest.mark.parametrize("name", ["soft", "ready"])
def test_laws_of_a_familys_file(file, capsys, name):
    assert main(["laws", f"{file}:{name}", "--seconds", "3"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("family soft\n")
    assert re.search(r"(?m)^\d\d run: \d\d passed, 0 failed, 0 expected, \d+ skipped$", out)


def test_what_fails_is_shown_with_its_point_in_every_format(file, capsys):
    line = ["laws", f"{file}:small", "--seconds", "1"]
    assert main(line) == 1
    out = capsys.readouterr().out
    assert re.search(
        r"(?m)^L: L = 0.2 is too small: 0.2\d+ is seen \(Hessian of probabilities\)\n  at {", out
    )
    assert main([*line, "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    (row,) = [row for row in told["rows"] if row["check"] == "L"]
    assert row["status"] == "failed"
    assert row["counterexample"]["found"] == pytest.approx(0.25, rel=0.1)
    assert told["run"] == told["passed"] + told["failed"] + told["expected"]
    for style in ("markdown", "latex", "csv"):
        assert main([*line, "--format", style]) == 1
        captured = capsys.readouterr()
        assert "sigma" in captured.out
        assert "failed" in captured.err
        if style == "csv":
            rows = list(csv.DictReader(io.StringIO(captured.out)))
            assert [row["status"] for row in rows if row["check"] == "L"] == ["failed"]
    # Which statements there is time for depends on the machine.
    for row in told["rows"]:
        line += ["--expect", f"{row['check']}=it is known"]
    assert main(line) == 0
    assert re.search(r"0 failed, [1-9]\d* expected", capsys.readouterr().out)


def test_constants_are_claimed_on_the_command_line(file, capsys):
    (file.parent / "bare.py").write_text(CONTENT.replace("constants=known, ", ""))
    assert main(["laws", "bare.py:soft", "--constants", "L=1/5", "rho=1", "--seconds", "2"]) == 1
    assert "L = 0.2 is too small" in capsys.readouterr().out
    assert main(["laws", "bare.py:soft", "--constants", "l=1"]) == 2
    assert "constants = 'l'; rule: " in capsys.readouterr().err
    assert main(["laws", "bare.py:soft", "--constants", "L=x"]) == 2
    assert "constants: L = 'x'; rule: a finite number" in capsys.readouterr().err


def test_worker_processes_know_the_family(file, capsys):
    line = ["table", "path-stability", "path-gradient", "--family", "mine.py:soft", "--family", "cubic"]
    line += ["--steps", "2", "--alpha-L", "1/10", "--format", "json"]
    assert main([*line, "--jobs", "2"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(r["claim"], r["family"], r["verdict"]) for r in found] == [
        (claim, family, "holds")
        for claim in ("path-stability", "path-gradient")
        for family in ("soft", "cubic")
    ]
    assert main([*line, "--jobs", "1"]) == 0
    alone = json.loads(capsys.readouterr().out)
    assert [r["ratio"] for r in alone] == [r["ratio"] for r in found]
    # The record names the file, and is repeated by what it says.
    _, *words = shlex.split(found[0]["repeat"])
    assert words[:4] == ["check", "path-stability", "--family", "mine.py:soft"]
    assert main([*words, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["ratio"] == found[0]["ratio"]


def test_an_algorithm_runs_on_it(file, capsys):
    assert (
        main(["run", "algorithm-2", "--family", "mine.py:soft", "-K", "3", "--runs", "2", "--beta", "1/4"])
        == 0
    )
    assert capsys.readouterr().out.startswith("family soft")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nothing.py:soft", "family = nothing.py; rule: a Python file that is there"),
        ("mine.py:sotf", "family = 'sotf'; rule: a known name, the nearest is soft"),
        ("mine.py", "family = mine.py; rule: FILE.py:NAME"),
        ("mine.py:three", "family = mine.py:three: int; rule: a problems.Family, or a function of one"),
        ("mine.py:broken", "family = mine.py:broken: line 27: OSError: no way; rule: "),
        ("mine.py:needs", "TypeError: needs() missing 1 required positional argument: 'x'; rule: "),
        (
            "worse.py:soft",
            "family = worse.py: line 2: ZeroDivisionError: division by zero; rule: a file that runs",
        ),
        ("cosin", "family = 'cosin'; rule: a known name, the nearest is cosine"),
    ],
)
@pytest.mark.parametrize("command", ["laws", "table --family", "run algorithm-1 --family"])
def test_what_is_no_family_is_one_line(file, capsys, command, name, why):
    (file.parent / "worse.py").write_text("x = 1\n1 / 0\n")
    assert main([*command.split(), name]) == 2
    captured = capsys.readouterr()
    assert why in captured.err
    assert (captured.out, captured.err.count("\n")) == ("", 1)


def test_one_family_is_asked_for(file, capsys):
    assert main(["laws"]) == 2
    assert "family: 0 of them; rule: one FAMILY, or --data FILE" in capsys.readouterr().err
    assert main(["laws", "mine.py:soft", "--output", "mine.py"]) == 2
    assert "mine.py" in capsys.readouterr().err
    assert file.read_text() == CONTENT


def test_its_worst_points_are_searched(file, capsys):
    line = ["search", "path-stability", "--family", "mine.py:soft", "--seconds", "5", "--format", "json"]
    assert main([*line, "--steps", "1", "--alpha-L", "1/2"]) == 0
    (record,) = json.loads(capsys.readouterr().out)
    # Where the loss is flat a step leaves the distance as it is: 1 against 1 + alpha L.
    assert record["ratio"] == pytest.approx(2 / 3, rel=1e-4)
    assert (record["family"], record["verdict"], record["relative_to"]) == (
        "soft",
        "holds",
        "claimed constants",
    )
    _, *words = shlex.split(record["repeat"])
    assert main([*words, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["ratio"] == record["ratio"]


def test_worst_points_refute_a_constant_that_is_too_small(file, capsys):
    (file.parent / "less.py").write_text(CONTENT)
    line = [
        "search",
        "product-deviation",
        "--edition",
        "sharp",
        "--family",
        "less.py:small",
        "--seconds",
        "2",
    ]
    assert main([*line, "--steps", "2", "--alpha-L", "1/20", "--format", "json"]) == 1
    (record,) = json.loads(capsys.readouterr().out)
    assert record["verdict"] == "violated"
    (file.parent / "bare.py").write_text(CONTENT.replace("constants=known, ", ""))
    assert main(["search", "path-stability", "--family", "bare.py:soft"]) == 2
    assert "nothing was checked (L: the family soft tells no constants)" in capsys.readouterr().err
