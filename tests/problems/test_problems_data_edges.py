"""Data and arguments at the edge of what is taken, and spellings that make no difference."""

from __future__ import annotations

import gzip
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from problems import FAMILIES, from_data, from_table, resampling_constants
from problems.names import unknown
from problems.reading.tables import table_of_arrays
from problems.ridge_sums.data_set import data_set
from problems.validation import count, positive

F = Fraction
X = np.array([[0.5, 2.0], [1.0, -1.0], [0.25, 3.0], [2.0, 0.0], [1.5, 1.0], [-1.0, 0.5], [0.0, 1.0]])
Y = np.array([0, 1, 1, 0, 1, 0, 1])
TASK = np.array(["a", "a", "b", "b", "b", "c", "c"])
LINES = [f"{u},{v},{k},{t}" for (u, v), k, t in zip(X, Y, TASK, strict=True)]
TEXT = "\n".join(["u,v,y,t", *LINES]) + "\n"


def same(one: Any, other: Any) -> bool:
    return all(
        (getattr(one, part) == getattr(other, part)).all()
        for part in ("features", "linear", "offsets", "probabilities", "support", "query")
    )


@pytest.mark.parametrize(
    "name", ["d.csv", "D.CSV", "d.Csv", "d.csv.gz", "D.CSV.GZ", "d.csv.Gz", "d.NPZ", "d.npz"]
)
def test_capitals_in_the_ending_of_a_file_make_no_difference(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if name.lower().endswith(".npz"):
        with path.open("wb") as file:
            np.savez(file, u=X[:, 0], v=X[:, 1], y=Y, t=TASK)
    else:
        path.write_bytes(gzip.compress(TEXT.encode()) if name.lower().endswith(".gz") else TEXT.encode())
    assert same(from_table(path, "y", "t", ["u", "v"]), from_data(X, Y, TASK))


@pytest.mark.parametrize(
    "words", [("false", "true"), ("False", "True"), ("FALSE", "TRUE"), ("FALSE", "true")]
)
@pytest.mark.parametrize("positive_", ["true", "TRUE", "True", True])
def test_capitals_of_truth_values_make_no_difference(words: tuple[str, str], positive_: Any) -> None:
    labels = np.array(words)[Y]
    assert same(from_data(X, labels, TASK, positive=positive_), from_data(X, Y, TASK))
    as_feature = np.column_stack([X[:, 0].astype(object), labels.astype(object)])
    assert same(from_data(as_feature, Y, TASK), from_data(np.column_stack([X[:, 0], Y]), Y, TASK))


@pytest.mark.parametrize("word", ["nan", "NaN", "NAN", "na", "NA", "null", "NULL", "Null"])
def test_capitals_of_a_missing_value_make_no_difference(word: str) -> None:
    names = np.array([word if k == 1 else str(t) for k, t in enumerate(TASK)])
    with pytest.raises(ValueError, match="row 2"):
        from_data(X, Y, names)


@pytest.mark.parametrize("text", ["COSINE", "Cosin", "cosine ", "LOGISTC", "quadratik"])
def test_the_nearest_name_is_found_whatever_its_capitals(text: str) -> None:
    near = {"C": "cosine", "c": "cosine", "L": "logistic", "q": "quadratic"}[text[0]]
    assert f"the nearest is {near}" in str(unknown("link", text, ["Cosine".lower(), "logistic", "quadratic"]))


def test_the_column_that_drives_L_is_found_in_tasks_of_different_sizes() -> None:
    data = data_set(table_of_arrays(X, Y, TASK))
    L, name = data.driver()
    assert (data.family.probabilities == 0).any()
    assert pytest.approx(float(resampling_constants(data.family).L.value), rel=1e-9) == L
    assert name == "column 2"


@pytest.mark.parametrize("size", [2, 3, 4, 5, 9])
def test_support_and_query_share_the_rows_of_a_task(size: int) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2 * size, 2)), np.arange(2 * size) % 2
    family = from_data(x, y, np.repeat([0, 1], size))
    for support, query in zip(family.support, family.query, strict=True):
        assert (np.count_nonzero(support), np.count_nonzero(query)) == (size // 2, size - size // 2)
        assert support.sum() == query.sum() == 1
        assert not (support * query).any()


def test_a_long_rational_is_shown_by_its_size_and_a_short_one_by_its_digits() -> None:
    for value, shown in (
        (-F(2**64 - 1), "-18446744073709551615"),
        (-F(2**64), "-1.8446744073709552e+19"),
        (-F(1, 2**64 - 1), "-1/18446744073709551615"),
        (-F(1, 2**64), "-5.421010862427522e-20"),
    ):
        with pytest.raises(ValueError, match="rule") as caught:
            positive("alpha", value)
        assert str(caught.value).startswith(f"alpha = {shown};")


def test_a_count_is_an_int64_of_at_least_its_least_value() -> None:
    assert count("steps", 1) == 1
    assert count("steps", 2**63 - 1) == 2**63 - 1
    assert count("steps", np.uint64(7), 7) == 7
    for bad, least in ((0, 1), (-1, 1), (2**63, 1), (3**40, 1), (6, 7)):
        with pytest.raises(ValueError, match=r"steps = .*; rule: (at least|below)"):
            count("steps", bad, least)
    for wrong in (True, 1.0, "1", None, F(1)):
        with pytest.raises(TypeError, match=r"steps = .*; rule: an integer"):
            count("steps", wrong)
    for no_number in (True, "1", None, 1j):
        with pytest.raises(TypeError, match=r"alpha = .*; rule: a real number"):
            positive("alpha", no_number)


@pytest.mark.parametrize("link", [link for link in FAMILIES if link != "quadratic"])
def test_noise_in_the_hessians_has_the_mean_0_over_the_atoms(link: str) -> None:
    noisy = FAMILIES[link](2, 3, 4, rng=0, noise_kind="hessian")
    quiet = FAMILIES[link](2, 3, 4, rng=0, noise_kind="hessian", noise=0)
    assert (noisy.coefficients != quiet.coefficients).any()
    np.testing.assert_allclose(noisy.coefficients.mean(1), quiet.coefficients.mean(1), atol=1e-15)


@pytest.mark.parametrize(
    "column", [np.zeros((7, 2, 2)), np.zeros(7, complex), np.zeros((0,)), np.zeros(7, dtype=[("a", float)])]
)
def test_an_error_names_its_file_and_one_rule_once(column: Any, tmp_path: Path) -> None:
    path = tmp_path / "d.npz"
    np.savez(path, u=column, y=Y, t=TASK)
    with pytest.raises(ValueError, match="column 'u'") as caught:
        from_table(path, "y", "t", ["u"])
    assert str(caught.value).count("rule:") == str(caught.value).count(str(path)) == 1
