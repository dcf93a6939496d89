"""Data that can't be read as they are: one line that names file, column, row and the true reason."""

from __future__ import annotations

import csv
import datetime
import subprocess
import sys
import time
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from problems import from_data, from_table, read_table
from problems.reading import csv_files, npz_files

X, Y, TASK = [[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1], [0, 0, 1, 1]
SPELLINGS = [
    "NA",
    "na",
    "N/A",
    "#N/A",
    "NaN",
    "nan",
    "-nan",
    "null",
    "NULL",
    "None",
    "none",
    "NaT",
    "<NA>",
    "?",
]
SPELLINGS += [".", "-", "--", r"\N", "#DIV/0!", "#VALUE!", "1.#QNAN", "  ", " NA ", "missing"]


def write(path: Path, *rows: str, header: str = "x,y,t") -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("word", SPELLINGS)
@pytest.mark.parametrize("column", [0, 1, 2])
def test_a_missing_value_is_refused_however_it_is_spelled(word: str, column: int, tmp_path: Path) -> None:
    cells = [["1", "a", "p"], ["2", "b", "p"], ["3", "a", "q"], ["4", "b", "q"]]
    cells[2][column] = word
    path = write(tmp_path / "a.csv", *map(",".join, cells))
    with pytest.raises(
        ValueError, match=rf"a\.csv: column '{'xyt'[column]}', row 3: .*rule: no missing values"
    ):
        read_table(path, "y", "t")


def test_a_spelling_can_be_said_to_be_a_name(tmp_path: Path) -> None:
    """Namibia's code is NA."""
    path = write(tmp_path / "a.csv", "1,0,NA", "2,1,NA", "3,0,DE", "4,1,DE")
    assert from_table(path, "y", "t", not_missing=["NA"]).tasks == 2
    assert from_data(X, Y, ["NA", "NA", "DE", "DE"], not_missing=["NA"]).tasks == 2
    with pytest.raises(
        ValueError, match="row 1: 'NA'; rule: no missing values; where it is a name, --not-missing NA"
    ):
        from_table(path, "y", "t", not_missing=["na"])
    with pytest.raises(ValueError, match="row 2: None"):
        from_data(X, Y, ["NA", None, "DE", "DE"], not_missing=["NA", "None"])


def missing_values() -> list[Any]:
    found: list[Any] = [None, float("nan"), np.nan, np.float32("nan"), Decimal("NaN"), np.datetime64("NaT")]
    try:
        import pandas

        found += [pandas.NA, pandas.NaT]
    except ImportError:
        pass
    return [*found, np.ma.masked]


@pytest.mark.parametrize("value", missing_values(), ids=repr)
def test_missing_objects_are_refused_by_row(value: Any) -> None:
    column = np.array([0, 1, 0, 1], dtype=object)
    column[2] = value
    listed = [0, 1, value, 1]
    for arguments in ((X, column, TASK), (X, Y, column), (column[:, None], Y, TASK), (X, listed, TASK)):
        with pytest.raises(ValueError, match=r"row 3: .*rule: no missing values"):
            from_data(*arguments)


def test_masks_are_kept() -> None:
    mask = [False, True, False, False]
    for kind in (float, int, "U2", object):
        masked = np.ma.array([0, 1, 0, 1], mask=mask).astype(kind)
        for arguments in ((X, masked, TASK), (X, Y, masked), (masked[:, None], Y, TASK)):
            with pytest.raises(ValueError, match=r"row 2: .* is masked; rule: no missing values"):
                from_data(*arguments)
    rows = [np.ma.array([-999.0], mask=[True]), *np.array([[2.0], [3.0], [4.0]])]
    with pytest.raises(ValueError, match=r"X, column 1, row 1: .* is masked"):
        from_data(rows, Y, TASK)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_nulls_of_frames_are_refused_by_row(library: str) -> None:
    module = pytest.importorskip(library)
    frame = module.DataFrame({"x": [1, 2, 3, 4], "y": Y, "t": TASK})
    for name in ("x", "y", "t"):
        column = module.Series([1, 2, None, 4], dtype="Int64" if library == "pandas" else module.Int64)
        nulls = (
            frame.assign(**{name: column}) if library == "pandas" else frame.with_columns(column.alias(name))
        )
        with pytest.raises(ValueError, match=f"frame: column '{name}', row 3: .*rule: no missing values"):
            read_table(nulls, "y", "t")


REFUSED: dict[str, tuple[Any, Any, Any, str]] = {
    "infinity": ([[1], [np.inf], [1], [1]], Y, TASK, "X, column 1, row 2: inf; rule: a finite number"),
    "infinite label": (X, [0, -np.inf, 0, 1], TASK, "y, row 2: -inf; rule: a finite number"),
    "complex": (np.array(X) * 1j, Y, TASK, "X, column 1 holds complex numbers; rule: real ones"),
    "a date": (
        np.array(["2020-01-01"] * 4, "M8[D]")[:, None],
        Y,
        TASK,
        "row 1: 2020-01-01 is a date; rule: a number",
    ),
    "a day": ([[datetime.date(2020, 1, 1)]] * 4, Y, TASK, "row 1: 2020-01-01 is a date; rule: a number"),
    "a span": (np.ones((4, 1), "m8[s]"), Y, TASK, "is a date; rule: a number"),
    "a list in a cell": (X, [[1], 2, 3, 4], TASK, r"y, row 1: '\[1\]'|y: rows|is a list"),
    "a dictionary": (
        X,
        [{}, 1, 0, 1],
        TASK,
        r"y, row 1: {} is a dict; rule: numbers, truth values, dates or text",
    ),
    "ragged": ([[1.0], [1.0, 2.0]], Y, TASK, "X: rows of different lengths"),
    "one dimension": ([1, 2, 3, 4], Y, TASK, r"X has shape \(4,\); rule: 2 dimensions"),
    "no dimension": (3.0, Y, TASK, r"X has shape \(\) \(type float\); rule: 2 dimensions"),
    "a column vector": (X, np.array(Y)[:, None], TASK, r"y has shape \(4, 1\); rule: \(4,\)"),
    "one label": (X, 1, TASK, r"y has shape \(\) \(type int\); rule: \(4,\)"),
    "two zones": (
        X,
        Y,
        [datetime.datetime(2020, 1, 1), datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)] * 2,
        "task: can't compare offset-naive and offset-aware datetimes; rule: entries that can be ordered",
    ),
    "dates and words": (
        X,
        Y,
        [datetime.date(2020, 1, 1), "a"] * 2,
        "task holds dates and text; rule: one kind",
    ),
    "bytes of no encoding": (X, [b"\xff", b"a"] * 2, TASK, "y, row 1: .*rule: text in UTF-8"),
    "generator": (X, (k for k in Y), TASK, r"y has shape \(\) \(type generator\)"),
    "sparse": (csr_matrix(X), Y, TASK, r"X has shape \(\) \(type csr_matrix\); rule: 2 dimensions"),
    "an id": ([[uuid.UUID(int=k)] for k in range(4)], Y, TASK, "row 1: .* is a UUID; rule: a number"),
    "members of an enumeration": (
        X,
        [csv.excel] * 4,
        TASK,
        "y, row 1: .*rule: numbers, truth values, dates or text",
    ),
    "text": ([["1"], ["x"], ["2"], ["3"]], Y, TASK, "X, column 1, row 2: 'x'; rule: a number"),
    "huge Decimal": ([[Decimal("1e999999999")], *X[1:]], Y, TASK, "row 1: .*rule: a number of usual size"),
    "beyond float64": ([[10**400], *X[1:]], Y, TASK, "row 1: 1000.*rule: 0, or 1e-300 to 1e300 in size"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_arrays_are_refused_with_the_reason(case: str) -> None:
    x, y, task, message = REFUSED[case]
    with pytest.raises((ValueError, TypeError), match=message) as error:
        from_data(x, y, task)
    assert len(str(error.value)) < 200


@pytest.mark.parametrize(
    "cell",
    ["1_0", "infinity", "-inf", "0x10", "1e5_0", "٣", "１", "1e", "e5", "+-1", "1 000", "5%", "1d3", "j"],
)
def test_what_only_a_language_takes_for_a_number_is_none(cell: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "1,0,p", f"{cell},1,p", "3,0,q", "4,1,q")
    with pytest.raises(ValueError, match=r"a.csv: column 'x', row 2: .*rule: a number"):
        from_table(path, "y", "t")


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("1e-400", "0, or 1e-300 to 1e300 in size"),
        ("1e301", "0, or 1e-300 to 1e300 in size"),
        ("1e99999999999999", "0, or 1e-300 to 1e300 in size"),
        ("1" * 5000, "a number of at most 1000 digits"),
        ("1e105", "at most 1e[+]60 in size; standardise"),
        ("-1e160", "at most 1e[+]60 in size; standardise"),
        ("1,5", "a number; with a decimal comma, --decimal ,"),
        ("2020-01-31", "a number; it looks like a date"),
        ("31.12.1999", "a number; it looks like a date"),
    ],
)
def test_a_number_out_of_reach_is_named(cell: str, rule: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "1,0,p", f'"{cell}",1,p', "3,0,q", "4,1,q")
    with pytest.raises(ValueError, match=f"a.csv: column 'x', row 2: .*rule: {rule}") as error:
        from_table(path, "y", "t")
    assert len(str(error.value)) < 250


