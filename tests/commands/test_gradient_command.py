"""`gradient FILE.py:FUNCTION`: right or which error, the exit code, and a file's own faults in one line."""

import csv
import io
import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from maml_verify.__main__ import main

EXAMPLES = Path(__file__).parents[2] / "examples" / "meta_gradients"
# The library of each example, and what each of its functions is.
FUNCTIONS = [
    ("plain_numpy", "numpy", {"meta_gradient": "maml", "reversed_product": "reversed-product"}),
    ("jax_grad", "jax", {"meta_gradient": "maml", "first_order": "first-order"}),
    ("torch_func", "torch", {"meta_gradient": "maml", "frozen": "frozen-inner-gradient"}),
    ("torch_create_graph", "torch", {"meta_gradient": "maml", "forgotten": "first-order"}),
    ("higher_loop", "torch", {"meta_gradient": "maml", "copied": "first-order"}),
    ("learn2learn_loop", "torch", {"meta_gradient": "maml", "first_order": "first-order"}),
]
EACH = """
import json, sys
from maml_verify.__main__ import main
for name in sys.argv[2:]:
    code = main(["gradient", f"{sys.argv[1]}:{name}", "--steps", "1", "2", "3", "--format", "json"])
    print(f'"exit {code}"')
"""


def test_every_example_is_here():
    assert {path.stem for path in EXAMPLES.glob("*.py")} == {file for file, _, _ in FUNCTIONS}


@pytest.mark.parametrize(("file", "library", "functions"), FUNCTIONS, ids=[file for file, _, _ in FUNCTIONS])
def test_an_example_is_what_it_says(file, library, functions):
    if find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    # In a process of its own: threads of JAX and PyTorch would warn at each fork of another test.
    line = [sys.executable, "-c", EACH, f"{EXAMPLES / file}.py", *functions]
    done = subprocess.run(line, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    decoder, text = json.JSONDecoder(), done.stdout
    for name in functions.values():
        found, end = decoder.raw_decode(text)
        code, after = decoder.raw_decode(text[end:].lstrip())
        text = text[end:].lstrip()[after:].lstrip()
        assert (found["looks_like"], found["right"]) == (name, name == "maml")
        assert (found["error"] < 1e-8) == (name == "maml")
        assert code == ("exit 0" if name == "maml" else "exit 1")
    assert not text


def ran(capsys, *words):
    code = main(["gradient", *map(str, words)])
    return code, capsys.readouterr()


def test_the_text_says_what_was_seen_at_every_n(capsys):
    code, shown = ran(capsys, f"{EXAMPLES / 'plain_numpy.py'}:reversed_product", "--steps", 1, 2)
    first, *rows = shown.out.splitlines()
    assert code == 1
    assert first.startswith("wrong: looks like reversed-product; relative error 1.1e-01")
    assert [row.partition(":")[0] for row in rows] == ["N = 1", "N = 2"]
    assert "not told apart here: maml, reversed-product" in rows[0]


@pytest.mark.parametrize("style", ["markdown", "latex", "csv", "json"])
def test_every_format_has_a_row_an_n(capsys, style):
    code, shown = ran(capsys, f"{EXAMPLES / 'plain_numpy.py'}:meta_gradient", "--format", style)
    assert code == 0
    if style == "csv":
        rows = list(csv.DictReader(io.StringIO(shown.out)))
        assert [row["N"] for row in rows] == ["1", "2", "5"]
        assert {row["looks_like"] for row in rows} == {"maml"}
    assert "maml" in shown.out


def test_another_variant_is_right_where_it_is_meant(capsys, tmp_path):
    (tmp_path / "reptile.py").write_text(
        "def g(task, w, alpha, steps):\n    v = w\n    for _ in range(steps):\n"
        "        v = v - alpha * task.grad(v, 'support')\n    return (w - v) / alpha\n"
    )
    assert ran(capsys, f"{tmp_path / 'reptile.py'}:g", "--variant", "reptile")[0] == 0
    assert ran(capsys, f"{tmp_path / 'reptile.py'}:g")[0] == 1


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        ("def g(task, w, alpha, steps):\n    return w.no_such", "g", "line 2: AttributeError"),
        ("def g(task, w, alpha, steps):\n    return 1.0", "g", "rule: (4,), as w has"),
        ("def g(task):\n    return task", "g", "TypeError: g() takes 1 positional"),
        ("g = 3", "g", "function = FILE:g: int; rule: a function"),
        ("def g(task, w, alpha, steps):\n    return w", "h", "rule: one of g"),
        ("def g(:", "g", "line 1: invalid syntax; rule: a file that runs"),
    ],
)
def test_a_fault_of_the_file_is_one_line(capsys, tmp_path, content, name, why):
    path = tmp_path / "mine.py"
    path.write_text(content)
    code, shown = ran(capsys, f"{path}:{name}")
    assert code == 2
    (line,) = shown.err.splitlines()
    assert why.replace("FILE", str(path)) in line
    assert ran(capsys, tmp_path / "none.py:g")[0] == 2


def test_an_output_that_is_the_file_is_refused(capsys, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("def g(task, w, alpha, steps):\n    return w")
    code, shown = ran(capsys, f"{path}:g", "--output", path)
    assert code == 2
    assert "the same file as function" in shown.err
