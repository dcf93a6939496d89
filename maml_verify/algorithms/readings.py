"""L-hat of (14) and (22) under each edition: the reading of (21), or r = 1 + alpha l in place of q."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from maml_verify.theory import beyond_rates, derived
from maml_verify.theory import coefficients as k
from maml_verify.theory.symbols import Constants, Number, Parameters

__all__ = ["READINGS", "Smoothness", "finite_sum_estimate", "resampling_estimate"]

Smoothness = Callable[[Constants, Parameters, Number], Number]
# C_b and C_L of (21), by edition.
READINGS = {
    "printed": (k.C_b_7, k.C_b_7),
    "printed-b": (k.C_b_7_b, k.C_b_7_b),
    "derived": (derived.C_b_7, k.C_L),
    "sharp": (derived.C_b_7, k.C_L),
}


def resampling_estimate(edition: str) -> Smoothness:
    """L-hat of (14) as a function of the sampled mean of the norms."""
    return beyond_rates.resampling_smoothness if edition == "beyond" else k.smoothness_5


def finite_sum_estimate(edition: str) -> Smoothness:
    """L-hat of (22) as a function of the sampled mean of the norms."""
    if edition == "beyond":
        return beyond_rates.finite_sum_smoothness
    C_b, C_L = READINGS[edition]
    return partial(k.smoothness_9, C_b=C_b, C_L=C_L)
