"""Support gradients along the inner path grow by at most a factor 1 + alpha L a step.

Statement: ||grad l_Si(w~_j)|| <= (1 + alpha L)^j ||grad l_Si(w)|| for all j = 0..N and tasks i.
Printed: Lemma 17.
Sharp: the same.
Measured: the left side in closed form, on the paths (9).
Assumptions: 4 (its second item is what is used).
"""

import numpy as np

from maml_verify import bounds, sharp
from maml_verify.claims.base import Claim
from maml_verify.norms import norm
from maml_verify.paths import split
from maml_verify.quantities import gradient_norm, path
from maml_verify.settings import Setting
from problems import finite_sum_constants
from problems.arrays import Array


def measure(s: Setting) -> Array:
    """||grad l_Si(w~_j)||, shape (tasks, R, N + 1)."""
    c = s.family.support[:, None, :]
    return norm(np.stack([s.family.grad(w, c) for w in path(s, split)], axis=2))


def observe(s: Setting) -> bounds.Observed:
    """||grad l_Si(w)||."""
    return bounds.Observed(gradient=gradient_norm(s, "support")[..., None])


CLAIM = Claim(
    id="support-path-gradient",
    paper="Lemma 17",
    text="||grad l_Si(w~_j)|| <= (1+aL)^j ||grad l_Si(w)||",
    over="task-step",
    unit="gradient",
    measure=measure,
    observe=observe,
    editions={"printed": bounds.path_gradient, "sharp": sharp.path_gradient},
    known=finite_sum_constants,
    needs=("L",),
    expected={"printed": "holds", "sharp": "holds"},
    assumptions={"printed": (), "sharp": ()},
    attained=("attained at every j and alpha by curvature -L"),
)
