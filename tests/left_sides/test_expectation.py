"""Exact expectations against brute force over every sequence of samples, and over the fields."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from small_families import ALPHA, brute_force, every_batch, in_field, points, small

from maml_verify.arithmetic.domains import lift
from maml_verify.arithmetic.norms import norm, square
from maml_verify.arithmetic.root_sum import RootSum
from maml_verify.left_sides import enumerated
from maml_verify.left_sides.enumerated import (
    cost,
    mean_estimator,
    path_moments,
    path_second_moments,
    second_moment_estimator,
)
from maml_verify.meta_gradients.inner_path import inner_path
from maml_verify.meta_gradients.maml import meta_gradient
from maml_verify.meta_gradients.roles import population

LINKS = ["quadratic", "cubic-well"]
# N, S, D, T and atoms: every size above 1 somewhere, and no steps at all.
CASES = [(0, 1, 1, 2, 2), (1, 2, 2, 1, 3), (1, 3, 1, 2, 2), (2, 2, 1, 2, 2), (2, 1, 2, 1, 2)]


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(("N", "S", "D", "T", "m"), CASES)
def test_expectations_equal_brute_force(link: str, N: int, S: int, D: int, T: int, m: int) -> None:
    family = in_field(small(link, m=m, d=2, seed=N), "exact")
    w = points(family, 1, "exact")
    alpha = lift(ALPHA, "exact")
    brute = brute_force(family, w, alpha, N, S, D, T)
    first, second = path_moments(family, w, alpha, N, S)
    assert (first[:, 0] == brute["first"]).all()
    assert (second[:, 0] == brute["second"]).all()
    assert (path_second_moments(family, w, alpha, N, S) == second).all()
    assert (mean_estimator(family, w, alpha, N, S)[:, 0] == brute["mean"]).all()
    assert (second_moment_estimator(family, w, alpha, N, S, D, T)[:, 0] == brute["square"]).all()


def test_expectations_in_one_dimension_equal_brute_force() -> None:
    family = in_field(small("cubic-well", m=2, d=1, seed=3), "exact")
    w, alpha = points(family, 1, "exact"), lift(ALPHA, "exact")
    brute = brute_force(family, w, alpha, 2, 2, 1, 2)
    assert (mean_estimator(family, w, alpha, 2, 2)[:, 0] == brute["mean"]).all()
    assert (second_moment_estimator(family, w, alpha, 2, 2, 1, 2)[:, 0] == brute["square"]).all()


@pytest.mark.parametrize("link", ["quadratic", "cubic", "cubic-well", "cosine", "logistic"])
def test_fields_agree(link: str) -> None:
    family = small(link, n=3, m=3)
    N, S, D, T, R = 2, 2, 3, 2, 2

    def all_moments(field: str) -> list:
        chosen, w = in_field(family, field), points(family, R, field)
        return [
            *path_moments(chosen, w, ALPHA, N, S),
            mean_estimator(chosen, w, ALPHA, N, S),
            second_moment_estimator(chosen, w, ALPHA, N, S, D, T),
        ]

    floats, balls = all_moments("float"), all_moments("arb")
    shapes = [(3, R, N + 1), (3, R, N + 1), (3, R, family.d), (3, R)]
    assert [a.shape for a in floats] == shapes
    assert all(a.dtype == np.float64 for a in floats)
    for a, b in zip(floats, balls, strict=True):
        assert all(x.is_finite() for x in b.ravel())
        np.testing.assert_allclose(a, lift(b, "float"), rtol=1e-12, atol=1e-13)
    if link in LINKS:
        for b, e in zip(balls, all_moments("exact"), strict=True):
            for ball, true in zip(b.ravel(), e.ravel(), strict=True):
                assert ball.overlaps(lift(true, "arb"))


def test_moments_are_zero_without_noise() -> None:
    family = in_field(small("cubic-well", m=1), "exact")
    w = points(family, 2, "exact")
    roles = population(family, 3)
    path = inner_path(family, w, lift(ALPHA, "exact"), roles.inner)
    exact = meta_gradient(family, path, lift(ALPHA, "exact"), roles.hessian, roles.outer)
    first, second = path_moments(family, w, ALPHA, 3, 2)
    assert (first == 0).all()
    assert (second == 0).all()
    assert (mean_estimator(family, w, ALPHA, 3, 2) == exact).all()
    assert (second_moment_estimator(family, w, ALPHA, 3, 2, 1, 1) == square(exact)).all()
    assert cost(family, 100, 10) == 1


def test_given_the_path_other_batches_average_to_the_population() -> None:
    family = in_field(small("cubic-well"), "exact")
    alpha = lift(ALPHA, "exact")
    w = points(family, 1, "exact")
    batches, chances = every_batch(family, [2, 1, 1, 2])
    inner = [family.support[:, None, :]] * 2
    path = inner_path(family, w, alpha, inner)
    R = chances.shape[1]
    wide = [np.repeat(v, R, axis=1) for v in path]
    G = meta_gradient(family, wide, alpha, batches[1:3], batches[0])
    p = family.probabilities[:, None, :]
    plugged = meta_gradient(family, path, alpha, [p, p], p)
    assert ((chances[..., None] * G).sum(1) == plugged[:, 0]).all()


def test_a_batch_reused_as_hessian_batch_is_biased() -> None:
    family = in_field(small("cubic-well"), "exact")
    w = points(family, 1, "exact")
    alpha = lift(ALPHA, "exact")
    independent = mean_estimator(family, w, alpha, 2, 2)[:, 0]
    assert (brute_force(family, w, alpha, 2, 2, 2, 1)["mean"] == independent).all()
    reused = brute_force(family, w, alpha, 2, 2, 2, 1, reuse=True)["mean"]
    assert (reused != independent).any()


def test_points_are_stacked_and_computed_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    family = small("cubic-well")
    w = points(family, 5, "float")
    whole = _everything(family, w)
    alone = [_everything(family, w[:, k : k + 1]) for k in range(5)]
    monkeypatch.setattr(enumerated, "_BLOCK", 1)
    blocks = _everything(family, w)
    for a, b, c in zip(whole, blocks, zip(*alone, strict=True), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13)
        np.testing.assert_allclose(a, np.concatenate(c, axis=1), rtol=1e-13)


def _everything(family: object, w: np.ndarray) -> list[np.ndarray]:
    return [
        *path_moments(family, w, 0.2, 2, 2),  # type: ignore[arg-type]
        mean_estimator(family, w, 0.2, 2, 2),  # type: ignore[arg-type]
        second_moment_estimator(family, w, 0.2, 2, 2, 2, 2),  # type: ignore[arg-type]
    ]


def test_cost_counts_the_leaves() -> None:
    family = small("quadratic", m=3)
    assert [cost(family, N, 2) for N in (0, 1, 2)] == [1, 6, 36]
    with pytest.raises(ValueError, match="N = -1; rule: at least 0"):
        cost(family, -1, 2)


def test_second_moment_exceeds_the_squared_mean_by_the_variance() -> None:
    family = small("cosine", m=3)
    w = points(family, 4, "float")
    for D, T in ((1, 1), (4, 1), (4, 4)):
        gap = second_moment_estimator(family, w, 0.3, 3, 2, D, T) - square(
            mean_estimator(family, w, 0.3, 3, 2)
        )
        assert (gap > 0).all()


@pytest.mark.parametrize("scale", [1e-200, 1e-160, 1.0, 1e160, 1e300])
def test_norm_neither_overflows_nor_underflows(scale: float) -> None:
    v = np.array([[3.0, 4.0], [0.0, 0.0]]) * scale
    np.testing.assert_allclose(norm(v), [5 * scale, 0], rtol=1e-15)


def test_norm_of_balls_encloses_and_is_never_nan() -> None:
    from flint import arb

    v = np.array([[arb(0, 1), arb(0)], [arb(3), arb(4)], [arb(0), arb(0)]], dtype=object)
    touching, five, zero = norm(v)
    assert touching.contains(0)
    assert touching.contains(1)
    assert five.contains(5)
    assert zero == 0
    wide = norm(np.array([[arb(0, float("inf"))]], dtype=object))[0]
    assert wide.contains(7)
    negative = norm(np.array([[arb(-1, 2), arb(0, 2)]], dtype=object))[0]
    assert not negative.is_nan()


def test_norm_of_rationals_is_exact() -> None:
    v = np.array([[Fraction(1), Fraction(1)], [Fraction(3, 2), Fraction(2)]], dtype=object)
    assert list(norm(v)) == [RootSum(2).sqrt(), Fraction(5, 2)]
    assert norm(v[0]) == RootSum(2).sqrt()
    assert norm(np.array([np.inf, 1.0])) == np.inf


def test_lift_is_exact_and_names_what_it_refuses() -> None:
    assert lift(0.1, "exact") == lift(Fraction(0.1), "exact")
    assert lift(np.float64(0.5), "exact") == lift(Fraction(1, 2), "exact")
    assert lift(Fraction(1, 3), "arb").contains(lift(Fraction(1, 3), "exact"))
    assert lift(RootSum(2).sqrt(), "float") == 2**0.5
    assert lift(np.array([[1, 2]]), "root_sum").shape == (1, 2)
    assert lift(lift(Fraction(10**400, 10**399), "exact"), "float") == 10
    assert lift(lift(2, "root_sum"), "root_sum") == 2
    assert lift(0.1, "arb") == lift(0.1, "exact")
    assert lift(lift(3, "exact").numerator, "float") == 3
    with pytest.raises(ValueError, match="field = 'real'"):
        lift(1, "real")
    with pytest.raises(ValueError, match="value = inf; rule: finite"):
        lift(float("inf"), "exact")
    with pytest.raises(TypeError, match="rule: a rational number"):
        lift(RootSum(2).sqrt(), "exact")
