"""Rate of Algorithm 2.

Statement: E ||grad L(w_zeta)|| <= r/2 + sqrt(xi r + r^2/4), r = (Delta/K + phi/B)/theta, zeta uniform on
0..K-1, beta_k = 1/(C_beta Lhat) with (22) and task batches of its own.
Printed: Theorem 9, (24), (25); ``printed-b`` takes the second reading of (21), in Lhat too.
Derived: sigma + q^N (q^N - 1) b for q^(3N) b in xi, and the constants that Propositions 7 and 8 arrive at.
Beyond: Proposition 8 (beyond) as a variance, |B'| of any size, r = 1 + alpha l in place of q, where
-l I <= Hess, in Lhat, too; C_beta is best at 1 + V_2/B, V_2 the coefficient of ||grad L||^2 in that variance,
as |B'| grows.
Measured: the left side over many independent runs, exactly over zeta, with an interval of stated error;
where that does not show that it holds, a certified lower bound without sampling.
Assumptions: 4, 5, theta > 0; beyond, 2N alpha (L + l) < 2 - alpha (L - l), else alpha < (2^(1/(2N)) - 1)/L
and the size of B'_k.
"""

from maml_verify.claims import finite_sum_stepsize_moments
from maml_verify.claims.base import RANGE, STEP_SIZE, Assumption, Claim
from maml_verify.claims.grids import rate_extras, rate_grid
from maml_verify.left_sides.runs import finite_sum_norm, initial_gap
from maml_verify.meta_gradients.roles import split
from maml_verify.settings import PreparedSetting, exact_parameters
from maml_verify.theory import beyond_rates, derived, printed, symbols
from maml_verify.theory.coefficients import theta_9_bracket
from maml_verify.theory.conditions import (
    doubled,
    sizes_9,
    step_sizes_beyond,
    theta_beyond_9,
    why_theta_9,
)
from maml_verify.theory.symbols import Constants
from problems import finite_sum_constants

THETA = Assumption("theta > 0", theta_9_bracket, why_theta_9)
THETA_BEYOND = Assumption("theta > 0", theta_beyond_9)
# The corollary's choice; theta <= 0 below 1.
C_BETA, K = 80, 20


def prepare(s: PreparedSetting, c: Constants) -> PreparedSetting:
    """C_beta, K and B with theta > 0, and the least B'_k, where they were left free."""
    s = s.fill({"C_beta": C_BETA, "K": K})
    if s.edition == "beyond":
        s = s.fill(step_sizes_beyond(c, exact_parameters(s), data=False))
        return s.fill(doubled(c, exact_parameters(s), "B", theta_beyond_9))
    s = s.fill(sizes_9(c, exact_parameters(s)))
    return finite_sum_stepsize_moments.batches(s, c)


CLAIM = Claim(
    id="finite-sum-rate",
    paper="Theorem 9",
    text="E||grad L(w_zeta)|| <= r/2 + sqrt(xi r + r^2/4), r = (Delta/K + phi/B)/theta",
    over="",
    unit="meta gradient",
    measure=finite_sum_norm,
    observe=lambda s: symbols.Observed(gap=initial_gap(s, split)),
    editions={
        "printed": printed.finite_sum_rate,
        "printed-b": printed.finite_sum_rate_b,
        "derived": derived.finite_sum_rate,
        "beyond": beyond_rates.finite_sum_rate,
    },
    known=finite_sum_constants,
    needs=("L", "rho", "sigma", "b", "b2"),
    expected={"printed": "violated", "printed-b": "violated", "derived": "holds", "beyond": "holds"},
    assumptions={
        "printed": (STEP_SIZE, THETA, finite_sum_stepsize_moments.TASKS),
        "printed-b": (STEP_SIZE, THETA, finite_sum_stepsize_moments.TASKS_B),
        "derived": (STEP_SIZE, THETA, finite_sum_stepsize_moments.TASKS_DERIVED),
        "beyond": (RANGE, THETA_BEYOND),
    },
    prepare=prepare,
    parameters=("K", "C_beta", "B_prime", "runs"),
    enclosed=True,
    grid=rate_grid,
    families=rate_extras,
    beyond=(
        "approached as alpha L -> 0 and C_beta, K grow, by a long run of one task down a slope "
        "on which nothing curves"
    ),
)
