"""A checkpoint goes on with the problem it is of, and with no other; a damaged one with none."""

import dataclasses
import json
import zipfile
from fractions import Fraction

import numpy as np
import pytest

from maml_verify.__main__ import main
from maml_verify.algorithms import constant, estimated, finite_sum, resampling, run, schedule
from maml_verify.algorithms import loop as driving
from maml_verify.execution import identity
from maml_verify.execution.identity import digest, family_digest
from problems import LINKS, Ridge, cubic, ridge
from problems.family import Family

W0 = [1, 2]
FAMILY = cubic(rng=0)
SIZES = {"B": 2, "S": 1, "D": 1, "T": 1}


def algorithm(family=FAMILY, alpha=Fraction(1, 10), steps=2, beta=None, **sizes):
    beta = beta or estimated(family, smoothness=lambda g: 2 + g, C_beta=2, B_prime=3, D_L=2)
    return resampling(family, alpha=alpha, steps=steps, beta=beta, **(SIZES | sizes))


@pytest.fixture
def file(tmp_path):
    """The checkpoint of a run of three iterations."""
    path = tmp_path / "run.npz"
    run(algorithm(), FAMILY, W0, 3, runs=2, rng=5, checkpoint=path)
    return path


def resumed(file, family=FAMILY, given=None, w0=W0, **options):
    return run(
        given or algorithm(family),
        family,
        w0,
        5,
        **({"runs": 2, "checkpoint": file, "resume": True} | options),
    )


def beta(C_beta=2, B_prime=3, D_L=2, smoothness=lambda g: 2 + g):
    return estimated(FAMILY, smoothness=smoothness, C_beta=C_beta, B_prime=B_prime, D_L=D_L)


OTHERS = {
    "family": {"family": cubic(rng=1)},
    "a family of the same name and shape": {"family": dataclasses.replace(cubic(rng=7), name=FAMILY.name)},
    "start": {"w0": [1, 2.5]},
    "seed": {"rng": 6},
    "runs": {"runs": 3},
    "record": {"record": ("loss",)},
    "alpha": {"given": algorithm(alpha=Fraction(1, 11))},
    "steps": {"given": algorithm(steps=3)},
    "B": {"given": algorithm(B=3)},
    "S": {"given": algorithm(S=2)},
    "C_beta": {"given": algorithm(beta=beta(C_beta=3))},
    "B_prime": {"given": algorithm(beta=beta(B_prime=4))},
    # Constants are in the smoothness.
    "Lhat_at_0": {"given": algorithm(beta=beta(smoothness=lambda g: 3 + g))},
    "Lhat_at_1": {"given": algorithm(beta=beta(smoothness=lambda g: 2 + 2 * g))},
    "rule": {"given": algorithm(beta=constant(0.1))},
    "algorithm": {"given": finite_sum(FAMILY, alpha=Fraction(1, 10), steps=2, beta=beta(), B=2)},
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_problem_is_refused_by_what_differs(name, file):
    before = file.read_bytes()
    with pytest.raises(ValueError, match=r" = .*; rule: .*as in the checkpoint") as error:
        resumed(file, **OTHERS[name])
    assert name in str(error.value) or name.startswith("a family")
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("function", "other", "name"),
    [("source", lambda: "another", "source"), ("versions", lambda: {"numpy": "0.1"}, "version of numpy")],
)
def test_another_source_and_another_version_are_refused(function, other, name, file, monkeypatch):
    monkeypatch.setattr(driving, function, other)
    with pytest.raises(ValueError, match=f"{name} = .*; rule: "):
        resumed(file)


def test_a_schedule_that_goes_elsewhere_is_refused_though_it_has_the_same_name(tmp_path):
    file = tmp_path / "run.npz"
    one, two = (algorithm(beta=schedule(lambda k, b=b: b / (k + 1))) for b in (0.1, 0.2))
    run(one, FAMILY, W0, 3, rng=5, checkpoint=file)
    with pytest.raises(ValueError, match="algorithm: step 3 leads elsewhere; rule: the iterate of"):
        run(two, FAMILY, W0, 5, checkpoint=file, resume=True)
    assert run(one, FAMILY, W0, 5, rng=5, checkpoint=file, resume=True).state.k == 5


