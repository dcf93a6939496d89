"""Simulated expectations: inside their intervals, at the stated rate, and never beyond their ranges."""

from __future__ import annotations

import tracemalloc
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from small_families import points, small

from maml_verify import check
from maml_verify.arithmetic.norms import norm
from maml_verify.left_sides import simulated
from maml_verify.left_sides.enumerated import mean_estimator, path_moments, second_moment_estimator
from maml_verify.left_sides.intervals import share
from maml_verify.left_sides.sequential import Stop
from maml_verify.left_sides.simulated import simulate_bias, simulate_path_moment, simulate_second_moment
from maml_verify.left_sides.sure_bounds import SureBounds, sure_bounds
from maml_verify.meta_gradients.batches import weights_of
from maml_verify.meta_gradients.draws import sample
from maml_verify.meta_gradients.inner_path import inner_path
from maml_verify.meta_gradients.kernel import blocking
from maml_verify.meta_gradients.maml import meta_gradient
from maml_verify.meta_gradients.roles import population
from maml_verify.settings import setting
from problems.ridge_sums.ridge import ridge

LINKS = ["quadratic", "logistic", "cosine", "cubic", "cubic-well"]
A, N, S, D, T = 0.2, 2, 2, 2, 3


def setup(link: str, R: int = 2) -> tuple[Any, Any, SureBounds]:
    family = small(link, m=3)
    w = points(family, R, "float")
    return family, w, sure_bounds(family, w, A, N)


def exact_bias(family: Any, w: Any) -> tuple[Any, Any]:
    roles = population(family, N)
    path = inner_path(family, w, A, roles.inner)
    centre = meta_gradient(family, path, A, roles.hessian, roles.outer)
    return centre, norm(over_tasks(family, mean_estimator(family, w, A, N, S) - centre))


def over_tasks(family: Any, values: Any) -> Any:
    return np.tensordot(family.task_weights, values, 1)


@pytest.mark.parametrize("link", LINKS)
def test_intervals_hold_the_exact_moments(link: str) -> None:
    family, w, known = setup(link)
    options: dict[str, Any] = {"stop": Stop(4000, 1e-4), "rng": 3}
    estimates = [
        simulate_path_moment(family, w, A, N, S, 1, bound=known.path, **options),
        simulate_path_moment(family, w, A, N, S, 2, bound=known.path, **options),
        simulate_second_moment(family, w, A, N, S, D, T, bound=known.estimator, **options),
        simulate_bias(family, w, A, N, S, bound=known.mean, **options),
    ]
    moments = [moment[..., 1:] for moment in path_moments(family, w, A, N, S)]
    square = over_tasks(family, second_moment_estimator(family, w, A, N, S, D, T))
    for estimate, value in zip(estimates, [*moments, square, exact_bias(family, w)[1]], strict=True):
        assert estimate.value.shape == value.shape
        assert (estimate.low <= value + 1e-12).all()
        assert (value <= estimate.high + 1e-12).all()
        assert (estimate.high - estimate.low >= 0).all()


@pytest.mark.parametrize("link", LINKS)
def test_ranges_are_never_exceeded(link: str) -> None:
    family, w, known = setup(link, R=3)
    replicates = 300
    wide = np.repeat(w, replicates, axis=1)
    # Batches of one atom are the extreme ones.
    inner = [weights_of(sample(family, 1, wide.shape[1], k), family.atoms) for k in range(N)]
    hessian = [weights_of(sample(family, 1, wide.shape[1], 10 + k), family.atoms) for k in range(N)]
    path = inner_path(family, wide, A, inner)
    exact = inner_path(family, w, A, population(family, N).inner)
    for j in range(N + 1):
        gap = norm(path[j] - np.repeat(exact[j], replicates, axis=1)).reshape(2, 3, replicates)
        assert (gap.max(-1) <= known.path[..., j]).all()
    G = meta_gradient(
        family, path, A, hessian, weights_of(sample(family, 1, wide.shape[1], 20), family.atoms)
    )
    assert (norm(G).reshape(2, 3, replicates).max(-1) <= known.estimator).all()
    c = population(family, N)
    given_path = meta_gradient(family, path, A, c.hessian, c.outer).reshape(2, 3, replicates, 2)
    gaps = norm(given_path - exact_bias(family, w)[0][:, :, None])
    assert (gaps.max(-1) <= known.mean).all()


def test_one_step_range_of_the_path_is_attained() -> None:
    # One step moves by alpha times an atom's gradient, so the range is that of the worst atom.
    family = ridge("quadratic", [[[1.0]]], linear=[[[1.0], [-3.0]]], coefficients=[[[1.0], [1.0]]])
    w = np.zeros((1, 1, 1))
    assert sure_bounds(family, w, 0.25, 1).path[0, 0, 1] == pytest.approx(0.5, rel=1e-8)


def test_without_noise_the_answer_is_sure() -> None:
    family = small("cubic-well", m=1)
    w = points(family, 2, "float")
    known = sure_bounds(family, w, A, N)
    options: dict[str, Any] = {"stop": Stop(50, 0.01), "rng": 0}
    assert (simulate_bias(family, w, A, N, S, bound=known.mean, **options).high < 1e-10).all()
    first = simulate_path_moment(family, w, A, N, S, 1, bound=known.path, **options)
    assert (first.high < 1e-10).all()
    zero = sure_bounds(family, w, A, 0)
    assert zero.path.shape == (2, 2, 1)
    np.testing.assert_allclose(zero.estimator, norm(family.grad(w, family.probabilities[:, None])))


