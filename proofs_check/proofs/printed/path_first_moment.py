"""Proposition 2, first item (Section 5.1): E ||w_j - w~_j|| <= ((1+x)^j - 1) sigma_g / (L sqrt(S)).

Noise of one minibatch: mean zero and E ||noise||^2 <= sigma_g^2/S because cross terms of i.i.d. draws
vanish.
"""

from __future__ import annotations

from functools import partial

from maml_verify.theory.printed import path_first_moment
from proofs_check.goals import Reading, Recursion, Split, Step, readings, relation
from proofs_check.lemmas.quadratic_forms import mean_of_draws
from proofs_check.symbols import (  # fmt: skip
    CONSTANTS,
    OBSERVED,
    PARAMETERS,
    L,
    alpha,
    j,
    n,
    operators,
    q,
    root_S,
    sigma_g,
    y,
)

__all__ = ["steps"]


def steps() -> tuple[Step, ...]:
    """Variance of a minibatch, one step, telescoping."""
    r, where = "path-first-moment", "proof of Proposition 2"
    before, change, noise = operators("before change noise")
    one = Split(
        before - alpha * change - alpha * noise,
        (
            ((before, y),),
            ((-alpha * change, alpha * L * y),),
            ((-alpha * noise, alpha * sigma_g / root_S),),
        ),
        q * y + alpha * sigma_g / root_S,
    )
    closed = path_first_moment(CONSTANTS, PARAMETERS, OBSERVED).subs(j, n)
    telescoped = partial(Recursion, n, 1, alpha * sigma_g / root_S, q, alpha * sigma_g / root_S)
    return (
        relation(
            "proposition-2/minibatch", r, where,
            "E ||grad l(w; S) - grad l(w)||^2 <= sigma_g^2 / S",
            "independent draws, Assumption 3; one draw more, for any S", *mean_of_draws(),
        ),
        relation(
            "proposition-2/first-step", r, where,
            "E ||w_m - w~_m|| <= (1+x) E ||w_(m-1) - w~_(m-1)|| + alpha sigma_g / sqrt(S)",
            "triangle inequality, Lipschitz gradient, E ||noise|| <= (E ||noise||^2)^(1/2)", one,
        ),
        readings(
            "proposition-2/first-moment", r, "Proposition 2, first item",
            "E ||w_j - w~_j|| <= ((1+x)^j - 1) sigma_g / ..., the denominator is lost",
            "telescoping",
            *(Reading((telescoped(factor * closed),), label)
              for factor, label in ((1, "L sqrt(S)"), (1 / root_S, "L S"), (L, "sqrt(S)"))),
            why="At j = 1 the left side is alpha E ||noise||, of order alpha sigma_g/sqrt(S).",
            correction="L sqrt(S)", tags=("statement",),
        ),
    )  # fmt: skip
