"""Moments of the one-step meta step size 1/L~.

Statement: E 1/L~ >= 0.8/L(w) and E 1/L~^2 <= 3.125/L(w)^2, L~ = 4 L + 2 rho alpha times the mean of
||grad l_i(w; D_L)|| over B' tasks, B' >= (rho alpha sigma/L)^2/2, D_L >= (2 rho alpha sigma_g/L)^2.
Reported: of Fallah et al. (2020).
Measured: 1/E[1/L~] (item 1) and E[1/L~^2] (item 2), exactly, over all task and data batches.
Assumptions: 1, 2, 3, N = 1, the sizes, and alpha <= 1/L.
"""

from maml_verify.claims.base import Assumption, Claim
from maml_verify.claims.fallah.conditions import ONE_STEP, PAPER, STEPS, UP_TO_1, stepsize_grid
from maml_verify.left_sides import stepsize_moments
from maml_verify.left_sides.intervals import Interval
from maml_verify.left_sides.quantities import gradient_norm, task_mean
from maml_verify.settings import PreparedSetting, exact_parameters, lifted
from maml_verify.theory import one_step, symbols
from maml_verify.theory.conditions import at_least
from maml_verify.theory.symbols import Constants
from problems import resampling_constants
from problems.arrays import Array

TASKS = Assumption(
    "|B'| >= (rho alpha sigma/L)^2/2", lambda c, p: 1 if p.B_prime >= one_step.B_prime(c, p) else -1
)
DATA = Assumption("|D_L| >= (2 rho alpha sigma_g/L)^2", lambda c, p: 1 if one_step.D_L(c, p) <= p.D_L else -1)


def batches(s: PreparedSetting, c: Constants) -> PreparedSetting:
    """The setting with the least |B'| and |D_L| that the conditions allow, where they were left free."""
    p = exact_parameters(s)
    return s.fill({"B_prime": at_least(one_step.B_prime(c, p)), "D_L": at_least(one_step.D_L(c, p))})


def measure(s: PreparedSetting) -> Array | Interval:
    """1/E[1/L~] and E[1/L~^2], shape (2, R)."""
    c, p = lifted(s)
    return stepsize_moments.estimated_moments(s, lambda g: one_step.smoothness_at(c, p, g))


def observe(s: PreparedSetting) -> symbols.Observed:
    """E_i ||grad l_i(w)||."""
    return symbols.Observed(gradient=task_mean(s, gradient_norm(s)))


CLAIM = Claim(
    id="fallah/stepsize-moments",
    paper=PAPER,
    text="E 1/L~ >= 0.8/L(w), E 1/L~^2 <= 3.125/L(w)^2",
    over="item",
    unit="step size",
    measure=measure,
    observe=observe,
    editions={"reported": one_step.stepsize_moments},
    known=resampling_constants,
    needs=("L", "rho", "sigma", "sigma_g"),
    expected={"reported": "holds"},
    assumptions={"reported": (ONE_STEP, UP_TO_1, TASKS, DATA)},
    paths=lambda s: stepsize_moments.cost(s, data=True),
    prepare=batches,
    parameters=("B_prime", "D_L"),
    grid=stepsize_grid,
    steps=STEPS,
)
