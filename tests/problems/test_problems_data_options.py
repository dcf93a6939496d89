"""Samples, intercepts, standardised features, the label that is 1, and the line that tells what was read."""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from maml_verify.__main__ import main
from problems import from_data, from_table, read_table, resampling_constants
from problems.reading import table_of_arrays
from problems.ridge_sums.data_set import data_set


def rows(count: int = 30) -> tuple[Any, Any, Any]:
    X = np.random.default_rng(0).normal(size=(count, 3)).round(3) * [1, 10, 0.1]
    return X, np.arange(count) % 2, np.arange(count) % 3


def test_a_sample_has_at_most_so_many_rows_of_each_task() -> None:
    X, y, task = rows()
    task[:5] = 7
    family = from_data(X, y, task, sample=4)
    assert [int((p > 0).sum()) for p in family.probabilities] == [4, 4, 4, 4]
    again, other = (from_data(X, y, task, sample=4, rng=rng).features for rng in (0, 1))
    assert (family.features == again).all()
    assert (family.features != other).any()
    for i, name in enumerate((0, 1, 2, 7)):
        known = {tuple(x) for x in X[task == name]}
        drawn = [tuple(x) for x in family.features[i]]
        assert len(set(drawn)) == 4
        assert set(drawn) <= known


def test_a_sample_of_all_is_all() -> None:
    X, y, task = rows()
    assert (from_data(X, y, task, sample=10).support == from_data(X, y, task).support).all()


def test_every_row_is_drawn_as_often() -> None:
    drawn = [from_data(np.arange(6.0)[:, None] + 1, [0, 1] * 3, [0] * 6, sample=2, rng=k) for k in range(300)]
    counts = np.bincount([int(x) for family in drawn for x in family.features.ravel()], minlength=7)[1:]
    # A binomial of 300 draws at 1/3 stays within five deviations of 100.
    assert counts.sum() == 600
    assert abs(counts - 100).max() < 41


def test_large_tasks_are_sampled() -> None:
    X, y, task = np.ones((3000, 1)), np.arange(3000) % 2, np.arange(3000) // 2990
    with pytest.raises(ValueError, match="task 0 has 2990 rows; rule: at most 1000, or a --sample of them"):
        from_data(X, y, task)
    assert from_data(X, y, task, sample=50).atoms == 50


def test_a_sample_beyond_the_largest_task_is_refused() -> None:
    for sample, rule in ((1, "at least 2"), (1001, "at most 1000")):
        with pytest.raises(ValueError, match=f"sample = {sample}; rule: {rule}"):
            from_data(*rows(), sample=sample)


def test_an_intercept_is_a_feature_that_is_1() -> None:
    X, y, task = rows()
    family = from_data(X, y, task, intercept=True)
    given = from_data(np.hstack([X, np.ones((30, 1))]), y, task)
    assert (family.features == given.features).all()
    assert family.exact is not None
    assert family.exact.features[0, 0, 3] == 1
    assert family.exact.features[0, 0, 0] == Fraction(str(X[0, 0]))


def test_standardised_features_have_mean_0_and_variance_1() -> None:
    X, y, task = rows()
    x = from_data(X, y, task, standardise=True, intercept=True).features.reshape(-1, 4)
    np.testing.assert_allclose(x.mean(0), [0, 0, 0, 1], atol=1e-14)
    np.testing.assert_allclose(x.std(0), [1, 1, 1, 0], rtol=1e-14)
    sampled = from_data(X, y, task, standardise=True, sample=4).features.reshape(-1, 3)
    np.testing.assert_allclose(sampled.std(0), 1, rtol=1e-14)
    near = from_data(1e15 + np.arange(30.0)[:, None], y, task, standardise=True).features
    np.testing.assert_allclose(near, from_data(np.arange(30.0)[:, None], y, task, standardise=True).features)
    with pytest.raises(ValueError, match="X, column 2 is the same in every row; rule: features that vary"):
        from_data(np.hstack([X[:, :1], np.ones((30, 1))]), y, task, standardise=True)


def test_the_positive_label_is_1() -> None:
    X, y, task = rows()
    usual, turned = from_data(X, y, task), from_data(X, 1 - y, task)
    names = np.where(y == 1, "sick", "well")
    for labels, value in ((y, 1), (y, "1"), (y, 1.0), (y == 1, "True"), (y == 1, True), (names, "sick")):
        assert (from_data(X, labels, task, positive=value).linear == usual.linear).all()
    assert (from_data(X, y, task, positive=0).linear == turned.linear).all()
    assert (from_data(X, names, task).linear == turned.linear).all()
    with pytest.raises(ValueError, match="positive = 'ill'; rule: one of sick, well"):
        from_data(X, names, task, positive="ill")
    with pytest.raises(ValueError, match="positive = 1; rule: link = 'logistic'"):
        from_data(X, y, task, "quadratic", positive=1)


