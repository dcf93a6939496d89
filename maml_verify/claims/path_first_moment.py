"""Mean distance of the sampled inner path from the exact one.

Statement: E ||w_j - w~_j|| <= ((1 + alpha L)^j - 1) sigma_g / (L sqrt(S)) for all j = 0..N and tasks i.
Printed: Proposition 2, first moment.
Sharp: the root of the derived bound of the second moment.
Beyond: the root of that for -l I <= Hess l_i.
Measured: the left side exactly, over all multinomial outcomes of the inner batches.
Assumptions: 1, 2, 3.
"""

from maml_verify.claims.base import SHAPE, Claim
from maml_verify.left_sides.enumerated import cost
from maml_verify.left_sides.intervals import Interval
from maml_verify.left_sides.moments import path_distance, without_link
from maml_verify.settings import Setting
from maml_verify.theory import beyond, printed, sharp, symbols
from problems import resampling_constants
from problems.arrays import Array


def measure(s: Setting) -> Array | Interval:
    """E ||w_j - w~_j||, shape (tasks, R, N + 1)."""
    return path_distance(s, power=1)


CLAIM = Claim(
    id="path-first-moment",
    paper="Proposition 2",
    text="E||w_j - w~_j|| <= ((1+aL)^j - 1) sigma_g/(L sqrt S)",
    over="task-step",
    unit="length",
    measure=measure,
    observe=lambda s: symbols.Observed(),
    editions={
        "printed": printed.path_first_moment,
        "sharp": sharp.path_first_moment,
        "beyond": beyond.path_first_moment,
    },
    known=resampling_constants,
    needs=("L", "rho", "sigma", "sigma_g", "sigma_H"),
    expected={"printed": "holds", "sharp": "holds", "beyond": "holds"},
    assumptions={"printed": (), "sharp": (), "beyond": (SHAPE,)},
    alone=True,
    paths=lambda s: cost(s.family, s.steps, s.S),
    simplify=without_link,
    attained=(
        "attained at every j by two atoms, curvature -L and noise of constant size, that of step i along "
        "e_i, in as many dimensions as the next power of two"
    ),
    beyond=("attained where l = L as the sharp edition is, and at j = 1"),
)
