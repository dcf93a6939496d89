"""The mean task gradient, bounded by the meta gradient.

Statement: ||grad l(w)|| <= ||grad L(w)||/(1 - C_l) + C_l sigma/(1 - C_l), C_l = (1 + alpha L)^(2N) - 1.
Printed: Lemma 15, for any w; no condition on the step size is printed there.
Derived: the same, under alpha < (2^(1/(2N)) - 1)/L.
Sharp: the steps from grad l_i to grad L_i telescope: 1/(1 - alpha L)^(2N) for 1/(1 - C_l), and a smaller
factor of sigma.
Beyond: the sharp bound with t = 2N alpha (L + l)/(2 - alpha (L - l)), where -l I <= Hess l_i and t < 1: for
alpha < 2/((2N + 1) L) if losses are convex, for alpha < 1/(2N L) always.
Measured: the left side in closed form.
Assumptions: 1, 2 (sigma under p(T)); where C_l = 1 the statement is void.
"""

from maml_verify.claims.base import DEFINED, RANGE, STEP_SIZE, Claim
from maml_verify.left_sides.quantities import mean_gradient_norm, meta_gradient_norm
from maml_verify.settings import Setting
from maml_verify.theory import beyond, derived, printed, sharp, symbols
from problems import resampling_constants
from problems.arrays import Array


def measure(s: Setting) -> Array:
    """||grad l(w)||, shape (R,)."""
    return mean_gradient_norm(s)


def observe(s: Setting) -> symbols.Observed:
    """||grad L(w)||."""
    return symbols.Observed(meta_gradient=meta_gradient_norm(s))


CLAIM = Claim(
    id="mean-gradient",
    paper="Lemma 15",
    text="||grad l(w)|| <= ||grad L(w)||/(1-C_l) + C_l sigma/(1-C_l)",
    over="",
    unit="gradient",
    measure=measure,
    observe=observe,
    editions={
        "printed": printed.mean_gradient,
        "derived": derived.mean_gradient,
        "sharp": sharp.mean_gradient,
        "beyond": beyond.mean_gradient,
    },
    known=resampling_constants,
    needs=("L", "rho", "sigma"),
    expected={"printed": "violated", "derived": "holds", "sharp": "holds", "beyond": "holds"},
    assumptions={"printed": (DEFINED,), "derived": (STEP_SIZE,), "sharp": (STEP_SIZE,), "beyond": (RANGE,)},
    identity=True,
    attained=(
        "approached with all terms as alpha L -> 0 with sigma of order 1/(alpha L), by tasks of curvature "
        "L and -L; attained at every N and alpha by curvature L where sigma = 0; not known to be where "
        "alpha L stays and sigma > 0"
    ),
    beyond=(
        "attained at every N and alpha by curvature L where sigma = 0, approached with all terms "
        "where l = L as the sharp edition is"
    ),
)
