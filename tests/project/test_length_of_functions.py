"""A function fits on a page; what its docstring says of it is not counted."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST = 60


def lines(function: ast.FunctionDef) -> int:
    first = function.body[0]
    text = first.end_lineno - first.lineno + 1 if ast.get_docstring(function) else 0
    return function.end_lineno - function.lineno + 1 - text


@pytest.mark.parametrize("package", ["maml_verify", "problems"])
def test_no_function_is_longer_than_a_page(package):
    files = sorted((ROOT / package).rglob("*.py"))
    trees = [(file, ast.parse(file.read_text(encoding="utf-8"))) for file in files]
    found = [(f, n) for f, tree in trees for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    assert found
    assert [f"{file}: {node.name}" for file, node in found if lines(node) > LONGEST] == []
