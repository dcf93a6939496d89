"""What a witness file may say: each key once, of its kind, and what is recomputed, or one line names it."""

import copy
import json

import pytest

from maml_verify.__main__ import main
from maml_verify.checks.witness import disagreements, read_witness, replay, shipped
from maml_verify.execution.strict_json import loads, short
from maml_verify.studies.sweep import cells, run_cells
from problems import cubic_well, ridge

BASE = json.loads(shipped("stepsize-moments", "printed").read_text())
LONG = "x" * 10**6


def text_of(place, value, raw=None):
    values = copy.deepcopy(BASE)
    *outer, last = place
    target = values
    for key in outer:
        target = target[key]
    target[last] = value
    return json.dumps(values) if raw is None else json.dumps(values).replace('"@"', raw)


KEYS = [
    *(("sizes", name) for name in ("delta", "replicates", "budget", "points", "rng", "w")),
    *((name,) for name in ("K", "comment", LONG)),
    ("tasks", 0, "name"),
    ("constants", "beta"),
]


@pytest.mark.parametrize("place", KEYS, ids=lambda place: str(place[-1])[:20])
def test_a_foreign_key_is_refused_by_name(place, tmp_path):
    path = tmp_path / "w.json"
    path.write_text(text_of(place, 1))
    with pytest.raises(ValueError, match="and no other key; in a witness file") as error:
        replay(path)
    assert short(place[-1]) in str(error.value)
    assert len(str(error.value)) < 600


MISSING = [(name,) for name in BASE] + [("sizes", "B"), ("constants", "b2"), ("tasks", 0, "query")]


@pytest.mark.parametrize("place", MISSING, ids=lambda place: place[-1])
def test_a_missing_key_is_refused_by_name(place, tmp_path):
    values = copy.deepcopy(BASE)
    *outer, last = place
    target = values
    for key in outer:
        target = target[key]
    del target[last]
    path = tmp_path / "w.json"
    path.write_text(json.dumps(values))
    with pytest.raises(ValueError, match=rf"no {last}|format None"):
        replay(path)


PLACES = [
    *((name,) for name in BASE),
    *(("sizes", name) for name in "SDTB"),
    *(("constants", name) for name in BASE["constants"]),
    *(("tasks", 0, name) for name in BASE["tasks"][0]),
    ("tasks", 0, "features", 0, 0),
    ("points", 1, 0),
]


@pytest.mark.parametrize("value", [LONG, {}, True, [[[[1]]]]], ids=["long", "object", "true", "nested"])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)))
def test_a_value_of_another_kind_is_named_and_shortened(place, value, tmp_path):
    path = tmp_path / "w.json"
    path.write_text(text_of(place, value))
    with pytest.raises(ValueError, match="rule: ") as error:
        replay(path)
    said = str(error.value)
    name = next(str(key) for key in reversed(place) if isinstance(key, str))
    assert name in said
    assert len(said) < 600
    assert "\n" not in said


NUMBERS = ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1e-400", "9" * 5000, "9" * 400, '"1/0"', '"٣"']
NUMBERS += [f'"{"9" * 5000}"', f'"1/{"9" * 5000}"', '"1e3"', '" 1"', '"0x1"', '"1_0"', "null"]


@pytest.mark.parametrize("raw", NUMBERS, ids=lambda raw: raw[:12])
@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("alpha", ("alpha",)),
        (r"tasks\[0\].features\[0\]\[0\]", ("tasks", 0, "features", 0, 0)),
        (r"points\[0\]\[0\]", ("points", 0, 0)),
    ],
)
def test_a_number_that_is_none_is_named(name, place, raw, tmp_path):
    path = tmp_path / "w.json"
    path.write_text(text_of(place, "@", raw))
    with pytest.raises(
        ValueError, match=rf"{place[-1] if len(place) == 1 else place[-3 if len(place) > 3 else 0]}"
    ):
        replay(path)


