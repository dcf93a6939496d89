"""Support gradients along the inner path grow by at most a factor 1 + alpha L a step.

Statement: ||grad l_Si(w~_j)|| <= (1 + alpha L)^j ||grad l_Si(w)|| for all j = 0..N and tasks i.
Printed: Lemma 17.
Sharp: the same.
Beyond: 1 + alpha l in place of 1 + alpha L, where -l I <= Hess l_Si and alpha (L - l) < 2.
Measured: the left side in closed form, on the paths (9).
Assumptions: 4 (its second item is what is used).
"""

import numpy as np

from maml_verify.arithmetic.norms import norm
from maml_verify.claims.base import SHAPE, Claim
from maml_verify.left_sides.quantities import gradient_norm, path
from maml_verify.meta_gradients.roles import split
from maml_verify.settings import Setting
from maml_verify.theory import beyond, printed, sharp, symbols
from problems import finite_sum_constants
from problems.arrays import Array


def measure(s: Setting) -> Array:
    """||grad l_Si(w~_j)||, shape (tasks, R, N + 1)."""
    c = s.family.support[:, None, :]
    return norm(np.stack([s.family.grad(w, c) for w in path(s, split)], axis=2))


def observe(s: Setting) -> symbols.Observed:
    """||grad l_Si(w)||."""
    return symbols.Observed(gradient=gradient_norm(s, "support")[..., None])


CLAIM = Claim(
    id="support-path-gradient",
    paper="Lemma 17",
    text="||grad l_Si(w~_j)|| <= (1+aL)^j ||grad l_Si(w)||",
    over="task-step",
    unit="gradient",
    measure=measure,
    observe=observe,
    editions={"printed": printed.path_gradient, "sharp": sharp.path_gradient, "beyond": beyond.path_gradient},
    known=finite_sum_constants,
    needs=("L",),
    expected={"printed": "holds", "sharp": "holds", "beyond": "holds"},
    assumptions={"printed": (), "sharp": (), "beyond": (SHAPE,)},
    alone=True,
    attained=("attained at every j and alpha by curvature -L"),
    beyond=("attained at every j by curvature -l; no growth where losses are convex"),
)
