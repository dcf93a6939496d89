"""Unit consistency: scale the loss by c and the parameters by s; every formula must scale as its meaning
says.

Then L scales as c/s^2, rho as c/s^3, gradients and their deviations as c/s, alpha as s^2/c, distances as s.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from maml_verify.theory import coefficients, derived, printed, printed_corollaries
from maml_verify.theory import derived_corollaries as formulas
from maml_verify.theory.symbols import Constants, Parameters
from proofs_check.goals import Step, Units, relation
from proofs_check.symbols import CONSTANTS, OBSERVED, PARAMETERS, d

__all__ = ["steps"]

c_, s_ = sp.symbols("scale_c scale_s", positive=True)
GRADIENT = c_ / s_
ONE = sp.Integer(1)
Formula = Callable[[Constants, Parameters], Any]

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
    ("mean_gradient", GRADIENT),
    ("finite_sum_mean_gradient", GRADIENT),
)
#: What the derived rates and corollaries are made of; their roots take sums of like units.
PARTS: tuple[tuple[str, Any, str, Formula], ...] = (
    ("C_err_1", GRADIENT, "estimator-bias", derived.C_err_1),
    ("C_err_2", ONE, "estimator-bias", derived.C_err_2),
    ("xi_5", c_, "resampling-rate", derived.xi_5),
    ("theta_5_scaled", ONE, "resampling-rate", derived.theta_5_scaled),
    ("chi_5_scaled", c_ / s_**2, "resampling-rate", coefficients.chi_5_scaled),
    ("C_b_7", 1 / s_, "finite-sum-meta-smoothness", derived.C_b_7),
    ("A_squ_2", GRADIENT**2, "finite-sum-second-moment", derived.A_squ_2),
    ("xi_9_scaled", c_ / s_**2, "finite-sum-rate", derived.xi_9_scaled),
    ("phi_9", c_, "finite-sum-rate", derived.phi_9),
    ("B_prime_9", ONE, "finite-sum-rate", derived.B_prime_9),
    *(
        (f"corollary-6.{name}", unit, "resampling-complexity", formula)
        for name, unit, formula in (
            ("S", ONE, lambda c, p: formulas.S_least(c)),
            ("D", ONE, lambda c, p: formulas.D_least(c)),
            ("B'", ONE, lambda c, p: formulas.B_prime_6(c)),
            ("D_L", ONE, lambda c, p: formulas.D_L_6(c)),
            ("xi", c_, lambda c, p: formulas.xi_6(c)),
            ("phi", c_, formulas.phi_6),
            ("theta", 1 / s_, lambda c, p: formulas.inverse_theta_6(c)),
            ("chi", c_ / s_**2, lambda c, p: formulas.chi_theta_6(c)),
        )
    ),
    *(
        (f"corollary-10.{name}", unit, "finite-sum-complexity", formula)
        for name, unit, formula in (
            ("B'", ONE, lambda c, p: formulas.B_prime_10(c)),
            ("phi", c_, lambda c, p: formulas.phi_10(c)),
            ("theta", 1 / s_, lambda c, p: formulas.inverse_theta_10(c)),
            ("xi", c_ / s_**2, lambda c, p: formulas.xi_theta_10(c)),
        )
    ),
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


def _consistent(formula: Callable[..., Any], unit: Any, observed: bool) -> Units:
    constants_, parameters, seen = _scaled()
    if observed:
        return Units(formula(constants_, parameters, seen), unit * formula(CONSTANTS, PARAMETERS, OBSERVED))
    return Units(formula(constants_, parameters), unit * formula(CONSTANTS, PARAMETERS))


def _B_prime_9(c: Constants, p: Parameters) -> Any:
    return coefficients.B_prime_9(c, p, coefficients.C_b_7, coefficients.C_b_7)


#: Batch sizes, which have no unit.
THRESHOLDS: tuple[tuple[str, str, str, Formula], ...] = (
    ("theorem-5.B'", "Theorem 5", "resampling-rate", coefficients.B_prime_5),
    ("theorem-5.D_L", "Theorem 5", "resampling-rate", coefficients.D_L_5),
    ("theorem-9.B'", "Theorem 9", "finite-sum-rate", _B_prime_9),
    ("corollary-6.S", "Corollary 6", "resampling-complexity", printed_corollaries.S_LEAST),
)


def steps() -> tuple[Step, ...]:
    """One entry a formula."""
    why = "It does not scale with the units of loss and parameters: alpha appears without L."
    entries = [
        (f"units/{name}", where, result, _consistent(getattr(coefficients, name), unit, False))
        for name, unit, where, result in FORMULAS
    ]
    entries += [
        (
            f"units/{name}",
            where,
            name.replace("_", "-"),
            _consistent(getattr(printed, name), unit, True),
        )
        for name, unit, where in BOUNDS
    ]
    entries += [
        (f"units/derived.{name}", "derived edition", name.replace("_", "-"),
         _consistent(getattr(derived, name), unit, True))
        for name, unit in DERIVED
    ]  # fmt: skip
    entries += [
        (f"units/derived.{name}", "derived edition", result, _consistent(f, unit, False))
        for name, unit, result, f in PARTS
    ]
    entries += [
        (f"units/{i}", where, result, _consistent(f, ONE, False)) for i, where, result, f in THRESHOLDS
    ]
    return tuple(
        relation(
            id_, result, where, "scales with the units of loss and parameters as its meaning says",
            "unit consistency", goal, kind="units", audit="units", why=why, weight=15,
                root="proposition-8/units" if id_ == "units/A_squ_2" else "",
            correction="(1 + alpha L) in place of (1 + alpha)", consequence="see proposition-8/units",
        )
        for id_, where, result, goal in entries
    )  # fmt: skip
