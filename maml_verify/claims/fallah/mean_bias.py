"""Bias of the gradient of the sampled one-step objective.

Statement: ||grad F^(w) - grad F(w)|| <= 2 alpha L sigma_g/sqrt S + alpha^2 L sigma_H sigma_g/S, where F^ is
the mean of l_i(w - alpha grad l_i(w; S)) over tasks and batches of size S.
Reported: of Fallah et al. (2020); one batch makes both the inner step and, in the gradient, the Hessian.
Measured: the left side, exactly over all batches.
Assumptions: 1, 3, N = 1 and alpha <= 1/L.
"""

from maml_verify.claims.base import Claim
from maml_verify.claims.fallah.conditions import ONE_STEP, PAPER, STEPS, UP_TO_1
from maml_verify.left_sides.enumerated import cost
from maml_verify.left_sides.intervals import Interval
from maml_verify.left_sides.one_step import mean_bias
from maml_verify.settings import Setting
from maml_verify.theory import one_step, symbols
from problems import resampling_constants
from problems.arrays import Array


def measure(s: Setting) -> Array | Interval:
    """||grad F^(w) - grad F(w)||, shape (R,)."""
    return mean_bias(s)


def observe(s: Setting) -> symbols.Observed:
    """Nothing."""
    return symbols.Observed()


CLAIM = Claim(
    id="fallah/mean-bias",
    paper=PAPER,
    text="||grad F^(w) - grad F(w)|| <= 2 alpha L sigma_g/sqrt S + alpha^2 L sigma_H sigma_g/S",
    over="",
    unit="meta gradient",
    measure=measure,
    observe=observe,
    editions={"reported": one_step.mean_bias},
    known=resampling_constants,
    needs=("L", "sigma_g", "sigma_H"),
    expected={"reported": "holds"},
    assumptions={"reported": (ONE_STEP, UP_TO_1)},
    paths=lambda s: cost(s.family, 1, s.S),
    steps=STEPS,
)
