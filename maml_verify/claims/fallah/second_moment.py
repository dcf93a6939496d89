"""Second moment of the one-step meta gradients of the tasks.

Statement: E_i ||grad F_i(w)||^2 <= 40 ||grad F(w)||^2 + 14 sigma^2.
Reported: of Fallah et al. (2020), without its range of alpha; read with that of the smoothness, alpha <= 1/L,
it is false.
Derived: the same where alpha L <= 13/50.  With k = 2x + x^2 and x = alpha L, ||grad F_i - grad l_i|| <= k
||grad l_i||, so that ||E_i grad l_i|| <= (||grad F|| + k sigma)/(1 - k) and the left side is at most
(1 + x)^4 ((||grad F|| + k sigma)^2/(1 - k)^2 + sigma^2): a quadratic form that is below the other there.
Measured: both sides at a point, in closed form.
Assumptions: 1, 2, 3, N = 1 and the range of alpha.
"""

from fractions import Fraction

from maml_verify.arithmetic.norms import square
from maml_verify.claims.base import Claim
from maml_verify.claims.fallah.conditions import ONE_STEP, PAPER, STEPS, UP_TO_1, up_to
from maml_verify.left_sides.quantities import meta_gradient_norm, task_mean, task_meta_gradients
from maml_verify.settings import Setting
from maml_verify.theory import one_step, symbols
from problems import resampling_constants
from problems.arrays import Array

# The largest alpha L of the derived edition; at 27/100 the forms no longer compare.
RANGE = Fraction(13, 50)


def measure(s: Setting) -> Array:
    """E_i ||grad F_i(w)||^2, shape (R,)."""
    return task_mean(s, square(task_meta_gradients(s)))


def observe(s: Setting) -> symbols.Observed:
    """||grad F(w)||."""
    return symbols.Observed(meta_gradient=meta_gradient_norm(s))


CLAIM = Claim(
    id="fallah/second-moment",
    paper=PAPER,
    text="E_i ||grad F_i(w)||^2 <= 40 ||grad F(w)||^2 + 14 sigma^2",
    over="",
    unit="meta gradient^2",
    measure=measure,
    observe=observe,
    editions={"reported": one_step.second_moment, "derived": one_step.second_moment},
    known=resampling_constants,
    needs=("L", "sigma"),
    expected={"reported": "violated", "derived": "holds"},
    assumptions={"reported": (ONE_STEP, UP_TO_1), "derived": (ONE_STEP, up_to(RANGE))},
    steps=STEPS,
)
