"""Error of a Hessian product by a difference of gradients.

Statement: ||(grad l_i(w + delta v) - grad l_i(w - delta v))/(2 delta) - Hess l_i(w) v||
<= rho delta ||v||^2.
Reported: of Fallah et al. (2020), for Hessian-free MAML.
Derived: half of it, attained where the Hessian turns at rate rho on both sides of w.
Measured: the left side of each task with delta v = u - w, at delta = 1: both sides go with 1/delta.
Assumptions: 3, in its part on rho.
"""

from maml_verify.claims.base import Claim
from maml_verify.claims.fallah.conditions import ONE_STEP, PAPER, STEPS
from maml_verify.left_sides.one_step import difference_error
from maml_verify.left_sides.quantities import distance
from maml_verify.settings import Setting
from maml_verify.theory import one_step, symbols
from problems import resampling_constants
from problems.arrays import Array


def measure(s: Setting) -> Array:
    """||(grad l_i(w + v) - grad l_i(w - v))/2 - Hess l_i(w) v||, shape (tasks, R)."""
    return difference_error(s)


def observe(s: Setting) -> symbols.Observed:
    """||u - w||."""
    return symbols.Observed(distance=distance(s))


CLAIM = Claim(
    id="fallah/hf-maml-error",
    paper=PAPER,
    text="||(grad l_i(w + delta v) - grad l_i(w - delta v))/(2 delta) - Hess l_i(w) v|| <= rho delta ||v||^2",
    over="task",
    unit="any",
    measure=measure,
    observe=observe,
    editions={
        "reported": one_step.hessian_free_error,
        "derived": one_step.sharper_hessian_free_error,
    },
    known=resampling_constants,
    needs=("L", "rho"),
    expected={"reported": "holds", "derived": "holds"},
    assumptions={"reported": (ONE_STEP,), "derived": (ONE_STEP,)},
    pairs=True,
    alone=True,
    steps=STEPS,
)
