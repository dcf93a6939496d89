"""Slopes of measured rates and their errors, against least squares worked out otherwise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from test_rates import near_the_minimum

from maml_verify.studies.inner_step_size import step_size_insight
from maml_verify.studies.measured_rates import exponent, measure_norms, slope
from problems import quadratic


def test_a_slope_weighs_each_mean_by_its_error():
    sizes = [1, 3, 9, 27]
    # Means that lie on no line, with relative errors that differ by factors of 3.
    samples = [
        np.array([m * (1 - e), m * (1 + e)]) for m, e in ((1, 0.3), (2, 0.1), (0.5, 0.03), (0.25, 0.01))
    ]
    value, half = slope(sizes, samples, confidence=0.5)
    # Two values m (1 - e), m (1 + e) have the standard error m e.
    x, y, w = np.log(sizes), np.log([s.mean() for s in samples]), [1 / 0.3, 1 / 0.1, 1 / 0.03, 1 / 0.01]
    (expected, _), covariance = np.polyfit(x, y, 1, w=w, cov="unscaled")
    assert value == pytest.approx(expected, rel=1e-10)
    # 0.6744897501960817 is the quantile of 3/4.
    assert half == pytest.approx(0.6744897501960817 * math.sqrt(covariance[0, 0]), rel=1e-10)


def test_a_row_has_the_mean_of_the_runs_and_its_standard_error():
    s = near_the_minimum(S=10**6, T=1)
    rows = exponent(s, "B", [2, 8])
    for row in rows:
        values = measure_norms(s.but(B=row["B"]), False, True)
        assert row["norm"] == pytest.approx(values.mean(), rel=1e-12)
        assert row["error"] == pytest.approx(np.sqrt(values.var() / (len(values) - 1)), rel=1e-12)
        assert row["slope_low"] < row["slope"] < row["slope_high"]


@pytest.mark.parametrize("sizes", [[], [4]])
def test_a_rate_needs_two_sizes(sizes):
    with pytest.raises(ValueError, match=r"sizes = .*rule: one of K, S, B, T and two sizes"):
        exponent(near_the_minimum(), "B", sizes)


def test_the_theory_beside_the_measured_is_that_of_the_worst_point():
    family = quadratic(d=2, tasks=2, atoms=2, rng=1, noise=1, spread=1)
    rows = step_size_insight(family, w=[[0.0, 0.0], [30.0, -30.0], [1.0, 1.0]], steps=(1, 2), budget=10_000)
    assert {row["method"] for row in rows} == {"exact"}
    # The moment is mostly that of the far point, whose gradients are a thousand times larger.
    alone = step_size_insight(family, w=[[30.0, -30.0]], steps=(1, 2), budget=10_000)
    for both, one in zip(rows, alone, strict=True):
        assert both["second_moment_low"] == pytest.approx(one["second_moment_low"], rel=1e-6)
        assert both["second_moment_theory"] == pytest.approx(
            one["second_moment_theory"], rel=1e-6, nan_ok=True
        )
