"""Editions ``sharp`` of Lemmas 16 and 20: moments of beta_k, without conditions on the batches.

L-hat = k + C X, X >= 0 a mean of |B'| norms. Two points attain the mean of the parabola that proves (67)
and (75), so it is kept; it falls with the mean of X and rises with its variance. In the mean of X data noise
makes (x^2 + s^2)^(1/2) of a norm x; the parabola through s that touches it at c lies above, and two points, 0
and c, attain its mean. There s = c (h - 1/h)/2 and (c^2 + s^2)^(1/2) = c (h + 1/h)/2, h = 1 + u.
"""

from __future__ import annotations

import sympy as sp

from maml_verify.theory import sharp
from maml_verify.theory.coefficients import C_L, smoothness_5, smoothness_9
from maml_verify.theory.derived import C_b_7
from proofs_check.goals import Gram, Relation, Step
from proofs_check.lemmas.quadratic_forms import independent_sum, square
from proofs_check.lemmas.reciprocal_moment import reciprocal_moment, two_points, variance_of_norm
from proofs_check.lemmas.telescoping import root, sharp_step, with_root
from proofs_check.symbols import (  # fmt: skip
    CONSTANTS,
    OBSERVED,
    PARAMETERS,
    C_beta,
    L,
    N,
    b,
    g,
    q,
    rho,
    sigma,
    sigma_g,
    u,
    y,
)

__all__ = ["steps"]

C, k0, mean, spread, tasks, root_D = sp.symbols("C k0 mean spread tasks root_D", positive=True)
#: C_L with the sum in its bracket carried out.
SLOPE = rho / L * q ** (2 * N - 1) * (q**N - 1)
X, c = sp.symbols("X c", positive=True)
h = 1 + u
noise, touched = c * (h - 1 / h) / 2, c * (h + 1 / h) / 2
slope_of_norm = c * (touched - noise) / (touched * (touched + noise))
bend_of_norm = noise / (touched * (touched + noise))
PLACE = PARAMETERS._replace(B_prime=tasks, D_L=root_D**2)


def norm_moment() -> tuple[Relation, ...]:
    """E (X^2 + s^2)^(1/2) is at most the two-point value, X of mean c/(1 + k0) and second moment c E X."""
    average = c / (1 + k0)
    variance = average * (c - average)
    Q = noise + slope_of_norm * X + bend_of_norm * X**2
    meant = noise + slope_of_norm * average + bend_of_norm * c * average
    return (
        Relation(noise**2 + c**2, "==", touched**2),
        Relation(X**2 + noise**2, "<=", Q**2),
        Relation(Q, "<=", Q + bend_of_norm * spread),
        Relation(meant, "==", with_root(sharp.mean_norm(average, variance, noise), touched / c)),
    )


