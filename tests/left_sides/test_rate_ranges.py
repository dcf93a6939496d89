"""What a run's mean norm cannot exceed, by hand at L = 4: no step may take alpha for alpha L."""

from fractions import Fraction as F

import numpy as np
import pytest

from maml_verify.algorithms import run
from maml_verify.checks.case import prepare
from maml_verify.claims import find_claim
from maml_verify.left_sides import runs
from maml_verify.settings import setting
from problems import ridge

CASES = [("resampling-rate", runs.resampling_norm), ("finite-sum-rate", runs.finite_sum_norm)]


def steep(claim, alpha=F(1, 16), **options):
    """l(w) = 2 w^2 from w = 1: a gradient of 4, and a meta gradient of at most q^2 4 = 25/4 at q = 5/4."""
    found = find_claim(claim)
    family = ridge("quadratic", [[[F(1)]]], coefficients=[[[F(4)]]])
    s = setting(family, alpha=alpha, steps=1, w=[[1]], points=1, K=2, C_beta=100, runs=2, **options)
    return prepare(found, s, "printed", found.known(family)).setting


@pytest.mark.parametrize(("claim", "measure"), CASES)
def test_the_largest_mean_norm_of_a_run_is_the_one_worked_out(claim, measure, monkeypatch):
    captured = []
    monkeypatch.setattr(runs, "_simulated", lambda s, algorithm, top: captured.append(top))
    measure(steep(claim))
    # Norms at most 25/4 (1 + r) at distance r, and steps of at most (25/4)/(100 * 25/4) = 1/100 in the first.
    assert captured[0] == pytest.approx([25 / 4 * (1 + (1 + 1 / 100)) / 2], rel=1e-8)


@pytest.mark.parametrize(("claim", "measure"), CASES)
def test_runs_of_large_curvature_stay_below_it(claim, measure, monkeypatch):
    captured = []
    monkeypatch.setattr(runs, "_simulated", lambda s, algorithm, top: captured.append((algorithm, top)))
    found = find_claim(claim)
    # On the plateau of the well the curvature is -L, so that every step multiplies by 1 + alpha L.
    family = ridge("cubic-well", [[[F(1, 64)]]], coefficients=[[[F(2**14)]]], linear=[[[F(8)]]])
    s = setting(family, alpha=F(1, 32), steps=2, w=[[1.0]], points=1, K=3, C_beta=100)
    s = prepare(found, s, "printed", found.known(family)).setting
    assert s.constants.L == 4
    measure(s)
    algorithm, top = captured[0]
    history = run(algorithm, family, [1.0], 3, runs=2, rng=0, record=("meta_gradient",))
    largest = history.meta_gradient[:-1].mean(0).max()
    assert largest <= top[0]
    # With alpha in place of alpha L the range would be too small.
    assert largest > top[0] * ((1 + 1 / 32) / (1 + 1 / 8)) ** 3
    assert np.isfinite(top).all()
