"""The same problem said differently has the same constants, with the same flags and true reasons."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from problem_families import catalog, gradients, random_ridge

from maml_verify import check
from problems import LINKS, Constant, Ridge, finite_sum_constants, resampling_constants, ridge
from problems.ridge_sums.suprema.gradients import FIXED, Bound, best_of

F = Fraction
EVEN = ("quadratic", "cosine", "cubic", "cubic-well", "steep-well")
CATALOG = catalog()
FAMILIES = [
    *(CATALOG[name] for name in CATALOG if name.count("-") <= name.startswith("cubic-well") + 1),
    *(random_ridge(seed) for seed in range(30, 35)),
    *(ridge(link, [[[F(1), F(0)]], [[F(1), F(0)]]], [[F(0)], [F(1, 3)]]) for link in LINKS),
]


def rational(one: Ridge) -> dict[str, Any]:
    """The arrays of a family as exact rationals, to be changed and given to `ridge`."""
    source = one.exact or one
    exact = np.vectorize(F, otypes=[object])
    names = ("features", "offsets", "coefficients", "linear", "probabilities", "support", "query")
    return {"link": one.link.name} | {key: exact(getattr(source, key)) for key in (*names, "task_weights")}


def zeros(*shape: int) -> Any:
    return np.full(shape, F(0), dtype=object)


def rotated(a: dict[str, Any]) -> None:
    # By 3/5, 4/5 in the plane of the first two coordinates, in one more dimension where there is only one.
    if a["features"].shape[2] == 1:
        padded_dimension(a)
    for key in ("features", "linear"):
        x, y = a[key][..., 0].copy(), a[key][..., 1].copy()
        a[key][..., 0], a[key][..., 1] = (3 * x - 4 * y) / 5, (4 * x + 3 * y) / 5


def padded_dimension(a: dict[str, Any]) -> None:
    for key in ("features", "linear"):
        a[key] = np.concatenate([a[key], zeros(*a[key].shape[:2], 1)], axis=2)


def idle_atom(a: dict[str, Any]) -> None:
    n, _, K = a["coefficients"].shape
    a["coefficients"] = np.concatenate([a["coefficients"], zeros(n, 1, K) + 7], axis=1)
    a["linear"] = np.concatenate([a["linear"], zeros(n, 1, a["linear"].shape[2]) + 5], axis=1)
    for key in ("probabilities", "support", "query"):
        a[key] = np.concatenate([a[key], zeros(n, 1)], axis=1)


def idle_task(a: dict[str, Any]) -> None:
    for key, value in a.items():
        if key == "task_weights":
            a[key] = np.append(value, F(0))
        elif key != "link":
            other = value[:1] * (2 if key in ("features", "offsets", "coefficients") else 1)
            a[key] = np.concatenate([value, other])


def more_terms(a: dict[str, Any], q: Any, y: Any, A: Any) -> None:
    for key, value, axis in (("features", q, 1), ("offsets", y, 1), ("coefficients", A, 2)):
        a[key] = np.concatenate([a[key], value], axis=axis)


def zero_feature(a: dict[str, Any]) -> None:
    n, m, _ = a["coefficients"].shape
    more_terms(a, zeros(n, 1, a["features"].shape[2]), zeros(n, 1) + 1, zeros(n, m, 1) + 3)


def zero_coefficient(a: dict[str, Any]) -> None:
    n, m, _ = a["coefficients"].shape
    more_terms(a, zeros(n, 1, a["features"].shape[2]) + F(7, 3), zeros(n, 1), zeros(n, m, 1))


def cancelling_terms(a: dict[str, Any]) -> None:
    n, m, _ = a["coefficients"].shape
    q, y = zeros(n, 2, a["features"].shape[2]) + F(7, 3), zeros(n, 2) + 1
    more_terms(a, q, y, np.concatenate([zeros(n, m, 1) + 2, zeros(n, m, 1) - 2], axis=2))


def split_terms(a: dict[str, Any]) -> None:
    a["coefficients"] = a["coefficients"] / 3
    more_terms(a, a["features"], a["offsets"], 2 * a["coefficients"])


def split_atom(a: dict[str, Any]) -> None:
    for key in ("coefficients", "linear"):
        a[key] = np.concatenate([a[key], a[key][:, :1]], axis=1)
    for key in ("probabilities", "support", "query"):
        a[key] = np.concatenate([a[key], a[key][:, :1] * F(1, 4)], axis=1)
        a[key][:, 0] *= F(3, 4)


def split_task(a: dict[str, Any]) -> None:
    for key, value in a.items():
        if key != "link":
            a[key] = np.concatenate([value, value[:1] * (F(1, 3) if key == "task_weights" else 1)])
    a["task_weights"][0] *= F(2, 3)


def reordered(a: dict[str, Any]) -> None:
    for key, value in a.items():
        if key != "link":
            a[key] = value[::-1]
    for key, axis in (("features", 1), ("offsets", 1), ("coefficients", 2)):
        a[key] = np.flip(a[key], axis)
    for key in ("coefficients", "linear", "probabilities", "support", "query"):
        a[key] = np.flip(a[key], 1)


def mirrored(a: dict[str, Any]) -> None:
    if a["link"] in EVEN:
        a["features"][:, ::2] *= -1
        a["offsets"][:, ::2] *= -1


def shifted(a: dict[str, Any]) -> None:
    # w + s in place of w: only the constant part of the loss changes besides.
    a["offsets"] = a["offsets"] - a["features"] @ np.array([F(3, 7)] * a["features"].shape[2], dtype=object)


CHANGES: list[Callable[[dict[str, Any]], None]] = [
    rotated,
    padded_dimension,
    idle_atom,
    idle_task,
    zero_feature,
    zero_coefficient,
    cancelling_terms,
    split_terms,
    split_atom,
    split_task,
    reordered,
    mirrored,
    shifted,
]


def constants(a: dict[str, Any]) -> dict[str, Constant]:
    one = ridge(**a)
    first, second = resampling_constants(one), finite_sum_constants(one)
    found = {key: getattr(first, key) for key in ("lower_bounded", "L", "rho", "sigma", "sigma_g", "sigma_H")}
    keys = ("lower_bounded", "L", "rho", "sigma", "b", "b2")
    return found | {f"finite-sum {key}": getattr(second, key) for key in keys}


BEFORE = [constants(rational(one)) for one in FAMILIES]


@pytest.mark.parametrize("change", CHANGES)
def test_constants_do_not_change(change: Callable[[dict[str, Any]], None]) -> None:
    for one, before in zip(FAMILIES, BEFORE, strict=True):
        arrays = rational(one)
        change(arrays)
        for key, found in constants(arrays).items():
            where = (one.name, key, found, before[key])
            assert found.flag == before[key].flag, where
            if found.flag != "none":
                # The same rational, or within what a search leaves open.
                close = abs(F(found.value) - F(before[key].value)) <= F(before[key].value) / 10**10
                assert close, where
                assert found.value == before[key].value or isinstance(found.value, float), where


def test_a_reason_says_that_nothing_depends_on_w_only_where_nothing_does() -> None:
    rng = np.random.default_rng(0)
    seen = set()
    for one in FAMILIES:
        reason = resampling_constants(one).sigma.reason
        g = gradients(one, rng.normal(size=(5, one.d)) * 2, one.probabilities)
        deviation = g - np.einsum("i,ird->rd", one.task_weights, g)
        fixed = np.allclose(deviation, deviation[:, :1], atol=1e-12)
        seen.add(fixed)
        assert (reason == FIXED) <= fixed, one.name
    assert seen == {True, False}


def test_the_deviation_of_shifted_cosines_is_said_to_depend_on_w() -> None:
    one = ridge("cosine", [[[1.0, 0.5]], [[1.0, 0.5]]], [[0.0], [0.3]])
    sigma = resampling_constants(one).sigma
    assert sigma.flag == "exact"
    assert sigma.reason == "supremum in one variable along each of orthogonal directions"


def test_of_equal_bounds_the_attained_one_counts() -> None:
    bounds = [Bound(F(1), False, "upper"), Bound(1.0, True, "attained"), Bound(F(1), False, "upper")]
    assert best_of(bounds).reason == "attained"
    assert best_of(bounds[::-1]).reason == "attained"


def test_a_task_without_weight_takes_part_in_nothing() -> None:
    idle = ridge("quadratic", [[[F(1)]], [[F(2)]]], task_weights=[F(0), F(1)])
    alone = ridge("quadratic", [[[F(2)]]])
    assert resampling_constants(idle) == resampling_constants(alone)
    assert finite_sum_constants(idle)._replace(b_i=()) == finite_sum_constants(alone)._replace(b_i=())
    steep = ridge("cosine", [[[F(9)]], [[F(1)]]], linear=[[[F(1)]], [[F(0)]]], task_weights=[F(0), F(1)])
    known = resampling_constants(steep)
    assert (known.L.value, known.rho.value, known.lower_bounded.value) == (1, 1, 1)
    for claim in ("path-stability", "product-deviation", "path-second-moment"):
        record = check(claim, steep, alpha_L=F(1, 20), steps=2)
        one = check(claim, ridge("cosine", [[[F(1)]]]), alpha_L=F(1, 20), steps=2)
        assert (record.verdict, record.ratio, record.checked) == (one.verdict, one.ratio, one.checked)
        assert record.setting["task"] == 1


def test_a_family_of_idle_tasks_alone_is_refused() -> None:
    one = ridge("quadratic", [[[F(1)]], [[F(2)]]], task_weights=[F(0), F(1)])
    with pytest.raises(ValueError, match="no weight; rule: at least one"):
        one.restrict([0])


BELOW = {
    "a second difference": ("cubic", [[F(1), F(0)]], [1, -2, 1], [0, 1, 2], True),
    "a first difference": ("cubic", [[F(1), F(0)]], [1, -1], [0, 1], False),
    "quadratic minus quadratic": ("quadratic", [[F(1), F(0)]], [1, -1], [0, 1], False),
    "logistic, mixed signs": ("logistic", [[F(1), F(0)]], [2, -1], [0, 1], True),
    "wells, mixed signs": ("cubic-well", [[F(1), F(0)]], [3, -1], [0, 1], True),
}


@pytest.mark.parametrize("case", BELOW)
def test_a_sum_of_terms_that_are_bounded_below_is_bounded_below(case: str) -> None:
    link, rows, A, y, below = BELOW[case]
    # With a second, dependent set of directions in which the loss is a plain sum.
    q = np.array([[*(rows * len(A)), [F(1), F(1)], [F(1), F(-1)], [F(2), F(1)]]], dtype=object)
    offsets = np.array([[*map(F, y), F(0), F(0), F(0)]], dtype=object)
    coefficients = np.array([[[*map(F, A), F(0), F(0), F(0)]]], dtype=object)
    found = resampling_constants(ridge(link, q, offsets, coefficients)).lower_bounded
    assert (found.value, found.flag) == ((1, "exact") if below else (0, "none"))
    coefficients[0, 0, -3:] = F(1)
    # Now the loss grows along every direction.
    found = resampling_constants(ridge(link, q, offsets, coefficients)).lower_bounded
    assert found.value == (below or link != "logistic")
