"""Each block of a tutorial runs, in an empty folder, as it is printed.

A block that begins with ``# name.py`` is that file; one that begins with ``maml-verify`` or ``python`` is a
command, and one that follows it without being either is what it prints.
"""

import re
import runpy
import shlex
from pathlib import Path

import pytest
from test_documents import ROOT, blocks

from maml_verify.__main__ import main

# Exit codes other than 0, by what the command begins with, as the pages say.
CODES = {
    "docs/my-gradient.md": {"maml-verify gradient mine.py": 1},
    "docs/my-theorem.md": {
        'maml-verify conjecture "norm(dL(w) - dL(u)) <= (2*L': 1,
        "maml-verify replay": 1,
        "maml-verify search without-rho": 1,
        'maml-verify conjecture "norm(dL(w)) <= Lo': 2,
    },
}


def printed(line, capsys):
    """The exit code of a command, and what it prints."""
    program, *words = shlex.split(line)
    if program == "python":
        runpy.run_path(words[0], run_name="__main__")
        code = 0
    else:
        assert program == "maml-verify"
        code = main(words)
    shown = capsys.readouterr()
    return code, shown.err if code == 2 else shown.out


@pytest.mark.parametrize("name", CODES)
def test_every_block_runs_as_printed(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    ran, output = [], None
    for block in blocks(name):
        if found := re.match(r"# (\w+\.py)\n", block):
            Path(found[1]).write_text(block + "\n", encoding="utf-8")
        elif block.startswith(("maml-verify ", "python ")) and "\n" not in block:
            code, output = printed(block, capsys)
            expected = next((c for start, c in CODES[name].items() if block.startswith(start)), 0)
            assert code == expected, f"{block}\n{output}"
            ran.append(block)
        else:
            # Its lines are broken in the document; of a table, the legend below it is not shown.
            assert output is not None, block
            assert " ".join(output.split()).startswith(" ".join(block.split()))
            output = None
    assert all(any(block.startswith(start) for block in ran) for start in CODES[name])


def test_the_readme_names_them():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(name in readme for name in CODES)
