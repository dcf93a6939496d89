"""The exact mean of the estimator: the tree of inner batches, flat enumeration, and Monte Carlo."""

from __future__ import annotations

import itertools
import math

import numpy as np

from benchmarks.kernel import timing
from maml_verify.arithmetic.norms import norm
from maml_verify.left_sides.enumerated import mean_estimator
from maml_verify.left_sides.sequential import Stop
from maml_verify.left_sides.simulated import simulate_bias
from maml_verify.left_sides.sure_bounds import sure_bounds
from maml_verify.meta_gradients.draws import outcomes
from maml_verify.meta_gradients.maml import estimator
from maml_verify.meta_gradients.roles import Roles
from problems import Ridge, ridge

ALPHA, ACCURACY = 0.1, 1e-3


def family(atoms: int = 5) -> Ridge:
    """Five atoms, so that a batch of one has five outcomes; coefficients spread by their mean."""
    rng = np.random.default_rng(3)
    features, offsets = rng.standard_normal((2, 6, 4)) / 2, rng.standard_normal((2, 6))
    return ridge("cosine", features, offsets, 1 + rng.standard_normal((2, atoms, 6)))


def flat(chosen: Ridge, w: np.ndarray, N: int) -> np.ndarray:
    """The mean over every path, each computed from its start."""
    weights, chances = outcomes(chosen.probabilities, 1)
    index = np.array(list(itertools.product(range(weights.shape[1]), repeat=N))).T
    p = chosen.probabilities[:, None, :]
    roles = Roles([weights[:, rows] for rows in index], [p] * N, p)
    chance = math.prod(chances[:, rows] for rows in index)
    points = np.repeat(w, index.shape[1], axis=1)
    return (chance[..., None] * estimator(chosen, points, ALPHA, roles)).sum(1, keepdims=True)


def main(toy: bool = False) -> None:
    """Print times, and the replicates that Monte Carlo needs for a relative error of 1e-3."""
    N = 2 if toy else 5
    chosen = family()
    w = np.random.default_rng(4).standard_normal((2, 1, 4))
    exact = mean_estimator(chosen, w, ALPHA, N, 1)
    options = {"rng": 5, "bound": sure_bounds(chosen, w, ALPHA, N).mean}
    # Monte Carlo is as accurate as its 95 % interval says, whose radius falls as 1/sqrt(replicates).
    pilot = simulate_bias(chosen, w, ALPHA, N, 1, stop=Stop(20_000, 0.05), **options)
    radius = (pilot.high - pilot.low).max() / 2
    R = math.ceil(20_000 * (radius / (ACCURACY * norm(chosen.task_weights @ exact[:, 0]))) ** 2)
    # Its time is in proportion to the replicates, of which so many are run.
    run = min(R, 5000 if toy else 100_000)
    calls = {
        "tree": lambda: mean_estimator(chosen, w, ALPHA, N, 1),
        "flat": lambda: flat(chosen, w, N),
        "Monte Carlo": lambda: simulate_bias(chosen, w, ALPHA, N, 1, stop=Stop(run, 0.05), **options).value,
    }
    gap = np.abs(calls["flat"]() - exact).max() / np.abs(exact).max()
    if not gap <= 1e-10:
        raise ArithmeticError(f"flat enumeration differs by {gap:.1e}; rule: at most 1e-10")
    times = timing.rounds(calls, 3 if toy else 7)
    print(
        f"\nexact expectation (cosine; tasks 2, d 4, K 6, N {N}, 5 outcomes a step; {R} replicates for 1e-3)"
    )
    for name in calls:
        scale = R / run if name == "Monte Carlo" else 1
        slower = scale / timing.ratio(times, "tree", name)
        milliseconds = 1e3 * scale * np.median(times[name].wall)
        print(f"  {name:12} {milliseconds:11.3f} ms   {slower:10.1f} times the tree")
