"""Counterexamples violate what is printed; derived bounds hold on the same instances."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from itertools import product
from typing import Any

import pytest

from maml_verify.theory import coefficients, derived, printed
from maml_verify.theory.symbols import Constants, Observed, Parameters
from proofs_check.instances.descent import bias_against_gradient, descent_37
from proofs_check.instances.finite_sum import last_member_of_54, one_step_57, support_gradient_multiple
from proofs_check.instances.rate import iterations, slow_descent
from proofs_check.instances.vectors import spectral_batch, spectral_shift

GRID = [
    (Fraction(1, 8 * steps) * scale, steps)
    for steps in (1, 2, 3, 5, 8)
    for scale in (Fraction(1, 4), Fraction(1), Fraction(2))
]


SEARCHES = [
    spectral_shift,
    spectral_batch,
    bias_against_gradient,
    descent_37,
    partial(one_step_57, coefficients.C_b_7),
    partial(one_step_57, coefficients.C_b_7_b),
    last_member_of_54,
    support_gradient_multiple,
    partial(iterations, coefficients.C_b_7),
    partial(iterations, coefficients.C_b_7_b),
]


@pytest.mark.parametrize("search", SEARCHES)
def test_each_instance_is_found_and_lists_what_was_checked(search: Any) -> None:
    found, tried = search()
    assert tried >= 1
    assert found is not None
    assert found["left_float"] > found["right_float"]
    assert len(found["hypotheses"]) >= 2


def test_theorem_9_fails_as_printed_and_holds_as_derived() -> None:
    found, _ = slow_descent(coefficients.C_b_7, Fraction(1))
    assert found is not None
    c = Constants(L=1.0, rho=1.0, sigma=1000.0, b=1e-6, b2=1e-12)
    p = Parameters(alpha=0.1, N=1, B=10**12, K=1000, C_beta=100.0)
    o = Observed(gap=0.405)
    assert abs(printed.finite_sum_rate(c, p, o) - found["right_float"]) < 1e-9
    assert derived.finite_sum_rate(c, p, o) > found["left_float"]


def test_no_iteration_count_without_sigma_needs_its_C_L() -> None:
    assert iterations(lambda c, p: 0 * c.rho)[0] is None


def test_a_small_sigma_gives_no_counterexample_to_theorem_9() -> None:
    assert slow_descent(coefficients.C_b_7, Fraction(1, 1000))[0] is None


def test_57_holds_on_its_instance_with_the_batch_size_in_place_of_b() -> None:
    found, _ = one_step_57(coefficients.C_b_7)
    assert found is not None
    assert found["left_float"] < found["right_float"] * 1000


def test_smaller_values_give_no_counterexample_in_the_finite_sum_case() -> None:
    assert one_step_57(coefficients.C_b_7, Fraction(100))[0] is None
    assert last_member_of_54(Fraction(1))[0] is None
    assert support_gradient_multiple(1)[0] is None


@pytest.mark.parametrize("steps", [1, 2, 4, 6])
@pytest.mark.parametrize("x", [Fraction(1, 10), Fraction(1, 100), Fraction(1)])
def test_the_derived_second_moment_is_attained_by_curvature_minus_L(x: Fraction, steps: int) -> None:
    total = Fraction(0)
    for signs in product((1, -1), repeat=steps):
        w = Fraction(0)
        for one in signs:
            w = w - x * (-w + one)
        total += w**2
    c = Constants(L=Fraction(1), sigma_g=Fraction(1))
    bound = derived.path_second_moment(c, Parameters(alpha=x, N=steps, j=steps), Observed())
    assert bound == total / 2**steps


@pytest.mark.parametrize(("x", "steps"), GRID)
def test_derived_bounds_are_at_most_the_printed_ones(x: Fraction, steps: int) -> None:
    c = Constants(
        L=Fraction(2), rho=Fraction(3), sigma=Fraction(1), sigma_g=Fraction(2), sigma_H=Fraction(1),
        b=Fraction(1, 2), b2=Fraction(1, 3),
    )  # fmt: skip
    p = Parameters(alpha=x / 2, N=steps, j=steps)
    o = Observed(Fraction(1), Fraction(2), Fraction(2), Fraction(3), Fraction(1))
    for name in ("estimator_bias", "finite_sum_meta_smoothness", "finite_sum_second_moment"):
        assert getattr(derived, name)(c, p, o) <= getattr(printed, name)(c, p, o)


@pytest.mark.parametrize(("x", "steps"), GRID)
def test_the_derived_rate_is_at_most_the_printed_one(x: Fraction, steps: int) -> None:
    c = Constants(L=1.0, rho=1.0, sigma=0.5, sigma_g=0.5, sigma_H=0.5)
    p = Parameters(alpha=float(x), N=steps, S=10**7, D=10**3, T=10, B=10**5, K=10**4, C_beta=100.0)
    o = Observed(gap=1.0)
    assert coefficients.theta_5(c, p) > 0
    assert derived.resampling_rate(c, p, o) <= printed.resampling_rate(c, p, o)


def test_the_derived_rate_is_finite_without_curvature_change() -> None:
    c = Constants(L=1.0, rho=0.0, sigma=0.5, sigma_g=0.5, sigma_H=0.5)
    p = Parameters(alpha=0.05, N=2, S=10, D=10, T=10, B=100, K=100, C_beta=100.0)
    assert derived.resampling_rate(c, p, Observed(gap=1.0)) > 0
    assert derived.finite_sum_rate(c, p, Observed(gap=1.0)) > 0
