"""Global then local maximisation on the cube [-1, 1]^n within a budget; the best point is never lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from problems.arrays import Array

__all__ = ["OPTIMISERS", "Best", "Budget", "maximise"]

POPULATION = 24
# Share of a budget that the global optimiser may use before the local one polishes what it has found.
GLOBAL = 0.65
RESTARTS = 1000


class _Done(Exception):
    """The budget is used up, or the target is reached."""


@dataclass
class Budget:
    """What is left: a moment on the clock, evaluations, and a ratio beyond which nothing is gained."""

    deadline: float = float("inf")
    evaluations: float = float("inf")
    target: float = float("inf")

    def part(self, share: float) -> Budget:
        """A share of what is left."""
        now = time.monotonic()
        return Budget(now + (self.deadline - now) * share, self.evaluations * share, self.target)

    @property
    def over(self) -> bool:
        """Whether nothing is left."""
        return self.evaluations < 1 or time.monotonic() >= self.deadline


@dataclass
class Best:
    """The best point so far, and what it took."""

    vector: Array | None = None
    value: float = float("-inf")
    evaluations: int = 0
    interrupted: bool = field(default=False, compare=False)


def maximise(
    function: Callable[[Array], float],
    starts: Sequence[Array],
    budget: Budget,
    rng: np.random.Generator,
    optimiser: str = "evolution",
) -> Best:
    """Starting points, a global optimiser from the best of them, then Nelder-Mead.

    Parameters
    ----------
    function : to maximise on [-1, 1]^n; minus infinity where it is not defined
    starts : at least one point
    rng : its draws are the only randomness
    optimiser : one of `OPTIMISERS`: differential evolution, or CMA-ES with restarts

    Returns
    -------
    Best
        Also where the budget ended in the middle, or the user interrupted.
    """
    best, most = Best(), budget.evaluations

    def evaluate(vector: Array, part: Budget) -> float:
        if part.over or best.evaluations >= most:
            raise _Done
        part.evaluations -= 1
        best.evaluations += 1
        value = function(np.clip(vector, -1, 1))
        if value > best.value:
            best.vector, best.value = np.clip(vector, -1, 1), value
        if best.value >= budget.target:
            raise _Done
        # Optimisers average and subtract values, which an infinite value would make nan.
        return -value if np.isfinite(value) else 1e9

    try:
        values = [evaluate(start, budget) for start in starts]
        OPTIMISERS[optimiser](evaluate, starts, values, budget, rng)
        if best.vector is not None and not budget.over:
            _polish(evaluate, best.vector, budget)
    except _Done:
        pass
    except KeyboardInterrupt:
        best.interrupted = True
    return best


def _evolve(
    evaluate: Callable[[Array, Budget], float],
    starts: Sequence[Array],
    values: Sequence[float],
    budget: Budget,
    rng: np.random.Generator,
) -> None:
    from scipy.optimize import differential_evolution

    part = budget.part(GLOBAL)
    if len(starts[0]) == 0 or part.over:
        return
    order = np.argsort(values, kind="stable")[: POPULATION // 2]
    chosen = [np.clip(starts[k], -1, 1) for k in order]
    drawn = rng.uniform(-1, 1, (POPULATION - len(chosen), len(starts[0])))
    seed = int(rng.integers(2**31))
    try:
        differential_evolution(
            lambda x: evaluate(x, part),
            [(-1.0, 1.0)] * len(starts[0]),
            init=np.vstack([*chosen, drawn]),
            seed=seed,
            maxiter=10**6,
            tol=0,
            atol=0,
            polish=False,
            mutation=(0.4, 0.9),
            recombination=0.8,
        )
    except _Done:
        if budget.over or not part.over:
            raise


def _adapt(
    evaluate: Callable[[Array, Budget], float],
    starts: Sequence[Array],
    values: Sequence[float],
    budget: Budget,
    rng: np.random.Generator,
) -> None:
    """CMA-ES from each of the best starting points in turn, with a population that doubles."""
    import cma

    part = budget.part(GLOBAL)
    size = len(starts[0])
    order = [starts[k] for k in np.argsort(values, kind="stable")]
    try:
        for restart in range(RESTARTS if size else 0):
            options = {
                "bounds": [-1, 1],
                "seed": np.nan,  # its draws are those of rng
                "randn": lambda *sizes: rng.standard_normal(sizes),
                "popsize": POPULATION // 2 * 2 ** (restart // len(order)),
                "verbose": -9,
            }
            first = np.clip(order[restart % len(order)], -1, 1)
            strategy = cma.CMAEvolutionStrategy(first, 0.3, options)
            while not strategy.stop():
                drawn = strategy.ask()
                strategy.tell(drawn, [evaluate(x, part) for x in drawn])
    except _Done:
        if budget.over or not part.over:
            raise


OPTIMISERS = {"evolution": _evolve, "cma": _adapt}


def _polish(evaluate: Callable[[Array, Budget], float], vector: Array, budget: Budget) -> None:
    from scipy.optimize import minimize

    # A simplex of its own size at each scale: some coordinates matter in the third digit, some in the tenth.
    for size in (0.05, 1e-3, 0.2):
        corners = vector + size * np.vstack([np.zeros(len(vector)), np.eye(len(vector))])
        corners = np.where(corners > 1, corners - 2 * size, corners)
        options = {"initial_simplex": corners, "xatol": 1e-12, "fatol": 1e-13, "maxfev": 10**6}
        found = minimize(
            lambda x: evaluate(x, budget),
            vector,
            method="Nelder-Mead",
            bounds=[(-1, 1)] * len(vector),
            options=options,
        )
        vector = np.clip(found.x, -1, 1)
