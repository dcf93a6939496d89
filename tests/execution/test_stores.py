"""Stores, workers and disks that fail: what is done is shown, one line says why, and the exit code is 3."""

import os
import resource
import signal
import sqlite3
from contextlib import closing

import pytest
from processes import command

from maml_verify.__main__ import main
from maml_verify.execution import store as storing
from maml_verify.execution.store import APPLICATION, Store
from maml_verify.studies import sweep as sweeping
from maml_verify.studies.search import search as searching
from maml_verify.studies.search.optimise import Best
from problems import cubic

LINE = "table path-stability path-gradient task-gradient-gap --edition printed --steps 4 --alpha-L 1/50"
TABLE = "CREATE TABLE cells (key TEXT PRIMARY KEY, value TEXT, mark TEXT)"


def table(capsys, path, *more):
    code = main([*LINE.split(), "--jobs", "1", "--store", str(path), *more])
    return code, *capsys.readouterr()


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_full_disk_under_a_store_shows_what_is_done(jobs, tmp_path):
    path = tmp_path / "sweep.db"
    # As much of a file as a process may write, which is to SQLite a disk that fails.
    done = command(
        [*LINE.split(), "--jobs", str(jobs), "--store", str(path)],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000)),
    )
    assert done.returncode == 3, done.stderr
    assert done.stderr.startswith(f"maml-verify: store = {path}: ")
    assert done.stderr.endswith("what was kept before stays there; 3 cells are done and shown\n")
    assert done.stderr.count("\n") == 1
    assert "3 checked (" in done.stdout
    # With room again it goes on from there.
    assert main([*LINE.split(), "--jobs", "1", "--store", str(path), "--output", os.devnull]) == 0


