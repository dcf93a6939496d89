"""The benchmarks and examples find in the project what they import from it."""

import ast
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("maml_verify", "problems", "proofs_check")
SCRIPTS = [path for folder in ("benchmarks", "examples") for path in sorted((ROOT / folder).rglob("*.py"))]


def lacking(text: str) -> list[str]:
    """Names imported from the project that it does not have."""
    found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom) and node.module]
    names = [(n.module, a.name) for n in found if n.module.split(".")[0] in OURS for a in n.names]
    missing = []
    for module, name in names:
        try:
            if not hasattr(importlib.import_module(module), name):
                importlib.import_module(f"{module}.{name}")
        except ImportError:
            missing.append(f"{module}.{name}")
    return missing


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_script_imports_is_there(path):
    assert lacking(path.read_text(encoding="utf-8")) == []


def test_what_is_not_there_is_seen():
    text = "from maml_verify.record import Record, Recrod\nfrom maml_verify.recrod import Record"
    assert lacking(text) == ["maml_verify.record.Recrod", "maml_verify.recrod.Record"]
