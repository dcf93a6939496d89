"""Smoothness of the meta objective with a constant that grows with the gradient.

Statement: ||grad L(w) - grad L(u)|| <= (q^(2N) L + C_L E_i ||grad l_i(w)||) ||w - u||, q = 1 + alpha L.
Printed: Proposition 1, C_L in (13).
Sharp: the same.
Beyond: r = 1 + alpha l in place of q, where -l I <= Hess l_i and alpha (L - l) < 2; if l = 0 the constant is
L + N alpha rho E_i ||grad l_i(w)||.
Measured: the left side at pairs of points, in closed form.
Assumptions: 1, 2, 3.
"""

from maml_verify.arithmetic.norms import norm
from maml_verify.claims.base import SHAPE, Claim
from maml_verify.left_sides.quantities import distance, gradient_norm, task_mean, task_meta_gradients
from maml_verify.settings import Setting
from maml_verify.theory import beyond, printed, sharp, symbols
from problems import resampling_constants
from problems.arrays import Array


def measure(s: Setting) -> Array:
    """||grad L(w) - grad L(u)||, shape (R,)."""
    difference = task_meta_gradients(s) - task_meta_gradients(s, which="u")
    return norm(task_mean(s, difference))


def observe(s: Setting) -> symbols.Observed:
    """E_i ||grad l_i(w)|| and ||w - u||."""
    return symbols.Observed(distance=distance(s), gradient=task_mean(s, gradient_norm(s)))


CLAIM = Claim(
    id="meta-smoothness",
    paper="Proposition 1",
    text="||grad L(w) - grad L(u)|| <= ((1+aL)^(2N) L + C_L E||grad l_i(w)||) ||w-u||",
    over="",
    unit="meta gradient",
    measure=measure,
    observe=observe,
    editions={
        "printed": printed.meta_smoothness,
        "sharp": sharp.meta_smoothness,
        "beyond": beyond.meta_smoothness,
    },
    known=resampling_constants,
    needs=("L", "rho", "sigma", "sigma_g", "sigma_H"),
    expected={"printed": "holds", "sharp": "holds", "beyond": "holds"},
    assumptions={"printed": (), "sharp": (), "beyond": (SHAPE,)},
    pairs=True,
    attained=(
        "approached with all terms at every N, by one task whose Hessians leave -L at rate rho along the "
        "path; attained where E_i ||grad l_i(w)|| = 0"
    ),
    beyond=(
        "approached with all terms at every N where l = L, by one task whose Hessians leave -L "
        "at rate rho along the path"
    ),
)
