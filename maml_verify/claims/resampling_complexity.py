"""The numbers of the complexity of Algorithm 1.

Statement: at alpha = 1/(8NL), C_beta = 100, S >= 15 rho^2 sigma_g^2/L^4, D >= sigma_H^2 L^2 the constants of
Theorem 5 obey the numbers printed in (45)-(48); theta > 0 with the constants as the theorem defines them.
Printed: Corollary 6 and its proof.
Derived: the constants of the derived Theorem 5 at S >= rho^2 sigma_g^2/L^4, D >= sigma_H^2/L^2, B >= 2, and
the sizes that reach an accuracy eps: there theta, chi and the noise leave at most eps^2 of (43).
Measured: each constant (or the number, where it bounds the constant from below), one item a relation of
`maml_verify.theory.printed_corollaries` or `maml_verify.theory.derived_corollaries`.
Assumptions: 1, 2, 3 and the choices above; rho > 0 as printed, which divides by it.
"""

from maml_verify.claims.base import COROLLARY_STEP, Assumption, Claim
from maml_verify.claims.grids import complexity_grid
from maml_verify.settings import PreparedSetting, exact_parameters, lifted
from maml_verify.theory import derived_corollaries, printed_corollaries
from maml_verify.theory.conditions import at_least
from maml_verify.theory.printed_corollaries import D_LEAST, S_LEAST
from maml_verify.theory.symbols import Constants, Observed
from problems import resampling_constants
from problems.arrays import Array

C_BETA, B = 100, 100
RELATIONS = {"printed": printed_corollaries.RESAMPLING, "derived": derived_corollaries.RESAMPLING}
CURVED = Assumption("rho > 0", lambda c, p: c.rho)
CHOICE = Assumption("C_beta = 100", lambda c, p: 1 if p.C_beta == C_BETA else 0)
SIZE_S = Assumption("S >= 15 rho^2 sigma_g^2/L^4", lambda c, p: 1 if S_LEAST(c, p) <= p.S else 0)
SIZE_D = Assumption("D >= sigma_H^2 L^2", lambda c, p: 1 if D_LEAST(c, p) <= p.D else 0)
DERIVED = (
    Assumption("S >= rho^2 sigma_g^2/L^4", lambda c, p: 1 if derived_corollaries.S_least(c) <= p.S else 0),
    Assumption("D >= sigma_H^2/L^2", lambda c, p: 1 if derived_corollaries.D_least(c) <= p.D else 0),
    Assumption("B >= 2", lambda c, p: 1 if p.B >= derived_corollaries.B_LEAST else 0),
)


def prepare(s: PreparedSetting, c: Constants) -> PreparedSetting:
    """C_beta and the least sizes of the edition, where they were left free; a large B as printed."""
    p = exact_parameters(s)
    if s.edition == "derived":
        S, D, tasks = (
            derived_corollaries.S_least(c),
            derived_corollaries.D_least(c),
            derived_corollaries.B_LEAST,
        )
    else:
        S, D, tasks = S_LEAST(c, p), D_LEAST(c, p), B
    return s.fill({"C_beta": C_BETA, "S": at_least(S), "D": at_least(D), "B": tasks})


def measure(s: PreparedSetting) -> Array:
    """Left sides, shape (items, 1)."""
    return printed_corollaries.lefts(RELATIONS[s.edition], *lifted(s))


CLAIM = Claim(
    id="resampling-complexity",
    paper="Corollary 6",
    text="constants of Theorem 5 at alpha = 1/(8NL), C_beta = 100 obey the corollary's numbers",
    over="item",
    unit="constants",
    measure=measure,
    observe=lambda s: Observed(),
    editions={edition: printed_corollaries.rights(relations) for edition, relations in RELATIONS.items()},
    known=resampling_constants,
    needs=("L", "rho", "sigma", "sigma_g", "sigma_H"),
    expected={"printed": "violated", "derived": "holds"},
    assumptions={
        "printed": (COROLLARY_STEP, CURVED, CHOICE, SIZE_S, SIZE_D),
        "derived": (COROLLARY_STEP, CHOICE, *DERIVED),
    },
    prepare=prepare,
    parameters=("C_beta",),
    grid=complexity_grid,
    items={
        edition: tuple(f"corollary-6/{r.name}" for r in relations) for edition, relations in RELATIONS.items()
    },
)
