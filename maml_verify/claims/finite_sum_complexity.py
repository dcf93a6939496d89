"""The numbers of the complexity of Algorithm 2.

Statement: at alpha = 1/(8NL), C_beta = 80 the constants of Theorem 9 obey the numbers printed in (61)-(63);
theta > 0 with the constants as the theorem defines them.
Printed: Corollary 10 and its proof; ``printed-b`` takes the second reading of (21).
Derived: the constants of the derived Theorem 9, for every B >= 1, and the sizes that reach an accuracy eps.
Measured: each constant (or the number, where it bounds the constant from below), one item a relation of
`maml_verify.theory.printed_corollaries` or `maml_verify.theory.derived_corollaries`.
Assumptions: 4, 5 and the choices above; rho > 0 as printed, which divides by it.
"""

from maml_verify.claims.base import COROLLARY_STEP, Assumption, Claim
from maml_verify.claims.grids import complexity_grid
from maml_verify.claims.resampling_complexity import CURVED
from maml_verify.settings import PreparedSetting, lifted
from maml_verify.theory import derived_corollaries, printed_corollaries
from maml_verify.theory.symbols import Constants, Observed
from problems import finite_sum_constants
from problems.arrays import Array

C_BETA, B = 80, 100
RELATIONS = {**printed_corollaries.FINITE_SUM, "derived": derived_corollaries.FINITE_SUM}
CHOICE = Assumption("C_beta = 80", lambda c, p: 1 if p.C_beta == C_BETA else 0)


def prepare(s: PreparedSetting, c: Constants) -> PreparedSetting:
    """C_beta as the corollary says, where it was left free; a large B as printed, the least as derived."""
    return s.fill({"C_beta": C_BETA, "B": 1 if s.edition == "derived" else B})


def measure(s: PreparedSetting) -> Array:
    """Left sides, shape (items, 1)."""
    return printed_corollaries.lefts(RELATIONS[s.edition], *lifted(s))


CLAIM = Claim(
    id="finite-sum-complexity",
    paper="Corollary 10",
    text="constants of Theorem 9 at alpha = 1/(8NL), C_beta = 80 obey the corollary's numbers",
    over="item",
    unit="constants",
    measure=measure,
    observe=lambda s: Observed(),
    editions={edition: printed_corollaries.rights(relations) for edition, relations in RELATIONS.items()},
    known=finite_sum_constants,
    needs=("L", "rho", "sigma", "b", "b2"),
    expected={"printed": "violated", "printed-b": "violated", "derived": "holds"},
    assumptions={
        "printed": (COROLLARY_STEP, CURVED, CHOICE),
        "printed-b": (COROLLARY_STEP, CURVED, CHOICE),
        "derived": (COROLLARY_STEP, CHOICE),
    },
    prepare=prepare,
    parameters=("C_beta",),
    grid=complexity_grid,
    items={
        edition: tuple(f"corollary-10/{r.name}" for r in relations)
        for edition, relations in RELATIONS.items()
    },
)