TEXTS = {
    "a key twice": (json.dumps(BASE).replace('"steps"', '"steps": 1, "steps"'), "key 'steps' is there twice"),
    "a task's key twice": (
        json.dumps(BASE).replace('"link"', '"link": 1, "link"'),
        "key 'link' is there twice",
    ),
    "a long key twice": (f'{{"{LONG}": 1, "{LONG}": 2}}', "is there twice"),
    "deep lists": ("[" * 10**5 + "]" * 10**5, "lists within lists too deep"),
    "deep objects": ('{"a":' * 10**5, "lists within lists too deep"),
    "no text": (b"\xff\xfe\x00", "rule: a JSON file"),
    "half": (json.dumps(BASE)[:500], "rule: a JSON file"),
    "two": (json.dumps(BASE) * 2, "Extra data"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_file_that_is_no_json_is_one_line(name, tmp_path):
    text, message = TEXTS[name]
    path = tmp_path / "w.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ValueError, match=message) as error:
        replay(path)
    assert len(str(error.value)) < 400


def test_a_file_without_end_is_not_read_to_its_end(capsys):
    assert main(["replay", "/dev/zero"]) == 2
    assert "more than 67108864 bytes; rule: a JSON file" in capsys.readouterr().err


FALSE = [
    (("ratio",), 99),
    (("ratio",), None),
    (("ratio",), -BASE["ratio"]),
    (("lhs",), [-1e9, 1e9]),
    (("rhs",), [0, 10]),
    (("lhs",), BASE["lhs"][::-1]),
    (("lhs",), [None, None]),
    (("lhs",), [BASE["lhs"][0], None]),
    (("lhs",), []),
    (("method",), "monte-carlo"),
    (("verdict",), "violated"),
    (("constants", "sigma_g"), 2),
    (("constants", "b"), 1),
    (("constants", "L"), None),
    (("C_beta",), "1/2"),
]


@pytest.mark.parametrize(("place", "value"), FALSE, ids=str)
def test_what_is_not_recomputed_exits_1(place, value, tmp_path, capsys):
    path = tmp_path / "w.json"
    path.write_text(text_of(place, value))
    record = replay(path)
    assert disagreements(path, record)
    assert main(["replay", str(path)]) == 1
    assert f"{path}: " in capsys.readouterr().err


def test_an_enclosure_that_an_optimiser_left_wider_agrees(tmp_path):
    values = json.loads(shipped("finite-sum-rate", "derived").read_text())
    path = tmp_path / "w.json"
    low, high = values["rhs"]
    for rhs, agrees in (([low, high + (high - low) / 2], True), ([low, 3 * high], False), ([0, high], False)):
        path.write_text(json.dumps(values | {"rhs": rhs}))
        assert (disagreements(path, replay(path)) == []) is agrees


def test_a_role_left_to_its_default_keeps_that_of_the_other_task(tmp_path):
    values = json.loads(shipped("finite-sum-gradient-gap", "printed").read_text())
    one = values["tasks"][0]
    two = copy.deepcopy(one) | {"support": None}
    values["tasks"] = [one | {"weight": "1/2"}, two | {"weight": "1/2"}]
    path = tmp_path / "w.json"
    path.write_text(json.dumps(values))
    family = read_witness(path)[2].family
    assert family.support[0].tolist() == [float(x) for x in one["support"]]
    assert (family.support[1] == family.probabilities[1]).all()


def test_a_batch_that_memory_does_not_hold_is_refused(tmp_path):
    path = tmp_path / "w.json"
    path.write_text(text_of(("B_prime",), 10**9))
    with pytest.raises(ValueError, match="B or B_prime: batches of 1e\\+09 tasks"):
        replay(path)


def test_steps_beyond_float64_are_refused_before_anything_exact_is_made_of_them(tmp_path):
    path = tmp_path / "w.json"
    path.write_text(text_of(("steps",), 10**7))
    with pytest.raises(OverflowError, match=r"steps = 10000000, alpha = .*: a side overflows"):
        replay(path)


def test_a_row_names_the_shipped_witness_of_its_own_family_alone(tmp_path):
    """Lemma 15 is violated everywhere; the witness that comes with the project is of one link."""
    link = json.loads(shipped("mean-gradient", "printed").read_text())["tasks"][0]["link"]
    own = ridge("cubic", [[[1.0]], [[1.0]]], name=link)
    todo = cells(["mean-gradient"], ["quadratic", "cubic", own], steps=(2,), alpha_L=1)
    found = dict(run_cells(todo, jobs=1))
    assert {r.verdict for r in found.values()} == {"violated"}
    file = "mean-gradient-printed.json"
    named = [file if name == link else None for name in ("quadratic", "cubic")]
    # One of the user's has no witness but its own, though it have the same name.
    assert [found[k].witness for k in range(3)] == [*named, None]
    assert file in named
    found = dict(run_cells(todo, jobs=1, witnesses=tmp_path))
    for k in range(3):
        record = replay(found[k].witness)
        assert (record.verdict, disagreements(found[k].witness, record)) == ("violated", [])


def test_every_cell_has_a_witness_file_of_its_own(tmp_path):
    families = [cubic_well(d=1, rng=seed) for seed in (0, 1)]
    odd = [ridge("cubic", [[[1.0]]], name=name) for name in ("../x", "a/b", "Cubic-Well", "n" * 300)]
    todo = cells(["mean-gradient"], [*families, *odd], steps=(2,), alpha_L=1)
    found = dict(run_cells(todo, jobs=1, witnesses=tmp_path / "folder"))
    names = {found[k].witness for k in range(len(todo))}
    assert len(names) == len(todo) == len(list((tmp_path / "folder").iterdir()))
    assert [p.name for p in tmp_path.iterdir()] == ["folder"]


def test_a_value_is_shown_short():
    assert short("abc") == "'abc'"
    assert short(10**5000).startswith("an integer of 16610 bits")
    assert loads("[1, 2.5, 1e400]") == [1, 2.5, "1e400"]
