"""The constants of the assumptions against numeric search and known answers."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from problem_families import catalog, measures, random_ridge, search

from problems import (
    FAMILIES,
    Constant,
    Known,
    Ridge,
    finite_sum_constants,
    plateau,
    resampling_constants,
    ridge,
)
from problems.rationals import rational, root

CATALOG = catalog()
F = Fraction


def named(known: Known) -> dict[str, Constant]:
    fields = {key: c for key, c in known._asdict().items() if isinstance(c, Constant)}
    return fields | {f"b_{i}": c for i, c in enumerate(known.b_i)}


def both(family: Ridge) -> dict[str, dict[str, Constant]]:
    return {
        "resampling": named(resampling_constants(family)),
        "finite-sum": named(finite_sum_constants(family)),
    }


def assert_sound(family: Ridge) -> None:
    constants = both(family)
    for case, functions in measures(family).items():
        for key, measure in functions.items():
            value, flag, reason = constants[case][key]
            assert reason
            if flag == "none":
                direction = np.random.default_rng(1).normal(size=(1, family.d))
                near, far = measure(1e3 * direction)[0], measure(1e5 * direction)[0]
                assert far > 20 * near, (case, key)
                continue
            enough = float(value) * (1 - 1e-9) if flag == "exact" else 0
            found = search(measure, family, enough)
            assert found <= float(value) * (1 + 1e-8) + 1e-10, (case, key, found, value)
            if flag == "exact":
                assert found >= float(value) * (1 - 1e-6) - 1e-10, (case, key, found, value)


@pytest.mark.parametrize("name", CATALOG)
def test_search_never_exceeds_a_constant_and_comes_to_those_called_exact(name: str) -> None:
    assert_sound(CATALOG[name])


@pytest.mark.parametrize("seed", range(15))
def test_the_same_for_arbitrary_ridge_families(seed: int) -> None:
    assert_sound(random_ridge(seed))


@pytest.mark.parametrize("name", CATALOG)
def test_catalog_losses_are_bounded_below(name: str) -> None:
    family = CATALOG[name]
    for known in (resampling_constants(family), finite_sum_constants(family)):
        assert known.lower_bounded[:2] == (1, "exact")
    u = np.random.default_rng(0).normal(size=(family.tasks, 200, family.d)) * 1e5
    for c in (family.probabilities, family.support, family.query):
        assert (family.loss(u, c[:, None]) > -100).all()


@pytest.mark.parametrize("name", [name for name in CATALOG if "sampled" not in name])
def test_catalog_families_other_than_sampled_have_every_constant(name: str) -> None:
    constants = both(CATALOG[name])
    used = {
        key: c
        for case, keys in measures(CATALOG[name]).items()
        for key in keys
        for c in [constants[case][key]]
    }
    assert all(c.flag != "none" and math.isfinite(c.value) for c in used.values())


@pytest.mark.parametrize("link", FAMILIES)
def test_default_families_have_positive_sigma_sigma_g_and_b(link: str) -> None:
    family = FAMILIES[link](rng=0)
    first, second = resampling_constants(family), finite_sum_constants(family)
    assert first.sigma.value > 0
    assert first.sigma_g.value > 0
    assert second.sigma.value > 0
    assert all(b.value > 0 for b in second.b_i)
    assert float(second.b2.value) >= float(second.b.value) ** 2


def two_tasks(link: str) -> Ridge:
    """l_1 = phi(w), l_2 = phi(w - 1)."""
    one = np.full((2, 1, 1), F(1), dtype=object)
    return ridge(link, one, np.array([[F(0)], [F(1)]], dtype=object))


@pytest.mark.parametrize("link", ["quadratic", "cubic", "cubic-well"])
def test_sigma_of_two_shifted_tasks_is_half_the_shift(link: str) -> None:
    sigma = resampling_constants(two_tasks(link)).sigma
    assert sigma[:2] == (F(1, 2), "exact")
    assert isinstance(sigma.value, Fraction)


def test_sigma_of_two_shifted_cosines_is_the_sine_of_half_the_shift() -> None:
    sigma = resampling_constants(two_tasks("cosine")).sigma
    assert sigma.flag == "exact"
    assert math.sin(0.5) <= sigma.value <= math.sin(0.5) * (1 + 1e-8)


def test_sigma_of_two_shifted_logistics_is_attained_half_way() -> None:
    sigma = resampling_constants(two_tasks("logistic")).sigma
    assert math.tanh(0.25) / 2 <= sigma.value <= math.tanh(0.25) / 2 * (1 + 1e-8)


@pytest.mark.parametrize(("link", "L", "rho"), [
    ("quadratic", F(1), 0), ("cosine", F(1), 1), ("cubic", F(1), 1), ("cubic-well", F(1), 1),
    ("logistic", F(1, 4), 1 / (6 * math.sqrt(3))),
])  # fmt: skip
def test_one_term_has_the_constants_of_its_link(link: str, L: Fraction, rho: float) -> None:
    for constants in (resampling_constants, finite_sum_constants):
        known = constants(two_tasks(link))
        assert known.L[:2] == (L, "exact")
        assert known.rho.flag == "exact"
        assert rho <= known.rho.value <= rho * (1 + 1e-14)


def test_a_tilted_direction_has_its_length_in_L_and_rho() -> None:
    family = ridge("cubic-well", [[[3.0, 4.0]]])
    known = resampling_constants(family)
    assert (known.L.value, known.rho.value) == (25, 125)


def test_terms_that_the_atoms_share_cancel_exactly() -> None:
    q = np.array([[[0.3, -0.7], [0.1, 0.9]]])
    A = np.full((1, 3, 2), 0.1)
    family = ridge("cubic", q, coefficients=A, linear=[[[1.0, 0], [2.0, 0], [3.0, 0]]])
    known = resampling_constants(family)
    assert known.sigma_H[:2] == (0, "exact")
    assert known.sigma_g.flag == "exact"
    assert known.sigma_g.value == pytest.approx(math.sqrt(2 / 3), rel=1e-15)


def test_a_negated_term_is_the_same_term() -> None:
    q, y = [[[1.0, 2.0]], [[-1.0, -2.0]]], [[0.5], [-0.5]]
    for link in FAMILIES:
        sigma = resampling_constants(ridge(link, q, y)).sigma
        expected = math.sqrt(5) / 2 if link == "logistic" else 0
        assert sigma.value == pytest.approx(expected, rel=1e-12)


def test_tasks_with_different_hessians_have_no_sigma() -> None:
    family = ridge("quadratic", [[[1.0]], [[2.0]]])
    sigma = resampling_constants(family).sigma
    assert sigma.flag == "none"
    assert sigma.value == math.inf
    assert "Assumption 2" in sigma.reason
    assert "Assumption 5" in finite_sum_constants(family).sigma.reason


def test_hessians_that_agree_through_different_features_give_a_finite_sigma() -> None:
    # e1 e1^T + e2 e2^T = (u u^T + v v^T) / 2 with u = (1, 1), v = (1, -1).
    q = [[[1.0, 0.0], [0.0, 1.0]], [[1.0, 1.0], [1.0, -1.0]]]
    A = [[[1.0, 1.0]], [[0.5, 0.5]]]
    for link in ("quadratic", "cubic", "cubic-well"):
        family = ridge(link, q, [[0.0, 1.0], [2.0, 0.0]], A)
        sigma = resampling_constants(family).sigma
        assert sigma.flag == ("exact" if link == "quadratic" else "upper")
        found = search(measures(family)["resampling"]["sigma"], family, math.inf)
        assert found <= float(sigma.value) + 1e-10


def test_a_flat_family_has_L_one() -> None:
    known = resampling_constants(ridge("cosine", [[[0.0]]]))
    assert known.L[:2] == (1, "upper")
    assert known.rho.value == 0


BELOW = {
    "cosine with a linear term": (("cosine", [[[1.0]]], None, None, [[[1.0]]]), "fails"),
    "logistic, slope 2": (("logistic", [[[1.0]]], None, None, [[[-2.0]]]), "fails"),
    "logistic, slope upwards": (("logistic", [[[1.0]]], None, None, [[[0.5]]]), "fails"),
    "logistic, slope 1": (("logistic", [[[1.0]]], None, None, [[[-1.0]]]), ""),
    "logistic outside the span": (
        ("logistic", [[[1.0, 0.0]]], None, None, [[[0.0, 1.0]]]), "fails"),
    "logistic, not decided": (
        ("logistic", [[[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]], None, None, [[[-0.5, -0.5]]]),
        "not proved"),
    "logistic, negative": (("logistic", [[[1.0]]], None, [[[-1.0]]], None), "fails"),
    "quadratic outside the span": (
        ("quadratic", [[[1.0, 0.0]]], None, None, [[[0.0, 1.0]]]), "fails"),
    "cubic, negative": (("cubic", [[[1.0]]], None, [[[-1.0]]], None), "fails"),
    "cubic, mixed, growing": (("cubic", [[[1.0], [2.0]]], None, [[[-1.0, 1.0]]], None), ""),
    "cubic, mixed, falling": (("cubic", [[[1.0], [2.0]]], None, [[[-5.0, 1.0]]], None), "fails"),
    "cubic, mixed, level": (("cubic", [[[1.0], [2.0]]], None, [[[-4.0, 1.0]]], None), "not proved"),
    "cubic, a negative part": (
        ("cubic", [[[1.0], [1.0]]], [[0.0, 1.0]], [[[-1.0, 2.0]]], None), ""),
}  # fmt: skip


@pytest.mark.parametrize("case", BELOW)
def test_lower_bounds_are_decided(case: str) -> None:
    arrays, state = BELOW[case]
    below = resampling_constants(ridge(*arrays)).lower_bounded
    assert below[:2] == ((0, "none") if state else (1, "exact"))
    assert state in below.reason


def test_the_plateau_has_curvature_minus_L_on_its_paths() -> None:
    family = plateau(2, 3, 4, rng=0)
    assert resampling_constants(family).L[:2] == (1, "exact")
    w = np.zeros((family.tasks, 1, 2))
    for _ in range(8):
        w = w - 2.0 * family.grad(w, family.support[:, None])
        z = w @ family.features.swapaxes(1, 2) - family.offsets[:, None]
        assert (np.abs(z) <= 1).all()


@pytest.mark.parametrize("link", FAMILIES)
def test_a_large_family_has_its_constants(link: str) -> None:
    family = FAMILIES[link](8, 20, 8, rng=0)
    known, other = resampling_constants(family), finite_sum_constants(family)
    assert all(0 < c.value < math.inf for c in (known.L, known.sigma, known.sigma_g, other.sigma))
    w = np.random.default_rng(0).normal(size=(20, 8))
    assert measures(family)["resampling"]["sigma"](w).max() <= known.sigma.value


@pytest.mark.parametrize("link", ["cubic", "cubic-well"])
def test_float_and_exact_searches_agree(link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    family = FAMILIES[link](2, 3, 4, rng=1)
    exact = resampling_constants(family).sigma
    monkeypatch.setattr("problems.ridge_sums.suprema.one_variable.EXACT_WORK", 0)
    monkeypatch.setattr("problems.ridge_sums.suprema.ranges.EXACT_WORK", 0)
    rounded = resampling_constants(family).sigma
    assert float(exact.value) <= rounded.value <= float(exact.value) * (1 + 1e-8)


def test_a_short_search_gives_an_upper_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    full = resampling_constants(two_tasks("cosine")).sigma
    monkeypatch.setattr("problems.ridge_sums.suprema.one_variable.EVALUATIONS", 10)
    short = resampling_constants(two_tasks("cosine")).sigma
    assert short.flag == "upper"
    assert short.value >= full.value


@pytest.mark.parametrize("value", [F(2), F(1, 3), F(10) ** 40, F(1, 10**40), F(4, 9), F(0)])
def test_roots_are_exact_or_rounded_up(value: Fraction) -> None:
    found = root(rational(value))
    assert F(found) ** 2 >= value
    assert F(found) ** 2 <= value * (1 + F(1, 2**50))
    assert isinstance(root(rational(value**2)), Fraction)
