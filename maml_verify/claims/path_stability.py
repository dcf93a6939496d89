"""Two exact inner paths part by at most a factor 1 + alpha L a step.

Statement: ||w~_j - u~_j|| <= (1 + alpha L)^j ||w - u|| for all j = 0..N and tasks i.
Printed: Lemma 11; used for the paths (9) on support sets too, in (53).
Sharp: the same.
Beyond: 1 + alpha l in place of 1 + alpha L, where -l I <= Hess l_i and alpha (L - l) < 2.
Measured: the left side at pairs of points, in closed form.
Assumptions: 1 (its second item is what is used).
"""

import numpy as np

from maml_verify.arithmetic.norms import norm
from maml_verify.claims.base import SHAPE, Claim
from maml_verify.left_sides.quantities import distance, path
from maml_verify.settings import Setting
from maml_verify.theory import beyond, printed, sharp, symbols
from problems import resampling_constants
from problems.arrays import Array


def measure(s: Setting) -> Array:
    """||w~_j - u~_j||, shape (tasks, R, N + 1)."""
    return norm(np.stack(path(s), axis=2) - np.stack(path(s, which="u"), axis=2))


def observe(s: Setting) -> symbols.Observed:
    """||w - u||."""
    return symbols.Observed(distance=distance(s)[:, None])


CLAIM = Claim(
    id="path-stability",
    paper="Lemma 11",
    text="||w~_j - u~_j|| <= (1+aL)^j ||w-u||",
    over="task-step",
    unit="length",
    measure=measure,
    observe=observe,
    editions={
        "printed": printed.path_stability,
        "sharp": sharp.path_stability,
        "beyond": beyond.path_stability,
    },
    known=resampling_constants,
    needs=("L",),
    expected={"printed": "holds", "sharp": "holds", "beyond": "holds"},
    assumptions={"printed": (), "sharp": (), "beyond": (SHAPE,)},
    alone=True,
    pairs=True,
    supports=True,
    attained=("attained at every j and alpha by curvature -L"),
    beyond=("attained at every j by curvature -l; no growth where losses are convex"),
)
