"""Smoothness of the one-step meta objective, with a constant that grows with the gradient.

Statement: ||grad F(w) - grad F(u)|| <= min(L(w), L(u)) ||w - u||, L(w) = 4 L + 2 rho alpha E_i ||grad l_i||.
Reported: of Fallah et al. (2020); said of every pair with L(w), and so turned round with the smaller.
Measured: the left side at pairs of points, in closed form.
Assumptions: 1, 3, N = 1 and alpha <= 1/L.
"""

from maml_verify.arithmetic.norms import norm
from maml_verify.claims.base import Claim
from maml_verify.claims.fallah.conditions import ONE_STEP, PAPER, STEPS, UP_TO_1
from maml_verify.left_sides.quantities import distance, gradient_norm, task_mean, task_meta_gradients
from maml_verify.settings import Setting
from maml_verify.theory import one_step, symbols
from problems import resampling_constants
from problems.arrays import Array


def measure(s: Setting) -> Array:
    """||grad F(w) - grad F(u)||, shape (R,)."""
    return norm(task_mean(s, task_meta_gradients(s) - task_meta_gradients(s, which="u")))


def observe(s: Setting) -> symbols.Observed:
    """E_i ||grad l_i(w)|| and ||w - u||."""
    return symbols.Observed(distance=distance(s), gradient=task_mean(s, gradient_norm(s)))


CLAIM = Claim(
    id="fallah/smoothness",
    paper=PAPER,
    text="||grad F(w) - grad F(u)|| <= min(L(w), L(u)) ||w-u||, L(w) = 4L + 2 rho alpha E_i ||grad l_i(w)||",
    over="",
    unit="meta gradient",
    measure=measure,
    observe=observe,
    editions={"reported": one_step.smoothness},
    known=resampling_constants,
    needs=("L", "rho"),
    expected={"reported": "holds"},
    assumptions={"reported": (ONE_STEP, UP_TO_1)},
    pairs=True,
    steps=STEPS,
)
