"""Simulated expectations: inside their intervals, at the stated rate, and never beyond their ranges."""

from __future__ import annotations

import tracemalloc
from fractions import Fraction
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from small_families import points, small

from maml_verify import check
from maml_verify.arithmetic.norms import norm, square
from maml_verify.left_sides import simulated
from maml_verify.left_sides.enumerated import mean_estimator, path_moments, second_moment_estimator
from maml_verify.left_sides.intervals import scalar_interval, scalar_radius, share, vector_radius
from maml_verify.left_sides.simulated import simulate_mean, simulate_path_moments, simulate_second_moment
from maml_verify.left_sides.sure_bounds import SureBounds, sure_bounds
from maml_verify.meta_gradients.batches import weights_of
from maml_verify.meta_gradients.draws import sample
from maml_verify.meta_gradients.inner_path import inner_path
from maml_verify.meta_gradients.kernel import blocking
from maml_verify.meta_gradients.maml import meta_gradient
from maml_verify.meta_gradients.roles import population
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
    return centre, norm(mean_estimator(family, w, A, N, S) - centre)


@pytest.mark.parametrize("bounded", [True, False])
@pytest.mark.parametrize("link", LINKS)
def test_intervals_hold_the_exact_moments(link: str, bounded: bool) -> None:
    family, w, known = setup(link)
    path, mean, estimator = known if bounded else (None, None, None)
    options: dict[str, Any] = {"replicates": 4000, "delta": 1e-4, "rng": 3}
    estimates = [
        *simulate_path_moments(family, w, A, N, S, bound=path, **options),
        simulate_second_moment(family, w, A, N, S, D, T, bound=estimator, **options),
    ]
    truth = [*path_moments(family, w, A, N, S), second_moment_estimator(family, w, A, N, S, D, T)]
    centre, bias = exact_bias(family, w)
    vectors = simulate_mean(family, w, A, N, S, bound=mean, **options)
    assert (abs(norm(vectors.value - centre) - bias) <= vectors.radius + 1e-12).all()
    assert vectors.asymptotic is not bounded
    assert (norm(vectors.value - mean_estimator(family, w, A, N, S)) <= vectors.radius).all()
    for estimate, value in zip(estimates, truth, strict=True):
        assert estimate.asymptotic is not bounded
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
    options: dict[str, Any] = {"replicates": 50, "delta": 0.01, "rng": 0}
    mean = simulate_mean(family, w, A, N, S, bound=known.mean, **options)
    np.testing.assert_allclose(mean.value, mean_estimator(family, w, A, N, S), rtol=1e-12)
    assert (mean.radius < 1e-10).all()
    first, _ = simulate_path_moments(family, w, A, N, S, bound=known.path, **options)
    assert (first.high < 1e-10).all()
    zero = sure_bounds(family, w, A, 0)
    assert zero.path.shape == (2, 2, 1)
    np.testing.assert_allclose(zero.estimator, norm(family.grad(w, family.probabilities[:, None])))


def test_identical_atoms_leave_no_inverted_interval() -> None:
    third = Fraction(1, 3)
    family = ridge("cosine", [[[0.7, 0.1]]], [[0.3]], [[[1.3]] * 3], probabilities=[[third, third, third]])
    w = np.array([[[3.3, 0.77]]])
    known = sure_bounds(family, w, 0.3, 3)
    first, second = simulate_path_moments(
        family, w, 0.3, 3, 2, replicates=20, delta=0.1, rng=0, bound=known.path
    )
    for estimate in (first, second):
        assert (estimate.low <= estimate.high).all()


# Repeats of a whole simulation: its error rate delta is for all entries of one call together.
REPEATS, DELTA = 300, 0.2


def misses(bounded: bool) -> dict[str, float]:
    family, w, known = setup("cubic-well", R=1)
    path, mean, estimator = known if bounded else (None, None, None)
    first, second = path_moments(family, w, A, N, S)
    true_mean = mean_estimator(family, w, A, N, S)
    true_square = second_moment_estimator(family, w, A, N, S, D, T)
    missed = {"path": 0, "mean": 0, "square": 0}
    for rng in np.random.default_rng(11).spawn(REPEATS):
        options: dict[str, Any] = {"replicates": 150, "delta": DELTA, "rng": rng}
        moments = simulate_path_moments(family, w, A, N, S, bound=path, **options)
        held = [
            ((e.low <= v) & (v <= e.high))[..., 1:].all()
            for e, v in zip(moments, (first, second), strict=True)
        ]
        missed["path"] += not all(held)
        vectors = simulate_mean(family, w, A, N, S, bound=mean, **options)
        missed["mean"] += not (norm(vectors.value - true_mean) <= vectors.radius).all()
        e = simulate_second_moment(family, w, A, N, S, D, T, bound=estimator, **options)
        missed["square"] += not ((e.low <= true_square) & (true_square <= e.high)).all()
    return {key: value / REPEATS for key, value in missed.items()}


@pytest.mark.parametrize("bounded", [True, False])
def test_measured_coverage_is_at_least_the_stated_one(bounded: bool) -> None:
    # Four standard deviations of the measured rate: a correct interval fails this once in 30000.
    allowed = DELTA + 4 * (DELTA * (1 - DELTA) / REPEATS) ** 0.5
    assert max(misses(bounded).values()) <= allowed


