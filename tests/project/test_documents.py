"""What README and docs show is what the program does: every block of code or output is run, or named here.

What takes long is reduced: the table of the clinics' data (to a row in six) and the store of a sweep to one
statement, N and step size; the 10^5 cells to one statement and N; the table of the step size to N up to 4.
"""

import contextlib
import io
import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from maml_verify.__main__ import COMMANDS, main
from maml_verify.studies import inner_step_size

ROOT = Path(__file__).parents[2]
SHORT = ["path-stability", "--steps", "1", "--alpha-L", "1/20", "--jobs", "1"]


def blocks(name):
    """The indented blocks of a document, in order."""
    text = (ROOT / name).read_text(encoding="utf-8")
    found = re.findall(r"(?:^(?: {4}.*)?\n)+", text, flags=re.M)
    return [
        block for block in ("\n".join(line[4:] for line in b.split("\n")).strip("\n") for b in found) if block
    ]


def the_block(name, start):
    (block,) = [block for block in blocks(name) if block.startswith(start)]
    return block


INSTALL = "python3 -m venv .venv && .venv/bin/pip install -q "
# What stands for each block, by how it begins.
NAMED = {
    "README.md": {
        INSTALL + ". ": "test_ci_begins_with_the_commands_of_the_readme",
        INSTALL + "'.[test]'": "test_ci_begins_with_the_commands_of_the_readme",
        "maml-verify table path-second-moment": "test_a_command_prints_what_is_shown",
        "statement ": "test_a_command_prints_what_is_shown",
        "maml-verify list": "test_the_commands_are_those_there_are",
        "from fractions import Fraction": "test_code_prints_what_is_shown",
        "Proposition 1 (printed)": "test_code_prints_what_is_shown",
        "import csv": "test_the_clinics_are_made_and_checked",
        "maml-verify table --data clinics.csv": "test_the_clinics_are_made_and_checked",
    },
    "docs/families.md": {
        "import numpy": "test_code_prints_what_is_shown",
        "Proposition 1 (printed)": "test_code_prints_what_is_shown",
    },
    "docs/balls.md": {
        "import numpy": "test_code_prints_what_is_shown",
        "inf\n": "test_code_prints_what_is_shown",
    },
    "docs/sweeps.md": {
        "maml-verify table --edition all --store": "test_a_sweep_goes_on_from_its_store",
        "dask scheduler": "test_cluster.py, with a scheduler and workers of its own",
        "python examples/hundred_thousand_cells.py": "test_the_example_counts_its_cells",
    },
    "docs/certificates.md": {
        "maml-verify audit --certificates DIR": "test_the_certificates_of_a_step_are_written_and_checked",
    },
    "docs/step-size.md": {
        "from maml_verify.studies.inner_step_size": "test_the_table_of_the_step_size_is_made_by_its_code",
    },
    "docs/second-paper.md": {
        "import numpy as np": "test_the_tables_of_the_second_paper_are_made_by_their_code",
    },
    "CONTRIBUTING.md": {},
}  # fmt: skip

# Run in test_my_problem.py: each block, by how it begins.
MY_PROBLEM = {
    "docs/my-loss.md": (
        "import numpy as np\nfrom problems",
        "from maml_verify import check_family",
        "L = 0.125 is too small",
        "maml-verify laws mine.py:claiming",
        "from maml_verify import parametrize_with_checks",
        "from maml_verify import check\nfrom mine",
        "Proposition 1 (printed) on mine",
        "maml-verify table meta-smoothness",
        "import numpy as np\nfrom maml_verify",
        "Lemma 11 (printed) on cauchy",
    ),
    "docs/my-data.md": (
        "import csv",
        "maml-verify laws --data",
        "maml-verify table path-stability mean-gradient --data",
        "import autograd",
        "maml-verify laws robust.py:family",
        "maml-verify table path-stability mean-gradient --family",
    ),
}
NAMED |= {name: dict.fromkeys(starts, "test_my_problem.py") for name, starts in MY_PROBLEM.items()}


@pytest.mark.parametrize("name", NAMED)
def test_every_block_is_run_or_named(name):
    shown = blocks(name)
    assert [sum(block.startswith(start) for block in shown) for start in NAMED[name]] == [1] * len(
        NAMED[name]
    )
    assert len(shown) == len(NAMED[name])
    here = {test for test in NAMED[name].values() if test.startswith("test_") and ".py" not in test}
    assert here <= set(globals())


