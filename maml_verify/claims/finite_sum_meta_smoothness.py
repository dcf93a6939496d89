"""Smoothness of the meta objective with support and query sets.

Statement: ||grad L(w) - grad L(u)|| <= (q^(2N) L + C_b b + C_L E_i ||grad l_Ti(w)||) ||w - u||.
Printed: Proposition 7, (21); ``printed-b`` reads (1 + alpha L)^N - 1 for (1 + alpha L)^(N-1) there.
Derived: the constants that (50) and (52) arrive at.
Sharp: the derived bound.
Beyond: r = 1 + alpha l in place of q, where -l I <= Hess and alpha (L - l) < 2.
Measured: the left side at pairs of points, in closed form.
Assumptions: 4, 5.
"""

from maml_verify.arithmetic.norms import norm
from maml_verify.claims.base import SHAPE, Claim
from maml_verify.left_sides.quantities import distance, gradient_norm, task_mean, task_meta_gradients
from maml_verify.meta_gradients.roles import split
from maml_verify.settings import Setting
from maml_verify.theory import beyond, derived, printed, sharp, symbols
from problems import finite_sum_constants
from problems.arrays import Array


def measure(s: Setting) -> Array:
    """||grad L(w) - grad L(u)||, shape (R,)."""
    difference = task_meta_gradients(s, split) - task_meta_gradients(s, split, which="u")
    return norm(task_mean(s, difference))


def observe(s: Setting) -> symbols.Observed:
    """E_i ||grad l_Ti(w)|| and ||w - u||."""
    return symbols.Observed(distance=distance(s), gradient=task_mean(s, gradient_norm(s, "query")))


CLAIM = Claim(
    id="finite-sum-meta-smoothness",
    paper="Proposition 7",
    text="||grad L(w) - grad L(u)|| <= ((1+aL)^(2N) L + C_b b + C_L E||grad l_Ti(w)||) ||w-u||",
    over="",
    unit="meta gradient",
    measure=measure,
    observe=observe,
    editions={
        "printed": printed.finite_sum_meta_smoothness,
        "printed-b": printed.finite_sum_meta_smoothness_b,
        "derived": derived.finite_sum_meta_smoothness,
        "sharp": sharp.finite_sum_meta_smoothness,
        "beyond": beyond.finite_sum_meta_smoothness,
    },
    known=finite_sum_constants,
    needs=("L", "rho", "sigma", "b"),
    expected={
        "printed": "holds",
        "printed-b": "holds",
        "derived": "holds",
        "sharp": "holds",
        "beyond": "holds",
    },
    assumptions={"printed": (), "printed-b": (), "derived": (), "sharp": (), "beyond": (SHAPE,)},
    pairs=True,
    attained=(
        "approached with all terms at every N, by one task whose support Hessians leave -L at rate rho "
        "along the path; attained where b = 0 and E_i ||grad l_Ti(w)|| = 0"
    ),
    beyond=(
        "approached with all terms at every N where l = L, by one task whose support Hessians "
        "leave -L at rate rho"
    ),
)
