"""What is computed asks the family; tables of ridge sums are read where ridge sums are what it is about."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "maml_verify"
TABLES = {"link", "features", "offsets", "coefficients", "linear"}
# Where, and why there.
ABOUT_RIDGE_SUMS = {
    "meta_gradients/kernel": "the fast path of float64 ridge sums, which says by `serves` whether it is one",
    "studies/search": "it makes ridge sums",
    "studies/extremal": "it makes ridge sums",
    "studies/random_checks.py": "the link of the instances that a search makes",
    "checks/columns.py": "the shipped families of a link",
    "checks/witness": "a witness file holds ridge sums",
    "checks/probe.py": "tables of its own, by the same names",
    "strategies.py": "the shipped families of a link",
    "commands/console/data.py": "options of a data set by the same names",
}


def reads(source: str) -> list[int]:
    """Lines that name `Ridge`, or a table of its."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Attribute) and node.attr in TABLES)
        or (isinstance(node, ast.Name) and node.id == "Ridge")
        or (isinstance(node, ast.Constant) and node.value in TABLES and isinstance(node.value, str))
    ]


def where(path: Path) -> str | None:
    name = path.relative_to(PACKAGE).as_posix()
    return next((place for place in ABOUT_RIDGE_SUMS if name.startswith(place)), None)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_table_of_a_ridge_sum_is_read(path):
    if where(path) is None:
        assert reads(path.read_text(encoding="utf-8")) == []


def test_every_place_named_here_is_needed():
    named = {where(path) for path in PACKAGE.rglob("*.py") if reads(path.read_text(encoding="utf-8"))}
    assert named == {*ABOUT_RIDGE_SUMS}


def test_a_reader_is_seen():
    assert reads("def f(family):\n    return family.link.slope") == [2]
    assert reads("if isinstance(family, Ridge): pass") == [1]
    assert reads("getattr(family, 'features')") == [1]