def _resampling() -> tuple[Step, ...]:
    r = "stepsize-moments"
    first, second = sharp.stepsize_moments(CONSTANTS, PLACE, OBSERVED)
    least, slope = smoothness_5(CONSTANTS, PLACE, 0), C_L(CONSTANTS, PLACE)
    variance = (sigma**2 + sigma_g**2 / root_D**2) / tasks
    two_norms = (sigma**2 * sigma_g / root_D + g * (g**2 + sigma**2) * root) / (g**2 + sigma**2)
    return (
        sharp_step(
            f"{r}.two-points", r, "E 1/(X+k)^2 <= (var/k^2 + mu^2/(c+k)^2)/(var + mu^2), c = mu + var/mu",
            "the parabola of (67), whose mean X in {0, c} attains", *reciprocal_moment()[:2],
            Relation(sharp.reciprocal(k0, 1, mean, spread), "==", two_points(k0, mean, spread)),
        ),
        sharp_step(
            f"{r}.monotone", r, "it falls with mu and rises with var", "numerators of one sign",
            Relation(two_points(k0, mean + u, spread), "<=", two_points(k0, mean, spread)),
            Relation(two_points(k0, mean, spread), "<=", two_points(k0, mean, spread + u)),
        ),
        sharp_step(
            f"{r}.noise", r, "E ||grad l_i(w; D)|| <= (||grad l_i||^2 + sigma_g^2/|D|)^(1/2)",
            "Jensen: the deviation from the mean has mean zero; independent draws",
            Gram(("m", "v"), square(m=1), square(m=1, v=1), orthogonal=(("m", "v"),)), independent_sum(),
        ),
        sharp_step(
            f"{r}.norm", r,
            "E (X^2 + s^2)^(1/2) <= (var s + mu ((mu^2 + var)^2 + s^2 mu^2)^(1/2))/(mu^2 + var)",
            "the parabola that touches at c = mu + var/mu; its bend is positive, so var may grow",
            *norm_moment(),
        ),
        sharp_step(
            f"{r}.variance", r, "Var X <= (sigma^2 + sigma_g^2/|D|)/|B'|", "independent tasks",
            *variance_of_norm(),
        ),
        sharp_step(
            f"{r}.first", r, "1/E beta <= C_beta E L-hat <= C_beta L_w, the two-point value in place of g",
            "Jensen; X = ||grad l_i||, s = sigma_g/|D|^(1/2)",
            Relation(1 / mean - (y - mean) / mean**2, "<=", 1 / y, given=(y,)),
            Relation(C_beta * (least + slope * two_norms), "==", with_root(first, root)),
        ),
        sharp_step(
            r, r, "E beta^2 <= (two-point value)/C_beta^2", "mean C_L g, variance C_L^2 Var X",
            Relation(two_points(k0, C * mean, C**2 * spread), "==", sharp.reciprocal(k0, C, mean, spread)),
            Relation(two_points(least, slope * g, slope**2 * variance) / C_beta**2, "==", second),
        ),
        sharp_step(
            f"{r}.attained", r, "1/E beta = C_beta L_w, E beta^2 = 1/(C_beta L_w)^2",
            "one task without noise",
            Relation(C_beta * (L * q ** (2 * N) + SLOPE * mean), "==", first.subs({sigma_g: 0, g: mean})),
            Relation(
                1 / (C_beta * (least + slope * mean)) ** 2, "==", second.subs({sigma_g: 0, sigma: 0, g: mean})
            ),
        ),
    )  # fmt: skip


def _finite_sum() -> tuple[Step, ...]:
    r = "finite-sum-stepsize-moments"
    first, second = sharp.finite_sum_stepsize_moments(CONSTANTS, PLACE, OBSERVED)
    drop = rho / L * q ** (N - 1) * (q**N - 1) ** 2
    least, slope = smoothness_9(CONSTANTS, PLACE, 0, C_b_7, C_L), C_L(CONSTANTS, PLACE)
    return (
        sharp_step(
            f"{r}.first", r, "1/E[1/L-hat] <= E L-hat = L_w", "Jensen",
            Relation(1 / mean - (y - mean) / mean**2, "<=", 1 / y, given=(y,)),
            Relation(L * q ** (2 * N) + drop * b + SLOPE * g, "==", first),
        ),
        sharp_step(
            r, r, "E 1/L-hat^2 <= the two-point value, Var X <= sigma^2/|B'|", "as Lemma 16 (sharp)",
            *variance_of_norm(),
            Relation(two_points(k0, C * mean, C**2 * spread), "==", sharp.reciprocal(k0, C, mean, spread)),
        ),
        sharp_step(
            f"{r}.attained", r, "E[1/L-hat] = 1/L_w, E[1/L-hat^2] = 1/L_w^2", "one task",
            Relation(1 / (least + slope * mean) ** 2, "==", second.subs({sigma: 0, g: mean})),
        ),
    )  # fmt: skip


def steps() -> tuple[Step, ...]:
    """Both lemmas."""
    return (*_resampling(), *_finite_sum())