def test_a_locked_store_shows_what_is_done(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(storing, "TIMEOUT", 0.1)
    path = tmp_path / "sweep.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    place, run_cell, done = "maml_verify.studies.sweep.run_cell", sweeping.run_cell, []

    def locked(cell):
        if len(done) == 2:
            other.execute("BEGIN IMMEDIATE")
        done.append(cell)
        return run_cell(cell)

    monkeypatch.setattr(place, locked)
    with closing(other):
        code, out, err = table(capsys, path)
        assert code == 3
        assert "database is locked; what was kept before stays there; 3 cells are done and shown" in err
        assert "3 checked (" in out
        code, out, err = table(capsys, path)
    # Of the record that could not be kept the time was not, either; nothing else was done.
    assert (code, out, err) == (3, "", f"maml-verify: store = {path}: database is locked\n")


FOREIGN = {
    "another database": ["CREATE TABLE theirs (x)"],
    "a table of the same name": ["CREATE TABLE cells (x)"],
    "a table of the same name and mark": ["CREATE TABLE cells (key TEXT PRIMARY KEY, x)", "mark"],
    "a table beside ours": [TABLE, "CREATE TABLE theirs (x)", "mark"],
    "a view beside ours": [TABLE, "CREATE VIEW theirs AS SELECT 1", "mark"],
    "an empty one of another program": ["PRAGMA application_id = 7", "PRAGMA user_version = 1"],
}


@pytest.mark.parametrize("name", FOREIGN)
def test_another_programs_database_is_left_alone(name, tmp_path, capsys):
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as rows, rows:
        for statement in FOREIGN[name]:
            rows.execute(f"PRAGMA application_id = {APPLICATION}" if statement == "mark" else statement)
    before = path.read_bytes()
    code, out, err = table(capsys, path)
    assert (code, out) == (2, "")
    assert "of another program; rule: a file made by a sweep, or a new one" in err
    assert path.read_bytes() == before


def test_a_damaged_database_of_another_program_is_not_set_aside(tmp_path):
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as rows, rows:
        rows.execute("CREATE TABLE theirs (x)")
        rows.executemany("INSERT INTO theirs VALUES (?)", [("x" * 500,)] * 100)
    path.write_bytes(path.read_bytes()[:9000])
    before = path.read_bytes()
    with pytest.raises(ValueError, match="rule: a file made by a sweep"):
        Store(path)
    assert [p.name for p in tmp_path.iterdir()] == ["other.db"]
    assert path.read_bytes() == before


def test_a_store_set_aside_replaces_no_other_and_takes_its_log_with_it(tmp_path):
    path = tmp_path / "sweep.db"
    for number in ("", "-2"):
        with Store(path) as kept:
            kept.write(("cell", number), number)
        path.write_bytes(path.read_bytes()[:5000])
        with Store(path) as kept:
            assert list(kept.read([("cell", number)])) == []
        assert (tmp_path / f"sweep.db.damaged{number}").stat().st_size == 5000
    for suffix in ("", "-wal", "-shm"):
        (tmp_path / f"other.db{suffix}").write_text(suffix)
    assert storing._set_aside(tmp_path / "other.db").name == "other.db.damaged"
    assert sorted(p.name for p in tmp_path.glob("other*")) == [
        f"other.db.damaged{suffix}" for suffix in ("", "-shm", "-wal")
    ]


@pytest.mark.parametrize("name", [os.devnull, ":memory:"])
def test_a_store_is_a_file(name, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, err = table(capsys, name)
    if name == os.devnull:
        assert (code, "a pipe or a device; rule: " in err) == (2, True)
    else:
        assert (code, (tmp_path / name).exists()) == (0, True)


def test_a_cell_of_a_family_is_found_by_its_content_alone(tmp_path):
    cells = [sweeping.Cell("path-stability", "printed", cubic(rng=seed), (1,)) for seed in (3, 3, 4)]
    with Store(tmp_path / "sweep.db") as kept:
        kept.write(cells[0], "value")
        assert list(kept.read(cells)) == [(0, "value"), (1, "value")]


def test_a_full_disk_under_the_witnesses_keeps_the_record(tmp_path, capsys, monkeypatch):
    def full(path, document):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(sweeping, "write_witness", full)
    line = "table path-second-moment --family cubic-well --edition printed --steps 4 --alpha-L 1/50 --jobs 1"
    assert main([*line.split(), "--witnesses", str(tmp_path)]) == 3
    out, err = capsys.readouterr()
    assert "1 checked (" in out
    assert "No space left on device; 1 cells are done and shown" in err


def _killed(k, cell):
    # In the order of a sweep, the first column is done by then.
    if cell.column == "cosine":
        os.kill(os.getpid(), signal.SIGKILL)
    return k, sweeping.run_cell(cell)


def _without_memory(k, cell):
    if cell.column == "cosine":
        raise MemoryError
    return k, sweeping.run_cell(cell)


@pytest.mark.parametrize(
    ("name", "worker", "why"),
    [
        ("table", _killed, "a worker process was killed"),
        ("table", _without_memory, "no memory"),
        ("report", _killed, "a worker process was killed"),
    ],
)
def test_a_lost_worker_shows_what_is_done(name, worker, why, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sweeping, "_numbered", worker)
    line = [name, *LINE.split()[1:], "--store", str(tmp_path / "sweep.db"), "--jobs", "2"]
    assert main(line) == 3
    out, err = capsys.readouterr()
    assert why in err
    assert "cells are done and shown" in err
    assert err.count("\n") == 1
    assert "checked (" in out


def _killed_later(k, attempt):
    if attempt.vector is not None:
        os.kill(os.getpid(), signal.SIGKILL)
    return k, searching.run_attempt(attempt)


def _without_memory_later(k, attempt):
    if attempt.vector is not None:
        raise MemoryError
    return k, searching.run_attempt(attempt)


@pytest.mark.parametrize(
    ("worker", "jobs", "why"),
    [(_killed_later, 2, "a worker process was killed"), (_without_memory_later, 1, "no memory")],
)
def test_a_search_that_loses_a_worker_shows_its_worst_case(worker, jobs, why, capsys, monkeypatch):
    monkeypatch.setattr(searching, "_numbered", worker)
    line = f"search mean-gradient --steps 2 --alpha-L 1/20 --edition derived --seconds 3 --jobs {jobs}"
    assert main(line.split()) == 3
    out, err = capsys.readouterr()
    assert why in err
    assert "evaluations is shown" in err
    assert "1 checked (" in out


def test_a_search_that_loses_its_workers_at_once_is_one_line(capsys, monkeypatch):
    monkeypatch.setattr(searching, "_numbered", lambda k, attempt: (_ for _ in ()).throw(MemoryError))
    assert main(["search", "mean-gradient", "--steps", "2", "--seconds", "2", "--jobs", "1"]) == 3
    out, err = capsys.readouterr()
    assert (out, err) == ("", "maml-verify: no memory is left; rule: what memory can hold\n")
    assert Best().vector is None