def test_every_document_is_looked_at():
    documents = {str(path.relative_to(ROOT)) for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"))}
    # The first is made of the ledger, and its test is there; the second holds no blocks.
    tutorials = {"docs/my-theorem.md", "docs/my-gradient.md"}
    assert documents - NAMED.keys() - tutorials == {"docs/errata.md", "CHANGES.md"}
    assert blocks("CHANGES.md") == []


def test_the_certificates_of_a_step_are_written_and_checked(tmp_path):
    block = the_block("docs/certificates.md", "maml-verify audit --certificates DIR")
    for line in block.split("\n"):
        program, *words = line.split("#")[0].split()
        words = [str(tmp_path) if word == "DIR" else word for word in words]
        words = ["-m", "maml_verify", *words, "eq-26"] if program == "maml-verify" else words
        run = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr
    assert "0 refused" in run.stdout


def test_ci_begins_with_the_commands_of_the_readme():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert the_block("README.md", "python3 -m venv .venv && .venv/bin/pip install -q '.[test]'") in script
    assert (
        the_block("README.md", "python3 -m venv .venv && .venv/bin/pip install -q . ").split(" && ")[-1]
        in script
    )


def run(line):
    program, *arguments = shlex.split(line)
    assert program == "maml-verify"
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert main(arguments) == 0
    return printed.getvalue()


def test_a_command_prints_what_is_shown():
    # Its lines are broken in the document.
    printed = run(the_block("README.md", "maml-verify table path-second-moment") + " --jobs 1")
    assert printed.split() == the_block("README.md", "statement ").split()


def test_the_commands_are_those_there_are(capsys):
    listed = the_block("README.md", "maml-verify list").splitlines()
    words = [line.split()[1] for line in listed]
    assert sorted(words) == sorted(name for name, _, _ in COMMANDS)
    for line in listed:
        usage = re.split(r" {2,}", line)[0].split()
        with pytest.raises(SystemExit):
            main([usage[1], "--help"])
        shown = capsys.readouterr().out
        for option in [word for word in usage[2:] if word.startswith("--")]:
            assert option in shown


@pytest.mark.parametrize(
    ("name", "start", "shown"),
    [
        ("README.md", "from fractions import Fraction", "Proposition 1 (printed)"),
        ("docs/families.md", "import numpy", "Proposition 1 (printed)"),
        ("docs/balls.md", "import numpy", "inf\n"),
    ],
)
def test_code_prints_what_is_shown(name, start, shown):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(the_block(name, start), {})
    assert printed.getvalue().strip() == the_block(name, shown)


def test_the_clinics_are_made_and_checked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(the_block("README.md", "import csv"), {})
    lines = (tmp_path / "clinics.csv").read_text().splitlines()
    assert lines[0] == "radius,texture,smoothness,benign,clinic"
    # A row in six, as the whole takes long.
    (tmp_path / "clinics.csv").write_text("\n".join([lines[0], *lines[1::6]]) + "\n")
    printed = run(
        shlex.join([*shlex.split(the_block("README.md", "maml-verify table --data clinics.csv")), *SHORT])
    )
    assert "holds 0." in printed


def test_a_sweep_goes_on_from_its_store(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    line = the_block("docs/sweeps.md", "maml-verify table --edition all --store")
    assert line.endswith(" --jobs 8")
    once = run(shlex.join([*shlex.split(line.removesuffix(" --jobs 8")), *SHORT]))
    assert (tmp_path / "sweep.db").exists()
    assert run(shlex.join([*shlex.split(line.removesuffix(" --jobs 8")), *SHORT])) == once


def test_the_example_counts_its_cells(tmp_path, monkeypatch, capsys):
    line = the_block("docs/sweeps.md", "python examples/hundred_thousand_cells.py")
    path = ROOT / line.split()[1]
    example = runpy.run_path(str(path))
    reduced = {"STATEMENTS": ("path-stability",), "STEPS": (2,), "SHARES": example["SHARES"][::20]}
    example["main"].__globals__.update(reduced)
    monkeypatch.setattr("sys.argv", [str(path), str(tmp_path / "sweep.db"), "--jobs", "1"])
    example["main"]()
    out, err = capsys.readouterr()
    assert re.search(
        r"^path-stability +(\d+) holds, +0 violated, +0 undecided, +0 vacuous; worst: Lemma 11", out
    )
    assert f"{len(list(example['cells']()))} cells in" in err


def test_the_table_of_the_step_size_is_made_by_its_code(tmp_path, monkeypatch):
    from maml_verify.reports.rows import render_rows

    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(inner_step_size.step_size_insight.__kwdefaults__, "steps", (1, 2, 4))
    made = {}
    exec(the_block("docs/step-size.md", "from maml_verify.studies.inner_step_size"), made)
    assert (tmp_path / "step-size.png").stat().st_size > 10_000
    shown = (ROOT / "docs/step-size.md").read_text(encoding="utf-8").splitlines()
    header, rule, *rows = render_rows(made["rows"], "markdown").splitlines()
    assert header in shown
    assert rule in shown
    assert len(rows) == 6
    assert [row for row in rows if row not in shown] == []


def test_the_tables_of_the_second_paper_are_made_by_their_code(tmp_path, monkeypatch):
    from maml_verify.reports.rows import render_rows

    monkeypatch.chdir(tmp_path)
    made = {}
    exec(the_block("docs/second-paper.md", "import numpy as np"), made)
    assert (tmp_path / "second-paper.png").stat().st_size > 10_000
    shown = (ROOT / "docs/second-paper.md").read_text(encoding="utf-8").splitlines()
    for name in ("held", "errors", "reached"):
        assert [line for line in render_rows(made[name], "markdown").splitlines() if line not in shown] == []
    middle = [row for row in made["rows"] if row["gradient"] == 1]
    assert [line for line in render_rows(middle, "markdown").splitlines() if line not in shown] == []
    # What the page says of all the rows.
    multi = {row["constant"] for row in made["rows"] if row["smaller"] == "multi-step"}
    assert multi == {"smoothness"}
    assert all(row["smaller"] == "multi-step" for row in made["rows"] if row["constant"] == "smoothness")
