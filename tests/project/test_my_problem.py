"""The tutorials on a loss and on data of one's own: each block is run as it is printed."""

import contextlib
import io
import re
import sys

import pytest
from test_documents import run, the_block


def output(code):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, {})
    return printed.getvalue().strip()


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder whose files can be imported, as where Python is started in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", ["", *sys.path])
    for name in ("mine", "robust"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    yield tmp_path
    for name in ("mine", "robust"):
        sys.modules.pop(name, None)


def test_my_loss_is_put_to_the_test(desk):
    name = "docs/my-loss.md"
    (desk / "mine.py").write_text(the_block(name, "import numpy as np\nfrom problems"))
    assert output(the_block(name, "from maml_verify import check_family")) == the_block(name, "L = 0.125")
    counts = run(the_block(name, "maml-verify laws mine.py:claiming")).splitlines()[-1]
    assert re.fullmatch(r"\d\d run: \d\d passed, 0 failed, 0 expected, \d+ skipped", counts)
    shown = output(the_block(name, "from maml_verify import check\nfrom mine"))
    assert shown == the_block(name, "Proposition 1 (printed) on mine")
    shown = output(the_block(name, "import numpy as np\nfrom maml_verify"))
    assert shown == the_block(name, "Lemma 11 (printed) on cauchy")
    assert "0 violated" in run(the_block(name, "maml-verify table meta-smoothness") + " --jobs 1")
    tests = {}
    exec(the_block(name, "from maml_verify import parametrize_with_checks"), tests)
    (mark,) = tests["test_my_family"].pytestmark
    for parameter in [p for p in mark.args[1] if p.id in ("mine-hvp", "mine-L", "mine-path-stability")]:
        tests["test_my_family"](*parameter.values)


def test_my_data_are_a_family(desk):
    name = "docs/my-data.md"
    exec(the_block(name, "import csv"), {})
    (desk / "robust.py").write_text(the_block(name, "import autograd"))
    for start in ("laws --data", "laws robust.py:family"):
        counts = run(the_block(name, f"maml-verify {start}")).splitlines()[-1]
        assert re.fullmatch(r"\d\d run: \d\d passed, 0 failed, 0 expected, \d+ skipped", counts)
    for start in ("--data", "--family"):
        line = the_block(name, f"maml-verify table path-stability mean-gradient {start}")
        assert "2 checked" in run(f"{line} --jobs 1")
