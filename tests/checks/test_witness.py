"""Witness files: they replay, and another program recomputes both sides from them alone."""

import json
import math
import re
from fractions import Fraction as F
from itertools import product
from pathlib import Path

import pytest

import maml_verify
from maml_verify import check, replay
from maml_verify.__main__ import main
from maml_verify.checks.check import check_setting
from maml_verify.checks.witness import (
    _plain,
    disagreements,
    located,
    read_witness,
    shipped,
    shipped_files,
    witness,
    write_witness,
)
from maml_verify.claims import CLAIMS, find_claim
from maml_verify.settings import setting
from problems import cubic_well, resampling_constants

FILES = sorted((Path(maml_verify.__file__).parent / "witnesses").glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_shipped_witness_replays(path):
    stored = json.loads(path.read_text())
    record = replay(path)
    assert record.verdict == stored["verdict"]
    assert disagreements(path, record) == []
    assert record.verdict in ("holds", "violated")
    assert record.decided_by in ("arb", "exact")
    assert (record.claim, record.edition) == (stored["claim"], stored["edition"])
    if stored["ratio"] is not None:
        assert record.ratio == pytest.approx(stored["ratio"], rel=1e-9)


VIOLATED = [path for path in FILES if json.loads(path.read_text())["verdict"] == "violated"]


@pytest.mark.parametrize("path", VIOLATED, ids=lambda p: p.stem)
def test_a_counterexample_stays_one_where_its_constants_must_be_positive(path):
    claim, edition, s = read_witness(path)
    known = claim.known(s.family)
    zero = [
        name for name in ("rho", "sigma", "sigma_g", "sigma_H", "b", "b2") if getattr(known, name).value == 0
    ]
    small = {name: getattr(known, name)._replace(value=F(1, 2**40)) for name in zero}
    assert zero
    assert check_setting(claim, s, edition, known._replace(**small), certified=True).verdict == "violated"


def test_the_best_instance_known_of_every_statement_and_edition_is_shipped():
    # A statement of another paper has its paper in its id.
    names = {f"{claim.id.replace('/', '-')}-{edition}" for claim in CLAIMS for edition in claim.editions}
    # A regime of its own has a file beside it: `claim-edition.regime.json`.
    assert {path.stem.partition(".")[0] for path in FILES} == names
    assert names <= {path.stem for path in FILES}


def well_slope(t):
    a = abs(t)
    g = -a if a <= 1 else ((a - 2) ** 2 - 1) / 2 - 1 if a <= 3 else a - 4
    return g if t >= 0 else -g


def test_the_second_moment_witness_recomputed_from_the_file_alone():
    w = json.loads(shipped("path-second-moment", "printed").read_text())
    assert w["sizes"]["S"] == 1
    (task,) = w["tasks"]
    assert (task["link"], len(task["features"]), len(task["features"][0])) == ("cubic-well", 1, 1)
    q, y, alpha = F(task["features"][0][0]), F(task["offsets"][0]), F(w["alpha"])
    atoms = [
        (F(p), F(a[0]), F(xi[0]))
        for p, a, xi in zip(task["probabilities"], task["coefficients"], task["linear"], strict=True)
    ]

    def gradient(x, a, xi):
        return a * well_slope(q * x - y) * q + xi

    exact = F(w["points"][0][0])
    for _ in range(w["steps"]):
        exact -= alpha * sum(p * gradient(exact, a, xi) for p, a, xi in atoms)
    lhs = F(0)
    for sequence in product(atoms, repeat=w["steps"]):
        x, chance = F(w["points"][0][0]), F(1)
        for p, a, xi in sequence:
            x, chance = x - alpha * gradient(x, a, xi), chance * p
        lhs += chance * (x - exact) ** 2
    c = {name: None if v is None else F(v) for name, v in w["constants"].items()}
    x = alpha * c["L"]
    rhs = ((1 + x + 2 * x**2) ** w["steps"] - 1) * alpha * c["sigma_g"] ** 2 / ((1 + x) * c["L"])
    assert lhs > rhs
    assert w["lhs"][0] <= lhs <= w["lhs"][1]
    assert w["rhs"][0] <= rhs <= w["rhs"][1]
    assert w["ratio"] == pytest.approx(float(lhs / rhs))


def test_a_witness_of_any_check_is_read_back_as_it_was(tmp_path):
    claim = find_claim("path-first-moment")
    family = cubic_well(d=2, tasks=2, atoms=2, rng=3)
    known = resampling_constants(family)
    s = setting(family, alpha=F(1, 3), steps=2, rng=5)
    record = check_setting(claim, s, "printed", known)
    write_witness(tmp_path / "w.json", witness(claim, s, record, known))
    again_claim, edition, again = read_witness(tmp_path / "w.json")
    assert (again_claim.id, edition, again.alpha, again.steps) == (claim.id, "printed", F(1, 3), 2)
    assert (again.family.exact.linear == family.exact.linear).all()
    assert (again.family.exact.task_weights == family.exact.task_weights).all()
    replayed = replay(tmp_path / "w.json")
    assert replayed.verdict == "holds"
    assert replayed.ratio == pytest.approx(record.ratio, rel=1e-9)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Expecting value.*; rule: a JSON file"),
        ("{}", "format None; rule: maml-verify-witness/1"),
        ('{"format": "other"}', "format 'other'"),
        (
            '{"format": "maml-verify-witness/1", "claim": "path-gradient", "tasks": []}',
            "no edition in the file; rule: format, claim, edition",
        ),
    ],
)
def test_a_file_that_is_no_witness_is_refused(tmp_path, text, message):
    (tmp_path / "w.json").write_text(text)
    with pytest.raises(ValueError, match=message):
        replay(tmp_path / "w.json")