def test_intervals_that_are_too_short_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def short(*arguments: Any) -> Any:
        return scalar_radius(*arguments) / 3

    monkeypatch.setattr("maml_verify.left_sides.intervals.scalar_radius", short)
    assert misses(bounded=False)["path"] > DELTA + 0.2


@pytest.mark.parametrize("delta", [0.05, 0.3])
def test_normal_interval_has_its_coverage_on_normal_values(delta: float) -> None:
    repeats, n = 4000, 200
    values = 5 + np.random.default_rng(2).standard_normal((repeats, n))
    e = scalar_interval(values.mean(1), values.var(1, ddof=1), n, delta, None)
    rate = 1 - ((e.low <= 5) & (e.high >= 5)).mean()
    assert abs(rate - delta) < 5 * (delta * (1 - delta) / repeats) ** 0.5 + 0.005


def test_rare_events_are_why_the_range_matters() -> None:
    # One value in a thousand is 1: the normal interval often sees none of them, and is a point.
    repeats, n, p, delta = 2000, 300, 1e-3, 0.05
    values = (np.random.default_rng(4).random((repeats, n)) < p).astype(float)
    mean, variance = values.mean(1), values.var(1, ddof=1)
    normal = scalar_interval(mean, variance, n, delta, None)
    sure = scalar_interval(mean, variance, n, delta, np.ones(repeats))
    assert ((normal.low > p) | (normal.high < p)).mean() > 0.5
    assert ((sure.low > p) | (sure.high < p)).mean() <= delta


@pytest.mark.parametrize("d", [1, 3, 200])
def test_vector_radius_covers_in_every_dimension(d: int) -> None:
    # Signs in random coordinates: ||X|| = 1, mean 0.
    repeats, n, delta = 400, 60, 0.1
    rng = np.random.default_rng(d)
    X = np.zeros((repeats, n, d))
    rows, columns = np.indices((repeats, n))
    X[rows, columns, rng.integers(0, d, (repeats, n))] = rng.choice([-1.0, 1.0], (repeats, n))
    # About a centre that is not the mean, as the exact meta gradient is not.
    c = 0.5 * np.eye(d)[0]
    spread = square(X - c).mean(1)
    for bound in (np.full(repeats, 1.5), None):
        radius = vector_radius(spread, n, delta, bound)
        assert (norm(X.mean(1)) > radius).mean() <= delta


def test_radii_shrink_as_theory_says() -> None:
    one = np.ones(1)
    assert scalar_radius(one, 10_000, 0.05, None)[0] == pytest.approx(NormalDist().inv_cdf(0.975) / 100)
    # Without variance, Bernstein's radius falls as 1/n.
    small_n, large_n = (scalar_radius(0 * one, n, 0.05, one)[0] for n in (1001, 10_001))
    assert small_n / large_n == pytest.approx(10)
    # For many replicates the range no longer matters, only the spread.
    loose, tight = (vector_radius(s * one, 10**8, 0.05, one)[0] for s in (1, 0.01))
    assert loose / tight == pytest.approx(10, rel=0.01)


def test_blocks_do_not_change_the_law(monkeypatch: pytest.MonkeyPatch) -> None:
    family, w, known = setup("cosine")
    options: dict[str, Any] = {"replicates": 501, "delta": 0.1, "rng": 0, "bound": known.estimator}
    whole = simulate_second_moment(family, w, A, N, S, D, T, **options)
    monkeypatch.setattr(simulated, "_BLOCK", 7000)
    blocks = simulate_second_moment(family, w, A, N, S, D, T, **options)
    assert (blocks.low <= whole.high).all()
    assert (whole.low <= blocks.high).all()
    # The merged moments are those of all the replicates at once.
    seen = []

    def sample(R: int, replicas: Any) -> Any:
        values = square(replicas + np.random.default_rng(len(seen)).standard_normal(replicas.shape))
        seen.append(values.reshape(2, 2, -1))
        return values

    mean, variance = simulated._moments(sample, family, w, N, 501)
    values = np.concatenate(seen, axis=2)
    assert len(seen) > 1
    assert values.shape[2] == 501
    np.testing.assert_allclose(mean, values.mean(2))
    np.testing.assert_allclose(variance, values.var(2, ddof=1))


@pytest.mark.parametrize("simulate", [simulate_path_moments, simulate_mean, simulate_second_moment])
def test_memory_does_not_grow_with_the_replicates(simulate: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated, "_BLOCK", 40_000)
    family = small("cubic-well")
    w = points(family, 1, "float")
    sizes = (D, T) if simulate is simulate_second_moment else ()
    peaks = []
    for replicates in (20_000, 200_000):
        tracemalloc.start()
        simulate(family, w, A, 1, S, *sizes, replicates=replicates, delta=0.1, rng=0, bound=None)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]


def test_moments_do_not_depend_on_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    family = ridge("cosine", np.random.default_rng(0).standard_normal((2, 8, 4)))
    w = np.ones((2, 1, 4))
    options: dict[str, Any] = {"replicates": 30_000, "delta": 0.1, "rng": 0, "bound": None}
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
        simulate_mean(family, w, A, N, S, replicates=1, delta=0.1, rng=0, bound=known.mean)


def test_simulations_repeat_with_their_seed() -> None:
    family, w, known = setup("logistic")
    options: dict[str, Any] = {"replicates": 100, "delta": 0.1, "bound": known.estimator}
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
