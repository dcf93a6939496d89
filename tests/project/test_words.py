"""The table of words in CONTRIBUTING holds: a word once, with a sentence and its files, and no other use."""

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
TABLE = TEXT.partition("## Words")[2]
ROW = re.compile(r"^\| ([a-z ]+) \| (.+) \| (`[^|]+`) \|$", re.M)
ROWS = {word: (sentence, re.findall(r"`([^`]+)`", files)) for word, sentence, files in ROW.findall(TABLE)}
PACKAGES = ("maml_verify", "problems", "proofs_check")
# Words that were given up, and what the thing is called.
GIVEN_UP = {
    "surd": "root sum",
    "surds": "root sums",
    "cascade": "how a comparison is certified: float64, balls, exact numbers",
    "lane": "column",
    "lanes": "columns",
    "deciding": "verdict",
}


def files(place: str) -> list[Path]:
    return [ROOT / place] if place.endswith(".py") else sorted((ROOT / place).rglob("*.py"))


@cache
def trees() -> dict[Path, ast.Module]:
    found = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in found}


@cache
def identifiers(tree: ast.Module) -> set[str]:
    """The parts of every name that a file defines or uses, in lower case."""
    found: set[str] = set()
    for node in ast.walk(tree):
        for field in ("id", "attr", "arg", "name"):
            name = getattr(node, field, None)
            if isinstance(name, str):
                spaced = re.sub(r"([a-z])([A-Z])", r"\1_\2", name)
                found |= {part.lower() for part in re.split(r"[_.]+", spaced)}
    return found


def misnamed(classes: dict[str, set[Path]], rows: dict[str, tuple[str, list[str]]]) -> list[str]:
    """Classes that bear the name of a word and are not where the table says that it is."""
    wrong = []
    for word, (_, places) in rows.items():
        allowed = {path for place in places for path in files(place)}
        name = word.title().replace(" ", "")
        wrong += [f"{name}: {path.relative_to(ROOT)}" for path in sorted(classes.get(name, set()) - allowed)]
    return wrong


def test_every_word_has_a_sentence_and_a_place():
    assert len(ROW.findall(TABLE)) == len(ROWS) == TABLE.count("\n| ") - 2 > 20
    for word, (_, places) in ROWS.items():
        for place in places:
            assert (ROOT / place).exists(), word
            lines = [path.read_text(encoding="utf-8").lower() for path in files(place)]
            assert any(word.replace(" ", sign) in text for text in lines for sign in (" ", "_", "")), (
                word,
                place,
            )


def test_a_class_that_bears_a_word_is_what_the_table_says():
    classes: dict[str, set[Path]] = defaultdict(set)
    for path, tree in trees().items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                classes[node.name].add(path)
    assert misnamed(classes, ROWS) == []
    # A second class of that name elsewhere is seen.
    elsewhere = ROOT / "maml_verify" / "reports" / "rows.py"
    assert misnamed({"Record": {elsewhere}}, ROWS) == ["Record: maml_verify/reports/rows.py"]


@pytest.mark.parametrize("word", GIVEN_UP)
def test_a_word_that_was_given_up_is_in_no_name(word):
    used = {path: identifiers(tree) for path, tree in trees().items()}
    assert [str(path.relative_to(ROOT)) for path, names in used.items() if word in names] == [], GIVEN_UP[
        word
    ]
    assert [path for path in used if word in path.stem.split("_")] == []


def test_names_are_taken_apart():
    tree = ast.parse("def in_lanes(first, **SurdRoot): return first.cascade + SurdRoot")
    assert {"in", "lanes", "surd", "root", "cascade", "first"} <= identifiers(tree)


def test_commands_of_the_recipes_are_there():
    for command in re.findall(r"python -m ([\w.]+)", TEXT):
        path = ROOT / command.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists()
