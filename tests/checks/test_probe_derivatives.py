"""The verbs of a probe: its gradient and Hessian are those of its loss, in rationals."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest

from maml_verify.checks.probe import ROLES, Probe, probes


def in_rationals(probe):
    def exact(table):
        return np.vectorize(F, otypes=[object])(table)

    roles = {role: exact(probe.coefficients[role]) for role in ROLES}
    return Probe(exact(probe.features), exact(probe.offsets), roles)


def slope(function, w, v):
    """The derivative along v of a polynomial of degree at most four, by its exact five-point formula."""
    one, two = (function(w + k * v) - function(w - k * v) for k in (1, 2))
    return (8 * one - two) / 12


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("place", [0, 1])
def test_gradient_and_hessian_are_derivatives_of_the_loss(place, role):
    probe, point = probes(0)[place]
    exact, w = in_rationals(probe), np.array([F(float(x)) for x in point])
    for k in range(exact.d):
        v = np.array([F(int(k == j)) for j in range(exact.d)])
        assert slope(lambda x: exact.loss(x, role), w, v) == exact.grad(w, role) @ v
        assert (slope(lambda x: exact.grad(x, role), w, v) == exact.hvp(w, v, role)).all()
    # The loss by hand: sum_k a (t^2/2 + t^3/6 + t^4/12), t = q . w - y.
    t = probe.features @ point - probe.offsets
    hand = (probe.coefficients[role] * (t**2 / 2 + t**3 / 6 + t**4 / 12)).sum()
    assert probe.loss(point, role) == pytest.approx(hand, rel=1e-13)
