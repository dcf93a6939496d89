"""The constants that the paper names, by edition, and the least value of each that a comparison leaves.

A statement lhs <= base + sum of constants times scalars leaves for each constant a least value, the others
as they are; the rates leave one for chi, xi and phi, and a largest one for theta.  What is given is that
value as a share of the constant: at most 1 where the statement holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from maml_verify.theory import coefficients as k
from maml_verify.theory import derived
from maml_verify.theory.symbols import Constants, Observed, Parameters

__all__ = ["PAPER_CONSTANTS", "STATEMENTS", "TOGETHER", "Formula", "PaperConstant", "shares"]

# A left side less its rounding, so that none is taken for what a constant has to cover.
ROUNDING = 1e-9
# All constants of a statement, as one.
TOGETHER = "all"
Formula = Callable[[Constants, Parameters], Any]


@dataclass(frozen=True)
class PaperConstant:
    """One constant: its name, where it is printed, the statement that it is of, its formula by edition.

    Attributes
    ----------
    least : what its row says of the measured value
    """

    name: str
    where: str
    statement: str
    editions: Mapping[str, Formula]
    least: str = "the least with which the statement held at every point tried, the others as they are"


RATE = "the same with K = 1, where zeta is 0 and nothing is random; the gap to inf L from below"
LARGEST = "the largest with which the statement held, as a share: 1 is this constant"
FACTOR = "the largest measured ||grad L(w) - grad L(u)||/||w - u|| as a share of L_w there"


def _one(formula: Formula) -> dict[str, Formula]:
    return {"printed": formula}


def _read(printed: Formula, second: Formula, valid: Formula) -> dict[str, Formula]:
    """The formula as printed, in the second reading of the glyphs, and as the proof supports it."""
    return {"printed": printed, "printed-b": second, "derived": valid}


PAPER_CONSTANTS = (
    PaperConstant("C_L", "(13)", "meta-smoothness", _one(k.C_L)),
    PaperConstant(
        "L_w", "Proposition 1", "meta-smoothness", _one(lambda c, p: k.smoothness_5(c, p, 0)), FACTOR
    ),
    PaperConstant(
        "C_err1", "(15)", "estimator-bias", _read(k.C_err_1, k.C_err_1, derived.C_err_1)
    ),
    PaperConstant(
        "C_err2", "(15)", "estimator-bias", _read(k.C_err_2, k.C_err_2_b, derived.C_err_2)
    ),
    PaperConstant("C_squ1", "(17)", "estimator-second-moment", _one(k.C_squ_1)),
    PaperConstant("C_squ2", "(17)", "estimator-second-moment", _one(k.C_squ_2)),
    PaperConstant("C_squ3", "(17)", "estimator-second-moment", _one(k.C_squ_3)),
    PaperConstant(
        "C_b", "(21)", "finite-sum-meta-smoothness", _read(k.C_b_7, k.C_b_7_b, derived.C_b_7)
    ),
    PaperConstant(
        "C_L", "(21)", "finite-sum-meta-smoothness", _read(k.C_b_7, k.C_b_7_b, k.C_L)
    ),
    PaperConstant(
        "L_w", "Proposition 7", "finite-sum-meta-smoothness",
        {
            "printed": lambda c, p: k.smoothness_9(c, p, 0, k.C_b_7, k.C_b_7),
            "printed-b": lambda c, p: k.smoothness_9(c, p, 0, k.C_b_7_b, k.C_b_7_b),
            "derived": lambda c, p: k.smoothness_9(c, p, 0, derived.C_b_7, k.C_L),
        },
        FACTOR,
    ),
    PaperConstant("A_squ1", "(23)", "finite-sum-second-moment", {"printed": k.A_squ_1, "derived": k.A_squ_1}),
    PaperConstant(
        "A_squ2", "(23)", "finite-sum-second-moment", {"printed": k.A_squ_2, "derived": derived.A_squ_2}
    ),
    PaperConstant("C_1", "(74)", "finite-sum-mean-gradient", _one(k.C_1), LARGEST),
    PaperConstant("C_2", "(74)", "finite-sum-mean-gradient", _one(k.C_2)),
    PaperConstant("chi", "(19)", "resampling-rate", _read(k.chi_5, k.chi_5, k.chi_5), RATE),
    PaperConstant(
        "xi", "(19)", "resampling-rate",
        _read(k.xi_5, lambda c, p: k.xi_5(c, p, k.C_err_2_b), derived.xi_5),
        RATE,
    ),
    PaperConstant("phi", "(19)", "resampling-rate", _read(k.phi_5, k.phi_5, k.phi_5), RATE),
    PaperConstant(
        "theta", "(19)", "resampling-rate",
        {
            "printed": k.theta_5,
            "printed-b": lambda c, p: k.theta_5(c, p, k.C_err_2_b),
            "derived": lambda c, p: derived.theta_5_scaled(c, p) / k.C_L(c, p),
        },
        LARGEST,
    ),
    PaperConstant(
        "xi", "(24)", "finite-sum-rate",
        {
            "printed": k.xi_9,
            "printed-b": lambda c, p: k.xi_9(c, p, k.C_b_7_b),
            "derived": lambda c, p: derived.xi_9_scaled(c, p) / k.C_L(c, p),
        },
        RATE,
    ),
    PaperConstant("phi", "(24)", "finite-sum-rate", _read(k.phi_9, k.phi_9, derived.phi_9), RATE),
    PaperConstant(
        "theta", "(24)", "finite-sum-rate",
        {
            "printed": k.theta_9,
            "printed-b": lambda c, p: k.theta_9(c, p, k.C_b_7_b),
            "derived": lambda c, p: k.theta_9_scaled(c, p) / k.C_L(c, p),
        },
        LARGEST,
    ),
)  # fmt: skip
STATEMENTS = tuple(dict.fromkeys(one.statement for one in PAPER_CONSTANTS))


def shares(
    statement: str, values: Mapping[str, Any], lhs: Any, c: Constants, p: Parameters, o: Observed
) -> dict[str, Any]:
    """By name: what a comparison leaves of each constant, as a share of its value; 1 and less hold.

    It is negative where the others do without the constant.  `TOGETHER` is lhs/rhs, which is the share where
    all of them become smaller by the same factor.

    Parameters
    ----------
    values : the constants of the statement in one edition, by name
    lhs, o : both sides' scalars, (R,) of points
    """
    with np.errstate(all="ignore"):
        found = SHARES[statement](values, lhs * (1 - ROUNDING), c, p, o)
        # Where a scalar is 0 its constant may be anything.
        return {name: np.where(np.isfinite(share), share, -np.inf) for name, share in found.items()}


def _linear(values: Mapping[str, Any], lhs: Any, base: Any, scalars: Mapping[str, Any]) -> dict[str, Any]:
    total = base + sum(values[name] * scalar for name, scalar in scalars.items())
    left = {name: 1 + (lhs - total) / (values[name] * scalar) for name, scalar in scalars.items()}
    return {**left, TOGETHER: lhs / total}


def _smoothness(values: Any, lhs: Any, c: Constants, p: Parameters, o: Observed) -> dict[str, Any]:
    slope, base = lhs / o.distance, k.growth(c, p) ** (2 * p.N) * c.L
    scalars = {"C_L": o.gradient} | ({"C_b": c.b} if "C_b" in values else {})
    whole = base + sum(values[name] * scalar for name, scalar in scalars.items())
    return {**_linear(values, slope, base, scalars), "L_w": slope / whole}


def _bias(values: Any, lhs: Any, c: Constants, p: Parameters, o: Observed) -> dict[str, Any]:
    return _linear(values, lhs * p.S**0.5, 0, {"C_err1": 1, "C_err2": o.meta_gradient + c.sigma})


def _moment(values: Any, lhs: Any, c: Constants, p: Parameters, o: Observed) -> dict[str, Any]:
    scalars = {"C_squ1": 1 / p.T, "C_squ2": 1 / p.S, "C_squ3": o.meta_gradient**2 + c.sigma**2}
    return _linear(values, lhs, 0, scalars)


def _finite_sum_moment(values: Any, lhs: Any, c: Constants, p: Parameters, o: Observed) -> dict[str, Any]:
    return _linear(values, lhs, 0, {"A_squ1": o.meta_gradient**2, "A_squ2": 1})


def _mean(values: Any, lhs: Any, c: Constants, p: Parameters, o: Observed) -> dict[str, Any]:
    m, one, two = o.meta_gradient, values["C_1"], values["C_2"]
    share = one * lhs / (m + two)
    return {"C_1": share, "C_2": (one * lhs - m) / two, TOGETHER: share}


def _rate(values: Any, lhs: Any, c: Constants, p: Parameters, o: Observed) -> dict[str, Any]:
    """Of lhs <= r + sqrt(chi r), r = (gap/K + xi/S + phi/B)/theta."""
    chi, theta = values["chi"], values["theta"]
    r = lhs + chi / 2 - (lhs * chi + chi**2 / 4) ** 0.5  # where both sides are equal
    whole = (o.gap / p.K + values["xi"] / p.S + values["phi"] / p.B) / theta
    terms = {"xi": values["xi"] / p.S, "phi": values["phi"] / p.B}
    left = {name: 1 + theta * (r - whole) / term for name, term in terms.items()}
    least = np.sign(lhs - whole) * (lhs - whole) ** 2 / whole
    both = lhs / (whole + (chi * whole) ** 0.5)
    return {**left, "chi": least / chi, "theta": r / whole, TOGETHER: both}


def _finite_sum_rate(values: Any, lhs: Any, c: Constants, p: Parameters, o: Observed) -> dict[str, Any]:
    """Of lhs <= r/2 + sqrt(xi r + r^2/4), r = (gap/K + phi/B)/theta."""
    xi, theta = values["xi"], values["theta"]
    r = lhs**2 / (lhs + xi)
    whole = (o.gap / p.K + values["phi"] / p.B) / theta
    phi = 1 + theta * (r - whole) / (values["phi"] / p.B)
    both = lhs / (whole / 2 + (xi * whole + whole**2 / 4) ** 0.5)
    return {"phi": phi, "xi": (lhs**2 - lhs * whole) / (whole * xi), "theta": r / whole, TOGETHER: both}


SHARES: dict[str, Callable[..., dict[str, Any]]] = {
    "meta-smoothness": _smoothness,
    "finite-sum-meta-smoothness": _smoothness,
    "estimator-bias": _bias,
    "estimator-second-moment": _moment,
    "finite-sum-second-moment": _finite_sum_moment,
    "finite-sum-mean-gradient": _mean,
    "resampling-rate": _rate,
    "finite-sum-rate": _finite_sum_rate,
}
