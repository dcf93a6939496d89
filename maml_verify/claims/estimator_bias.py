"""Bias of the sampled meta gradient.

Statement: ||E G_i(w) - grad L(w)|| <= C_err1/sqrt(S) + C_err2/sqrt(S) (||grad L(w)|| + sigma).
Printed: Proposition 3, (15), (16); ``printed-b`` squares 2 - (1 + alpha L)^(2N) in C_err2.
Derived: the constants that the proof arrives at, which vanish with alpha.
Sharp: second moments of the path and the sharp Lemma 15.
Beyond: the sharp bound with r = 1 + alpha l and t of Lemma 15, where -l I <= Hess l_i.
Measured: the left side exactly: inner batches enumerated, Hessian and outer batches by linearity.
Assumptions: 1, 2, 3 and alpha < (2^(1/(2N)) - 1)/L.
"""

from maml_verify.claims.base import RANGE, STEP_SIZE, Claim
from maml_verify.left_sides.enumerated import cost
from maml_verify.left_sides.intervals import Interval
from maml_verify.left_sides.moments import bias
from maml_verify.left_sides.quantities import meta_gradient_norm
from maml_verify.settings import Setting
from maml_verify.theory import beyond, derived, printed, sharp, symbols
from problems import resampling_constants
from problems.arrays import Array


def measure(s: Setting) -> Array | Interval:
    """||E G_i(w) - grad L(w)||, shape (R,)."""
    return bias(s)


def observe(s: Setting) -> symbols.Observed:
    """||grad L(w)||."""
    return symbols.Observed(meta_gradient=meta_gradient_norm(s))


CLAIM = Claim(
    id="estimator-bias",
    paper="Proposition 3",
    text="||E G_i - grad L(w)|| <= C_err1/sqrt S + C_err2/sqrt S (||grad L(w)|| + sigma)",
    over="",
    unit="meta gradient",
    measure=measure,
    observe=observe,
    editions={
        "printed": printed.estimator_bias,
        "printed-b": printed.estimator_bias_b,
        "derived": derived.estimator_bias,
        "sharp": sharp.estimator_bias,
        "beyond": beyond.estimator_bias,
    },
    known=resampling_constants,
    needs=("L", "rho", "sigma", "sigma_g", "sigma_H"),
    expected={
        "printed": "holds",
        "printed-b": "holds",
        "derived": "holds",
        "sharp": "holds",
        "beyond": "holds",
    },
    assumptions={
        "printed": (STEP_SIZE,),
        "printed-b": (STEP_SIZE,),
        "derived": (STEP_SIZE,),
        "sharp": (STEP_SIZE,),
        "beyond": (RANGE,),
    },
    identity=True,
    paths=lambda s: cost(s.family, s.steps, s.S),
    attained=(
        "approached at N = 1, where the term of rho (and with it grad L and sigma) is zero, as curvature "
        "jumps from -L to L; not known to be attained for N > 1"
    ),
    beyond=("approached at N = 1, where the term of rho is zero, as curvature jumps"),
)
