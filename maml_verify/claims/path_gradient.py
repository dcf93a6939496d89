"""Gradients along the exact inner path grow by at most a factor 1 + alpha L a step.

Statement: ||grad l_i(w~_j)|| <= (1 + alpha L)^j ||grad l_i(w)|| for all j = 0..N and tasks i.
Printed: Lemma 12.
Sharp: the same.
Beyond: 1 + alpha l in place of 1 + alpha L, where -l I <= Hess l_i and alpha (L - l) < 2.
Measured: the left side in closed form.
Assumptions: 1 (its second item is what is used).
"""

import numpy as np

from maml_verify.arithmetic.norms import norm
from maml_verify.claims.base import SHAPE, Claim
from maml_verify.left_sides.quantities import gradient_norm, path
from maml_verify.settings import Setting
from maml_verify.theory import beyond, printed, sharp, symbols
from problems import resampling_constants
from problems.arrays import Array


def measure(s: Setting) -> Array:
    """||grad l_i(w~_j)||, shape (tasks, R, N + 1)."""
    c = s.family.probabilities[:, None, :]
    return norm(np.stack([s.family.grad(w, c) for w in path(s)], axis=2))


def observe(s: Setting) -> symbols.Observed:
    """||grad l_i(w)||."""
    return symbols.Observed(gradient=gradient_norm(s)[..., None])


CLAIM = Claim(
    id="path-gradient",
    paper="Lemma 12",
    text="||grad l_i(w~_j)|| <= (1+aL)^j ||grad l_i(w)||",
    over="task-step",
    unit="gradient",
    measure=measure,
    observe=observe,
    editions={"printed": printed.path_gradient, "sharp": sharp.path_gradient, "beyond": beyond.path_gradient},
    known=resampling_constants,
    needs=("L",),
    expected={"printed": "holds", "sharp": "holds", "beyond": "holds"},
    assumptions={"printed": (), "sharp": (), "beyond": (SHAPE,)},
    alone=True,
    attained=("attained at every j and alpha by curvature -L"),
    beyond=("attained at every j by curvature -l; no growth where losses are convex"),
)
