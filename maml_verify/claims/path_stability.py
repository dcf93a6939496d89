"""Two exact inner paths part by at most a factor 1 + alpha L a step.

Statement: ||w~_j - u~_j|| <= (1 + alpha L)^j ||w - u|| for all j = 0..N and tasks i.
Printed: Lemma 11; used for the paths (9) on support sets too, in (53).
Sharp: the same.
Measured: the left side at pairs of points, in closed form.
Assumptions: 1 (its second item is what is used).
"""

import numpy as np

from maml_verify import bounds, sharp
from maml_verify.claims.base import Claim
from maml_verify.norms import norm
from maml_verify.quantities import distance, path
from maml_verify.settings import Setting
from problems import resampling_constants
from problems.arrays import Array


def measure(s: Setting) -> Array:
    """||w~_j - u~_j||, shape (tasks, R, N + 1)."""
    return norm(np.stack(path(s), axis=2) - np.stack(path(s, which="u"), axis=2))


def observe(s: Setting) -> bounds.Observed:
    """||w - u||."""
    return bounds.Observed(distance=distance(s)[:, None])


CLAIM = Claim(
    id="path-stability",
    paper="Lemma 11",
    text="||w~_j - u~_j|| <= (1+aL)^j ||w-u||",
    over="task-step",
    unit="length",
    measure=measure,
    observe=observe,
    editions={"printed": bounds.path_stability, "sharp": sharp.path_stability},
    known=resampling_constants,
    needs=("L",),
    expected={"printed": "holds", "sharp": "holds"},
    assumptions={"printed": (), "sharp": ()},
    pairs=True,
    supports=True,
    attained=("attained at every j and alpha by curvature -L"),
)
