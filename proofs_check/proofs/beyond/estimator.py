"""Propositions 3 and 4 where Hessians lie between -l I and L I; bias to second order; variance."""

from __future__ import annotations

from typing import Any

import sympy as sp

from maml_verify.theory import beyond
from maml_verify.theory.symbols import Constants
from proofs_check.goals import Goal, Gram, Integral, Recursion, Relation, Split, Step
from proofs_check.lemmas.path_sums import square_of_sum_of_terms, summed_squares
from proofs_check.lemmas.quadratic_forms import independent_sum, norm2, square
from proofs_check.lemmas.telescoping import gradients, unique
from proofs_check.lemmas.weakly_convex import CONVEX, CURVED, beyond_step, r
from proofs_check.proofs.beyond.means import size_of, t
from proofs_check.proofs.printed.task_gradient_gap import integral_form
from proofs_check.symbols import (
    OBSERVED,
    PARAMETERS,
    D,
    G,
    L,
    N,
    S,
    T,
    alpha,
    d,
    e,
    m,
    n,
    operators,
    rho,
    root_S,
    sigma_g,
    sigma_H,
    u,
    v,
    y,
    z,
)

__all__ = ["steps"]

FIRST = alpha**2 * sigma_g**2 / S
noise = alpha**2 * sigma_H**2 / D
h = r**2 + noise


def second(count: Any, c: Constants = CURVED) -> Any:
    """E ||w_j - w~_j||^2."""
    return beyond.path_second_moment(c, PARAMETERS._replace(j=count), OBSERVED)


def _bias() -> tuple[Step, ...]:
    claim = "estimator-bias"
    P, Q, a, c = operators("P Q a c")
    total = beyond.distances(CURVED, PARAMETERS)
    return (
        beyond_step(
            f"{claim}.product",
            claim,
            "||prod (I - alpha H(w_j)) - prod (I - alpha H(w~_j))|| <= alpha rho r^(m-1) "
            "sum_(k<m) ||w_k - w~_k||",
            "P A - Q C = P (A - C) + (P - Q) C, divided by r^(m-1)",
            Split(
                P * a - Q * c,
                (((P, r ** (m - 1)), (a - c, alpha * rho * z)), ((P - Q, v), (c, r))),
                r ** (m - 1) * alpha * rho * z + r * v,
            ),
            Relation(
                r ** (m - 1) * alpha * rho * z + r * v,
                "<=",
                alpha * rho * r ** (m - 1) * (y + z),
                upper=((v, r ** (m - 2) * alpha * rho * y),),
            ),
        ),
        beyond_step(
            f"{claim}.sum",
            claim,
            "E (sum_(k<N) ||w_k - w~_k||)^2 <= N (N-1)/2 E ||w_(N-1) - w~_(N-1)||^2",
            "the first of N terms is 0; second moments are convex in k, and k times one for convex losses",
            square_of_sum_of_terms(),
            *summed_squares(r, FIRST, total),
            Recursion(n, 1, 0, 1, second(n - 1, CONVEX), n * second(n - 1, CONVEX) / 2, "=="),
        ),
        beyond_step(
            claim,
            claim,
            "||e_k|| <= r^N (L d_N + alpha rho r^(N-1) (N (N-1)/2)^(1/2) d_(N-1) E ||grad l_i||)",
            "P c - Q a = (P - Q) a + P (c - a); d_j by Proposition 2 (beyond), E ||grad l_i|| by "
            "Lemma 15 (beyond)",
            Split(
                P * c - Q * a,
                (((P - Q, alpha * rho * r ** (N - 1) * y), (a, r**N * e)), ((P, r**N), (c - a, L * z))),
                beyond.bias(CURVED, PARAMETERS, e, z, y),
            ),
            unique(),
            gradients(beyond.solved(CURVED, PARAMETERS, G)[1], size_of(G), mean=False, t=t),
        ),
    )


