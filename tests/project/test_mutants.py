"""Changes planted in the code: which are drawn, which tests judge them, and what the result is."""

import ast
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
if not (ROOT / "benchmarks").exists():
    pytest.skip("the benchmarks are not part of the wheel", allow_module_level=True)
sys.path.insert(0, str(ROOT))
from benchmarks.mutants import __main__ as mutants  # noqa: E402
from benchmarks.mutants.order import Reached, stages  # noqa: E402
from benchmarks.mutants.reached import Told, as_map  # noqa: E402
from benchmarks.mutants.sample import draw, rank  # noqa: E402
from benchmarks.mutants.sites import changes  # noqa: E402

sys.path.remove(str(ROOT))

TEXT = '''"""A module."""
LIMIT = 2.0**-60


def below(x, y):
    """Compare."""
    if not x < y + 1:
        raise ValueError("rule: x < y + 1")
    return max(x, 0) ** 2


class Sum:
    """Two numbers."""

    def of(self, a, b):
        """Add."""
        return a + b if a > 0 and b > 0 else a - b
'''


def of(folder, text):
    """Changes of a file of this text."""
    path = folder / "room/module.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return changes(path, folder)


def test_each_kind_of_change_is_planted_where_it_says(tmp_path):
    found = of(tmp_path, TEXT)
    kinds = {"check", "comparison", "constant", "exponent", "logic", "operator", "rounding"}
    assert {change.kind for change in found} == kinds
    assert len({change.identity for change in found}) == len(found)
    for change in found:
        planted = change.planted(TEXT)
        assert ast.dump(ast.parse(planted)) != ast.dump(ast.parse(TEXT)), change
        differ = [
            k for k, pair in enumerate(zip(TEXT.split("\n"), planted.split("\n"), strict=True), 1)
            if pair[0] != pair[1]
        ]  # fmt: skip
        assert differ == [change.line]
    functions = {change.function for change in found}
    assert functions == {"", "below", "Sum.of"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("def below", "def first(a):\n    return a + 1 > 2\n\n\ndef below"),
        ("max(x, 0)", "max(x, 0, 1 - y)"),
        ("class Sum", "# moved\n\n\nclass Sum"),
    ],
)
@pytest.mark.parametrize("seed", range(6))
def test_an_edit_elsewhere_leaves_the_rest_of_the_sample_as_it_was(old, new, seed, tmp_path):
    text = "\n\n".join(TEXT.replace("Sum", f"Sum{k}").replace("below", f"below{k}") for k in range(6))
    before, after = of(tmp_path, text), of(tmp_path, text.replace(old, new, 1))
    drawn, again = ({c.identity for c in draw(found, 14, seed)} for found in (before, after))
    there, then = ({c.identity for c in found} for found in (before, after))
    # What was drawn and is still there is drawn again, but for what new changes of lower rank have displaced.
    gone, displaced = drawn - then, (drawn & then) - again
    assert len(displaced) <= len(again - there)
    assert again - drawn <= (then - there) | {c.identity for c in before}
    assert len(again - drawn) <= len(gone) + len(again - there)


def test_another_seed_draws_others(tmp_path):
    found = of(tmp_path, TEXT * 3)
    drawn = {seed: [c.identity for c in draw(found, 10, seed)] for seed in range(4)}
    assert len({tuple(sorted(d)) for d in drawn.values()}) == 4
    assert drawn[0] == [c.identity for c in draw(found[::-1], 10, 0)]
    assert rank(found[0], 0) != rank(found[0], 1)


FAST, SLOW, OTHER = (
    "tests/a/test_module.py::test_fast",
    "tests/a/test_b.py::test_slow",
    "tests/c/test_d.py::test_x",
)


def told():
    """Four tests, of which one failed; two take a fixture that they share."""
    found = Told()
    found.seconds |= {FAST: 0.1, SLOW: 9.0, OTHER: 0.2, "tests/c/test_d.py::test_fails": 0.1}
    found.failed = {"tests/c/test_d.py::test_fails"}
    found.shared["shared tests/a::records"] = {FAST, SLOW}
    return found


@pytest.mark.parametrize(
    ("contexts", "tests"),
    [
        (["|" + FAST], {FAST}),
        ([FAST + " (call)|"], {FAST}),
        (["|shared tests/a::records"], {FAST, SLOW}),
        (["|collected tests/c/test_d.py"], {OTHER}),
        (["tests/c/test_d.py::test_fails"], set()),
        ([SLOW, OTHER + " (setup)"], {SLOW, OTHER}),
        ([], set()),
    ],
    ids=["test", "process", "fixture", "file of tests", "failed", "two", "none"],
)
def test_a_line_is_reached_by_the_tests_that_its_contexts_stand_for(contexts, tests, tmp_path):
    written = as_map({"room/module.py": {7: contexts}}, told())
    (change, *_) = [c for c in of(tmp_path, TEXT) if c.line == 7]
    assert Reached(written).tests(change) == tests
    assert {test for stage in stages(change, Reached(written)) for test in stage} == tests


