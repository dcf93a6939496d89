"""The numbers of the complexity of Algorithm 1.

Statement: at alpha = 1/(8NL), C_beta = 100, S >= 15 rho^2 sigma_g^2/L^4, D >= sigma_H^2 L^2 the constants of
Theorem 5 obey the numbers printed in (45)-(48); theta > 0 with the constants as the theorem defines them.
Printed: Corollary 6 and its proof.
Measured: each constant (or the number, where it bounds the constant from below), one item a relation of
`maml_verify.corollaries`.
Assumptions: 1, 2, 3, the choices above and rho > 0.
"""

from maml_verify import corollaries
from maml_verify.bounds import Observed
from maml_verify.claims.base import Assumption, Claim
from maml_verify.claims.rate_grids import complexity_grid
from maml_verify.conditions import at_least
from maml_verify.constants import Constants
from maml_verify.corollaries import D_LEAST, RESAMPLING, S_LEAST
from maml_verify.parameters import exact_parameters, lifted
from maml_verify.settings import Setting
from problems import resampling_constants
from problems.arrays import Array

C_BETA, B = 100, 100
ALPHA = Assumption("alpha = 1/(8NL)", lambda c, p: 1 if p.N and 8 * p.N * c.L * p.alpha == 1 else 0)
CURVED = Assumption("rho > 0", lambda c, p: c.rho)
CHOICE = Assumption("C_beta = 100", lambda c, p: 1 if p.C_beta == C_BETA else 0)
SIZE_S = Assumption("S >= 15 rho^2 sigma_g^2/L^4", lambda c, p: 1 if S_LEAST(c, p) <= p.S else 0)
SIZE_D = Assumption("D >= sigma_H^2 L^2", lambda c, p: 1 if D_LEAST(c, p) <= p.D else 0)


def prepare(s: Setting, c: Constants) -> Setting:
    """C_beta and the least S and D as the corollary says, and a large B, where they were left free."""
    p = exact_parameters(s)
    return s.fill({"C_beta": C_BETA, "S": at_least(S_LEAST(c, p)), "D": at_least(D_LEAST(c, p)), "B": B})


def measure(s: Setting) -> Array:
    """Left sides, shape (items, 1)."""
    return corollaries.lefts(RESAMPLING, *lifted(s))


CLAIM = Claim(
    id="resampling-complexity",
    paper="Corollary 6",
    text="constants of Theorem 5 at alpha = 1/(8NL), C_beta = 100 obey the printed numbers",
    over="item",
    measure=measure,
    observe=lambda s: Observed(),
    editions={"printed": corollaries.rights(RESAMPLING)},
    known=resampling_constants,
    needs=("L", "rho", "sigma", "sigma_g", "sigma_H"),
    expected={"printed": "violated"},
    assumptions={"printed": (ALPHA, CURVED, CHOICE, SIZE_S, SIZE_D)},
    prepare=prepare,
    parameters=("C_beta",),
    grid=complexity_grid,
    items=tuple(f"corollary-6/{r.name}" for r in RESAMPLING),
)
