"""Theorems 5 and 9, editions beyond: descent by polarisation, the coefficients, and the mean that they leave.

i stands for 1/L_w, Eb and Eb2 for the moments of beta_k = 1/(C_beta L-hat), kappa for 1 + omega.
"""

from __future__ import annotations

import sympy as sp

from maml_verify.theory import beyond
from maml_verify.theory import beyond_rates as rates
from proofs_check.engine.segment import descent, mean_step
from proofs_check.goals import Gram, Relation, Split, Step
from proofs_check.lemmas.quadratic_forms import mean_norm, mean_of_draws, norm2
from proofs_check.lemmas.rate_forms import mean_square, telescoped
from proofs_check.lemmas.reciprocal_moment import variance_of_norm
from proofs_check.lemmas.weakly_convex import CURVED, beyond_step
from proofs_check.symbols import (
    PARAMETERS,
    B,
    C_beta,
    G,
    d,
    e,
    g,
    gap,
    m,
    operators,
    sigma,
    u,
    v,
    y,
    z,
)

__all__ = ["steps"]

i, Eb, Eb2, least, slope = sp.symbols("i Eb Eb2 least slope", positive=True)
delta, omega, more, wide = sp.symbols("delta omega more wide", nonnegative=True)
kappa = 1 + omega
#: A point of the circle t^2 + c^2 = 1, 0 <= t < 1.
k = 1 / (1 + wide)
t, c = (1 - k**2) / (1 + k**2), 2 * k / (1 + k**2)
slope_, level_ = sp.symbols("slope_ level", nonnegative=True)
parts = rates.Descent(
    curve=sp.Symbol("curve", positive=True),
    slope=slope_,
    level=level_,
    least=sp.Symbol("least", positive=True),
    start=sp.Symbol("start", positive=True),
    rise=sp.Symbol("rise", nonnegative=True),
)


def _step_size() -> tuple[Step, ...]:
    """Moments of 1/L-hat, L-hat = least + slope X, X the mean of |B'| norms of batches D_L."""
    claim = "resampling-rate"
    a, noise = operators("a noise")
    near = sp.Symbol("near", nonnegative=True)
    w = sp.Symbol("w", positive=True)
    root_mean_square = Gram(
        ("one", "z"),
        norm2(one=1, z=1),
        {("one", "one"): (1 + w) ** 2},
        facts=((1 + 1 / w, {("one", "one"): w**2, ("z", "z"): -1}),),
    )
    return (
        beyond_step(
            f"{claim}.mean",
            claim,
            "C_beta L_w E beta >= 1/(1 + delta)",
            "Jensen; E ||grad l_i(w; D)|| <= ||grad l_i(w)|| + sigma_g/|D|^(1/2), delta = C_L "
            "times that/(r^(2N) L)",
            Split(a + noise, (((a, g),), ((noise, z),)), g + z),
            *mean_of_draws(),
            Relation(1 / m - (y - m) / m**2, "<=", 1 / y, given=(y,)),
            Relation(least + slope * (g + z), "<=", (1 + slope * z / least) * (least + slope * g)),
        ),
        beyond_step(
            f"{claim}.square",
            claim,
            "C_beta^2 L_w^2 E beta^2 <= (1 + omega)^2, so C_beta L_w E beta <= 1 + omega",
            "L_w <= least + C_L E X; (least + C_L E X)/L-hat = 1 + C_L (E X - X)/L-hat, "
            "Minkowski; Var X as Lemma 16",
            mean_norm(),
            Relation((least + slope * (near + v)) / (least + slope * near), "<=", 1 + slope * v / least),
            root_mean_square,
            *variance_of_norm(),
            mean_square(),
        ),
    )


