"""The meta gradient of a task is near the gradient of its query loss.

Statement: ||grad l_Ti(w) - grad L_i(w)|| <= (q^N - 1) ||grad l_Ti(w)|| + q^N (q^N - 1) ||grad l_Si(w)||.
Printed: Lemma 18.
Sharp: the same.
Beyond: with -l I <= Hess, r = 1 + alpha l, the first factor as in Lemma 13, the second alpha L r^N (1 + ... +
r^(N-1)); alpha (L - l) < 2.
Measured: the left side in closed form.
Assumptions: 4 (its second item is what is used).
"""

from maml_verify.arithmetic.norms import norm
from maml_verify.claims.base import SHAPE, Claim
from maml_verify.left_sides.quantities import gradient_norm, task_meta_gradients
from maml_verify.meta_gradients.roles import split
from maml_verify.settings import Setting
from maml_verify.theory import beyond, printed, sharp, symbols
from problems import finite_sum_constants
from problems.arrays import Array


def measure(s: Setting) -> Array:
    """||grad l_Ti(w) - grad L_i(w)||, shape (tasks, R)."""
    gradient = s.family.grad(s.points("w"), s.family.query[:, None, :])
    return norm(gradient - task_meta_gradients(s, split))


def observe(s: Setting) -> symbols.Observed:
    """||grad l_Ti(w)|| and ||grad l_Si(w)||."""
    return symbols.Observed(gradient=gradient_norm(s, "query"), support_gradient=gradient_norm(s, "support"))


CLAIM = Claim(
    id="finite-sum-gradient-gap",
    paper="Lemma 18",
    text="||grad l_Ti(w) - grad L_i(w)|| <= (q^N-1)||grad l_Ti(w)|| + q^N(q^N-1)||grad l_Si(w)||",
    over="task",
    unit="meta gradient",
    measure=measure,
    observe=observe,
    editions={
        "printed": printed.finite_sum_gradient_gap,
        "sharp": sharp.finite_sum_gradient_gap,
        "beyond": beyond.finite_sum_gradient_gap,
    },
    known=finite_sum_constants,
    needs=("L",),
    expected={"printed": "holds", "sharp": "holds", "beyond": "holds"},
    assumptions={"printed": (), "sharp": (), "beyond": (SHAPE,)},
    alone=True,
    identity=True,
    attained=("attained with both terms at every N and alpha by curvature -L"),
    beyond=(
        "attained with both terms where l = L by curvature -L; approached by convex losses of "
        "curvature L as alpha L -> 0"
    ),
)