def test_a_diverged_run_goes_on_as_what_it_is(tmp_path):
    file, given = tmp_path / "run.npz", algorithm(beta=constant(1e200))
    with np.errstate(all="ignore"):
        run(given, FAMILY, W0, 4, rng=5, checkpoint=file)
        whole = run(given, FAMILY, W0, 6, rng=5)
        rest = run(given, FAMILY, W0, 6, checkpoint=file, resume=True)
    assert not np.isfinite(whole.state.w).all()
    assert np.array_equal(rest.iterates, whole.iterates, equal_nan=True)


def damage(file, tables=None, head=None):
    with np.load(file) as stored:
        content = {name: stored[name] for name in stored.files} | (tables or {})
    values = json.loads(str(content.pop("_head"))) | (head or {})
    values = {key: value for key, value in values.items() if value is not None}
    text = json.dumps(values)
    with file.open("wb") as stream:
        np.savez(stream, _head=np.array(text), **{k: v for k, v in content.items() if v is not None})


NAN = np.full((2, 2), np.nan)
DAMAGED = [
    ({"head": {"k": 10**9}}, "k = 1000000000 and 2 runs need"),
    ({"head": {"k": -1}}, "k = -1 is no number of iterations"),
    ({"head": {"k": 2.5}}, r"k = 2\.5 is no number"),
    ({"head": {"k": 10**400}}, r"k = 1000.*\.\.\."),
    ({"head": {"k": None}}, "no 'k'"),
    ({"head": {"mark": None}}, "no 'mark'"),
    ({"head": {"problem": None}}, "no 'problem'"),
    ({"head": {"rng": {}}}, "other content than was written"),
    ({"head": {"format": "maml-verify-checkpoint/1"}}, "format maml-verify-checkpoint/1"),
    ({"tables": {"beta": None}}, "no beta"),
    ({"tables": {"iterates": None}}, "other content than was written"),
    ({"tables": {"_w": None}}, "no '_w'"),
    ({"tables": {"_w": NAN}}, "_w not finite"),
    ({"tables": {"_w": NAN[0]}}, r"w has shape \(2,\)"),
    ({"tables": {"_w": np.array([["a", "b"]])}}, "w has shape .* and type <U1"),
    ({"tables": {"beta": np.ones((3, 2))}}, "other content than was written"),
    ({"tables": {"beta": np.ones((2, 2))}}, r"beta has shape \(2, 2\) where k = 3 and 2 runs need \(3, 2\)"),
    ({"tables": {"gradients": np.ones(3)}}, r"gradients has shape \(3,\)"),
]


@pytest.mark.parametrize(("change", "message"), DAMAGED, ids=[m for _, m in DAMAGED])
def test_a_damaged_checkpoint_is_one_clear_line(change, message, file):
    damage(file, **change)
    with pytest.raises(ValueError, match=f"checkpoint = .*{message}.*; rule: ") as error:
        resumed(file)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("length", [0, 1, 100, 1000, -1, -100])
def test_a_truncated_checkpoint_is_one_clear_line(length, file):
    file.write_bytes(file.read_bytes()[:length])
    with pytest.raises(ValueError, match=r"checkpoint = .*; rule: a file of format") as error:
        resumed(file)
    assert "\n" not in str(error.value)


def test_a_bit_that_fell_over_is_seen_or_changes_nothing(file):
    content = bytearray(file.read_bytes())
    whole = run(algorithm(), FAMILY, W0, 5, runs=2, rng=5)
    clear, places = 0, range(200, len(content), 97)
    for at in places:
        damaged = content.copy()
        damaged[at] ^= 16
        file.write_bytes(damaged)
        try:
            rest = resumed(file)
        except ValueError as error:
            clear += str(error).startswith(f"checkpoint = {file}: ") and "\n" not in str(error)
        else:
            # Such as the time in the zip's list of files.
            clear += 1
            assert np.array_equal(rest.iterates, whole.iterates)
    assert clear == len(places) > 10


