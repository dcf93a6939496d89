"""Moments of the meta step size of Algorithm 1.

Statement: E beta_k >= 4/(5 C_beta L_w) and E beta_k^2 <= 4/(C_beta^2 L_w^2), beta_k = 1/(C_beta Lhat) with
(14), |B'_k| > 4 C_L^2 sigma^2/(3 q^(4N) L^2), |D_Lk| > 64 sigma_g^2 C_L^2/(q^(4N) L^2), q = 1 + alpha L.
Printed: Lemma 16.
Sharp: for batches of any size, by the two-point laws that attain a reciprocal moment and a mean norm.
Measured: 1/E beta_k (item 1) and E beta_k^2 (item 2), exactly, over all task and data batches.
Assumptions: 1, 2, 3 and, as printed, the batch sizes.
"""

from maml_verify.claims.base import Assumption, Claim
from maml_verify.claims.grids import stepsize_grid
from maml_verify.left_sides import stepsize_moments
from maml_verify.left_sides.intervals import Interval
from maml_verify.left_sides.quantities import gradient_norm, task_mean
from maml_verify.settings import PreparedSetting, exact_parameters
from maml_verify.theory import printed, sharp, symbols
from maml_verify.theory.coefficients import D_L_5, B_prime_5
from maml_verify.theory.conditions import above
from maml_verify.theory.symbols import Constants
from problems import resampling_constants
from problems.arrays import Array

TASKS = Assumption("|B'_k| > 4 C_L^2 sigma^2/(3 q^(4N) L^2)", lambda c, p: p.B_prime - B_prime_5(c, p))
DATA = Assumption("|D_Lk| > 64 sigma_g^2 C_L^2/(q^(4N) L^2)", lambda c, p: p.D_L - D_L_5(c, p))


def batches(s: PreparedSetting, c: Constants) -> PreparedSetting:
    """The setting with the least |B'_k| and |D_Lk| that the conditions allow, where they were left free; the
    sharp edition has no conditions, and small batches are enumerated.
    """
    if s.edition == "sharp":
        return s.fill({"B_prime": 2, "D_L": 2})
    p = exact_parameters(s)
    return s.fill({"B_prime": above(B_prime_5(c, p)), "D_L": above(D_L_5(c, p))})


def measure(s: PreparedSetting) -> Array | Interval:
    """1/E beta_k and E beta_k^2, shape (2, R)."""
    return stepsize_moments.resampling_moments(s)


def observe(s: PreparedSetting) -> symbols.Observed:
    """E_i ||grad l_i(w)||."""
    return symbols.Observed(gradient=task_mean(s, gradient_norm(s)))


CLAIM = Claim(
    id="stepsize-moments",
    paper="Lemma 16",
    text="E beta_k >= 4/(5 C_beta L_w), E beta_k^2 <= 4/(C_beta^2 L_w^2)",
    over="item",
    unit="step size",
    measure=measure,
    observe=observe,
    editions={"printed": printed.stepsize_moments, "sharp": sharp.stepsize_moments},
    known=resampling_constants,
    needs=("L", "rho", "sigma", "sigma_g", "sigma_H"),
    expected={"printed": "holds", "sharp": "holds"},
    assumptions={"printed": (TASKS, DATA), "sharp": ()},
    paths=lambda s: stepsize_moments.cost(s, data=True),
    prepare=batches,
    parameters=("C_beta", "B_prime", "D_L"),
    grid=stepsize_grid,
    attained=(
        "E beta_k^2: attained with all terms at B'_k = D_Lk = 1, by norms that are 0 or one other value; "
        "1/E beta_k: approached with all terms as B'_k grows, by a stationary task and another, noise at "
        "a right angle to both gradients"
    ),
)
