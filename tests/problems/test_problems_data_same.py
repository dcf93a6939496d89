"""Same data, same family, whichever way they come."""

from __future__ import annotations

import datetime
import gzip
import uuid
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from problems import Ridge, from_data, from_table, read_table, resampling_constants

X = [[0.1, 2.0], [-1.25, 3.0], [2.5, 4.0], [0.3, 5.0], [7.0, 6.0], [1e-3, 1.0]]
Y = [9, 10, 9, 10, 10, 9]
TASK = [1, 10, 2, 10, 1, 2]
TABLES = ("features", "linear", "offsets", "support", "query", "task_weights")


def same(one: Ridge, other: Ridge) -> bool:
    """Whether both have the same numbers, rounded and exact."""
    assert one.exact is not None
    assert other.exact is not None
    pairs = [
        (getattr(a, name), getattr(b, name))
        for a, b in ((one, other), (one.exact, other.exact))
        for name in TABLES
    ]
    return all(a.shape == b.shape and (a == b).all() for a, b in pairs)


def csv(path: Path, x: Any = X, y: Any = Y, task: Any = TASK) -> Path:
    lines = ["a,b,y,t", *(f"{p},{q},{label},{name}" for (p, q), label, name in zip(x, y, task, strict=True))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(params=["logistic", "quadratic"])
def expected(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Ridge]:
    return request.param, from_table(csv(tmp_path / "d.csv"), "y", "t", link=request.param)


def objects(values: Any) -> Any:
    return np.array(values, dtype=object)


def text(values: Any) -> Any:
    return np.array(values).astype(str)


def decimals(values: Any) -> Any:
    return np.vectorize(lambda v: Decimal(repr(v)), otypes=[object])(objects(values))


def fractions(values: Any) -> Any:
    return np.vectorize(lambda v: Fraction(repr(v)), otypes=[object])(objects(values))


WAYS: dict[str, Callable[[Any], Any]] = {
    "lists": list,
    "arrays": np.array,
    "objects": objects,
    "text": text,
    "bytes": lambda v: text(v).astype("S"),
    "Decimal": decimals,
    "Fraction": fractions,
    "Fortran order": lambda v: np.asfortranarray(v),
    "not contiguous": lambda v: np.repeat(np.array(v), 2, axis=0)[::2],
    "matrix": lambda v: np.asmatrix(v) if np.ndim(v) == 2 else np.array(v),
    "byte order": lambda v: np.array(v).astype(np.array(v).dtype.newbyteorder()),
    "masked, nothing masked": np.ma.array,
}


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
@pytest.mark.parametrize("way", WAYS)
def test_arrays_are_the_file(way: str, expected: tuple[str, Ridge]) -> None:
    link, family = expected
    convert = WAYS[way]
    assert same(from_data(convert(X), convert(Y), convert(TASK), link), family)
    assert same(from_data(convert(X), Y, convert(TASK), link), family)
    assert same(from_data(X, convert(Y), TASK, link), family)


@pytest.mark.parametrize(
    "kind", ["int8", "int64", "uint8", "uint64", "float16", "float32", "float64", "longdouble"]
)
def test_the_type_of_small_integers_makes_no_difference(kind: str) -> None:
    x = np.array(X).round().astype(np.int64) + 5
    array = from_data(x.astype(kind), np.array(Y, dtype=kind), np.array(TASK, dtype=kind))
    assert same(array, from_data(x, Y, TASK))


def test_narrow_floats_are_the_numbers_that_they_are() -> None:
    for kind in ("float16", "float32"):
        narrow = np.array(X).astype(kind)
        assert same(from_data(narrow, Y, TASK), from_data(narrow.astype(np.float64), Y, TASK))


def test_a_read_only_array_stays_as_it_was() -> None:
    x = np.array(X)
    x.setflags(write=False)
    family = from_data(x, Y, TASK, intercept=True, standardise=True)
    assert x.tolist() == X
    assert family.d == 3


def test_a_negative_zero_is_zero() -> None:
    family = from_data([[-0.0, 1 / 3], *X[1:]], [-0.0, 1.0, 0.0, 1.0, 1.0, 0.0], TASK)
    assert not np.signbit(family.features[family.features == 0]).any()
    assert not np.signbit(family.linear[family.linear == 0]).any()


def test_truth_values_are_0_and_1(tmp_path: Path) -> None:
    x = np.array(X) > 1
    family = from_data(x.astype(int), [k == 10 for k in Y], TASK)
    assert same(from_data(x, np.array(Y) == 10, TASK), family)
    for write in (str, str.lower, str.upper):
        path = csv(
            tmp_path / "b.csv", [[write(str(v)) for v in row] for row in x], [write(str(k == 10)) for k in Y]
        )
        assert same(from_table(path, "y", "t"), family)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_frames_are_the_file(library: str, expected: tuple[str, Ridge]) -> None:
    module = pytest.importorskip(library)
    link, family = expected
    frame = module.DataFrame({"a": [r[0] for r in X], "b": [r[1] for r in X], "y": Y, "t": TASK})
    assert same(from_table(frame, "y", "t", link=link), family)
    assert same(from_data(frame[["a", "b"]], frame["y"], frame["t"], link), family)
    assert same(from_data(*read_table(frame, "y", "t"), link), family)


@pytest.mark.parametrize("kind", ["Int64", "Float64", "string", "category", "object", "int64[pyarrow]"])
def test_pandas_types_of_labels_and_tasks(kind: str) -> None:
    pandas = pytest.importorskip("pandas")
    if "pyarrow" in kind:
        pytest.importorskip("pyarrow")
    label, task = (pandas.Series(values, dtype=None).astype(kind) for values in (Y, TASK))
    assert same(from_data(X, label, task), from_data(X, Y, TASK))


@pytest.mark.parametrize("kind", ["UInt8", "Float32", "String", "Categorical", "Decimal"])
def test_polars_types_of_labels_and_tasks(kind: str) -> None:
    polars = pytest.importorskip("polars")
    dtype = polars.Decimal(20, 0) if kind == "Decimal" else getattr(polars, kind)
    first = polars.String if kind == "Categorical" else dtype
    label, task = (
        polars.Series(list(map(str, v)) if first == polars.String else v).cast(dtype) for v in (Y, TASK)
    )
    assert same(from_data(X, label, task), from_data(X, Y, TASK))


def test_a_frame_is_the_file_that_it_writes(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    rng = np.random.default_rng(0)
    day = pandas.date_range("2020-01-01", periods=3).repeat(4)
    frame = pandas.DataFrame({"x": rng.normal(size=12).round(6), "k": rng.integers(0, 9, 12), "day": day})
    frame["sick"] = [True, False] * 6
    frame.to_csv(tmp_path / "f.csv", index=False)
    assert same(from_table(tmp_path / "f.csv", "sick", "day"), from_table(frame, "sick", "day"))


def test_an_archive_is_the_file(expected: tuple[str, Ridge], tmp_path: Path) -> None:
    link, family = expected
    np.savez_compressed(tmp_path / "d.npz", X=X, y=Y, t=TASK)
    assert same(from_table(tmp_path / "d.npz", "y", "t", link=link), family)
    columns = {"a": [r[0] for r in X], "b": [r[1] for r in X]}
    np.savez(tmp_path / "e.npz", y=text(Y), t=text(TASK), note=np.zeros(()), **columns)
    assert same(from_table(tmp_path / "e.npz", "y", "t", ["a", "b"], link=link), family)


def test_a_structured_array_is_a_frame() -> None:
    x = np.array([tuple(row) for row in X], dtype=[("a", float), ("b", float)])
    assert same(from_data(x, Y, TASK), from_data(X, Y, TASK))


ENCODED: dict[str, Callable[[str], bytes]] = {
    "byte order mark": lambda s: s.encode("utf-8-sig"),
    "UTF-16": lambda s: s.encode("utf-16"),
    "CRLF": lambda s: s.replace("\n", "\r\n").encode(),
    "old Macintosh": lambda s: s.replace("\n", "\r").encode(),
    "no last newline": lambda s: s.rstrip().encode(),
    "blank lines": lambda s: s.replace("\n", "\n\n  \n").encode(),
    "quoted": lambda s: "\n".join(",".join(f'"{c}"' for c in line.split(",")) for line in s.split()).encode(),
    "spaces": lambda s: s.replace(",", " , ").encode(),
    "a comma at every end": lambda s: s.replace("\n", ",\n").encode(),
    "exponents": lambda s: (
        s.replace("0.3", "+3E-01").replace("7.0", "7.").replace("2.5", "00002.50").encode()
    ),
}


@pytest.mark.parametrize("how", ENCODED)
def test_files_that_say_the_same(how: str, expected: tuple[str, Ridge], tmp_path: Path) -> None:
    link, family = expected
    written = ENCODED[how](csv(tmp_path / "d.csv").read_text())
    (tmp_path / "e.csv").write_bytes(written)
    (tmp_path / "e.csv.gz").write_bytes(gzip.compress(written))
    for name in ("e.csv", "e.csv.gz"):
        assert same(from_table(tmp_path / name, "y", "t", link=link), family)


def test_separators_and_decimal_commas(tmp_path: Path) -> None:
    path = csv(tmp_path / "d.csv")
    family = from_table(path, "y", "t")
    text = path.read_text()
    (tmp_path / "d.tsv").write_text(text.replace(",", "\t"))
    assert same(from_table(tmp_path / "d.tsv", "y", "t"), family)
    path.write_text(text.replace(",", ";").replace(".", ","))
    assert same(from_table(path, "y", "t", sep=";", decimal=","), family)


def test_quoted_newlines_and_long_notes_are_cells(tmp_path: Path) -> None:
    path = csv(tmp_path / "d.csv")
    family = from_table(path, "y", "t")
    lines = path.read_text().splitlines()
    notes = ["note", '"two\nlines, one cell"', '"' + "a" * 300_000 + '"', *["x"] * (len(lines) - 3)]
    path.write_text("\n".join(f"{n},{line}" for n, line in zip(notes, lines, strict=True)))
    assert same(from_table(path, "y", "t", ["a", "b"]), family)


def test_labels_and_tasks_keep_their_order_of_size() -> None:
    """As text 10 comes before 9, and the classes would be swapped."""
    family = from_data(
        X, np.array(Y, dtype=object), np.array(TASK, dtype=object), task_weights=[0.5, 0.25, 0.25]
    )
    ones = {tuple(-row) for row in family.linear.reshape(-1, 2)} - {(0.0, 0.0)}
    assert ones == {tuple(x) for x, y in zip(X, Y, strict=True) if y == 10}
    first = family.features[0][family.probabilities[0] > 0]
    assert first.tolist() == [x for x, t in zip(X, TASK, strict=True) if t == 1]


def test_dates_are_tasks_in_order_of_time() -> None:
    days = [datetime.date(2020, 1, k) for k in TASK]
    zoned = [datetime.datetime(2020, 1, k, tzinfo=datetime.UTC) for k in TASK]
    stamps = np.array(days, dtype="datetime64[D]")
    spans = np.array(TASK, dtype="timedelta64[s]")
    for task in (days, zoned, stamps, spans, [d.isoformat() for d in days]):
        assert same(from_data(X, Y, task), from_data(X, Y, TASK))


def test_whatever_is_sorted_serves_as_a_task() -> None:
    pandas = pytest.importorskip("pandas")
    for task in ([uuid.UUID(int=k) for k in TASK], pandas.cut(pandas.Series(TASK), [0, 1, 2, 10])):
        assert same(from_data(X, Y, task), from_data(X, Y, TASK))


def test_numbers_in_a_task_column_are_the_same_where_they_are_equal(tmp_path: Path) -> None:
    for tasks, count in (
        (["1.0", "1", "1e0", "2", "2.00", "+2"], 2),
        (["007", "7", "007", "7", "007", "7"], 2),
        (["007", "7", "007", "7", "7.0", "7.0"], 3),
        (["9007199254740993", "9007199254740992"] * 3, 2),
        (["1_0", "10"] * 3, 2),
        (["0", "-0", "0.0", "1", "1", "1"], 2),
        (["1e400", "1e401"] * 3, 2),
    ):
        path = csv(tmp_path / "d.csv", task=tasks)
        assert from_table(path, "y", "t").tasks == count
        assert same(from_data(X, Y, tasks), from_table(path, "y", "t"))
        assert same(from_data(*read_table(path, "y", "t")), from_table(path, "y", "t"))


def test_text_that_reads_the_same_is_the_same() -> None:
    """One letter, or the letter and its accent; truth values in any case."""
    tasks = ["caf\u00e9", "b", "cafe\u0301", "b", " b ", "b"]
    assert from_data(X, Y, tasks).tasks == 2
    truth = ["True", "false", "TRUE", "FALSE", "true", "False"]
    assert same(from_data(X, truth, TASK), from_data(X, [text.lower() == "true" for text in truth], TASK))
    with pytest.raises(ValueError, match="y has 1 different values"):
        from_data(X, ["True", "TRUE"] * 3, TASK)


def test_labels_that_differ_as_text_are_two_classes(tmp_path: Path) -> None:
    for labels in (["1_0", "10"], ["01", "1"], ["no", "yes"], ["-1", "1"], ["٣", "3"], ["0x1", "1"]):
        assert from_table(csv(tmp_path / "d.csv", y=labels * 3), "y", "t").tasks == 3


def test_exact_numbers_are_those_in_the_file(tmp_path: Path) -> None:
    x = [["0.1", "9007199254740993"], ["1e-200", "0.1000000000000000055"], ["3", "4"], *X[3:]]
    path = csv(tmp_path / "d.csv", x, task=[1] * 6)
    family = from_table(path, "y", "t")
    assert family.exact is not None
    expected = [[Fraction(str(v)) for v in row] for row in x]
    assert family.exact.features[0].tolist() == expected
    assert family.features[0].tolist() == [[float(v) for v in row] for row in expected]
    assert same(from_data(*read_table(path, "y", "t")), family)
    assert Fraction(resampling_constants(family).L.value) > 2**101


def test_a_float_without_a_short_decimal_is_itself() -> None:
    x = [[1 / 3, 0.1], *X[1:]]
    family = from_data(x, Y, [1] * 6)
    assert family.exact is not None
    assert family.exact.features[0, 0].tolist() == [Fraction(1 / 3), Fraction(1, 10)]
    assert from_data(np.random.default_rng(0).normal(size=(6, 2)), Y, TASK).exact.features.dtype == np.float64  # type: ignore[union-attr]


def test_large_integers_are_kept() -> None:
    for big in (2**53 + 1, 2**63 + 1, 2**64 + 1, -(2**63)):
        family = from_data([[big, 0.5], *X[1:]], Y, [1] * 6)
        assert family.exact is not None
        assert family.exact.features[0, 0].tolist() == [big, Fraction(1, 2)]
    tasks = np.array([2**63 + 1, 2**63 + 2, 2**63 + 1, 2**63 + 2, 5, 5], dtype=np.uint64)
    assert from_data(X, Y, tasks).tasks == 3
    wide = np.array([[2**53 + 1, 1]] + [[1, 2]] * 5)
    assert from_data(wide, Y, [1] * 6).exact.features[0, 0, 0] == 2**53 + 1  # type: ignore[union-attr]


def test_a_column_of_mixed_objects_is_text_as_in_its_file() -> None:
    """pandas reads a long column in pieces, some as numbers and some as text."""
    mixed = np.array([1, "1", 2, "b", "b", "2"], dtype=object)
    assert same(from_data(X, Y, mixed), from_data(X, Y, ["1", "1", "2", "b", "b", "2"]))
