"""Sampling that stops when it has decided: its interval holds at every look, and says what it would show.

Measured rates have a margin of four standard deviations: a correct interval fails once in 30000.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from maml_verify import check
from maml_verify.left_sides import intervals, sequential
from maml_verify.left_sides.intervals import POWER, Sums, share
from maml_verify.left_sides.sequential import Norm, Scalar, Stop, sample_until
from maml_verify.studies.random_checks import sample
from maml_verify.studies.sweep import cells, run_cell

DELTA, REPEATS = 0.2, 300


def allowed(repeats: int) -> float:
    return DELTA + 4 * (DELTA * (1 - DELTA) / repeats) ** 0.5


Law = Callable[[np.random.Generator, Any], Any]
# Laws on [0, 1], with their means.
LAWS: dict[str, tuple[Law, float]] = {
    "coin": (lambda rng, shape: rng.integers(0, 2, shape) * 1.0, 0.5),
    "often": (lambda rng, shape: (rng.random(shape) < 0.95) * 1.0, 0.95),
    "rare": (lambda rng, shape: (rng.random(shape) < 0.02) * 1.0, 0.02),
    "skew": (lambda rng, shape: rng.beta(0.1, 2, shape), 0.1 / 2.1),
}


@dataclass(frozen=True)
class Watched(Scalar):
    """Remembers of each repeat whether the interval ever missed; one interval a repeat."""

    truth: float = 0.0
    missed: Any = None

    def ends(self, sums: Sums, delta: float) -> tuple[Any, Any, Any]:
        low, high, value = super().ends(sums, delta)
        wrong = (low > self.truth + 1e-12) | (high < self.truth - 1e-12)
        self.missed[:] |= wrong.reshape(len(self.missed), -1).any(1)
        return low, high, value


def miss_rate(name: str, entries: int = 1, looks: int = 150, repeats: int = REPEATS) -> float:
    """How often an interval of a stream ever misses, looked at after each replicate."""
    law, mean = LAWS[name]
    rng = np.random.default_rng(7)
    watched = Watched(np.ones(entries), mean, np.zeros(repeats, dtype=bool))

    def draw(replicates: int) -> Any:
        return law(rng, (replicates, repeats, entries))

    sample_until(draw, watched, Stop(looks, DELTA), largest=1)
    return float(watched.missed.mean())


@pytest.mark.parametrize("law", LAWS)
def test_the_interval_holds_at_every_look(law: str) -> None:
    assert miss_rate(law) <= allowed(REPEATS)


def test_a_lost_logarithm_of_the_rate_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = intervals.scalar_radius
    monkeypatch.setattr(sequential, "scalar_radius", lambda spread, n, _, b: whole(spread, n, 1 - 1e-9, b))
    assert miss_rate("often") > allowed(REPEATS)


def test_an_interval_without_the_union_over_entries_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    many: dict[str, int] = {"entries": 40, "looks": 40, "repeats": 100}
    assert miss_rate("coin", **many) <= allowed(100)
    monkeypatch.setattr(sequential, "share", lambda delta, checks: delta)
    assert miss_rate("coin", **many) > allowed(100)


def test_an_interval_for_one_look_alone_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    # The normal interval has its rate at each look, and not at all of them together.
    monkeypatch.setattr(sequential, "scalar_radius", lambda spread, n, delta, b: 1.2816 * (spread / n) ** 0.5)
    assert miss_rate("coin") > allowed(REPEATS)


@pytest.mark.parametrize("d", [1, 3, 50])
def test_the_radius_of_a_mean_vector_holds_at_every_look_in_every_dimension(d: int) -> None:
    # Signs in random coordinates: ||X|| = 1, mean 0; the centre is not the mean, as the meta gradient is not.
    rng, missed = np.random.default_rng(d), np.zeros(REPEATS, dtype=bool)
    c = 0.5 * np.eye(d)[0]

    class Vectors(Norm):
        def ends(self, sums: Sums, delta: float) -> tuple[Any, Any, Any]:
            low, high, value = super().ends(sums, delta)
            missed[:] |= (low > 0.5) | (high < 0.5)
            return low, high, value

    def draw(replicates: int) -> Any:
        X = (
            rng.choice([-1.0, 1.0], (replicates, REPEATS, 1))
            * np.eye(d)[rng.integers(0, d, (replicates, REPEATS))]
        )
        return np.concatenate([X, ((X - c) ** 2).sum(-1, keepdims=True)], axis=-1)

    sample_until(draw, Vectors(c, np.array(1.5)), Stop(100, DELTA), largest=1)
    assert missed.mean() <= allowed(REPEATS)


def stream(law: Law, seed: int) -> Callable[[int], Any]:
    rng = np.random.default_rng(seed)
    return lambda replicates: law(rng, (replicates,))


@pytest.mark.parametrize("law", LAWS)
def test_a_ratio_that_is_said_to_be_detected_is_shown(law: str) -> None:
    draw, mean = LAWS[law]
    shown, ratio = 0, 1.3
    for seed in range(40):
        rhs = np.array(mean / ratio)
        found = sample_until(stream(draw, seed), Scalar(np.array(1.0)), Stop(2, 1e-3, rhs, ratio))
        shown += bool(found.low > rhs)
    assert shown >= 40 * POWER - 4 * (40 * POWER * (1 - POWER)) ** 0.5


def test_what_is_true_at_equality_is_no_false_alarm() -> None:
    draw, mean = LAWS["coin"]
    alarms = 0
    for seed in range(60):
        found = sample_until(stream(draw, seed), Scalar(np.array(1.0)), Stop(300, 0.05, np.array(mean)), 20)
        alarms += bool(found.low > mean)
    assert alarms <= 60 * 0.05 + 4 * (60 * 0.05 * 0.95) ** 0.5


def test_a_clear_comparison_ends_early_and_a_near_one_does_not() -> None:
    law, mean = LAWS["coin"]
    drawn = [
        sample_until(stream(law, 0), Scalar(np.array(1.0)), Stop(20_000, 1e-6, np.array(rhs))).drawn
        for rhs in (10 * mean, 1.2 * mean, 1.001 * mean)
    ]
    assert drawn[0] == 64
    assert drawn[0] < drawn[1] < drawn[2] == 20_000


def test_a_smaller_ratio_takes_more_replicates_in_proportion() -> None:
    law, mean = LAWS["coin"]
    drawn = [
        sample_until(stream(law, 0), Scalar(np.array(1.0)), Stop(2, 1e-6, np.array(mean), ratio)).drawn
        for ratio in (1.2, 1.02)
    ]
    assert 50 < drawn[1] / drawn[0] < 200


AT: dict[str, Any] = {"alpha_L": 0.05, "steps": 2, "points": 2, "budget": 0}
SAMPLED = ("path-first-moment", "path-second-moment", "estimator-bias", "estimator-second-moment")


@pytest.mark.parametrize("claim", SAMPLED)
def test_a_record_states_both_error_rates(claim: str) -> None:
    record = check(claim, "cosine", detect=3, **AT)
    assert record.method == "monte-carlo"
    assert record.false_alarm == 1e-6 == pytest.approx(1 - (record.confidence or 0), rel=1e-6)
    assert record.detects is not None
    assert 1 < record.detects <= 3
    assert f"would have shown lhs/rhs >= {record.detects:.4g}" in str(record)
    again = check(claim, "cosine", **record.arguments())
    assert (again.lhs, again.drawn, again.detects) == (record.lhs, record.drawn, record.detects)


@pytest.mark.parametrize("claim", ["resampling-rate", "stepsize-moments"])
def test_runs_and_step_sizes_are_planned_too(claim: str) -> None:
    record = check(claim, "cubic", alpha_L=0.0625, steps=1, points=1, budget=0, detect=2, K=2, B_prime=50)
    assert record.detects is not None
    assert 1 < record.detects <= 2


def test_an_exact_record_has_no_error_rates() -> None:
    record = check("path-first-moment", "cosine", alpha_L=0.05, steps=1, points=1, detect=1.1)
    assert record.method == "exact"
    assert not {"confidence", "false_alarm", "detects", "drawn"} & record.to_dict().keys()


def test_a_cell_shares_its_rate_and_shows_what_all_its_estimates_show() -> None:
    (cell,) = cells(["finite-sum-rate"], ["cosine"], steps=(2,), delta=1e-3, detect=4)
    record = run_cell(cell).record
    assert (record.confidence, record.false_alarm) == (1 - 1e-3, 1e-3)
    assert record.detects is not None
    assert record.detects <= 4


def test_random_instances_are_estimated_where_a_ratio_is_to_detect() -> None:
    methods = {
        detect: {
            r.method for r in sample(["path-second-moment"], ("sharp",), checks=3000, jobs=1, detect=detect)
        }
        for detect in (None, 2.0)
    }
    assert "monte-carlo" not in methods[None]


@pytest.mark.parametrize(("detect", "error"), [(1, ValueError), (0.5, ValueError), ("much", TypeError)])
def test_a_ratio_to_detect_is_above_1(detect: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="detect = "):
        check("estimator-bias", "cosine", detect=detect, **AT)


def test_rates_are_shared() -> None:
    assert share(0.01, 200) == pytest.approx(5e-5)
