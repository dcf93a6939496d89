"""Moments of the inverse smoothness estimate of Algorithm 2.

Statement: E[1/Lhat] >= 1/L_w and E[1/Lhat^2] <= 2/L_w^2 with (22),
|B'_k| >= 2 C_L^2 sigma^2/(C_b b + (1 + alpha L)^(2N) L)^2.
Printed: Lemma 20; ``printed-b`` takes the second reading of (21).
Sharp: C_b as derived, C_L of (13), and batches of any size, as for Lemma 16.
Measured: 1/E[1/Lhat] (item 1) and E[1/Lhat^2] (item 2), exactly, over all task batches.
Assumptions: 4, 5 and, as printed, the batch size.
"""

from maml_verify.algorithms.readings import READINGS
from maml_verify.claims.base import Assumption, Claim
from maml_verify.claims.grids import stepsize_grid
from maml_verify.left_sides import stepsize_moments
from maml_verify.left_sides.intervals import Interval
from maml_verify.left_sides.quantities import gradient_norm, task_mean
from maml_verify.settings import PreparedSetting, exact_parameters
from maml_verify.theory import printed, sharp, symbols
from maml_verify.theory.coefficients import B_prime_9
from maml_verify.theory.conditions import at_least
from maml_verify.theory.symbols import Constants
from problems import finite_sum_constants
from problems.arrays import Array

NAME = "|B'_k| >= 2 C_L^2 sigma^2/(C_b b + q^(2N) L)^2"


def enough_tasks(edition: str) -> Assumption:
    """The condition on |B'_k| with the edition's reading of (21)."""
    return Assumption(NAME, lambda c, p: 1 if p.B_prime >= B_prime_9(c, p, *READINGS[edition]) else 0)


TASKS, TASKS_B, TASKS_DERIVED = map(enough_tasks, ("printed", "printed-b", "derived"))


def batches(s: PreparedSetting, c: Constants) -> PreparedSetting:
    """The setting with the least |B'_k| that the condition allows, where it was left free; the sharp edition
    has none, and small batches are enumerated.
    """
    if s.edition == "sharp":
        return s.fill({"B_prime": 2})
    return s.fill({"B_prime": at_least(B_prime_9(c, exact_parameters(s), *READINGS[s.edition]))})


def measure(s: PreparedSetting) -> Array | Interval:
    """1/E[1/Lhat] and E[1/Lhat^2], shape (2, R)."""
    return stepsize_moments.finite_sum_moments(s)


def observe(s: PreparedSetting) -> symbols.Observed:
    """E_i ||grad l_Ti(w)||."""
    return symbols.Observed(gradient=task_mean(s, gradient_norm(s, "query")))


CLAIM = Claim(
    id="finite-sum-stepsize-moments",
    paper="Lemma 20",
    text="E[1/Lhat] >= 1/L_w, E[1/Lhat^2] <= 2/L_w^2",
    over="item",
    unit="step size",
    measure=measure,
    observe=observe,
    editions={
        "printed": printed.finite_sum_stepsize_moments,
        "printed-b": printed.finite_sum_stepsize_moments_b,
        "sharp": sharp.finite_sum_stepsize_moments,
    },
    known=finite_sum_constants,
    needs=("L", "rho", "sigma", "b", "b2"),
    expected={"printed": "holds", "printed-b": "holds", "sharp": "holds"},
    assumptions={"printed": (TASKS,), "printed-b": (TASKS_B,), "sharp": ()},
    paths=lambda s: stepsize_moments.cost(s, data=False),
    prepare=batches,
    parameters=("B_prime",),
    grid=stepsize_grid,
    attained=(
        "E[1/Lhat^2]: attained with all terms at B'_k = 1, by two tasks, one of them stationary; "
        "1/E[1/Lhat]: attained by one task"
    ),
)