def _second_moment() -> tuple[Step, ...]:
    claim = "estimator-second-moment"
    a, c = operators("a c")
    return (
        beyond_step(
            f"{claim}.factor",
            claim,
            "E ||(I - alpha H(w_j; D_j)) v||^2 <= (r^2 + alpha^2 sigma_H^2/D) ||v||^2",
            "the vectors (H_D - H) v have mean zero and are independent over D",
            independent_sum(),
            Relation(u**2 + alpha**2 * v, "<=", h * y**2, upper=((u, r * y), (v, sigma_H**2 * y**2 / D))),
            Recursion(n, 1, h * y, h, 0, h**n * y, "=="),
        ),
        beyond_step(
            f"{claim}.path",
            claim,
            "(E ||grad l_i(w_N)||^2)^(1/2) <= r^N e + L d",
            "Minkowski in L2; Lemma 12",
            Split(c, (((a, r**N * e),), ((c - a, L * z),)), r**N * e + L * z),
        ),
        beyond_step(
            claim,
            claim,
            "E ||G_i||^2 <= (r^2 + alpha^2 sigma_H^2/D)^N ((r^N e + L d)^2 + sigma_g^2/T)",
            "e by Lemma 15 (beyond), d by Proposition 2 (beyond)",
            Relation(
                u * (v**2 + y),
                "<=",
                beyond.second_moment(CURVED, PARAMETERS, e, z),
                upper=((u, h**N), (v, r**N * e + L * z), (y, sigma_g**2 / T)),
            ),
        ),
        beyond_step(
            f"{claim}.attained",
            claim,
            "E ||G_i||^2 = r^(2N) (L^2 E ||w_N - w~_N||^2 + sigma_g^2/T) where l = L",
            "a stationary point of every task, curvature -L, noise of variance sigma_g^2 everywhere",
            Recursion(n, 1, FIRST, r**2, FIRST, second(n), "=="),
        ),
    )


def _taylor() -> tuple[Goal, ...]:
    """||grad l(w + d) - grad l(w) - H(w) d|| <= rho ||d||^2/2, the integral of rho t ||d||^2, 0 <= t <= 1."""
    at = sp.Symbol("at")
    return integral_form(), Integral(at, rho * at * d**2, rho * at**2 * d**2 / 2)


def _second_order() -> tuple[Step, ...]:
    claim = "beyond/estimator-bias-second-order"
    A, a, R, P, Q, c = operators("A a R P Q c")
    shift = {k: beyond.mean_shift(k, PARAMETERS).subs(N, n) for k in (CURVED, CONVEX)}
    half, jump = rho / 2, alpha * sigma_g / root_S
    return (
        beyond_step(
            "estimator-bias-second-order.taylor",
            claim,
            "grad l(w~ + d) = grad l(w~) + H(w~) d + R, ||R|| <= rho ||d||^2/2",
            "Hessians are rho-Lipschitz along the segment",
            *_taylor(),
        ),
        beyond_step(
            "estimator-bias-second-order.step",
            claim,
            "||E d_(j+1)|| <= r ||E d_j|| + (alpha rho/2) E ||d_j||^2, d_j = w_j - w~_j",
            "the noise has mean zero",
            Split(
                A * a - alpha * R,
                (((A, r), (a, u)), ((-alpha * R, alpha * half * y),)),
                r * u + alpha * half * y,
            ),
        ),
        beyond_step(
            "estimator-bias-second-order.shift",
            claim,
            "||E d_N|| <= (alpha rho/2) (alpha^2 sigma_g^2/S) (1 + ... + r^(N-1)) (1 + ... + "
            "r^(N-2))/(2 + alpha l)",
            "unrolled; N (N-1)/2 in place of the last three for convex losses",
            Recursion(n, 1, 0, r, alpha * half * second(n - 1), shift[CURVED], "=="),
            Recursion(n, 1, 0, 1, alpha * half * second(n - 1, CONVEX), shift[CONVEX], "=="),
        ),
        beyond_step(
            "estimator-bias-second-order.parts",
            claim,
            "||E G_i - grad L|| <= r^N (L ||E d_N|| + (rho/2) E ||d_N||^2) + V E ||grad "
            "l_i(w~_N)|| + E V_s L ||d_N||",
            "P c - Q a = Q (c - a) + (P - Q) a + (P - Q) (c - a), means; V = alpha rho r^(N-1) "
            "sum_(k<N) ||d_k||",
            Split(
                P * c - Q * a,
                (
                    ((Q, r**N), (c - a, L * v + half * z**2)),
                    ((P - Q, alpha * rho * r ** (N - 1) * y), (a, r**N * e)),
                    ((P - Q, alpha * rho * r ** (N - 1) * y), (c - a, L * z)),
                ),
                r**N * (L * v + half * z**2) + alpha * rho * r ** (N - 1) * y * (r**N * e + L * z),
            ),
        ),
        beyond_step(
            "estimator-bias-second-order",
            claim,
            "the sum of these is the bound",
            "means by Jensen, the last by Cauchy-Schwarz",
            Relation(
                r**N * (L * v + half * z**2) + alpha * rho * r ** (N - 1) * y * (r**N * e + L * z),
                "<=",
                beyond.second_order(CURVED, PARAMETERS, e, z, y),
                upper=((v, beyond.mean_shift(CURVED, PARAMETERS)),),
            ),
            Gram(("a", "c"), {("a", "c"): 2}, {("a", "a"): 1, ("c", "c"): 1}),
        ),
        beyond_step(
            "estimator-bias-second-order.attained",
            claim,
            "||E G_i - grad L|| = r rho alpha^2 sigma_g^2/(2S) at N = 1",
            "gradients u + L d + rho d^2/2 about w~_1, noise d of constant size to both sides of it",
            Relation(
                r * (u + L * jump + half * jump**2) / 2 + r * (u - L * jump + half * jump**2) / 2 - r * u,
                "==",
                beyond.second_order_bias(CURVED, PARAMETERS._replace(N=1), OBSERVED),
            ),
        ),
    )


