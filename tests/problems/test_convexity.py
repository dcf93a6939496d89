"""The constant `convexity`: the least l >= 0 with -l I <= Hess l_i(w) at all w, by known answers."""

from __future__ import annotations

import math
from fractions import Fraction as F
from typing import Any

import pytest
from problem_families import measures, random_ridge, search

from problems import claimed, finite_sum_constants, resampling_constants, ridge
from problems.ridge_sums.suprema import convexity

AXES = [[F(1), F(0)], [F(0), F(2)]]
# Features, offsets and coefficients of one task, and the least l.
KNOWN: list[tuple[str, Any, Any, Any, Any]] = [
    ("quadratic", AXES, [0, 0], [F(1), F(1)], 0),
    ("quadratic", AXES, [0, 0], [F(1), F(-3, 4)], 3),
    ("quadratic", [[F(1), F(0)], [F(1), F(1)]], [0, 0], [F(1), F(-1)], (math.sqrt(5) + 1) / 2),
    ("logistic", AXES, [0, 0], [F(1), F(-1)], 1),
    ("cosine", AXES, [0, 0], [F(1), F(0)], 1),
    ("cosine", [[F(1)], [F(1)]], [0, 1], [F(1), F(1)], 2 * math.cos(0.5)),
    ("cubic", [[F(1)], [F(1)]], [0, 1], [F(1), F(-1)], 1),
    ("cubic", [[F(1)], [F(2)]], [0, 1], [F(1), F(-1)], 4),
    ("cubic-well", AXES, [0, 0], [F(1), F(1, 2)], 2),
    ("cubic-well", [[F(1)], [F(1)]], [0, 3], [F(1), F(1)], 1),
]


@pytest.mark.parametrize(("link", "q", "y", "a", "least"), KNOWN)
def test_convexity_is_the_least_that_serves(link: str, q: Any, y: Any, a: Any, least: float) -> None:
    family = ridge(link, [q], [y], [[a]])
    for known in (resampling_constants(family), finite_sum_constants(family)):
        value = float(known.convexity.value)
        assert least <= value * (1 + 1e-15)
        if known.convexity.flag == "exact":
            assert value <= least * (1 + 1e-8)
        assert value <= float(known.L.value) * (1 + 1e-12)


def test_two_wells_that_never_lie_flat_together_are_less_deep_than_their_sum() -> None:
    # phi'' is -1 for abs(t) <= 1 and 1 from 3 on: at distance 4 one well is flat where the other is steep.
    family = ridge("cubic-well", [[[F(1)], [F(1)]]], [[0, 4]])
    assert resampling_constants(family).convexity[:2] == (0, "exact")


def test_a_coefficient_left_out_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    true = convexity._below
    monkeypatch.setattr(convexity, "_below", lambda link, e, y: true(link, e[:1], y[:1]))
    seen = 0
    for seed in range(40):
        family = random_ridge(seed)
        value = float(resampling_constants(family).convexity.value)
        seen += search(measures(family)["resampling"]["convexity"], family, 0) > value * (1 + 1e-8) + 1e-10
    assert seen


def test_a_claim_of_L_alone_bounds_convexity() -> None:
    assert claimed(L=3).convexity[:2] == (3, "claimed")
    assert claimed(L=3, convexity=0).convexity[:2] == (0, "claimed")
    assert claimed(rho=1).convexity.flag == "none"
