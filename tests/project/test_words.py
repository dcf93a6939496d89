"""The table of words in CONTRIBUTING: each once, with one sentence and a file that is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| ([a-z]+) \| (.+) \| `([^`]+)` \|$", re.M)


def test_every_word_has_a_sentence_and_a_place():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Words")[2]
    rows = ROW.findall(text)
    assert len(rows) == text.count("\n| ") - 2
    words = [word for word, _, _ in rows]
    assert len(words) == len(set(words)) > 20
    for word, _, place in rows:
        assert (ROOT / place).exists(), word
        files = [ROOT / place] if place.endswith(".py") else (ROOT / place).glob("*.py")
        assert any(word in file.read_text(encoding="utf-8").lower() for file in files), word


def test_the_example_of_a_statement_is_as_the_registry_wants_it():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for command in re.findall(r"python -m ([\w.]+)", text):
        path = ROOT / command.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists()
