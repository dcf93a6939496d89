"""Bias of the gradient after one sampled inner step.

Statement: ||E grad l_i(w_1) - grad l_i(w~_1)|| <= alpha L sigma_g/sqrt S, w_1 = w - alpha grad l_i(w; S), and
w~_1 = w - alpha grad l_i(w).
Reported: of Fallah et al. (2020), for an inner batch of size S.
Measured: the left side of each task, exactly over all inner batches.
Assumptions: 1, 3 and N = 1.
"""

from maml_verify.claims.base import Claim
from maml_verify.claims.fallah.conditions import ONE_STEP, PAPER, STEPS, UP_TO_1
from maml_verify.left_sides.enumerated import cost
from maml_verify.left_sides.intervals import Interval
from maml_verify.left_sides.one_step import inner_bias
from maml_verify.settings import Setting
from maml_verify.theory import one_step, symbols
from problems import resampling_constants
from problems.arrays import Array


def measure(s: Setting) -> Array | Interval:
    """||E grad l_i(w_1) - grad l_i(w~_1)||, shape (tasks, R)."""
    return inner_bias(s)


def observe(s: Setting) -> symbols.Observed:
    """Nothing."""
    return symbols.Observed()


CLAIM = Claim(
    id="fallah/inner-bias",
    paper=PAPER,
    text="||E grad l_i(w_1) - grad l_i(w~_1)|| <= alpha L sigma_g/sqrt S, w_1 a step on a batch of size S",
    over="task",
    unit="meta gradient",
    measure=measure,
    observe=observe,
    editions={"reported": one_step.inner_bias},
    known=resampling_constants,
    needs=("L", "sigma_g"),
    expected={"reported": "holds"},
    assumptions={"reported": (ONE_STEP, UP_TO_1)},
    paths=lambda s: cost(s.family, 1, s.S),
    alone=True,
    steps=STEPS,
)
