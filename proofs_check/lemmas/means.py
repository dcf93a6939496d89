"""The mean of independent samples: unbiased, and of variance sigma^2/S."""

from __future__ import annotations

from maml_verify.theory import coefficients
from proofs_check.goals import (  # fmt: skip
    Gram,
)
from proofs_check.symbols import (  # fmt: skip  # fmt: skip
    CONSTANTS,
    PARAMETERS,
)

__all__ = ["C_l", "variance_of_means"]


def variance_of_means() -> Gram:
    """E ||grad l_i||^2 = ||grad l||^2 + E ||grad l_i - grad l||^2."""
    form = {("m", "m"): 1, ("m", "z"): 2, ("z", "z"): 1}
    return Gram(("m", "z"), form, {("m", "m"): 1, ("z", "z"): 1}, orthogonal=(("m", "z"),), rel="==")


C_l = coefficients.C_l(CONSTANTS, PARAMETERS)