@pytest.mark.parametrize("scale", ["e105", "e160", "e-110"])
def test_features_on_an_impossible_scale_are_named_and_can_be_standardised(
    scale: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.csv", f"1{scale},0,p", f"2{scale},1,p", f"4{scale},0,q", f"3{scale},1,q")
    with pytest.raises(ValueError, match=r"a.csv: column 'x', row 3: '?4.*rule: at .*in size; standardise"):
        from_table(path, "y", "t")
    plain = from_data([[1], [2], [4], [3]], Y, TASK, standardise=True)
    found = from_table(path, "y", "t", standardise=True)
    np.testing.assert_allclose(found.features, plain.features, rtol=1e-14)
    assert found.features.sum() == pytest.approx(0, abs=1e-12)


FILES: dict[str, tuple[bytes, str]] = {
    "an index": (
        b",x,y,t\n0,1,0,a\n1,2,1,a\n",
        r"column 1 has no name \(''\); rule: a name for each \(a row index",
    ),
    "an index read again": (b"Unnamed: 0,x,y,t\n0,1,0,a\n", r"column 1 has no name \('Unnamed: 0'\)"),
    "names of rows": (
        b"x,y,t\nr1,1,0,a\nr2,2,1,a\n",
        r"row 1 \(line 2\) has 4 cells; rule: 3.*a name in the header",
    ),
    "semicolons": (b"x;y;t\n1;0;a\n", "';' would split; rule: --sep ';'"),
    "tabs": (b"x\ty\tt\n1\t0\ta\n", "tab would split; rule: --sep tab"),
    "Latin-1": (
        "x,y,t\n1,0,é\n".encode("latin-1"),
        "can't decode byte 0xe9.*rule: a CSV file in UTF-8; in another",
    ),
    "UTF-16 without a mark": ("x,y,t\n1,0,a\n".encode("utf-16-le"), "NUL characters, as UTF-16 has"),
    "header only": (b"x,y,t\r\n", "no rows; rule: a header line and at least one row"),
    "blank": (b"\n \n\n", "no rows; rule"),
    "empty cells": (b"x,y,t\n1,0,a\n,,\n", "row 2: empty; rule: no missing values"),
    "a long row": (b"x,y,t\n1,0,a,7,8\n", r"row 1 \(line 2\) has 5 cells; rule: 3, as the header$"),
    "a row behind a long cell": (
        b'x,y,t\n1,0,"a\nb"\nz,1,"a\nb"\n',
        r"column 'x', row 2 \(line 5\): 'z'; rule",
    ),
    "one class": (b"x,y,t\n1,0,a\n2,0,a\n", r"column 'y' has 1 different values \(0\); rule: two"),
    "three classes": (b"x,y,t\n1,2,a\n2,0,a\n2,1,a\n", r"column 'y' has 3 different values \(0, 1, 2\)"),
    "one row a task": (b"x,y,t\n1,0,a\n2,1,b\n", "task a has 1 row; rule: at least 2"),
}


@pytest.mark.parametrize("case", FILES)
def test_files_are_refused_with_the_reason(case: str, tmp_path: Path) -> None:
    content, message = FILES[case]
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message) as error:
        from_table(path, "y", "t")
    assert str(error.value).startswith(f"{path}: ")
    assert "\n" not in str(error.value)