def _variance() -> tuple[Step, ...]:
    claim = "beyond/estimator-variance"
    c, b, g = operators("c b g")
    # alpha^2 sigma_H^2/D in units of r^2.
    place = CURVED._replace(sigma_H=sp.sqrt(D) * sp.sqrt(u) * r / alpha)
    h, noise = r**2 * (1 + u), r**2 * u
    one = Gram(
        ("a", "v", "w", "z"),
        norm2(a=1, z=1),
        {("w", "w"): h, ("v", "v"): noise},
        facts=(
            (1, {("w", "w"): r**2, ("a", "a"): -1}),
            (1, {("v", "v"): noise, ("w", "w"): noise, ("z", "z"): -1}),
        ),
        orthogonal=(("a", "z"),),
    )
    about = Gram(
        ("c", "m", "p"),
        square(c=1, p=1),
        square(c=1, p=1, m=1),
        orthogonal=(("c", "m"), ("m", "p"), ("c", "p")),
    )
    given_path = r ** (2 * n) * ((1 + u) ** n * y + ((1 + u) ** n - 1) * z)
    return (
        beyond_step(
            "estimator-variance.factor",
            claim,
            "E ||F v - E F E v||^2 <= h E ||v - E v||^2 + (alpha^2 sigma_H^2/D) ||E v||^2, h = "
            "r^2 + alpha^2 sigma_H^2/D",
            "F = I - alpha H(w_j; D_j) independent of v; a = E F (v - E v), z = (F - E F) v",
            one,
        ),
        beyond_step(
            "estimator-variance.factors",
            claim,
            "given the path, Var G_i <= h^N sigma_g^2/T + (h^N - r^(2N)) ||grad l_i(w_N)||^2",
            "unrolled from the outer batch; ||E v|| grows by r a factor",
            Recursion(n, 1, h * y + noise * z, h, noise * r ** (2 * n - 2) * z, given_path, "=="),
        ),
        beyond_step(
            "estimator-variance.about",
            claim,
            "E ||G_i - E G_i||^2 <= E ||G_i - E[G_i | path]||^2 + E ||E[G_i | path] - grad L||^2",
            "the mean is the best constant; c is G_i given the path, p the rest of it, m = E G_i - grad L",
            about,
        ),
        beyond_step(
            "estimator-variance.tasks",
            claim,
            "(E ||E[G_i | path] - grad L||^2)^(1/2) <= (E ||grad L_i - grad L||^2)^(1/2) + the bias bound",
            "Minkowski; Proposition 8 (beyond) at b = 0, and Proposition 3 (beyond) in L2, where "
            "the sum of distances"
            " is bounded for each task",
            Split(c - g, (((c - b, y),), ((b - g, z),)), y + z),
        ),
        beyond_step(
            "estimator-variance",
            claim,
            "the sum of these is the bound",
            "(E ||grad l_i(w_N)||^2)^(1/2) <= r^N e + L d",
            Relation(
                given_path.subs(n, N) + v**2,
                "<=",
                beyond.variance(place, PARAMETERS, e, d, v),
                upper=((y, sigma_g**2 / T), (z, (r**N * e + L * d) ** 2)),
            ),
        ),
        beyond_step(
            "estimator-variance.attained",
            claim,
            "E ||G_i - E G_i||^2 = r^(2N) (L^2 E ||w_N - w~_N||^2 + sigma_g^2/T)",
            "l = L, a stationary point of every task, curvature -L, noise of variance sigma_g^2 everywhere",
            Recursion(n, 1, FIRST, r**2, FIRST, second(n), "=="),
        ),
    )


def steps() -> tuple[Step, ...]:
    """Bias, second moment, bias to second order, variance."""
    return (*_bias(), *_second_moment(), *_second_order(), *_variance())
