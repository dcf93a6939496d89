"""How often do the intervals of estimates miss, and how often do they show what they say they would?

Run ``python -m benchmarks.coverage``: over laws and error rates, thousands of streams each, an interval
counts as a miss where it ever missed at any look.  Below that, the share of streams that showed a violation
of the ratio to be detected, which is to be at least 0.99.  Exit code 1 where a rate is beyond its margin.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from maml_verify.left_sides.intervals import POWER, Sums
from maml_verify.left_sides.sequential import Norm, Scalar, Stop, sample_until

Law = Callable[[np.random.Generator, Any], Any]
# Laws on [0, 1], with their means.
LAWS: dict[str, tuple[Law, float]] = {
    "coin": (lambda rng, shape: rng.integers(0, 2, shape) * 1.0, 0.5),
    "often 1": (lambda rng, shape: (rng.random(shape) < 0.95) * 1.0, 0.95),
    "rarely 1": (lambda rng, shape: (rng.random(shape) < 0.02) * 1.0, 0.02),
    "uniform": (lambda rng, shape: rng.random(shape), 0.5),
    "narrow": (lambda rng, shape: 0.5 + 0.01 * rng.choice([-1, 1], shape), 0.5),
    "beta(0.1, 2)": (lambda rng, shape: rng.beta(0.1, 2, shape), 0.1 / 2.1),
    "beta(2, 0.1)": (lambda rng, shape: rng.beta(2, 0.1, shape), 2 / 2.1),
}
DELTAS = (0.2, 0.05)


@dataclass(frozen=True)
class Watched(Scalar):
    """Remembers which streams ever missed."""

    truth: float = 0.0
    missed: Any = None

    def ends(self, sums: Sums, delta: float) -> tuple[Any, Any, Any]:
        """Those of the interval, compared with the truth."""
        low, high, value = super().ends(sums, delta)
        self.missed[...] |= (low > self.truth + 1e-12) | (high < self.truth - 1e-12)
        return low, high, value


class WatchedNorm(Norm):
    """The same of a norm of 1/2."""

    missed: Any

    def ends(self, sums: Sums, delta: float) -> tuple[Any, Any, Any]:
        """Those of the interval, compared with the truth."""
        low, high, value = super().ends(sums, delta)
        self.missed |= (low > 0.5) | (high < 0.5)
        return low, high, value


def scalar_misses(law: Law, mean: float, delta: float, streams: int, size: int) -> float:
    """Share of the streams that ever missed, looked at after each value."""
    rng = np.random.default_rng(1)
    watched = Watched(np.array(1.0), mean, np.zeros(streams, dtype=bool))
    sample_until(lambda n: law(rng, (n, streams)), watched, Stop(size, delta), largest=1)
    return float(watched.missed.mean())


def vector_misses(d: int, delta: float, streams: int, size: int) -> float:
    """The same of the norm of a mean of signs in random coordinates, less a centre of norm 1/2."""
    rng, c = np.random.default_rng(d), 0.5 * np.eye(d)[0]
    watched = WatchedNorm(c, np.array(1.5))
    object.__setattr__(watched, "missed", np.zeros(streams, dtype=bool))

    def draw(n: int) -> Any:
        X = rng.choice([-1.0, 1.0], (n, streams, 1)) * np.eye(d)[rng.integers(0, d, (n, streams))]
        return np.concatenate([X, ((X - c) ** 2).sum(-1, keepdims=True)], axis=-1)

    sample_until(draw, watched, Stop(size, delta), largest=1)
    return float(watched.missed.mean())


def shown(law: Law, mean: float, ratio: float, streams: int) -> float:
    """Share of the streams that showed a violation of this ratio, each planned for it."""
    found = 0
    for seed in range(streams):
        rng, rhs = np.random.default_rng(seed), np.array(mean / ratio)
        estimate = sample_until(
            lambda n, rng=rng: law(rng, (n,)), Scalar(np.array(1.0)), Stop(2, 1e-6, rhs, ratio)
        )
        found += bool(estimate.low > rhs)
    return found / streams


def main(streams: int, size: int, planned: int) -> int:
    """Print the rates; 1 where one is beyond four standard deviations of its margin."""
    wrong = 0
    print(f"misses at any of {size} looks, {streams} streams")
    cases = {
        name: lambda d, law=law, mean=mean: scalar_misses(law, mean, d, streams, size)
        for name, (law, mean) in LAWS.items()
    }
    cases |= {
        f"vectors, d = {d}": lambda delta, d=d: vector_misses(d, delta, streams, size) for d in (1, 3, 50)
    }
    for name, misses in cases.items():
        rates = [misses(delta) for delta in DELTAS]
        wrong += sum(r > x + 4 * (x * (1 - x) / streams) ** 0.5 for r, x in zip(rates, DELTAS, strict=True))
        print(
            f"  {name:18}",
            *(f"{rate:.4f} (delta {delta:g})" for rate, delta in zip(rates, DELTAS, strict=True)),
        )
    print(f"violations shown of those planned for, {planned} streams")
    margin = POWER - 4 * (POWER * (1 - POWER) / planned) ** 0.5
    for name, (law, mean) in LAWS.items():
        rates = [shown(law, mean, ratio, planned) for ratio in (1.05, 1.5)]
        wrong += sum(rate < margin for rate in rates)
        print(f"  {name:18} {rates[0]:.4f} (ratio 1.05) {rates[1]:.4f} (ratio 1.5)")
    return int(wrong > 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for option, usual in (("streams", 4000), ("size", 1000), ("planned", 300)):
        parser.add_argument(f"--{option}", type=int, default=usual)
    arguments = parser.parse_args()
    sys.exit(main(arguments.streams, arguments.size, arguments.planned))
