"""What Theorems 5 and 9 ask of batch sizes and C_beta: the least sizes they allow, and why theta <= 0.

Exact where constants and parameters are, or in balls where roots are taken: nothing here rounds unseen.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from maml_verify.arithmetic.domains import lift
from maml_verify.arithmetic.exact import as_fmpq
from maml_verify.arithmetic.precision import arb_precision
from maml_verify.theory import beyond, beyond_rates
from maml_verify.theory.coefficients import C_1, A_squ_1, theta_5_terms, theta_9_terms
from maml_verify.theory.symbols import Constants, Parameters

__all__ = [
    "C_beta_beyond_5",
    "above",
    "at_least",
    "corollary_step",
    "doubled",
    "range_edge",
    "sizes_5",
    "sizes_9",
    "step_sizes_beyond",
    "theta_beyond_5",
    "theta_beyond_9",
    "why_theta_5",
    "why_theta_9",
]

Sizes = dict[str, int]
Margin = Callable[[Constants, Parameters], Any]
# Of balls; doublings of a batch; what is left of theta, which is at most 2.
BITS, MOST, QUARTER = 256, 200, 0.25


def above(bound: Any) -> int:
    """The least batch size that exceeds ``bound``."""
    return math.floor(_fraction(bound)) + 1


def at_least(bound: Any) -> int:
    """The least batch size that is not below ``bound``."""
    return max(1, math.ceil(_fraction(bound)))


def _fraction(value: Any) -> Fraction:
    exact = as_fmpq(value)
    return Fraction(int(exact.p), int(exact.q))


def sizes_5(c: Constants, p: Parameters, **readings: Callable[..., Any]) -> Sizes:
    """S and B for which the terms in S and in B each take a quarter of what C_beta leaves of 1/5.

    Empty where C_beta <= 10, which leaves nothing, or alpha is out of range.
    """
    one = p._replace(S=1, B=1)
    in_S, in_B, in_C_beta = theta_5_terms(c, one, **readings)
    left = p.C_beta**0 / 5 - in_C_beta
    if not (left > 0 and C_1(c, p) > 0):
        return {}
    return {"S": at_least(4 * in_S / left), "B": at_least(4 * in_B / left)}


def sizes_9(c: Constants, p: Parameters) -> Sizes:
    """B for which the term in B takes half of what C_beta leaves of 1/C_beta; empty where C_beta <= 1."""
    in_B, in_C_beta = theta_9_terms(c, p._replace(B=1))
    left = 1 / p.C_beta - in_C_beta
    if not (left > 0 and C_1(c, p) > 0):
        return {}
    return {"B": at_least(2 * in_B / left)}


def why_theta_5(c: Constants, p: Parameters, **readings: Callable[..., Any]) -> str:
    """Which terms of (19) make theta <= 0, and what would mend it."""
    in_S, in_B, in_C_beta = theta_5_terms(c, p, **readings)
    terms = f"1/5 - {_show(in_S)} [(3/5 + 6/C_beta) C_err2^2/S] - {_show(in_B)} [C_squ3/(C_beta B)]"
    text = f"{terms} - {_show(in_C_beta)} [2/C_beta] <= 0"
    fifth = p.C_beta**0 / 5
    mend = []
    if in_C_beta >= fifth:
        mend.append("C_beta > 10")
    if in_S >= fifth - in_C_beta or in_S >= in_B:
        room = fifth - in_C_beta - in_B
        mend.append(f"S >= {above(in_S * p.S / room)}" if room > 0 else "a larger S")
    if in_B >= fifth - in_C_beta or in_B >= in_S:
        room = fifth - in_C_beta - in_S
        mend.append(f"B >= {above(in_B * p.B / room)}" if room > 0 else "a larger B")
    return f"{text}; mended by {' and '.join(mend)}"


def why_theta_9(c: Constants, p: Parameters) -> str:
    """Which terms of (24) make theta <= 0, and what would mend it."""
    in_B, in_C_beta = theta_9_terms(c, p)
    text = f"{_show(1 / p.C_beta)} [1/C_beta] - {_show(in_B)} [A_squ1/(C_beta^2 B)] - {_show(in_C_beta)}"
    if p.C_beta <= 1:
        mend = "C_beta > 1"
    else:
        mend = f"B >= {above(A_squ_1(c, p) / (p.C_beta - 1))} or C_beta > {_show(A_squ_1(c, p) / p.B + 1)}"
    return f"{text} [1/C_beta^2] <= 0; mended by {mend}"


def _show(value: Any) -> str:
    return f"{float(_fraction(value)):.4g}"


def in_balls(margin: Margin) -> Margin:
    """The same margin as a ball, for one that takes roots: it is above 0 only where that is certain."""

    def certain(c: Constants, p: Parameters) -> Any:
        with arb_precision(BITS):
            sizes = (None if value is None else lift(value, "arb") for value in p[3:])
            balls = Constants(*(None if value is None else lift(value, "arb") for value in c))
            return margin(balls, Parameters(lift(p.alpha, "arb"), p.N, p.j, *sizes))

    return certain


@in_balls
def theta_beyond_5(c: Constants, p: Parameters) -> Any:
    """The curve of Theorem 5, edition beyond: where it is positive, so is theta of the settled descent."""
    return beyond_rates.resampling(c, p, beyond_rates.smaller_bias(c, p)).curve


@in_balls
def theta_beyond_9(c: Constants, p: Parameters) -> Any:
    """The curve of Theorem 9, edition beyond."""
    return beyond_rates.finite_sum(c, p).curve


@in_balls
def C_beta_beyond_5(c: Constants, p: Parameters) -> Any:
    """C_beta less the least that Theorem 5, edition beyond, allows."""
    return p.C_beta - beyond_rates.least_C_beta(c, p)


def doubled(c: Constants, p: Parameters, names: str, margin: Margin) -> Sizes:
    """The batches named, doubled from 1 together until ``margin`` is above 1/4; empty where it never is."""
    for size in (2**k for k in range(MOST)):
        sizes = dict.fromkeys(names, size)
        if margin(c, p._replace(**sizes)) > QUARTER:
            return sizes
    return {}


def step_sizes_beyond(c: Constants, p: Parameters, data: bool) -> Sizes:
    """|D_Lk| and |B'_k| with delta <= 1/8 and omega <= 1/4, so that C_beta = 2 will do; ``data`` for (14)."""
    smoothness = beyond_rates.resampling_smoothness if data else beyond_rates.finite_sum_smoothness
    share = beyond.C_L(c, p) ** 2 / smoothness(c, p, 0) ** 2
    if not data:
        return {"B_prime": above(16 * share * c.sigma**2)}
    D_L = above(64 * share * c.sigma_g**2)
    return {"D_L": D_L, "B_prime": above(16 * share * (c.sigma**2 + c.sigma_g**2 / D_L))}


def range_edge(N: int) -> Fraction:
    """The edge 2^(1/(2N)) - 1 of alpha L as a short rational not above it; 1 at N = 0."""
    if not N:
        return Fraction(1)
    bits = max(20, int(N).bit_length() + 10)
    return Fraction(int(math.expm1(math.log(2) / (2 * N)) * 2**bits), 2**bits)


def corollary_step(N: int) -> Fraction:
    """The alpha L of `COROLLARY_STEP`, and one for N = 0."""
    return Fraction(1, 8 * max(N, 1))
