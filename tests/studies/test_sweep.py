"""Sweeps: the same records however they run, a store that outlives a kill, an honest time left."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from fractions import Fraction

import pytest
from any_families import CLAIMED, Factors

from maml_verify.__main__ import main
from maml_verify.checks.columns import column
from maml_verify.commands.console.output import duration
from maml_verify.execution import identity
from maml_verify.execution import store as storing
from maml_verify.execution.identity import digest
from maml_verify.execution.remaining import Remaining
from maml_verify.execution.store import Store
from maml_verify.studies import sweep as sweeping
from maml_verify.studies.sweep import Cell, cells, run_cells
from problems import cubic

SOME = cells(["path-stability", "mean-gradient"], ["cubic", "cosine"], steps=(1, 2), alpha_L=Fraction(1, 3))


def records(todo=SOME, **options):
    found = dict(run_cells(todo, **({"jobs": 1} | options)))
    return [found[k] for k in range(len(todo))]


def timeless(found):
    return [replace(record, seconds=0.0) for record in found]


def values(path):
    with closing(sqlite3.connect(path)) as rows:
        return dict(rows.execute("SELECT key, value FROM cells"))


@pytest.fixture(scope="module")
def known():
    return records()


def test_the_records_do_not_depend_on_the_number_of_workers(known):
    assert {record.verdict for record in known} == {"holds", "violated"}
    assert timeless(records(jobs=2)) == timeless(records(jobs=3)) == timeless(known)


def test_constants_are_claimed_where_a_family_has_none(tmp_path):
    # What `check` takes as claimed, a sweep takes, too, and a store tells cells apart by it.
    given = {"steps": (2,), "alpha_L": Fraction(1, 5)}
    todo = [
        cells(["mean-gradient"], [Factors()], constants=constants, **given)[0]
        for constants in (None, CLAIMED, CLAIMED._replace(sigma=CLAIMED.rho))
    ]
    lacking, relative, other = records(todo, store=tmp_path / "store")
    # The claim is false of these products for all w, and so is what follows from it.
    assert (lacking.verdict, relative.verdict) == ("vacuous", "violated")
    assert relative.relative_to == "claimed constants"
    assert other.ratio != relative.ratio
    assert timeless(records(todo, store=tmp_path / "store")) == timeless([lacking, relative, other])
    own = records(cells(["mean-gradient"], ["cubic"], constants=CLAIMED, **given))
    assert timeless(own) == timeless(records(cells(["mean-gradient"], ["cubic"], **given)))


def test_an_edition_that_no_statement_named_has_gives_no_cells():
    assert cells(["path-stability"], editions=["printed-b"]) == []


def test_a_cell_may_be_one_family_of_a_column(known):
    families = column(SOME[0].claim, SOME[0].name)
    parts = records([SOME[0]._replace(member=k) for k in range(len(families))])
    assert sum(r.checked for r in parts) == known[0].checked
    assert max(r.ratio for r in parts) == known[0].ratio


def test_what_a_store_holds_is_not_computed_again(known, tmp_path, monkeypatch):
    path = tmp_path / "sweep.db"
    first = records(store=path)
    assert timeless(first) == timeless(known)
    monkeypatch.setattr(sweeping, "run_cell", None)
    assert records(store=path) == first
    folder = tmp_path / "witnesses"
    assert sum(r.witness is not None for r in records(store=path, witnesses=folder)) == len(
        list(folder.iterdir())
    )


def test_a_changed_source_or_cell_finds_no_stale_record(tmp_path, monkeypatch):
    path = tmp_path / "sweep.db"
    records(SOME[:1], store=path)
    records([SOME[0]._replace(steps=(2,))], store=path)
    assert len(values(path)) == 2
    monkeypatch.setattr(storing, "source", lambda: "another")
    records(SOME[:1], store=path)
    assert len(values(path)) == 3


def test_a_cell_has_one_name_in_every_process():
    cell = Cell("path-stability", "printed", cubic(rng=3), (1,), alpha_L=Fraction(1, 3))
    again, other = (cell._replace(column=cubic(rng=seed)) for seed in (3, 4))
    assert digest(cell) == digest(again) != digest(other)
    code = (
        "from fractions import Fraction; from problems import cubic;"
        "from maml_verify.studies.sweep import Cell;"
        "from maml_verify.execution.store import digest, source;"
        "cell = Cell('path-stability', 'printed', cubic(rng=3), (1,), alpha_L=Fraction(1, 3));"
        "print(digest(source(), cell))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == digest(identity.source(), cell)


def test_a_damaged_row_is_computed_anew(known, tmp_path, caplog):
    path = tmp_path / "sweep.db"
    records(store=path)
    with closing(sqlite3.connect(path)) as rows, rows:
        rows.execute("UPDATE cells SET value = replace(value, 'holds', 'vacuous')")
    assert timeless(records(store=path)) == timeless(known)
    assert [r.getMessage() for r in caplog.records] == [
        f"store {path}: 2 damaged rows; these cells are computed anew"
    ]


def test_a_truncated_file_is_kept_aside_and_computed_anew(known, tmp_path, caplog):
    path = tmp_path / "sweep.db"
    records(store=path)
    path.write_bytes(path.read_bytes()[:5000])
    assert timeless(records(store=path)) == timeless(known)
    assert len(caplog.records) == 1
    assert (tmp_path / "sweep.db.damaged").stat().st_size == 5000
    assert len(values(path)) == len(SOME)


def test_a_file_that_is_no_store_is_left_alone(tmp_path):
    text, other = tmp_path / "notes.txt", tmp_path / "other.db"
    text.write_text("mine")
    with closing(sqlite3.connect(other)) as rows:
        rows.execute("CREATE TABLE theirs (x)")
    before = other.read_bytes()
    for path in (text, other, tmp_path, tmp_path / "none" / "sweep.db"):
        with pytest.raises(ValueError, match=r"store = .*rule: a file made by a sweep"):
            Store(path)
    assert (text.read_text(), other.read_bytes()) == ("mine", before)


def test_a_killed_run_goes_on_and_loses_at_most_the_running_cells(tmp_path):
    path, output = tmp_path / "sweep.db", tmp_path / "records.json"
    command = ["table", "task-gradient-gap", "path-stability", "path-gradient", "--steps", "8"]
    command += ["--format", "json", "--output", str(output), "--store", str(path), "--jobs", "2"]
    process = subprocess.Popen([sys.executable, "-m", "maml_verify", *command], stderr=subprocess.DEVNULL)
    while not path.exists() or len(kept(path)) < 3:
        assert process.poll() is None
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    before = kept(path)
    assert 3 <= len(before) < 15
    assert main(command) == 0
    after = values(path)
    assert len(after) == len(json.loads(output.read_text())) == 15
    assert all(after[key] == value for key, value in before.items())


def kept(path):
    try:
        return values(path)
    except sqlite3.OperationalError:
        return {}  # the table is not there yet


def test_a_killed_worker_is_one_clear_error(monkeypatch, capsys):
    monkeypatch.setattr(sweeping, "_numbered", _killed)
    assert main(["table", "path-stability", "--jobs", "2"]) == 3
    assert capsys.readouterr().err.startswith("maml-verify: a worker process was killed")


def _killed(k, cell):
    os.kill(os.getpid(), signal.SIGKILL)


def test_the_time_left_counts_what_each_kind_of_cell_takes():
    # Two workers; ten cells of 1 s come first, ten of 4 s later, one of which was in the store.
    now = [0.0]
    clock = Remaining(["short"] * 10 + ["long"] * 10, lambda: now[0])
    assert clock.done(19, 4.0, fresh=False) == float("inf")
    for k in range(10):
        now[0] += 0.5
        assert clock.done(k, 1.0) == pytest.approx((9 - k) * 0.5 + 9 * 2)
    for k in range(10, 19):
        now[0] += 2
        assert clock.done(k, 4.0) == pytest.approx(2 * (18 - k))
    assert clock.count == 20


def test_a_kind_not_yet_seen_is_taken_for_the_mean():
    now = [0.0]
    clock = Remaining("aabb", lambda: now[0])
    now[0] = 3.0
    assert clock.done(0, 3.0) == pytest.approx(9.0)


def test_the_time_left_in_words():
    assert [duration(s) for s in (float("inf"), 0.2, 99, 100, 3600, 7200)] == [
        "", "about 0 s left", "about 99 s left", "about 2 min left", "about 60 min left", "about 2.0 h left",
    ]  # fmt: skip


@pytest.mark.parametrize("families", [["nobody"], ["cubic", "Cubic"], [cubic(), "nobody"]])
def test_a_family_that_is_none_is_refused(families):
    with pytest.raises(ValueError, match=r"family = '(nobody|Cubic)'; rule: "):
        cells(["path-stability"], families)
