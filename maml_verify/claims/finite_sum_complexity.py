"""The numbers of the complexity of Algorithm 2.

Statement: at alpha = 1/(8NL), C_beta = 80 the constants of Theorem 9 obey the numbers printed in (61)-(63);
theta > 0 with the constants as the theorem defines them.
Printed: Corollary 10 and its proof; ``printed-b`` takes the second reading of (21).
Measured: each constant (or the number, where it bounds the constant from below), one item a relation of
`maml_verify.corollaries`.
Assumptions: 4, 5, the choices above and rho > 0.
"""

from maml_verify import corollaries
from maml_verify.bounds import Observed
from maml_verify.claims.base import Assumption, Claim
from maml_verify.claims.rate_grids import complexity_grid
from maml_verify.claims.resampling_complexity import ALPHA, CURVED
from maml_verify.constants import Constants
from maml_verify.corollaries import FINITE_SUM
from maml_verify.parameters import lifted
from maml_verify.settings import Setting
from problems import finite_sum_constants
from problems.arrays import Array

C_BETA, B = 80, 100
CHOICE = Assumption("C_beta = 80", lambda c, p: 1 if p.C_beta == C_BETA else 0)


def prepare(s: Setting, c: Constants) -> Setting:
    """C_beta as the corollary says and a large B, where they were left free."""
    return s.fill({"C_beta": C_BETA, "B": B})


def measure(s: Setting) -> Array:
    """Left sides, shape (items, 1)."""
    return corollaries.lefts(FINITE_SUM[s.edition], *lifted(s))


CLAIM = Claim(
    id="finite-sum-complexity",
    paper="Corollary 10",
    text="constants of Theorem 9 at alpha = 1/(8NL), C_beta = 80 obey the printed numbers",
    over="item",
    measure=measure,
    observe=lambda s: Observed(),
    editions={edition: corollaries.rights(relations) for edition, relations in FINITE_SUM.items()},
    known=finite_sum_constants,
    needs=("L", "rho", "sigma", "b", "b2"),
    expected={"printed": "violated", "printed-b": "violated"},
    assumptions={edition: (ALPHA, CURVED, CHOICE) for edition in FINITE_SUM},
    prepare=prepare,
    parameters=("C_beta",),
    grid=complexity_grid,
    items=tuple(f"corollary-10/{r.name}" for r in FINITE_SUM["printed"]),
)
