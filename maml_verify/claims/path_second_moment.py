"""Mean squared distance of the sampled inner path from the exact one.

Statement: E ||w_j - w~_j||^2 <= ((1 + alpha L + 2 alpha^2 L^2)^j - 1) alpha sigma_g^2 / ((1 + alpha L) L S)
for all j = 0..N and tasks i.
Printed: Proposition 2, second moment.
Derived: (q^(2j) - 1) alpha sigma_g^2 / ((2 + alpha L) L S), q = 1 + alpha L: the noise is uncorrelated with
the distance, so its square need not be split.
Sharp: the derived bound.
Beyond: (1 + r^2 + ... + r^(2j-2)) alpha^2 sigma_g^2/S, r = 1 + alpha l, where -l I <= Hess l_i and alpha (L -
l) < 2: j times the variance of one step for convex losses.
Measured: the left side exactly, over all multinomial outcomes of the inner batches.
Assumptions: 1, 2, 3.
"""

from maml_verify.claims.base import SHAPE, Claim
from maml_verify.left_sides.enumerated import cost
from maml_verify.left_sides.intervals import Interval
from maml_verify.left_sides.moments import path_distance, without_link
from maml_verify.settings import Setting
from maml_verify.theory import beyond, derived, printed, sharp, symbols
from problems import resampling_constants
from problems.arrays import Array


def measure(s: Setting) -> Array | Interval:
    """E ||w_j - w~_j||^2, shape (tasks, R, N + 1)."""
    return path_distance(s, power=2)


CLAIM = Claim(
    id="path-second-moment",
    paper="Proposition 2",
    text="E||w_j - w~_j||^2 <= ((1+aL+2a^2L^2)^j - 1) a sigma_g^2/((1+aL) L S)",
    over="task-step",
    unit="length^2",
    measure=measure,
    observe=lambda s: symbols.Observed(),
    editions={
        "printed": printed.path_second_moment,
        "derived": derived.path_second_moment,
        "sharp": sharp.path_second_moment,
        "beyond": beyond.path_second_moment,
    },
    known=resampling_constants,
    needs=("L", "rho", "sigma", "sigma_g", "sigma_H"),
    expected={"printed": "violated", "derived": "holds", "sharp": "holds", "beyond": "holds"},
    assumptions={"printed": (), "derived": (), "sharp": (), "beyond": (SHAPE,)},
    alone=True,
    paths=lambda s: cost(s.family, s.steps, s.S),
    simplify=without_link,
    attained=("attained at every j, alpha and S by curvature -L and additive noise"),
    beyond=("attained at every j and S by curvature -l and additive noise"),
)
