"""A user's file: run once, its errors in one line, and what it defines carried to other processes."""

import pytest

from maml_verify.execution.python_files import carried, digests, load, named, run
from maml_verify.execution.workers import each

CONTENT = """
from __future__ import annotations
from dataclasses import dataclass
import beside_it

@dataclass
class Twice:
    factor: int = beside_it.TWO

    def __call__(self, x):
        return helper(self.factor, x)

def helper(a, b):
    return a * b

if __name__ == "__main__":
    raise SystemExit("run as a program")
twice = Twice()
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    import sys

    monkeypatch.setattr(sys, "path", [*sys.path])
    (tmp_path / "beside_it.py").write_text("TWO = 2\n")
    path = tmp_path / "my file.py"
    path.write_text(CONTENT)
    return path


def _applied(function, x):
    return function(x)


def test_what_it_defines_is_found_by_name_and_run_once(file):
    assert named("family", f"{file}:twice")(3) == 6
    assert load("claims", str(file)) is load("family", str(file))
    assert len(digests()) >= 1


def test_what_it_defines_is_known_in_other_processes(file):
    twice = named("family", f"{file}:twice")
    assert run(carried(_applied, (twice, 4))) == 8
    assert sorted(each(_applied, [(twice, k) for k in range(3)], jobs=2)) == [0, 2, 4]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("x = (1", "line 1: '(' was never closed; rule: a file that runs"),
        ("x = 1\n\ny = z\n", "line 3: NameError: name 'z' is not defined; rule: a file that runs"),
        ("import sys\nsys.exit(4)\n", "line 2: SystemExit: 4; rule: a file that runs"),
        ("import no_such_package\n", "line 1: ModuleNotFoundError: No module named 'no_such_package'"),
        ("def f():\n    raise OSError('no\\nway')\n\nf()\n", "line 2: OSError: no way; rule"),
    ],
)
def test_an_error_in_it_is_one_line_with_its_place(tmp_path, content, why):
    path = tmp_path / "broken.py"
    path.write_text(content)
    with pytest.raises(ValueError, match="claims = ") as caught:
        load("claims", str(path))
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_no_name_in_a_file_is_refused(file):
    for text in ("family.py", f"{file}", f"{file}:", ":twice"):
        with pytest.raises(ValueError, match=r"rule: FILE\.py:NAME"):
            named("family", text)
    with pytest.raises(ValueError, match="the nearest is twice"):
        named("family", f"{file}:twise")
    with pytest.raises(ValueError, match="rule: a Python file that is there"):
        named("family", "missing.py:family")