def test_what_an_import_runs_is_judged_by_all_that_reach_the_file(tmp_path):
    written = as_map({"room/module.py": {2: [""], 7: ["", SLOW], 9: [OTHER]}}, told())
    found = of(tmp_path, TEXT)
    for line, tests in ((2, {SLOW, OTHER}), (7, {SLOW, OTHER}), (9, {OTHER}), (17, set())):
        (change, *_) = [c for c in found if c.line == line]
        assert Reached(written).tests(change) == tests


def test_the_quickest_tests_run_first(tmp_path):
    written = as_map({"room/module.py": {7: [FAST, SLOW, OTHER]}}, told())
    (change, *_) = [c for c in of(tmp_path, TEXT) if c.line == 7]
    assert stages(change, Reached(written)) == [[FAST, OTHER], [SLOW]]
    assert stages(change, Reached(written), frozenset({FAST})) == [[OTHER], [SLOW]]


class FakeTree:
    """Gives the answers it was made with, and keeps the tests it was asked to run."""

    def __init__(self, *answers):
        self.answers, self.asked, self.planted = list(answers), [], 0

    def run(self, tests, known, seconds, **options):
        self.asked.append(list(tests))
        return {"seconds": 1.0, "noticed": [], "code": 0} | self.answers.pop(0)

    def plant(self, change):
        self.planted += 1
        return "before"

    def restore(self, change, before):
        assert before == "before"
        self.planted -= 1

    def is_compiled(self, change):
        return False


@pytest.mark.parametrize(
    ("contexts", "answers", "result", "by", "runs"),
    [
        ([], [], "survived", "no test reaches it", 0),
        ([FAST, SLOW], [{}, {}], "survived", "", 2),
        ([FAST, SLOW], [{"code": 1, "noticed": [FAST]}], "killed", FAST, 1),
        ([FAST, SLOW], [{}, {"code": 1, "noticed": [SLOW]}], "killed", SLOW, 2),
        ([FAST], [{"code": None}], "killed", "time", 1),
        # Nine seconds as usual, so that the end of twenty says nothing.
        ([FAST, SLOW], [{}, {"code": None}], "survived", "time was over before all tests had run", 2),
        ([FAST], [{"code": 3}], "killed", "exit code 3", 1),
        ([FAST], [{"code": 5}], "survived", "", 1),
    ],
)
def test_a_change_is_killed_by_a_failure_alone(contexts, answers, result, by, runs, tmp_path, monkeypatch):
    monkeypatch.setattr(mutants, "state", lambda change, tests, root: "as it is")
    (change, *_) = [c for c in of(tmp_path, TEXT) if c.line == 7]
    tree = FakeTree(*answers)
    reached = Reached(as_map({"room/module.py": {7: contexts}}, told()))
    row = mutants.judge(change, tree, reached, 20.0, frozenset())
    assert (row["result"], row["by"], len(tree.asked), tree.planted) == (result, by, runs, 0)


def test_a_result_stands_as_long_as_its_file_and_its_tests_do(tmp_path, monkeypatch):
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    (change, *_) = [c for c in of(tmp_path, TEXT) if c.line == 7]
    for test in (FAST, SLOW):
        file = tmp_path / test.split("::")[0]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("old", encoding="utf-8")
    reached = Reached(as_map({"room/module.py": {7: [FAST, SLOW]}}, told()))
    tree = FakeTree({"code": 1, "noticed": [FAST]}, {}, {})
    killed = mutants.judge(change, tree, reached, 20.0, frozenset())
    survived = mutants.judge(change, tree, reached, 20.0, frozenset())
    assert [mutants.stands(row, change, reached) for row in (killed, survived)] == [True, True]
    # What killed it is as it was; what let it live is not.
    (tmp_path / SLOW.split("::")[0]).write_text("new", encoding="utf-8")
    assert [mutants.stands(row, change, reached) for row in (killed, survived)] == [True, False]
    (tmp_path / "room/module.py").write_text(TEXT + "\n", encoding="utf-8")
    assert [mutants.stands(row, change, reached) for row in (killed, survived)] == [False, False]


def test_a_part_is_killed_of_what_is_not_equivalent():
    rows = [{"place": "p", "result": r} for r in ["killed"] * 3 + ["survived"] + ["equivalent"] * 4]
    assert mutants.summary(rows) == {"p": {"killed": 3, "survived": 1, "equivalent": 4, "rate": 0.75}}


def test_what_is_known_to_change_nothing_has_a_reason_and_is_told_where_it_is_gone(tmp_path):
    listed = json.loads(mutants.EQUIVALENT.read_text(encoding="utf-8"))
    names = [tuple(entry["change"]) for entry in listed]
    assert len(set(names)) == len(names)
    assert all(len(entry["reason"]) > 20 for entry in listed)
    there = [c.identity for c in of(tmp_path, TEXT)]
    edited, gone = (*there[0][:2], "LIMIT = 3", *there[0][3:]), ("room/no.py", "f", "x", "1 -> 2", "0")
    assert mutants.stale([*there, edited, gone], tmp_path) == [edited, gone]
