"""Rate of Algorithm 1.

Statement: E ||grad L(w_zeta)|| <= r + sqrt(chi r), r = (Delta/K + xi/S + phi/B)/theta, zeta uniform on
0..K-1, beta_k = 1/(C_beta Lhat) with (14) and batches of its own.
Printed: Theorem 5, (19), (20); the factor under the root is not legible and taken as 1; ``printed-b`` takes
the second reading of C_err2.
Beyond: by polarisation, -<g, m> = -(|g|^2 + |m|^2 - |m - g|^2)/2, with the variance of G_i in place of its
second moment, batches of any size and r = 1 + alpha l in place of q, where -l I <= Hess l_i, in (14), too.
Derived: what the repaired proof supports, under its own theta > 0.
Measured: the left side over many independent runs, exactly over zeta, with an interval of stated error;
Delta from below, so that the bound is no larger than the printed one.
Assumptions: 1, 2, 3 and, beyond, 2N alpha (L + l) < 2 - alpha (L - l), C_beta of at least 1 and what the
batches of (14) add, theta > 0; otherwise alpha < (2^(1/(2N)) - 1)/L, theta > 0 and the sizes of B'_k, D_Lk.
"""

from maml_verify.claims import stepsize_moments
from maml_verify.claims.base import RANGE, STEP_SIZE, Assumption, Claim
from maml_verify.claims.grids import rate_grid
from maml_verify.left_sides.runs import initial_gap, resampling_norm
from maml_verify.meta_gradients.roles import population
from maml_verify.settings import PreparedSetting, exact_parameters
from maml_verify.theory import beyond_rates, derived, printed, symbols
from maml_verify.theory.coefficients import C_err_2_b, theta_5_bracket
from maml_verify.theory.conditions import (
    C_beta_beyond_5,
    doubled,
    sizes_5,
    step_sizes_beyond,
    theta_beyond_5,
    why_theta_5,
)
from maml_verify.theory.symbols import Constants
from problems import resampling_constants

THETA = Assumption("theta > 0", theta_5_bracket, why_theta_5)
THETA_B = Assumption(
    "theta > 0",
    lambda c, p: theta_5_bracket(c, p, C_err_2_b),
    lambda c, p: why_theta_5(c, p, C_err_2=C_err_2_b),
)
THETA_BEYOND = Assumption("theta > 0", theta_beyond_5)
STEPS = Assumption("C_beta >= (1 + omega)^2 (1 + delta)", C_beta_beyond_5)
THETA_DERIVED = Assumption("theta > 0", derived.theta_5_bracket)
# The corollary's choice; theta <= 0 below 10, and the edition beyond allows 2 with the batches chosen here.
C_BETA, K = 100, 20


def prepare(s: PreparedSetting, c: Constants) -> PreparedSetting:
    """C_beta, K, S and B with theta > 0, and the least B'_k and D_Lk, where they were left free."""
    s = s.fill({"C_beta": C_BETA, "K": K})
    if s.edition == "beyond":
        s = s.fill(step_sizes_beyond(c, exact_parameters(s), data=True))
        return s.fill(doubled(c, exact_parameters(s), "SDTB", theta_beyond_5))
    reading = {"C_err_2": C_err_2_b} if s.edition == "printed-b" else {}
    s = s.fill(sizes_5(c, exact_parameters(s), **reading))
    return stepsize_moments.batches(s, c)


CONDITIONS = (stepsize_moments.TASKS, stepsize_moments.DATA)
CLAIM = Claim(
    id="resampling-rate",
    paper="Theorem 5",
    text="E||grad L(w_zeta)|| <= r + sqrt(chi r), r = (Delta/K + xi/S + phi/B)/theta",
    over="",
    unit="meta gradient",
    measure=resampling_norm,
    observe=lambda s: symbols.Observed(gap=initial_gap(s, population)),
    editions={
        "printed": printed.resampling_rate,
        "printed-b": printed.resampling_rate_b,
        "derived": derived.resampling_rate,
        "beyond": beyond_rates.resampling_rate,
    },
    known=resampling_constants,
    needs=("L", "rho", "sigma", "sigma_g", "sigma_H"),
    expected={"printed": "holds", "printed-b": "holds", "derived": "holds", "beyond": "holds"},
    assumptions={
        "printed": (STEP_SIZE, THETA, *CONDITIONS),
        "printed-b": (STEP_SIZE, THETA_B, *CONDITIONS),
        "derived": (STEP_SIZE, THETA_DERIVED, *CONDITIONS),
        "beyond": (RANGE, STEPS, THETA_BEYOND),
    },
    prepare=prepare,
    parameters=("K", "C_beta", "B_prime", "D_L", "runs"),
    enclosed=True,
    grid=rate_grid,
    beyond=(
        "approached as alpha -> 0 by one quadratic task without noise, K = 1 and C_beta -> 1: a "
        "step that takes "
        "its gradient to 0"
    ),
)
