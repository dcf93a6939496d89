"""Unit consistency: scale the loss by c and the parameters by s; every formula must scale as its meaning
says.

Then L scales as c/s^2, rho as c/s^3, gradients and their deviations as c/s, alpha as s^2/c, distances as s.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from maml_verify import bounds, constants, derived
from maml_verify.constants import Constants
from proofs_check.model import Relation, Step, relation
from proofs_check.symbols import CONSTANTS, OBSERVED, PARAMETERS, d, q, s

__all__ = ["steps"]

c_, s_ = sp.symbols("scale_c scale_s", positive=True)
GRADIENT = c_ / s_
ONE = sp.Integer(1)

#: Name, expected unit, where printed, function of (constants, parameters).
FORMULAS: tuple[tuple[str, Any, str, str], ...] = (
    ("C_L", 1 / s_, "(13)", "meta-smoothness"),
    ("C_err_1", GRADIENT, "(15)", "estimator-bias"),
    ("C_err_2", ONE, "(15)", "estimator-bias"),
    ("C_err_2_b", ONE, "(15), second reading", "estimator-bias"),
    ("C_squ_1", GRADIENT**2, "(17)", "estimator-second-moment"),
    ("C_squ_2", GRADIENT**2, "(17)", "estimator-second-moment"),
    ("C_squ_3", ONE, "(17)", "estimator-second-moment"),
    ("chi_5", GRADIENT, "(19)", "resampling-rate"),
    ("xi_5", c_, "(19)", "resampling-rate"),
    ("phi_5", c_, "(19)", "resampling-rate"),
    ("theta_5", s_, "(19)", "resampling-rate"),
    ("C_b_7", 1 / s_, "(21)", "finite-sum-meta-smoothness"),
    ("C_b_7_b", 1 / s_, "(21), second reading", "finite-sum-meta-smoothness"),
    ("A_squ_1", ONE, "(23)", "finite-sum-second-moment"),
    ("A_squ_2", GRADIENT**2, "(23)", "finite-sum-second-moment"),
    ("xi_9", GRADIENT, "(24)", "finite-sum-rate"),
    ("theta_9", s_, "(24)", "finite-sum-rate"),
    ("C_1", ONE, "(74)", "finite-sum-mean-gradient"),
    ("C_2", GRADIENT, "(74)", "finite-sum-mean-gradient"),
)
BOUNDS: tuple[tuple[str, Any, str], ...] = (
    ("meta_smoothness", GRADIENT, "Proposition 1"),
    ("path_first_moment", s_, "Proposition 2"),
    ("path_second_moment", s_**2, "Proposition 2"),
    ("estimator_bias", GRADIENT, "Proposition 3"),
    ("estimator_second_moment", GRADIENT**2, "Proposition 4"),
    ("finite_sum_meta_smoothness", GRADIENT, "Proposition 7"),
    ("path_stability", s_, "Lemma 11"),
    ("path_gradient", GRADIENT, "Lemmas 12, 17"),
    ("product_deviation", ONE, "Lemma 13"),
    ("task_gradient_gap", GRADIENT, "Lemma 14"),
    ("mean_gradient", GRADIENT, "Lemma 15"),
    ("finite_sum_gradient_gap", GRADIENT, "Lemma 18"),
    ("finite_sum_mean_gradient", GRADIENT, "Lemma 19"),
)
DERIVED: tuple[tuple[str, Any], ...] = (
    ("path_second_moment", s_**2),
    ("estimator_bias", GRADIENT),
    ("finite_sum_meta_smoothness", GRADIENT),
    ("finite_sum_second_moment", GRADIENT**2),
)


def _scaled() -> tuple[Constants, Any, Any]:
    k = CONSTANTS
    constants_ = Constants(
        k.L * c_ / s_**2, k.rho * c_ / s_**3, k.sigma * GRADIENT, k.sigma_g * GRADIENT,
        k.sigma_H * c_ / s_**2, k.b * GRADIENT, k.b2 * GRADIENT**2,
    )  # fmt: skip
    parameters = PARAMETERS._replace(alpha=PARAMETERS.alpha * s_**2 / c_)
    observed = OBSERVED._replace(
        distance=d * s_, gradient=OBSERVED.gradient * GRADIENT, gap=OBSERVED.gap * c_,
        support_gradient=OBSERVED.support_gradient * GRADIENT,
        meta_gradient=OBSERVED.meta_gradient * GRADIENT,
    )  # fmt: skip
    return constants_, parameters, observed


def _consistent(formula: Callable[..., Any], unit: Any, observed: bool) -> Relation:
    constants_, parameters, seen = _scaled()
    if observed:
        return Relation(
            formula(constants_, parameters, seen),
            "==",
            unit * formula(CONSTANTS, PARAMETERS, OBSERVED),
        )
    return Relation(formula(constants_, parameters), "==", unit * formula(CONSTANTS, PARAMETERS))


def _thresholds() -> tuple[tuple[str, str, str, Any], ...]:
    """Batch sizes, which have no unit."""

    def size_B(k: Constants, p: Any) -> Any:
        return 4 * constants.C_L(k, p) ** 2 * k.sigma**2 / (3 * q ** (4 * p.N) * k.L**2)

    def size_D(k: Constants, p: Any) -> Any:
        return 64 * k.sigma_g**2 * constants.C_L(k, p) ** 2 / (q ** (4 * p.N) * k.L**2)

    def size_B9(k: Constants, p: Any) -> Any:
        below = constants.C_b_7(k, p) * k.b + s * k.L
        return 2 * constants.C_b_7(k, p) ** 2 * k.sigma**2 / below**2

    def size_S(k: Constants, p: Any) -> Any:
        return 15 * k.rho**2 * k.sigma_g**2 / k.L**4

    return (
        ("units/theorem-5.B'", "Theorem 5", "resampling-rate", size_B),
        ("units/theorem-5.D_L", "Theorem 5", "resampling-rate", size_D),
        ("units/theorem-9.B'", "Theorem 9", "finite-sum-rate", size_B9),
        ("units/corollary-6.S", "Corollary 6", "resampling-complexity", size_S),
    )


def steps() -> tuple[Step, ...]:
    """One entry a formula."""
    why = "It does not scale with the units of loss and parameters: alpha appears without L."
    entries = [
        (f"units/{name}", where, result, _consistent(getattr(constants, name), unit, False))
        for name, unit, where, result in FORMULAS
    ]
    entries += [
        (
            f"units/{name}",
            where,
            name.replace("_", "-"),
            _consistent(getattr(bounds, name), unit, True),
        )
        for name, unit, where in BOUNDS
    ]
    entries += [
        (f"units/derived.{name}", "derived edition", name.replace("_", "-"),
         _consistent(getattr(derived, name), unit, True))
        for name, unit in DERIVED
    ]  # fmt: skip
    entries += [(i, where, result, _consistent(f, ONE, False)) for i, where, result, f in _thresholds()]
    return tuple(
        relation(
            id_, result, where, "scales with the units of loss and parameters as its meaning says",
            "unit consistency", goal, audit="units", why=why, weight=15,
                root="proposition-8/units" if id_ == "units/A_squ_2" else "",
            correction="(1 + alpha L) in place of (1 + alpha)", consequence="see proposition-8/units",
        )
        for id_, where, result, goal in entries
    )  # fmt: skip