@pytest.mark.parametrize("link", ["logistic", "quadratic"])
@pytest.mark.parametrize("standardise", [False, True])
def test_the_summary_tells_L_and_the_column_that_drives_it(link: str, standardise: bool) -> None:
    X, y, task = rows()
    data = data_set(table_of_arrays(X, y, task), link, standardise=standardise)
    L, name = data.driver()
    assert pytest.approx(float(resampling_constants(data.family).L.value), rel=1e-9) == L
    if not standardise:
        assert name == "column 2"
        assert L > 5
        less = from_data(X * [1, 0.1, 1], y, task, link)
        assert float(resampling_constants(less).L.value) < L / 5


def write(path: Path) -> Path:
    X, y, task = rows()
    lines = [f"{a},{b},{c},{'sick' if k else 'well'},{t}" for (a, b, c), k, t in zip(X, y, task, strict=True)]
    path.write_text("\n".join(["age,weight,dose,state,site", *lines]) + "\n")
    return path


def run(capsys: Any, *arguments: Any) -> tuple[int, str, str]:
    line = ["check", "path-stability", "--steps", "1", "--alpha-L", "1/10", *map(str, arguments)]
    try:
        code = main(line)
    except SystemExit as stop:
        code = int(stop.code or 0)
    return code, *capsys.readouterr()


def test_one_line_on_standard_error_tells_what_was_read(capsys: Any, tmp_path: Path) -> None:
    data = ["--data", write(tmp_path / "d.csv"), "--label", "state", "--task", "site"]
    code, out, err = run(capsys, *data, "--format", "json")
    assert code == 0
    assert out.startswith("[")
    known = resampling_constants(from_table(tmp_path / "d.csv", "state", "site"))
    told = "30 rows, 3 tasks, 3 features (not standardised, no intercept); state = well is 1"
    first = f"{tmp_path}/d.csv: {told}; L = {float(known.L.value):.3g}, driven by weight"
    assert err.splitlines()[0] == first
    more = [
        "--standardise",
        "--intercept",
        "--sample",
        "6",
        "--positive",
        "sick",
        "--features",
        "age",
        "dose",
    ]
    code, _, err = run(capsys, *data, *more)
    assert code == 0
    told = "18 of 30 rows, 3 tasks, 2 features (standardised in float64, with intercept); state = sick is 1"
    assert err.startswith(f"{tmp_path}/d.csv: {told}; L = ")


def test_names_that_a_terminal_would_obey_are_spelled_out(capsys: Any, tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("\x1b[2J,y,t\n" + "".join(f"{k + 1},{'ab'[k % 2]}\x07,{k % 3}\n" for k in range(9)))
    code, _, err = run(capsys, "--data", path, "--label", "y", "--task", "t")
    assert code == 0
    assert r"y = 'b\x07' is 1" in err
    assert r"driven by '\x1b[2J'" in err
    assert "\x1b" not in err


def test_the_options_of_data_are_those_of_python(capsys: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "d.csv")
    path.write_text(path.read_text().replace(",", "\t").replace(".", ",").replace("well", "NA"))
    data = ["--data", path, "--label", "state", "--task", "site", "--sep", "tab", "--decimal", ","]
    code, out, err = run(capsys, *data)
    assert (code, out) == (2, "")
    assert "column 'state', row 1: 'NA'; rule: no missing values; where it is a name, --not-missing NA" in err
    code, _, err = run(capsys, *data, "--not-missing", "NA")
    assert code == 0
    assert "state = sick is 1" in err


@pytest.mark.parametrize(
    "option",
    ["--features x", "--positive 1", "--sample 3", "--standardise", "--intercept", "--sep ;", "--decimal ,"],
)
def test_options_of_data_without_data_are_refused(option: str, capsys: Any) -> None:
    code, out, err = run(capsys, *option.split())
    assert (code, out) == (2, "")
    assert "without data; rule: --data FILE says where it is" in err


def test_twenty_thousand_rows_are_read_soon(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    lines = [",".join(map(repr, x)) for x in rng.normal(size=(20_000, 10)).tolist()]
    path = tmp_path / "a.csv"
    header = ",".join([*(f"x{k}" for k in range(10)), "y", "t"])
    path.write_text("\n".join([header, *(f"{line},{k % 2},{k % 40}" for k, line in enumerate(lines))]))
    start = time.process_time()
    X, _, _ = read_table(path, "y", "t")
    # About 1 s: 200,000 exact rationals of 17 digits.
    assert time.process_time() - start < 4
    assert X.shape == (20_000, 10)
