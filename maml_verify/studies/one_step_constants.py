"""Two papers at N = 1: the constants of Fallah, Mokhtari and Ozdaglar (2020), as reported, beside this one's.

Which right side is smaller depends on alpha L, and on how large gradients, differences of tasks and noise are
beside each other; rows are over these, at L = rho = 1, so that alpha is alpha L.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from maml_verify.arithmetic.norms import norm
from maml_verify.checks.check import check_setting
from maml_verify.checks.witness import read_witness, shipped_regimes
from maml_verify.claims import CLAIMS
from maml_verify.meta_gradients import first_order, hessian_free
from maml_verify.meta_gradients.maml import estimator
from maml_verify.meta_gradients.roles import population
from maml_verify.reports.rows import Row
from maml_verify.theory import coefficients, one_step, printed
from maml_verify.theory.symbols import Constants, Observed, Parameters
from problems.arrays import Array
from problems.family import Family

__all__ = ["comparison", "meta_gradient_errors", "verdicts"]

STEPS = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4)
# Of a right side that its best instance nearly attains.
ATTAINED = 0.999

Side = Callable[[Constants, Parameters, Observed], float]
# The one-step paper's right side, and that of this paper at N = 1.
PAIRS: dict[str, tuple[Side, Side]] = {
    "smoothness": (one_step.smoothness, printed.meta_smoothness),
    "bias": (one_step.mean_bias, printed.estimator_bias),
    "second moment of the step size": (
        lambda c, p, o: one_step.stepsize_moments(c, p, o)[1],
        lambda c, p, o: printed.stepsize_moments(c, p, o)[1],
    ),
    "task batch of the step size": (
        lambda c, p, o: one_step.B_prime(c, p),
        lambda c, p, o: coefficients.B_prime_5(c, p),
    ),
    "data batch of the step size": (
        lambda c, p, o: one_step.D_L(c, p),
        lambda c, p, o: coefficients.D_L_5(c, p),
    ),
}


def comparison(
    steps: Sequence[float] = STEPS, gradients: Sequence[float] = (0.1, 1, 10), S: int = 16
) -> list[Row]:
    """Both right sides over alpha L and the size of gradients, and which is the smaller.

    Parameters
    ----------
    steps : alpha L, within both papers' ranges (below sqrt 2 - 1)
    gradients : E_i ||grad l_i(w)|| and ||grad F(w)||, in units of sigma = sigma_g = sigma_H = 1
    S : size of the inner batch
    """
    c = Constants(L=1.0, rho=1.0, sigma=1.0, sigma_g=1.0, sigma_H=1.0)
    rows: list[Row] = []
    for name, (reported, ours) in PAIRS.items():
        for gradient in gradients:
            for x in steps:
                p = Parameters(x, 1, S=S)
                o = Observed(distance=1.0, gradient=gradient, meta_gradient=gradient)
                first, second = float(reported(c, p, o)), float(ours(c, p, o))
                smaller = "one-step" if first < second else "multi-step"
                rows.append(
                    {
                        "constant": name,
                        "gradient": gradient,
                        "alpha_L": x,
                        "one_step": first,
                        "multi_step": second,
                        "smaller": smaller,
                    }
                )
    return rows


def verdicts() -> list[Row]:
    """A row a one-step statement and edition: attained, loose or violated, by its stored worst cases."""
    rows: list[Row] = []
    for claim in (one for one in CLAIMS if one.id.startswith("fallah/")):
        for edition in claim.editions:
            records = []
            for file in shipped_regimes(claim.id, edition):
                _, _, s = read_witness(file)
                records.append(check_setting(claim, s, edition, certified=True))
            if not records:
                continue
            best = max(r.ratio or 0.0 for r in records)
            violated = [r for r in records if r.verdict == "violated"]
            least = min((r.setting["alpha_L"] for r in violated), default=None)
            said = "attained" if best >= ATTAINED else f"loose by {1 / best:.3g}" if best else "loose"
            rows.append(
                {
                    "statement": claim.id,
                    "edition": edition,
                    "verdict": "violated" if violated else "holds",
                    "best_ratio": best,
                    "so": f"violated at alpha L = {least:g}" if violated else said,
                    "range": ", ".join(one.name for one in claim.assumptions[edition]),
                }
            )
    return rows


def meta_gradient_errors(
    family: Family, w: Array, steps: Sequence[float] = STEPS, width: float = 0.01
) -> list[Row]:
    """How far first-order and Hessian-free meta gradients are from the exact one at N = 1, relative to it.

    Parameters
    ----------
    w : (R, d)
    steps : alpha
    width : of the differences, along the gradient after the step
    """
    points, roles = w[None].repeat(family.tasks, 0), population(family, 1)
    rows: list[Row] = []
    for alpha in steps:
        exact = estimator(family, points, alpha, roles)
        found = {
            "first_order": first_order.estimator(family, points, alpha, roles),
            "hessian_free": hessian_free.estimator(family, points, alpha, roles, width),
        }
        errors = {name: float((norm(G - exact) / norm(exact)).max()) for name, G in found.items()}
        rows.append({"alpha": float(Fraction(alpha)), **errors})
    return rows
