"""The meta gradient of a task is near the task's gradient.

Statement: ||grad l_i(w) - grad L_i(w)|| <= C_l ||grad l_i(w)||, C_l = (1 + alpha L)^(2N) - 1.
Printed: Lemma 14 (its statement is restored from its proof's last line).
Sharp: the same.
Beyond: with -l I <= Hess l_i, t = 2N alpha (L + l)/(2 - alpha (L - l)) and s = (1 + alpha l)^(2N):
(s t + |s - 1 - t|)/(1 + t), which is 2t/(1 + t) for convex losses; alpha (L - l) < 2.
Measured: the left side in closed form.
Assumptions: 1 (its second item is what is used).
"""

from maml_verify.arithmetic.norms import norm
from maml_verify.claims.base import SHAPE, Claim
from maml_verify.left_sides.quantities import gradient_norm, task_meta_gradients
from maml_verify.settings import Setting
from maml_verify.theory import beyond, printed, sharp, symbols
from problems import resampling_constants
from problems.arrays import Array


def measure(s: Setting) -> Array:
    """||grad l_i(w) - grad L_i(w)||, shape (tasks, R)."""
    gradient = s.family.grad(s.points("w"), s.family.probabilities[:, None, :])
    return norm(gradient - task_meta_gradients(s))


def observe(s: Setting) -> symbols.Observed:
    """||grad l_i(w)||."""
    return symbols.Observed(gradient=gradient_norm(s))


CLAIM = Claim(
    id="task-gradient-gap",
    paper="Lemma 14",
    text="||grad l_i(w) - grad L_i(w)|| <= ((1+aL)^(2N) - 1) ||grad l_i(w)||",
    over="task",
    unit="meta gradient",
    measure=measure,
    observe=observe,
    editions={
        "printed": printed.task_gradient_gap,
        "sharp": sharp.task_gradient_gap,
        "beyond": beyond.task_gradient_gap,
    },
    known=resampling_constants,
    needs=("L",),
    expected={"printed": "holds", "sharp": "holds", "beyond": "holds"},
    assumptions={"printed": (), "sharp": (), "beyond": (SHAPE,)},
    alone=True,
    identity=True,
    attained=("attained at every N and alpha by curvature -L"),
    beyond=(
        "attained by curvature -l where (1 + alpha l)^(2N) - 1 >= t; approached by convex losses "
        "of curvature L as alpha L -> 0"
    ),
)
