"""Second moment of one task's meta gradient, support and query sets given.

Statement: E ||G_i(w)||^2 <= A_squ1 ||grad L(w)||^2 + A_squ2.
Printed: Proposition 8, (23).
Derived: the constants that (54) arrives at, with alpha L for the printed alpha.
Sharp: E ||grad L_i||^2 is ||grad L||^2 and a variance, which the telescoped steps of Lemma 15 bound.
Beyond: the sharp bound with r = 1 + alpha l and t of Lemma 15, where -l I <= Hess.
Measured: the left side in closed form: the only randomness is the task.
Assumptions: 4, 5 and alpha < (2^(1/(2N)) - 1)/L.
"""

from maml_verify.claims.base import RANGE, STEP_SIZE, Claim
from maml_verify.left_sides.quantities import meta_gradient_norm, task_mean, task_meta_gradients
from maml_verify.meta_gradients.roles import split
from maml_verify.settings import Setting
from maml_verify.theory import beyond, derived, printed, sharp, symbols
from problems import finite_sum_constants
from problems.arrays import Array


def measure(s: Setting) -> Array:
    """E_i ||grad L_i(w)||^2, shape (R,)."""
    g = task_meta_gradients(s, split)
    return task_mean(s, (g * g).sum(-1))


def observe(s: Setting) -> symbols.Observed:
    """||grad L(w)||."""
    return symbols.Observed(meta_gradient=meta_gradient_norm(s, split))


CLAIM = Claim(
    id="finite-sum-second-moment",
    paper="Proposition 8",
    text="E||G_i||^2 <= A_squ1 ||grad L(w)||^2 + A_squ2",
    over="",
    unit="meta gradient^2",
    measure=measure,
    observe=observe,
    editions={
        "printed": printed.finite_sum_second_moment,
        "derived": derived.finite_sum_second_moment,
        "sharp": sharp.finite_sum_second_moment,
        "beyond": beyond.finite_sum_second_moment,
    },
    known=finite_sum_constants,
    needs=("L", "rho", "sigma", "b", "b2"),
    expected={"printed": "holds", "derived": "holds", "sharp": "holds", "beyond": "holds"},
    assumptions={"printed": (STEP_SIZE,), "derived": (STEP_SIZE,), "sharp": (STEP_SIZE,), "beyond": (RANGE,)},
    attained=(
        "approached with grad L, sigma and E b_i^2 as alpha L -> 0 with b_i of order 1/alpha, where E b_i "
        "no longer counts; attained at every N and alpha where grad L = 0 and b = 0; not known to be "
        "where alpha L stays and grad L or b is not zero"
    ),
    beyond=(
        "approached where l = L as the sharp edition is; attained at every N and alpha where "
        "grad L = 0 and b = 0"
    ),
)