def test_identical_atoms_leave_no_inverted_interval() -> None:
    third = Fraction(1, 3)
    family = ridge("cosine", [[[0.7, 0.1]]], [[0.3]], [[[1.3]] * 3], probabilities=[[third, third, third]])
    w = np.array([[[3.3, 0.77]]])
    known = sure_bounds(family, w, 0.3, 3)
    for power in (1, 2):
        stop = Stop(20, 0.1)
        estimate = simulate_path_moment(family, w, 0.3, 3, 2, power, stop=stop, rng=0, bound=known.path)
        assert (estimate.low <= estimate.high).all()


# Repeats of a whole simulation: its error rate delta is for all entries of one call together.
REPEATS, DELTA = 100, 0.2


def test_measured_coverage_is_at_least_the_stated_one() -> None:
    family, w, known = setup("cubic-well", R=1)
    first = path_moments(family, w, A, N, S)[0][..., 1:]
    square = over_tasks(family, second_moment_estimator(family, w, A, N, S, D, T))
    bias = exact_bias(family, w)[1]
    missed = np.zeros(3)
    for rng in np.random.default_rng(11).spawn(REPEATS):
        options: dict[str, Any] = {"stop": Stop(150, DELTA), "rng": rng}
        found = [
            (simulate_path_moment(family, w, A, N, S, 1, bound=known.path, **options), first),
            (simulate_bias(family, w, A, N, S, bound=known.mean, **options), bias),
            (simulate_second_moment(family, w, A, N, S, D, T, bound=known.estimator, **options), square),
        ]
        missed += [not ((e.low <= value) & (value <= e.high)).all() for e, value in found]
    # Four standard deviations of the measured rate: a correct interval fails this once in 30000.
    assert missed.max() / REPEATS <= DELTA + 4 * (DELTA * (1 - DELTA) / REPEATS) ** 0.5


def test_blocks_do_not_change_the_law(monkeypatch: pytest.MonkeyPatch) -> None:
    family, w, known = setup("cosine")
    options: dict[str, Any] = {"stop": Stop(501, 0.1), "rng": 0, "bound": known.estimator}
    whole = simulate_second_moment(family, w, A, N, S, D, T, **options)
    monkeypatch.setattr(simulated, "_BLOCK", 7000)
    blocks = simulate_second_moment(family, w, A, N, S, D, T, **options)
    assert (blocks.low <= whole.high).all()
    assert (whole.low <= blocks.high).all()
    assert whole.drawn == blocks.drawn == 501


@pytest.mark.parametrize("simulate", [simulate_path_moment, simulate_bias, simulate_second_moment])
def test_memory_does_not_grow_with_the_replicates(simulate: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated, "_BLOCK", 40_000)
    family = small("cubic-well")
    w = points(family, 1, "float")
    known = sure_bounds(family, w, A, 1)
    more = {simulate_path_moment: (1,), simulate_bias: (), simulate_second_moment: (D, T)}[simulate]
    bound = {simulate_path_moment: known.path, simulate_bias: known.mean}.get(simulate, known.estimator)
    peaks = []
    for replicates in (20_000, 200_000):
        tracemalloc.start()
        simulate(family, w, A, 1, S, *more, stop=Stop(replicates, 0.1), rng=0, bound=bound)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]


def test_moments_do_not_depend_on_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    family = ridge("cosine", np.random.default_rng(0).standard_normal((2, 8, 4)))
    w = np.ones((2, 1, 4))
    known = sure_bounds(family, w, A, N)
    options: dict[str, Any] = {"stop": Stop(30_000, 0.1), "rng": 0, "bound": known.estimator}
    found = []
    for threads in (1, 2):
        monkeypatch.setattr(blocking, "THREADS", threads)
        monkeypatch.setattr(blocking, "SERIAL", 1000)
        found.append(simulate_second_moment(family, w, A, N, S, D, T, **options))
    assert (found[0].value == found[1].value).all()
    assert (found[0].low == found[1].low).all()


def test_a_run_shares_its_rate() -> None:
    assert share(0.01, 200) == pytest.approx(5e-5)
    for delta in (0, 1, -0.1, float("nan")):
        with pytest.raises(ValueError, match="rule: between 0 and 1"):
            share(delta, 3)
    with pytest.raises(ValueError, match="checks = 0"):
        share(0.1, 0)


def test_one_replicate_is_too_few() -> None:
    family, w, known = setup("cosine")
    with pytest.raises(ValueError, match="replicates = 1; rule: at least 2"):
        simulate_bias(family, w, A, N, S, stop=Stop(1, 0.1), rng=0, bound=known.mean)


def test_simulations_repeat_with_their_seed() -> None:
    family, w, known = setup("logistic")
    options: dict[str, Any] = {"stop": Stop(100, 0.1), "bound": known.estimator}
    a, b, c = (simulate_second_moment(family, w, A, N, S, D, T, rng=rng, **options) for rng in (5, 5, 6))
    assert (a.value == b.value).all()
    assert (a.value != c.value).all()


def test_a_check_tells_how_many_replicates_are_done():
    told = []
    options = {"alpha_L": 0.1, "steps": 2, "points": 1, "budget": 0, "replicates": 300}
    record = check("estimator-bias", "cosine", progress=lambda *done: told.append(done), **options)
    assert record.method == "monte-carlo"
    assert told[-1] == (300, 300)
    assert told == sorted(told)


def test_replicates_left_open_take_seconds_however_long_the_paths():
    family = ridge("cosine", [[[1.0, 0.5]], [[1.0, -0.5]]])
    usual, long, longest = (setting(family, alpha=1, steps=N).replicates for N in (8, 1000, 10**5))
    # Two tasks, six points, 130 numbers a step.
    assert (usual, long, longest) == (20_000, 2_000_000_000 // (2 * 6 * 1000 * 130), 20)
    assert setting(family, alpha=1, steps=1000, replicates=30_000).replicates == 30_000
