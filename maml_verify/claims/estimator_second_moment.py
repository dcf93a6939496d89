"""Second moment of the sampled meta gradient.

Statement: E ||G_i(w)||^2 <= C_squ1/T + C_squ2/S + C_squ3 (||grad L(w)||^2 + sigma^2).
Printed: Proposition 4, (17), (18).
Sharp: exact conditional moments and Minkowski in L2 in place of the factor 3.
Beyond: the sharp bound with r = 1 + alpha l and t of Lemma 15, where -l I <= Hess l_i.
Measured: the left side exactly: inner batches enumerated, Hessian and outer batches by the recursion
P <- E[(I - alpha H)^T P (I - alpha H)].
Assumptions: 1, 2, 3 and alpha < (2^(1/(2N)) - 1)/L.
"""

from maml_verify.claims.base import RANGE, STEP_SIZE, Claim
from maml_verify.left_sides.enumerated import cost
from maml_verify.left_sides.intervals import Interval
from maml_verify.left_sides.moments import second_moment
from maml_verify.left_sides.quantities import meta_gradient_norm
from maml_verify.settings import Setting
from maml_verify.theory import beyond, printed, sharp, symbols
from problems import resampling_constants
from problems.arrays import Array


def measure(s: Setting) -> Array | Interval:
    """E ||G_i(w)||^2 over tasks and batches, shape (R,)."""
    return second_moment(s)


def observe(s: Setting) -> symbols.Observed:
    """||grad L(w)||."""
    return symbols.Observed(meta_gradient=meta_gradient_norm(s))


CLAIM = Claim(
    id="estimator-second-moment",
    paper="Proposition 4",
    text="E||G_i||^2 <= C_squ1/T + C_squ2/S + C_squ3 (||grad L(w)||^2 + sigma^2)",
    over="",
    unit="meta gradient^2",
    measure=measure,
    observe=observe,
    editions={
        "printed": printed.estimator_second_moment,
        "sharp": sharp.estimator_second_moment,
        "beyond": beyond.estimator_second_moment,
    },
    known=resampling_constants,
    needs=("L", "rho", "sigma", "sigma_g", "sigma_H"),
    expected={"printed": "holds", "sharp": "holds", "beyond": "holds"},
    assumptions={"printed": (STEP_SIZE,), "sharp": (STEP_SIZE,), "beyond": (RANGE,)},
    paths=lambda s: cost(s.family, s.steps, s.S),
    attained=(
        "approached with all terms at N = 1, as alpha L -> 0 with sigma_g and sigma_H of order 1/alpha, "
        "and curvature jumps from -L to L; attained at every N and alpha where grad L = 0, sigma = "
        "sigma_H = 0; not known to be where alpha L stays and grad L or sigma is not zero"
    ),
    beyond=("approached with all terms at N = 1 where l = L, as the sharp edition is"),
)
