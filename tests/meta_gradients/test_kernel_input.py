"""What the kernel refuses: atoms, shapes and precisions; named, whatever the form."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from kernel_reference import alpha, force, points, random_family, random_roles

from maml_verify.meta_gradients.maml import estimator
from maml_verify.meta_gradients.roles import Roles, population


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("form", ["direct", "gathered", "columns"])
@pytest.mark.parametrize("atom", [-1, 4])
def test_atoms_that_are_none_are_refused(form: str, atom: int, monkeypatch: pytest.MonkeyPatch) -> None:
    force(monkeypatch, form)
    family = random_family("cosine", 2, 3, 4, linear=False)
    roles = random_roles(family, 2, 5)
    roles.inner[1][0, 3, 1] = atom
    with pytest.raises(ValueError, match=f"a batch has atom {atom}; rule: 0 <= atom < 4"):
        estimator(family, points(family, 5), alpha, roles)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"w": np.zeros((2, 3))}, r"w has shape \(2, 3\); rule: \(tasks, replicates, d\) = \(2, R, 3\)"),
        ({"w": np.zeros((2, 5, 4))}, r"w has shape \(2, 5, 4\)"),
        ({"w": np.zeros((1, 5, 3))}, r"w has shape \(1, 5, 3\)"),
        (
            {"inner": [np.ones((2, 5, 3))] * 2},
            r"inner: a batch has shape \(2, 5, 3\); rule: weights \(2, 5 or 1, 4\)",
        ),
        ({"inner": [np.ones((2, 4, 4))] * 2}, "inner: a batch has shape"),
        ({"hessian": [np.ones((1, 5, 4))] * 2}, "hessian: a batch has shape"),
        ({"hessian": [np.ones((2, 5, 4))]}, "hessian has 1 batches; rule: 2"),
        ({"outer": np.zeros((2, 5, 0), dtype=int)}, r"outer: a batch has shape \(2, 5, 0\)"),
        ({"outer": np.ones((2, 4))}, "outer: a batch has shape"),
    ],
)
@pytest.mark.parametrize("link", ["cosine", "quadratic"])
def test_other_shapes_are_refused(link: str, change: Any, text: str) -> None:
    family = random_family(link, 2, 3, 4, linear=False)
    c = np.full((2, 5, 4), 0.25)
    given = {"w": points(family, 5), "inner": [c] * 2, "hessian": [c] * 2, "outer": c} | change
    w = given.pop("w")
    with pytest.raises(ValueError, match=text):
        estimator(family, w, alpha, Roles(**given))


def test_points_are_an_array() -> None:
    family = random_family("cosine", 2, 3, 4)
    with pytest.raises(TypeError, match="w is a list; rule: an array"):
        estimator(family, points(family, 2).tolist(), alpha, population(family, 1))


def test_float32_is_refused() -> None:
    family = random_family("cosine", 2, 3, 4)
    with pytest.raises(TypeError, match="w has dtype float32; rule: float64"):
        estimator(family, points(family, 2).astype(np.float32), alpha, population(family, 1))
