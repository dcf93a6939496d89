"""Bias of the sampled meta gradient, to second order in the noise of its path.

Statement: ||E G_i(w) - grad L(w)|| <= r^N (L m + rho d^2/2) + alpha rho r^(N-1) D (r^N e + L d), with
r = 1 + alpha l, d the distance of Proposition 2 (beyond), D = (N (N-1)/2)^(1/2) d_(N-1), e^2 the bound of
Lemma 15 (beyond) on E ||grad l_i||^2, and m = (alpha rho/2) (alpha^2 sigma_g^2/S) (1 + ... + r^(N-1))
(1 + ... + r^(N-2))/(1 + r).
Sharp: that; r rho alpha^2 sigma_g^2/(2S) at N = 1, so that a batch S of order 1/eps serves.
Measured: the left side exactly: inner batches enumerated, Hessian and outer batches by linearity.
Assumptions: 1, 2, 3 and -l I <= Hess l_i, 2N alpha (L + l) < 2 - alpha (L - l).
"""

from maml_verify.claims.base import RANGE, Claim
from maml_verify.left_sides.enumerated import cost
from maml_verify.left_sides.moments import bias
from maml_verify.left_sides.quantities import meta_gradient_norm
from maml_verify.theory import beyond, symbols
from problems import resampling_constants

CLAIM = Claim(
    id="beyond/estimator-bias-second-order",
    paper="after Proposition 3",
    text="||E G_i - grad L(w)|| <= r^N (L m + rho d^2/2) + a rho r^(N-1) D (r^N e + L d), r = 1+al",
    over="",
    unit="meta gradient",
    measure=bias,
    observe=lambda s: symbols.Observed(meta_gradient=meta_gradient_norm(s)),
    editions={"sharp": beyond.second_order_bias},
    known=resampling_constants,
    needs=("L", "rho", "sigma", "sigma_g", "sigma_H"),
    expected={"sharp": "holds"},
    assumptions={"sharp": (RANGE,)},
    identity=True,
    paths=lambda s: cost(s.family, s.steps, s.S),
    attained=(
        "attained at N = 1 by curvature -L at w that changes at rate rho about the end of the exact step, "
        "and noise of constant size; not known to be for N > 1, where the term of E ||grad l_i|| is of "
        "first order"
    ),
)
