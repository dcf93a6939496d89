"""The mean query gradient, bounded by the meta gradient.

Statement: ||grad l_T(w)|| <= ||grad L(w)||/C_1 + C_2/C_1, with constants C_1, C_2 > 0 of (74).
Printed: Lemma 19, (73).  "C_1 > 0" is taken for a condition on the step size; ``printed-b`` takes it for
an assertion about (74), so that the statement stands for every step size.
Derived: the same, the condition on the step size stated.
Sharp: as for Lemma 15, with (1 + alpha L)^N ((1 + alpha L)^N - 1) b added to ||grad L(w)||.
Beyond: as for Lemma 15, with alpha L r^N (1 + ... + r^(N-1)) b added to ||grad L(w)||, r = 1 + alpha l.
Measured: the left side in closed form.
Assumptions: 4, 5; C_1 > 0 (``printed-b``: C_1 != 0, without which the statement is void).
"""

from maml_verify.claims.base import DEFINED, RANGE, STEP_SIZE, Claim
from maml_verify.left_sides.quantities import mean_gradient_norm, meta_gradient_norm
from maml_verify.meta_gradients.roles import split
from maml_verify.settings import Setting
from maml_verify.theory import beyond, derived, printed, sharp, symbols
from problems import finite_sum_constants
from problems.arrays import Array


def measure(s: Setting) -> Array:
    """||grad l_T(w)||, shape (R,)."""
    return mean_gradient_norm(s, "query")


def observe(s: Setting) -> symbols.Observed:
    """||grad L(w)||."""
    return symbols.Observed(meta_gradient=meta_gradient_norm(s, split))


CLAIM = Claim(
    id="finite-sum-mean-gradient",
    paper="Lemma 19",
    text="||grad l_T(w)|| <= ||grad L(w)||/C_1 + C_2/C_1",
    over="",
    unit="gradient",
    measure=measure,
    observe=observe,
    editions={
        "printed": printed.finite_sum_mean_gradient,
        "printed-b": printed.finite_sum_mean_gradient,
        "derived": derived.finite_sum_mean_gradient,
        "sharp": sharp.finite_sum_mean_gradient,
        "beyond": beyond.finite_sum_mean_gradient,
    },
    known=finite_sum_constants,
    needs=("L", "rho", "sigma", "b"),
    expected={
        "printed": "holds",
        "printed-b": "violated",
        "derived": "holds",
        "sharp": "holds",
        "beyond": "holds",
    },
    assumptions={
        "printed": (STEP_SIZE,),
        "printed-b": (DEFINED,),
        "derived": (STEP_SIZE,),
        "sharp": (STEP_SIZE,),
        "beyond": (RANGE,),
    },
    identity=True,
    attained=(
        "approached with all terms as alpha L -> 0 with sigma and b_i of order 1/(alpha L), by tasks of "
        "curvature L and -L; attained at every N and alpha by curvature L where sigma = b = 0; not known "
        "to be where alpha L stays and sigma or b is not zero"
    ),
    beyond=(
        "attained at every N and alpha by curvature L where sigma = b = 0, approached with all "
        "terms where l = L as the sharp edition is"
    ),
)
