"""Variance of the sampled meta gradient.

Statement: E ||G_i - E G_i||^2 <= r^(2N) ((k^N - 1) (r^N e + L d)^2 + k^N sigma_g^2/T) + (s + b)^2 over tasks
and batches, with r = 1 + alpha l, k = 1 + alpha^2 sigma_H^2/(r^2 D), e^2 the bound of Lemma 15 on
E ||grad l_i||^2, d the distance of Proposition 2, b the bias of Proposition 3, s the deviation of Proposition
8 at b_i = 0, all of their editions beyond.
Derived: that.  Where a batch of B meta gradients is taken, it is what falls like 1/B.
Measured: the left side exactly, E ||G_i||^2 - ||E G_i||^2.
Assumptions: 1, 2, 3 and -l I <= Hess l_i, 2N alpha (L + l) < 2 - alpha (L - l).
"""

from maml_verify.claims.base import RANGE, Claim
from maml_verify.left_sides.enumerated import cost
from maml_verify.left_sides.moments import variance
from maml_verify.left_sides.quantities import meta_gradient_norm
from maml_verify.theory import beyond, symbols
from problems import resampling_constants

CLAIM = Claim(
    id="beyond/estimator-variance",
    paper="after Proposition 4",
    text="E||G_i - E G_i||^2 <= r^(2N) ((k^N-1)(r^N e + L d)^2 + k^N sigma_g^2/T) + (s + b)^2, r = 1+al",
    over="",
    unit="meta gradient variance",
    measure=variance,
    observe=lambda s: symbols.Observed(meta_gradient=meta_gradient_norm(s)),
    editions={"derived": beyond.estimator_variance},
    known=resampling_constants,
    needs=("L", "rho", "sigma", "sigma_g", "sigma_H"),
    expected={"derived": "holds"},
    assumptions={"derived": (RANGE,)},
    paths=lambda s: cost(s.family, s.steps, s.S),
)