def test_bad_archives_and_compressed_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, X=X, labels=Y, t=TASK)
    with pytest.raises(ValueError, match="no column 'y'; rule: one of X, labels, t"):
        from_table(path, "y", "t")
    np.savez(path, X=X, y=np.array([{}] * 4), t=TASK)
    with pytest.raises(ValueError, match="column 'y' has dtype object; rule: an NPZ file of plain arrays"):
        from_table(path, "y", "t")
    np.savez(path, X=X, y=[0, 1, np.nan, 1], t=TASK)
    with pytest.raises(ValueError, match="column 'y', row 3: nan; rule: no missing values"):
        from_table(path, "y", "t")
    np.savez(path, X=X, y=np.array(Y)[:, None], t=TASK)
    with pytest.raises(ValueError, match=r"column 'y' has shape \(4, 1\); rule: one dimension"):
        from_table(path, "y", "t")
    (tmp_path / "a.csv.gz").write_bytes(b"x,y,t\n1,0,a\n")
    with pytest.raises(ValueError, match=r"a.csv.gz: Not a gzipped file"):
        from_table(tmp_path / "a.csv.gz", "y", "t")


def test_separators_that_can_be_none_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "1,0,p")
    for options, message in (
        ({"sep": ";;"}, "sep = ';;'; rule: one character"),
        ({"decimal": ","}, "sep = ','; rule: one character, and not the decimal ','"),
        ({"decimal": "!"}, "decimal = '!'; rule"),
    ):
        with pytest.raises(ValueError, match=message):
            read_table(path, "y", "t", **options)  # type: ignore[arg-type]


