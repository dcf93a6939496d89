"""What the step size does as N grows: alpha L fixed, or alpha = 1/(8NL).

For each N and both choices: the largest measured ||grad L(w) - grad L(u)||/||w - u||, the bias and the second
moment of the sampled meta gradient, beside what Propositions 1, 3 and 4 allow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from maml_verify.checks.both_sides import evaluate
from maml_verify.checks.case import prepare
from maml_verify.claims import find_claim
from maml_verify.left_sides.intervals import Interval
from maml_verify.left_sides.quantities import distance
from maml_verify.reports.rows import Row
from maml_verify.settings import Setting, setting
from problems import Family, resampling_constants
from problems.arrays import Array
from problems.known import Known

__all__ = ["STEPS", "step_size_insight"]

NEEDED = ("L", "rho", "sigma", "sigma_g", "sigma_H")
STEPS = (1, 2, 4, 8, 12, 16)
CLAIMS = ("meta-smoothness", "estimator-bias", "estimator-second-moment")
# Paths of two atoms over 16 steps are enumerated.
BUDGET = 2**16
# Rounding of a float64 sum over paths, as a share of the size of what is summed.
ROUNDING = 2.0**-44


def _ends(value: Array | Interval, rounding: float) -> tuple[float, float]:
    """Both ends of the largest value over the points; what is exact is known up to rounding."""
    low, high = value if isinstance(value, Interval) else (value - rounding, value + rounding)
    return max(float(low.max()), 0.0), float(high.max())


def _finite(value: Any) -> float:
    return float(value) if math.isfinite(value) else float("nan")


def step_size_insight(
    family: Family,
    *,
    steps: Sequence[int] = STEPS,
    alpha_L: Any = Fraction(1, 4),
    w: Any = None,
    S: int = 1,
    D: int = 1,
    T: int = 1,
    points: int = 4,
    rng: int = 0,
    **options: Any,
) -> list[Row]:
    """Rows over N and both step sizes; the theory is nan where its condition on alpha is not met.

    Bias and second moment are intervals: of the rounding of float64 where the budget allows enumeration, else
    of the simulation, ``method`` monte-carlo.  The low end of a bias that may be 0 is 0.

    Parameters
    ----------
    alpha_L : alpha L of the fixed step size
    w : (R, d), default drawn from ``rng``; the second points are near them
    options : ``budget``, ``replicates`` of the expectations, as for `maml_verify.check`
    """
    options = {"budget": BUDGET, "w": w, "points": points, "rng": rng, "S": S, "D": D, "T": T} | options
    known = resampling_constants(family)
    lacking = [name for name in NEEDED if getattr(known, name).flag == "none"]
    if lacking:
        name = lacking[0]
        raise ValueError(f"{name}: {getattr(known, name).reason}; rule: a family with all of Assumptions 1-3")
    L = Fraction(known.L.value)
    rows: list[Row] = []
    for choice in ("fixed", "1/(8NL)"):
        for N in steps:
            alpha_L_N = Fraction(alpha_L) if choice == "fixed" else Fraction(1, 8 * N)
            s = setting(family, alpha=float(alpha_L_N / L), steps=N, **options)
            head: Row = {"step_size": choice, "N": N, "alpha_L": float(alpha_L_N)}
            rows.append({**head, **_row(s, known)})
    return rows


def _row(s: Setting, known: Known) -> Row:
    """What Propositions 1, 3 and 4 compare: the largest value measured, and what is allowed."""
    (gap, allowed), (error, bias), (moment, second_moment) = (_sides(name, s, known) for name in CLAIMS)
    size = s.steps * _ends(moment, 0.0)[1]
    biases = _ends(error, ROUNDING * s.steps * math.sqrt(size / s.steps))
    moments = _ends(moment, ROUNDING * size)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        smoothness, smoothness_theory = (np.max(side / distance(s)) for side in (gap, allowed))
    return {
        "method": "monte-carlo" if isinstance(error, Interval) else "exact",
        "smoothness": _finite(smoothness),
        "smoothness_theory": _finite(smoothness_theory),
        "bias_low": _finite(biases[0]),
        "bias_high": _finite(biases[1]),
        "bias_theory": _finite(np.max(bias)),
        "second_moment_low": _finite(moments[0]),
        "second_moment_high": _finite(moments[1]),
        "second_moment_theory": _finite(np.max(second_moment)),
    }


def _sides(name: str, s: Setting, known: Known) -> tuple[Any, Any]:
    """Both sides of a claim; the right one is nan where its assumptions are not met."""
    case = prepare(find_claim(name), s, "printed", known)
    if case.reasons:
        return case.claim.measure(case.setting), math.nan
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        found = evaluate(case)
    return found.lhs, found.rhs
