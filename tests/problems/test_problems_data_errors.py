"""Bad data sets and files: each is named with the column, the row and the rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from problems import from_data, read_table

X, Y, TASK = [[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1], [0, 0, 1, 1]
nan = float("nan")

BAD: dict[str, tuple[Any, type[Exception], str]] = {
    "unknown link": (
        lambda: from_data(X, Y, TASK, "cubic"),
        ValueError,
        "link = 'cubic'; rule: logistic, quadratic or huber",
    ),
    "no rows": (
        lambda: from_data(np.zeros((0, 2)), [], []),
        ValueError,
        r"X has shape \(0, 2\); rule: at least one row",
    ),
    "NaN": (lambda: from_data([[nan]], [0], [0]), ValueError, "X, column 1, row 1: nan; rule: no missing"),
    "short y": (lambda: from_data(X, [0, 1], TASK), ValueError, r"y has shape \(2,\); rule: \(4,\)"),
    "short task": (lambda: from_data(X, Y, [0]), ValueError, r"task has shape \(1,\); rule: \(4,\)"),
    "missing label": (
        lambda: from_data(X, [0, 1, None, 1], TASK),
        ValueError,
        "y, row 3: None; rule: no missing",
    ),
    "missing task": (
        lambda: from_data(X, Y, [0, 0, None, None]),
        ValueError,
        "task, row 3: None; rule: no missing",
    ),
    "three labels": (
        lambda: from_data(X, [0, 1, 2, 1], TASK),
        ValueError,
        r"y has 3 different values \(0, 1, 2\); rule: two",
    ),
    "one label": (lambda: from_data(X, [1, 1, 1, 1], TASK), ValueError, r"y has 1 different values \(1\)"),
    "NaN label": (lambda: from_data(X, [1, nan, 1, 1], TASK), ValueError, "y, row 2: nan; rule: no missing"),
    "text for numbers": (
        lambda: from_data(X, list("abcd"), TASK, "quadratic"),
        ValueError,
        "y, row 1: 'a'; rule: a number",
    ),
    "a task of one row": (
        lambda: from_data(X, Y, [0, 0, 0, 7]),
        ValueError,
        "task 7 has 1 row; rule: at least 2",
    ),
    "a huge task": (
        lambda: from_data(np.ones((1001, 1)), np.arange(1001) % 2, np.zeros(1001)),
        ValueError,
        "task 0 has 1001 rows; rule: at most 1000",
    ),
    "task weights": (
        lambda: from_data(X, Y, TASK, task_weights=[0.5, 0.6]),
        ValueError,
        "task_weights sums to 1.1",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_data_is_named(case: str) -> None:
    call, kind, message = BAD[case]
    with pytest.raises(kind, match=message):
        call()


TABLES: dict[str, tuple[str, str, str]] = {
    "missing label": ("a,b\n1,2\n", "a.csv", r"no column 'y'; rule: one of a, b"),
    "missing task": ("y,b\n1,2\n", "a.csv", r"no column 't'"),
    "no rows": ("y,t,x\n", "a.csv", "no rows; rule: a header line"),
    "empty": ("", "a.csv", "no rows"),
    "no features": ("y,t\n1,2\n", "a.csv", "no feature columns"),
    "not a number": ("y,t,x\n1,2,3\n1,2,abc\n", "a.csv", r"column 'x', row 2: 'abc'; rule: a number"),
    "NaN": ("y,t,x\n1,2,nan\n", "a.csv", r"column 'x', row 1: 'nan'; rule: no missing values"),
    "no label": ("y,t,x\n1,a,2\n,a,3\n", "a.csv", "column 'y', row 2: empty; rule: no missing values"),
    "no task": ("y,t,x\n1,,2\n1,a,3\n", "a.csv", "column 't', row 1: empty; rule: no missing values"),
    "open quote": ('y,t,x\n1,"a,2\n1,a,2\n', "a.csv", "unexpected end of data"),
    "short row": ("y,t,x\n1,2\n", "a.csv", "row 1 \\(line 2\\) has 2 cells; rule: 3"),
    "repeated column": ("y,t,x,x\n1,2,3,4\n", "a.csv", "column 'x' is there twice"),
    "not an archive": ("y,t,x\n", "a.npz", r"rule: an NPZ file of plain arrays"),
    "unknown kind": ("y,t,x\n", "a.txt", r"unknown kind '.txt'; rule: .csv or .npz"),
}


@pytest.mark.parametrize("case", TABLES)
def test_bad_tables_are_named(case: str, tmp_path: Path) -> None:
    text, name, message = TABLES[case]
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(ValueError, match=message) as error:
        read_table(path, "y", "t")
    assert str(path) in str(error.value)


def test_bad_columns_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("y,t,x\n1,2,3\n")
    for label, task, features, message in (
        ("y", "y", None, "'y' is both label and task"),
        ("y", "t", ["y"], "'y' is a feature too"),
        ("y", "t", ["x", "x"], "'x' is named twice"),
        ("y", "t", ["z"], "no column 'z'"),
    ):
        with pytest.raises(ValueError, match=message):
            read_table(path, label, task, features)


def test_bad_archives_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, y=[0, 1], t=[0, 1], x=[1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="column 'x' has 3 rows; rule: 2"):
        read_table(path, "y", "t")
    np.savez(path, y=[0, 1], t=[0, 1], x=np.zeros((2, 1, 1)))
    with pytest.raises(ValueError, match=r"column 'x' has shape \(2, 1, 1\)"):
        read_table(path, "y", "t")
    np.savez(path, y=[0, 1], t=[0, 1], x=np.array([{}, {}]))
    with pytest.raises(ValueError, match="rule: an NPZ file of plain arrays"):
        read_table(path, "y", "t")


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    for name in ("no.csv", "no.npz"):
        with pytest.raises(FileNotFoundError, match="no"):
            read_table(tmp_path / name, "y", "t")
    binary = tmp_path / "b.csv"
    binary.write_bytes(b"\xff\xfe\x00y,t\n")
    with pytest.raises(ValueError, match="rule: a CSV file in UTF-8"):
        read_table(binary, "y", "t")


@pytest.mark.parametrize(
    ("column", "message"),
    [(np.zeros(0), "'x' has no rows"), (np.array([1j, 2]), "'x' holds complex numbers; rule: real ones")],
)
def test_bad_arrays_of_an_archive_are_named(column: Any, message: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=column, y=[0, 1], t=[0, 0])
    with pytest.raises(ValueError, match=message):
        read_table(tmp_path / "a.npz", "y", "t")


def test_tasks_that_differ_as_text_are_never_one(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("y,t,x\n0,007,1\n1,007,2\n0,7,3\n1,7,4\n")
    assert from_data(*read_table(path, "y", "t")).tasks == 2
