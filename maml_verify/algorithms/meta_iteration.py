"""Algorithm 1 (resampling) and Algorithm 2 (finite sum): one step, which differs only in the data it sees.

A step draws beta_k from batches of its own, a batch B_k of tasks, and the batches of the roles; then
w_{k+1} = w_k - beta_k/|B_k| sum_{i in B_k} G_i(w_k).  A size None means the population, which gives the exact
methods (4) and (10).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from maml_verify.algorithms.state import Algorithm, Info, State, begin, generator
from maml_verify.algorithms.step_sizes import Rule
from maml_verify.algorithms.task_batches import Batch, draw_data, draw_tasks, whole
from maml_verify.meta_gradients.maml import estimator
from maml_verify.meta_gradients.roles import Roles
from problems.arrays import Array
from problems.family import Family, checked_family
from problems.validation import count, positive

__all__ = ["finite_sum", "resampling"]

# Roles for a number of slots.
# A string: to name the class would import all of numpy.random.
Data = Callable[[int, "np.random.Generator"], Roles]
# Family, points, alpha and roles: a meta gradient for each task and point.
Gradient = Callable[[Family, Array, Any, Roles], Array]


def resampling(
    family: Family,
    *,
    alpha: Any,
    steps: int,
    beta: Rule,
    B: int | None,
    S: int | None,
    D: int | None,
    T: int | None,
    gradient: Gradient | None = None,
) -> Algorithm:
    """Algorithm 1: B tasks a meta iteration, fresh data for each inner step, Hessian and outer gradient.

    Parameters
    ----------
    alpha : inner step size (scales as s^2/c);  steps : N
    beta : meta step size
    B, S, D, T : sizes of task, inner, Hessian and outer batches; None for the population
    gradient : the meta gradient that it takes, such as `first_order.estimator`; None for that of MAML

    Raises
    ------
    TypeError, ValueError
        Named by argument, value and rule.
    """
    family = checked_family(family)
    sizes = {"B": B, "S": S, "D": D, "T": T}
    N = _checked(alpha, steps, sizes)

    def data(slots: int, rng: np.random.Generator) -> Roles:
        inner = [draw_data(family, S, slots, rng) for _ in range(N)]
        hessian = [draw_data(family, D, slots, rng) for _ in range(N)]
        return Roles(inner, hessian, draw_data(family, T, slots, rng))

    fresh = not S is D is T is None
    given = {"algorithm": "algorithm-1", "alpha": float(alpha), "steps": N, **sizes, **beta.parameters}
    if gradient is not None:
        given["gradient"] = gradient.__module__.rpartition(".")[2]
    return _algorithm(family, float(alpha), beta, B, fresh, data, given, gradient)


def finite_sum(family: Family, *, alpha: Any, steps: int, beta: Rule, B: int | None) -> Algorithm:
    """Algorithm 2: support sets inside, query sets outside; B = 10^10 costs no more than B = 10.

    Parameters
    ----------
    alpha : inner step size (scales as s^2/c);  steps : N
    beta : meta step size
    B : size of the task batches; None for p(T) itself
    """
    family = checked_family(family)
    N = _checked(alpha, steps, {"B": B})
    support, query = whole(family.support), whole(family.query)
    roles = Roles([support] * N, [support] * N, query)
    given = {"algorithm": "algorithm-2", "alpha": float(alpha), "steps": N, "B": B, **beta.parameters}
    return _algorithm(family, float(alpha), beta, B, False, lambda slots, rng: roles, given)


def _evaluations(copies: Array, batches: Sequence[Batch]) -> Array:
    """Per-sample evaluations of each slot: one serves all copies of a task, and the paper counts them all."""
    return copies * sum((c.samples for c in batches), np.zeros((1, 1), dtype=np.int64))


def _checked(alpha: Any, steps: int, sizes: Mapping[str, int | None]) -> int:
    positive("alpha", alpha)
    for name, value in sizes.items():
        if value is not None:
            count(name, value)
    return count("steps", steps, 0)


def _algorithm(
    family: Family,
    alpha: float,
    beta: Rule,
    B: int | None,
    fresh: bool,
    data: Data,
    parameters: Mapping[str, Any],
    gradient: Gradient | None = None,
) -> Algorithm:
    def init(w0: Any, runs: int, rng: Any) -> State:
        return begin(family.d, w0, runs, rng)

    def step(state: State) -> tuple[State, Info]:
        rng = generator(state)
        size, taken = beta.size(state.w, state.k, rng)
        tasks = draw_tasks(family, B, len(state.w), rng, fresh)
        roles = data(tasks.copies.shape[1], rng)
        inner, hessian, outer = roles
        given = Roles([c.data for c in inner], [c.data for c in hessian], outer.data)
        G = (gradient or estimator)(family, tasks.spread(state.w), alpha, given)
        w = state.w - size[:, None] * tasks.mean(G)
        gradients, hessians = (_evaluations(tasks.copies, role) for role in ((*inner, outer), hessian))
        info = Info(size, tasks.total(gradients), tasks.total(hessians), taken)
        return State(state.k + 1, w, rng.bit_generator.state), info

    return Algorithm(init, step, parameters)
