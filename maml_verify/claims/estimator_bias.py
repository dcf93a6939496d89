"""Bias of the sampled meta gradient.

Statement: ||E G_i(w) - grad L(w)|| <= C_err1/sqrt(S) + C_err2/sqrt(S) (||grad L(w)|| + sigma).
Printed: Proposition 3, (15), (16); ``printed-b`` squares 2 - (1 + alpha L)^(2N) in C_err2.
Derived: the constants that the proof arrives at, which vanish with alpha.
Sharp: second moments of the path and the sharp Lemma 15.
Measured: the left side exactly: inner batches enumerated, Hessian and outer batches by linearity.
Assumptions: 1, 2, 3 and alpha < (2^(1/(2N)) - 1)/L.
"""

from maml_verify import bounds, derived, sharp
from maml_verify.claims.base import STEP_SIZE, Claim, Interval
from maml_verify.expectation import cost
from maml_verify.moments import bias
from maml_verify.quantities import meta_gradient_norm
from maml_verify.settings import Setting
from problems import resampling_constants
from problems.arrays import Array


def measure(s: Setting) -> Array | Interval:
    """||E G_i(w) - grad L(w)||, shape (R,)."""
    return bias(s)


def observe(s: Setting) -> bounds.Observed:
    """||grad L(w)||."""
    return bounds.Observed(meta_gradient=meta_gradient_norm(s))


CLAIM = Claim(
    id="estimator-bias",
    paper="Proposition 3",
    text="||E G_i - grad L(w)|| <= C_err1/sqrt S + C_err2/sqrt S (||grad L(w)|| + sigma)",
    over="",
    unit="meta gradient",
    measure=measure,
    observe=observe,
    editions={
        "printed": bounds.estimator_bias,
        "printed-b": bounds.estimator_bias_b,
        "derived": derived.estimator_bias,
        "sharp": sharp.estimator_bias,
    },
    known=resampling_constants,
    needs=("L", "rho", "sigma", "sigma_g", "sigma_H"),
    expected={"printed": "holds", "printed-b": "holds", "derived": "holds", "sharp": "holds"},
    assumptions={
        "printed": (STEP_SIZE,),
        "printed-b": (STEP_SIZE,),
        "derived": (STEP_SIZE,),
        "sharp": (STEP_SIZE,),
    },
    identity=True,
    paths=lambda s: cost(s.family, s.steps, s.S),
    attained=(
        "approached at N = 1, where the term of rho (and with it grad L and sigma) is zero, as curvature "
        "jumps from -L to L; not known to be attained for N > 1"
    ),
)