def test_pandas_objects_of_other_rows_are_refused() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "y": Y, "t": TASK})
    shuffled = frame["y"].sample(frac=1, random_state=1)
    with pytest.raises(ValueError, match="y has another index than X; rule: the same rows"):
        from_data(frame[["x"]], shuffled, frame["t"])
    with pytest.raises(ValueError, match="column 1 has no name"):
        from_data(frame.rename(columns={"x": "Unnamed: 0"})[["Unnamed: 0"]], frame["y"], frame["t"])


def test_a_lazy_frame_is_refused() -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"x": [1.0], "y": [0], "t": [0]}).lazy()
    with pytest.raises(TypeError, match="LazyFrame; rule: a frame whose rows are there"):
        read_table(frame, "y", "t")


def test_tasks_that_would_fill_the_memory_are_refused() -> None:
    tasks = np.concatenate([np.zeros(1000), np.repeat(np.arange(1, 400), 2)])
    with pytest.raises(
        ValueError, match=r"400 tasks, the largest of 1000 rows, take 4.0e[+]08 coefficients; rule"
    ):
        from_data(np.ones((len(tasks), 1)), np.arange(len(tasks)) % 2, tasks)


LIMITED = """
import resource, sys
from problems import from_table
start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    from_table(sys.argv[1], "y", "t", sys.argv[2:] or None)
except ValueError as error:
    print(error)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start)
"""


def grown(path: Path, *features: str) -> tuple[list[str], float]:
    """What is said, and the growth in MB of a process of its own."""
    run = subprocess.run(
        [sys.executable, "-c", LIMITED, path, *features], capture_output=True, text=True, check=True
    )
    *said, size = run.stdout.splitlines()
    return said, int(size) / 1024


def test_a_long_note_costs_nothing(tmp_path: Path) -> None:
    rows = [f"{k % 7},{k % 2},{k % 20},n" for k in range(5000)]
    rows[17] = f"1,1,1,{'n' * 120_000}"
    path = write(tmp_path / "a.csv", *rows, header="x,y,t,note")
    said, size = grown(path, "x")
    assert said == []
    # What the family itself takes: 20 tasks of 250 rows have 10 MB of coefficients.
    assert size < 150
    start = time.perf_counter()
    with pytest.raises(ValueError, match=r"column 'note', row 1: 'n'; rule: a number"):
        from_table(path, "y", "t")
    assert time.perf_counter() - start < 5


def test_an_archive_is_refused_before_it_is_decompressed(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    with __import__("zipfile").ZipFile(path, "w", compression=8) as archive:
        for name, shape, count in (("X", (2 * 10**7, 10), 10**6), ("y", (4,), 4), ("t", (4,), 4)):
            with archive.open(f"{name}.npy", "w") as file:
                header = {"descr": "<f8", "fortran_order": False, "shape": shape}
                np.lib.format.write_array_header_1_0(file, header)
                file.write(bytes(8 * count))
    start = time.perf_counter()
    said, size = grown(path)
    assert said == [f"{path}: column 'X' has 200000000 cells of float64; rule: at most 10000000, and 1 GiB"]
    assert size < 50
    assert time.perf_counter() - start < 5


def test_the_limits_of_the_csv_module_stay_the_callers(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    read_table(write(tmp_path / "a.csv", f"1,0,{'n' * 200_000}"), "y", "t")
    assert csv.field_size_limit() == before


@pytest.mark.parametrize(("most", "refused"), [(12, False), (11, True)])
def test_a_file_of_more_cells_than_are_read_is_refused(
    most: int, refused: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.csv", *(f"{k},{k % 2},{k // 2}" for k in range(4)))
    monkeypatch.setattr(csv_files, "CELLS", most)
    if not refused:
        read_table(path, "y", "t")
        return
    with pytest.raises(ValueError, match=f"a.csv: more than {most} cells; rule: at most so many"):
        read_table(path, "y", "t")


def test_the_longest_cell_of_text_takes_no_more_than_the_largest_array() -> None:
    # A character takes up to four bytes.
    assert 4 * csv_files.LONGEST <= npz_files.BYTES


def test_many_large_tasks_are_refused_before_their_tables_are_made() -> None:
    n = 101 * 1000
    with pytest.raises(ValueError, match=r"101 tasks, .* of 1000 rows, take 1.0e\+08 .*rule: at most 1e\+08"):
        from_data(np.ones((n, 1)), np.arange(n) % 2, np.arange(n) // 1000)