def test_records_print_as_one_line_and_convert():
    record = check("path-stability", "cubic", alpha_L=F(1, 10), steps=2)
    assert "\n" not in str(record)
    assert "Lemma 11 (printed) on cubic: holds" in str(record)
    assert json.loads(json.dumps(record.to_dict()))["verdict"] == "holds"


CHANGES = [
    (("edition",), "guessed", "edition = 'guessed'; rule: one of printed"),
    (("alpha",), "1e99999999", "'1e99999999'; rule: a number, or a rational"),
    (("alpha",), math.nan, "nan; rule: a finite number"),
    (("alpha",), True, "True; rule: a number"),
    (("steps",), 1.5, "steps = 1.5; rule: an integer"),
    (("points",), [], "w.json: .*in a witness file of format"),
    (("tasks", 0, "weight"), None, "None; rule: a number"),
    (
        ("tasks", 0, "features"),
        [],
        r"tasks\[0\]\.features has shape \(0,\); rule: 2 dimensions, none of them empty",
    ),
]


@pytest.mark.parametrize(("place", "value", "message"), CHANGES, ids=[f"{c[0][-1]}={c[1]}" for c in CHANGES])
def test_a_damaged_witness_is_refused_by_name(tmp_path, place, value, message):
    (tmp_path / "w.json").write_text(json.dumps(_changed(place, value)))
    with pytest.raises(ValueError, match=message) as error:
        read_witness(tmp_path / "w.json")
    assert str(tmp_path / "w.json") in str(error.value)


def test_tasks_of_different_shapes_are_refused_by_name(tmp_path):
    values = _changed(("edition",), "printed")
    (first, *_) = values["tasks"]
    features = [[*row, 0] for row in first["features"]]
    values["tasks"] = [first, first | {"features": features}]
    (tmp_path / "w.json").write_text(json.dumps(values))
    shapes = [(len(features), len(features[0]) - k) for k in (0, 1)]
    said = f"tasks[1].features has shape {shapes[0]}; rule: {shapes[1]}, as in tasks[0]"
    with pytest.raises(ValueError, match=re.escape(said)):
        read_witness(tmp_path / "w.json")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("verdict",), "holds"),
        (("constants", "L"), 2),
        (("lhs",), [1e9, 1e9]),
        (("alpha",), 1),
        (("rhs",), None),
    ],
)
def test_a_witness_that_says_something_else_than_its_replay_exits_1(tmp_path, capsys, place, value):
    path = tmp_path / "w.json"
    path.write_text(json.dumps(_changed(place, value)))
    assert main(["replay", str(path)]) == 1
    assert ", recomputed " in capsys.readouterr().err


def _changed(place, value):
    values = json.loads(shipped("path-second-moment", "printed").read_text())
    *outer, last = place
    target = values
    for key in outer:
        target = target[key]
    target[last] = value
    return values


def test_a_shipped_witness_is_found_by_its_name_and_nothing_else_is(tmp_path, monkeypatch):
    for file in shipped_files():
        for name in (file.name, file.name.removesuffix(".json")):
            assert located(name) == file
    assert located("no-such-statement") == "no-such-statement"
    # A file of the user's own comes first.
    monkeypatch.chdir(tmp_path)
    (tmp_path / file.name).write_text("{}")
    assert located(file.name) == file.name


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (2**53 - 1, 2**53 - 1),
        (F(2**53 + 1), "9007199254740993/1"),
        (-F(2**53 + 1), "-9007199254740993/1"),
        (F(2**60), 2.0**60),
        (F(1, 8), 0.125),
        (F(1, 3), "1/3"),
        (0, 0),
    ],
)
def test_a_number_is_written_so_that_readers_with_float64_lose_nothing(value, written):
    found = _plain(value)
    assert (type(found), found) == (type(written), written)
