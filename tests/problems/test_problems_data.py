"""Families from data sets and tables."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from problem_families import measures, search
from sklearn.datasets import load_breast_cancer

from problems import finite_sum_constants, from_data, read_table, resampling_constants


def rows(seed: int = 0, count: int = 15) -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(count, 2)).round(2)
    return X, rng.integers(0, 2, count), np.arange(count) % 3 % 2 + np.arange(count) // 9


def test_logistic_tasks_have_the_loss_of_their_rows() -> None:
    X, y, task = rows()
    family = from_data(X, y, task)
    w = np.array([0.4, -1.1])
    loss = family.loss(np.tile(w, (family.tasks, 1, 1)), family.probabilities[:, None])
    for i, value in enumerate(np.unique(task)):
        z, label = X[task == value] @ w, y[task == value]
        assert loss[i, 0] == pytest.approx(np.mean(np.log1p(np.exp(z)) - label * z), rel=1e-12)


def test_least_squares_tasks_have_the_loss_of_their_rows() -> None:
    X, _, task = rows()
    y = X @ [1.0, 2.0] + 0.5
    family = from_data(X, y, task, "quadratic")
    w = np.array([0.4, -1.1])
    grad = family.grad(np.tile(w, (family.tasks, 1, 1)), family.probabilities[:, None])
    for i, value in enumerate(np.unique(task)):
        A, b = X[task == value], y[task == value]
        np.testing.assert_allclose(grad[i, 0], A.T @ (A @ w - b) / len(A), rtol=1e-12)


def test_tasks_of_different_sizes_are_padded_with_probability_zero() -> None:
    X, y, _ = rows()
    family = from_data(X, y, [0] * 4 + [1] * 9 + [2] * 2)
    assert family.atoms == 9
    assert [(p > 0).sum() for p in family.probabilities] == [4, 9, 2]
    assert [(c > 0).sum() for c in family.support] == [2, 4, 1]
    assert [(c > 0).sum() for c in family.query] == [2, 5, 1]
    assert (family.support * family.query == 0).all()


def test_any_two_labels_and_any_names_of_tasks_serve() -> None:
    X, y, task = rows()
    named = from_data(X, np.where(y, "yes", "no"), [f"school {k}" for k in task])
    assert (named.linear == from_data(X, y, task).linear).all()
    objects = from_data(X, y.astype(object), np.array([f"s{k}" for k in task], dtype=object))
    assert (objects.linear == named.linear).all()


def test_the_split_follows_the_generator() -> None:
    X, y, task = rows()
    assert (from_data(X, y, task, rng=1).support == from_data(X, y, task, rng=1).support).all()
    assert (from_data(X, y, task, rng=1).support != from_data(X, y, task, rng=2).support).any()


def test_constants_of_data_are_sound() -> None:
    family = from_data(*rows())
    known = {"resampling": resampling_constants(family)._asdict()}
    other = finite_sum_constants(family)
    known["finite-sum"] = other._asdict() | {f"b_{i}": b for i, b in enumerate(other.b_i)}
    for case, functions in measures(family).items():
        assert known[case]["lower_bounded"].value == 1
        for key, measure in functions.items():
            value = float(known[case][key].value)
            assert math.isfinite(value)
            found = search(measure, family, 0)
            # What is convex has convexity 0, and an eigenvalue of 0 is a rounding error in float64.
            assert found <= value * (1 + 1e-8) + (1e-12 if key == "convexity" else 0)
            assert found > 0 or key == "convexity"


def test_least_squares_on_data_has_no_sigma_and_says_so() -> None:
    X, _, task = rows()
    known = resampling_constants(from_data(X, X[:, 0], task, "quadratic"))
    assert known.L.flag == "exact"
    assert known.sigma.flag == known.sigma_g.flag == "none"
    assert "Assumption 3" in known.sigma_g.reason


def test_breast_cancer_in_three_tasks_has_finite_constants() -> None:
    X, y = load_breast_cancer(return_X_y=True)
    X = (X - X.mean(0)) / X.std(0)
    task = np.digitize(X[:, 0], np.quantile(X[:, 0], [1 / 3, 2 / 3]))
    family = from_data(X[:, 1:7], y, task)
    known, other = resampling_constants(family), finite_sum_constants(family)
    assert family.tasks == 3
    used = [*known[:6], other.L, other.rho, other.sigma, other.b, other.b2, *other.b_i]
    assert all(c.flag != "none" and 0 < c.value < math.inf for c in used)
    w = np.random.default_rng(0).normal(size=(4, 6)) * [[0.1], [1], [10], [100]]
    for case, constants in (("resampling", known), ("finite-sum", other)):
        for key in ("L", "sigma"):
            found = measures(family)[case][key](w).max()
            assert found <= float(getattr(constants, key).value)


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_a_csv_file_is_read_by_column_names(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "x, y,site,z\n1,0,n,2.5\n3,1,s,-1e-3\n\n")
    X, y, task = read_table(path, "y", "site")
    assert X.tolist() == [[1, 2.5], [3, -1e-3]]
    assert y.tolist() == [0, 1]
    assert task.tolist() == ["n", "s"]
    X, _, _ = read_table(path, "y", "site", ["z"])
    assert X.tolist() == [[2.5], [-1e-3]]


def test_an_npz_file_is_read_by_array_names(tmp_path: Path) -> None:
    X, y, task = rows()
    np.savez(tmp_path / "a.npz", X=X, y=y, task=task)
    read = read_table(tmp_path / "a.npz", "y", "task")
    for a, b in zip(read, (X, y, task), strict=True):
        assert (a == b).all()
    assert from_data(*read).tasks == 3