def _resampling() -> tuple[Step, ...]:
    claim = "resampling-rate"
    error = (("m", 1), ("g", -1))
    polar = Gram(
        ("g", "m"),
        {("g", "m"): -2},
        {("g", "g"): -1, ("m", "m"): -1, (error, error): 1},
        rel="==",
    )
    C = kappa**2 * (1 + delta) * (1 + more)
    variance = sp.Symbol("V", nonnegative=True)
    return (
        beyond_step(
            f"{claim}.descent",
            claim,
            "E L(w_(k+1)) <= L(w_k) - E beta <g, m> + (L_w E beta^2/2) (||m||^2 + V/B), g = grad "
            "L, m = E G_i",
            "Proposition 1 (beyond) along the segment; beta independent of B_k; i.i.d. tasks",
            descent(sp.Integer(1), "move"),
            *mean_step(bias=True),
            *mean_of_draws(variance),
        ),
        beyond_step(
            f"{claim}.polarised",
            claim,
            "-<g, m> = -(||g||^2 + ||m||^2 - ||m - g||^2)/2",
            "expanded",
            polar,
        ),
        beyond_step(
            f"{claim}.cancelled",
            claim,
            "L_w E beta^2 <= E beta, so that the terms of ||m||^2 are at most 0",
            "C_beta >= (1 + omega)^2 (1 + delta)",
            Relation(Eb2 / i, "<=", i / ((1 + delta) * C), upper=((Eb2, kappa**2 * i**2 / C**2),)),
        ),
        beyond_step(
            f"{claim}.terms",
            claim,
            "2 C_beta L_w times the descent is at least ||g||^2/(1 + delta) - (1 + omega) ||e||^2 -"
            " (1 + omega)^2 V/(C_beta B)",
            "1/(1 + delta) <= C_beta L_w E beta <= 1 + omega",
            Relation(
                -Eb / 2 * G**2 + Eb / 2 * e**2,
                "<=",
                -i / (2 * (1 + delta) * C_beta) * G**2 + kappa * i / (2 * C_beta) * e**2,
                given=(Eb - i / ((1 + delta) * C_beta), kappa * i / C_beta - Eb),
            ),
            Relation(
                Eb2 / (2 * i) * variance / B,
                "<=",
                kappa**2 * i / (2 * C_beta**2) * variance / B,
                upper=((Eb2, kappa**2 * i**2 / C_beta**2),),
            ),
        ),
    )


def _coefficients() -> tuple[Step, ...]:
    """Roots are bounded by affine functions of ||grad L||, whose squares are polynomials."""
    claim = "resampling-rate"
    root = sp.Symbol("root", nonnegative=True)
    level, rise = u, v
    return (
        beyond_step(
            f"{claim}.gradient",
            claim,
            "(t m + (m^2 + (1-t^2) sigma^2)^(1/2))/(1-t^2) <= sigma/(1-t^2)^(1/2) + m/(1-t)",
            "the root of a sum; t = (1-k^2)/(1+k^2), (1-t^2)^(1/2) = 2k/(1+k^2)",
            Relation(z**2 + (c * sigma) ** 2, "<=", (z + c * sigma) ** 2),
            Relation(t**2 + c**2, "==", 1),
            Relation(
                (t * z + root) / (1 - t**2), "<=", sigma / c + z / (1 - t), upper=((root, z + c * sigma),)
            ),
        ),
        beyond_step(
            f"{claim}.deviation",
            claim,
            "(s sigma + t ((s sigma)^2 + G^2 (1+t)/(1-t))^(1/2))/(1+t) <= s sigma + t G/(1-t^2)^(1/2)",
            "the same",
            Relation((1 + t) / (1 - t), "==", 1 / k**2),
            Relation((z + t * root) / (1 + t), "<=", z + t * G / c, upper=((root, z + G / k),)),
        ),
        beyond_step(
            f"{claim}.squares",
            claim,
            "(a + b G)^2 by its coefficients",
            "expanded",
            Relation(
                sum(p * G**n for n, p in enumerate(rates.square((level, rise)))),
                "==",
                (level + rise * G) ** 2,
            ),
        ),
    )


def _solved() -> tuple[Step, ...]:
    claim = "resampling-rate"
    X, theta, height, left = sp.symbols("X theta height left", positive=True)
    f = parts
    K_ = rates.least_K(f, PARAMETERS, gap, height)
    reached = 2 * C_beta * gap / K_ + f.level / f.least
    middle = f.start * f.slope / f.least + f.rise * left
    beyond_it = (y + height) / theta + sp.Symbol("excess", positive=True)
    low, bent = sp.symbols("low_ bent", nonnegative=True)
    return (
        beyond_step(
            f"{claim}.telescoped",
            claim,
            "mean over k of curve G^2/L_w <= 2 C_beta Delta/K + (slope G + level)/least, L_w <= "
            "start + rise G",
            "telescoping; least <= L_w",
            *telescoped(sp.Symbol("extra", nonnegative=True)),
            Relation((f.slope * G + f.level) / (f.least + low), "<=", (f.slope * G + f.level) / f.least),
            Relation(f.curve * G**2 / (f.least + low + bent), "<=", f.curve * G**2 / (f.least + low)),
        ),
        beyond_step(
            f"{claim}.convex",
            claim,
            "curve X^2/(start + rise X) is convex: Jensen",
            "second derivative",
            Relation(0, "<", sp.diff(f.curve * X**2 / (f.start + f.rise * X), X, 2)),
        ),
        beyond_step(
            f"{claim}.quadratic",
            claim,
            "theta X^2 <= middle X + start left, theta = curve - rise slope/least",
            "multiplied out",
            Relation(
                f.curve * X**2 - (f.start + f.rise * X) * (left + f.slope * X / f.least),
                "==",
                rates.theta(f) * X**2 - middle * X - f.start * left,
            ),
        ),
        beyond_step(
            f"{claim}.iterations",
            claim,
            "K = 2 C_beta Delta/(curve eps^2/(start + rise eps) - (slope eps + level)/least) reaches eps",
            "eps solves the equation whose largest solution is the rate",
            Relation(
                rates.theta(f) * height**2 - (f.start * f.slope / f.least + f.rise * reached) * height,
                "==",
                f.start * reached,
            ),
        ),
        beyond_step(
            f"{claim}.completed",
            claim,
            "slope G <= (curve/8) G^2 + 2 slope^2/curve, so that theta >= (7/8) curve in either case",
            "Young's inequality, where rise slope/least is above curve/8",
            Relation(
                rates.completed(f).curve * G**2 - rates.completed(f).level,
                "<=",
                f.curve * G**2 - f.slope * G - f.level,
            ),
        ),
        beyond_step(
            f"{claim}.solved",
            claim,
            "X <= (middle + (middle^2 + 4 theta start left)^(1/2))/(2 theta)",
            "a larger X contradicts it; the root is y + 2 height, y for middle",
            Relation(y**2 + 4 * theta * (height * (y + height) / theta), "==", (y + 2 * height) ** 2),
            Relation(y * beyond_it + height * (y + height) / theta, "<", theta * beyond_it**2),
        ),
    )