@pytest.mark.parametrize("header", ["{'descr': '<f8', 'shape': (3, 2", "{'descr': '<f8' 'x': ", "", "(" * 20])
def test_an_array_whose_header_ends_early_is_one_clear_line(header, file):
    with np.load(file) as stored:
        tables = {name: stored[name] for name in stored.files}
    with zipfile.ZipFile(file, "w") as archive:
        for name, table in tables.items():
            with archive.open(f"{name}.npy", "w") as stream:
                if name == "_w":
                    text = header.encode().ljust(117) + b"\n"
                    stream.write(b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text)
                else:
                    np.lib.format.write_array(stream, table)
    with pytest.raises(ValueError, match=r"checkpoint = .*; rule: a file of format") as error:
        resumed(file)
    assert "\n" not in str(error.value)


def test_a_checkpoint_that_cannot_be_written_leaves_the_history_on_the_error(tmp_path, monkeypatch):
    def full(path, content):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(driving, "save", full)
    with pytest.raises(OSError, match="No space") as error:
        run(algorithm(), FAMILY, W0, 10, rng=5, every=4, checkpoint=tmp_path / "run.npz")
    assert error.value.history.state.k == 4
    line = "run algorithm-1 --runs 2 -K 10 --every 4 --beta 0.1 --checkpoint"
    assert main([*line.split(), str(tmp_path / "run.npz")]) == 3


def test_the_command_line_refuses_other_data(tmp_path, capsys):
    one, two = tmp_path / "clinics.csv", tmp_path / "other" / "clinics.csv"
    two.parent.mkdir()
    one.write_text("x,y,t\n1,0,a\n2,1,a\n3,0,b\n4,1,b\n")
    two.write_text("x,y,t\n1,0,a\n2,1,a\n3,0,b\n5,1,b\n")
    line = f"run algorithm-1 --label y --task t --runs 2 --beta 0.1 --checkpoint {tmp_path / 'c.npz'}"
    assert main([*line.split(), "--data", str(one), "-K", "2"]) == 0
    assert main([*line.split(), "--data", str(two), "-K", "3", "--resume"]) == 2
    assert "family = clinics of content " in capsys.readouterr().err
    assert main([*line.split(), "--data", str(one), "-K", "3", "--resume", "--rng", "1"]) == 2
    assert main([*line.split(), "--data", str(one), "-K", "3", "--resume"]) == 0


class Bowl(Family):
    """A family without tables: l_i(w) = a |w|^2/2."""

    name, d = "bowl", 2
    task_weights = np.array([1.0])
    probabilities = support = query = np.array([[1.0]])

    def __init__(self, a):
        self.a = a

    def loss(self, w, c):
        return self.a * (w * w).sum(-1) / 2 * c.sum(-1)

    def grad(self, w, c):
        return self.a * w * c.sum(-1, keepdims=True)

    def atom_grads(self, w, atoms):
        return np.stack([self.a * w for _ in atoms], axis=2)

    def hvp(self, w, v, c):
        return self.a * v * c.sum(-1, keepdims=True)


def test_a_family_without_tables_is_known_by_its_answers():
    assert family_digest(Bowl(1.0)) == family_digest(Bowl(1.0)) != family_digest(Bowl(1.0 + 1e-6))


def test_a_link_of_the_same_name_is_another_one():
    usual = ridge("cubic", [[[1.0]]])
    twice = dataclasses.replace(LINKS["cubic"], phi=lambda t: 2 * LINKS["cubic"].phi(t))
    assert family_digest(dataclasses.replace(usual, link=twice)) != family_digest(usual)
    assert isinstance(usual, Ridge)


@pytest.mark.parametrize("value", [[1], {"a": 1}, object(), np.zeros(2)])
def test_what_has_no_text_of_its_content_has_no_digest(value):
    with pytest.raises(TypeError, match="has no digest; rule: numbers, strings, tuples and families"):
        digest("cell", (1, value))


def test_a_source_that_is_not_found_is_refused(monkeypatch, tmp_path):
    identity.source.cache_clear()
    monkeypatch.setattr(identity.resources, "files", lambda package: tmp_path)
    line = ["table", "path-stability", "--steps", "1", "--jobs", "1", "--store", str(tmp_path / "s.db")]
    try:
        with pytest.raises(ValueError, match="source: maml_verify has no source; rule: an installation"):
            identity.source()
        assert main(line) == 2
        # A module that is in use, too, must have its source there.
        (tmp_path / "__init__.py").write_text("")
        with pytest.raises(ValueError, match=r"source: .* has no source"):
            identity.source()
    finally:
        identity.source.cache_clear()
    assert not (tmp_path / "s.db").exists()