def _statements() -> tuple[Step, ...]:
    claim = "resampling-rate"
    spread = rates.variance_of(CURVED, PARAMETERS, (u, v), d, (y, z))
    polynomial = sum(coefficient * G**n for n, coefficient in enumerate(spread))
    V = sp.symbols("V_0:3", nonnegative=True)
    curve, linear, level = rates.polarised(delta, omega, C_beta * B, (u, v), V)
    bound = G**2 / (1 + delta) - kappa * (u + v * G) ** 2
    bound -= kappa**2 / (C_beta * B) * (V[0] + V[1] * G + V[2] * G**2)
    return (
        beyond_step(
            f"{claim}.variance",
            claim,
            "V of `beyond/estimator-variance` by its coefficients in ||grad L||",
            "e and the deviation replaced by affine bounds",
            Relation(polynomial, "==", beyond.variance(CURVED, PARAMETERS, u + v * G, d, y + z * G)),
        ),
        beyond_step(
            claim,
            claim,
            "E ||grad L(w_zeta)|| <= `rate` of the descent",
            "||e|| <= level + slope ||grad L|| by either bound of the bias, V as above, put in",
            Relation(bound, "==", curve * G**2 - linear * G - level),
        ),
    )


def _finite_sum() -> tuple[Step, ...]:
    claim = "finite-sum-rate"
    variance = sp.Symbol("V", nonnegative=True)
    polynomial = rates.square((u, v))
    V = sum(a * G**n for n, a in enumerate(polynomial))
    share = kappa**2 / C_beta
    return (
        beyond_step(
            f"{claim}.terms",
            claim,
            "2 C_beta L_w times the descent is at least 2 ||g||^2 - (1 + omega)^2 (||g||^2 + V/B)/C_beta",
            "(55) with Proposition 7 (beyond); C_beta L_w E beta >= 1, C_beta^2 L_w^2 E beta^2 "
            "<= (1 + omega)^2",
            descent(-sp.Symbol("beta", positive=True), "g"),
            *mean_step(bias=False),
            *mean_of_draws(variance),
            Relation(
                -Eb * G**2 + Eb2 / (2 * i) * (G**2 + variance / B),
                "<=",
                -i / C_beta * G**2 + kappa**2 * i / (2 * C_beta**2) * (G**2 + variance / B),
                given=(Eb - i / C_beta, kappa**2 * i**2 / C_beta**2 - Eb2),
            ),
        ),
        beyond_step(
            f"{claim}.step-size",
            claim,
            "omega from Var X <= sigma^2/|B'|, and E 1/L-hat >= 1/L_w",
            "as Theorem 5 (beyond), whole query sets",
            *variance_of_norm(),
            Relation(1 / m - (y - m) / m**2, "<=", 1 / y, given=(y,)),
        ),
        beyond_step(
            claim,
            claim,
            "E ||grad L(w_zeta)|| <= `rate` of the descent",
            "V by Proposition 8 (beyond), put in",
            Relation(
                2 * G**2 - share * (G**2 + V / B),
                "==",
                (2 - share * (1 + polynomial[2] / B)) * G**2
                - share * polynomial[1] / B * G
                - share * polynomial[0] / B,
            ),
        ),
        beyond_step(
            f"{claim}.C_beta",
            claim,
            "C_beta = (1 + omega)^2 (1 + V_2/B) is the best: C_beta/theta is least there",
            "C^2/(2C - a) - a = (C - a)^2/(2C - a)",
            Relation(least, "<=", (least + z) ** 2 / (least + 2 * z)),
        ),
    )


def steps() -> tuple[Step, ...]:
    """Step size, descent, coefficients, the mean, and the two theorems."""
    return (*_step_size(), *_resampling(), *_coefficients(), *_solved(), *_statements(), *_finite_sum())
