"""Editions ``sharp`` of Propositions 3 and 4: moments of the meta gradient estimator.

Distances of the path in L2, where noise is orthogonal to what came before; E ||grad l_i||^2 through the sharp
Lemma 15; and in Proposition 4 exact conditional moments, which never take norms of random matrices.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from maml_verify.theory import sharp
from proofs_check.goals import Gram, Recursion, Relation, Split, Step
from proofs_check.lemmas.quadratic_forms import combination, independent_sum, square
from proofs_check.lemmas.telescoping import gradients, sharp_step, shrunk, unique
from proofs_check.symbols import (  # fmt: skip
    CONSTANTS,
    OBSERVED,
    PARAMETERS,
    D,
    G,
    L,
    N,
    T,
    alpha,
    e,
    k,
    m,
    n,
    operators,
    q,
    rho,
    root_S,
    sigma,
    sigma_g,
    sigma_H,
    u,
    v,
    y,
    z,
)

__all__ = ["steps"]

h = alpha**2 * sigma_H**2 / D + q**2


def second(steps_taken: Any) -> Any:
    """E ||w_j - w~_j||^2."""
    return sharp.path_second_moment(CONSTANTS, PARAMETERS._replace(j=steps_taken), OBSERVED)


def squares(count: Any) -> Any:
    """sum_(k<count) E ||w_k - w~_k||^2."""
    return second(1) * (q ** (2 * count) - 1 - count * (q**2 - 1)) / (q**2 - 1) ** 2


def _bias() -> tuple[Step, ...]:
    r = "estimator-bias"
    P, Q, a, c = operators("P Q a c")
    value = sharp.estimator_bias(CONSTANTS, PARAMETERS, OBSERVED)
    moved = Split(
        P * a - Q * c,
        (((P, q ** (m - 1)), (a - c, alpha * rho * z)), ((P - Q, v), (c, q))),
        q ** (m - 1) * alpha * rho * z + q * v,
    )
    # 2 (r-1)^2 times what is claimed to be at most 0, in units of the first step.
    excess = sp.expand(2 * (q**2 - 1) ** 2 * (squares(n) - n * second(n - 1) / 2) / second(1))
    step = (q**2 - 1) * (q ** (2 * n - 2) - 1 - (n - 1) * (q**2 - 1))
    jump = alpha * sigma_g / root_S
    return (
        sharp_step(
            f"{r}.product", r,
            "E ||prod (I - alpha H(w_j)) - prod (I - alpha H(w~_j))|| <= alpha rho (1+x)^(m-1) sum_(k<m) d_k",
            "(31), divided by (1+x)^(m-1); d_k = E ||w_k - w~_k||", moved,
            Relation(
                q ** (m - 1) * alpha * rho * z + q * v, "<=", alpha * rho * q ** (m - 1) * (y + z),
                upper=((v, q ** (m - 2) * alpha * rho * y),),
            ),
        ),
        sharp_step(
            f"{r}.sum", r, "(sum_(k<N) d_k)^2 <= (N-1) sum_(k<N) E ||w_k - w~_k||^2",
            "Jensen; induction: (a + c)^2 <= (1 + 1/k) a^2 + (k+1) c^2",
            Gram(
                ("a", "c"), square(a=1, c=1),
                combination(((k + 2) / (k + 1), square(a=1)), (k + 2, square(c=1))),
            ),
        ),
        sharp_step(
            f"{r}.squares", r, "sum_(k<N) E ||w_k - w~_k||^2 in closed form", "sharp second moment",
            Recursion(n, 1, 0, 1, second(n - 1), squares(n), "=="),
        ),
        sharp_step(
            f"{r}.convex", r, "... <= N/2 E ||w_(N-1) - w~_(N-1)||^2",
            "S = 2 (r-1)^2 times the difference, r = (1+x)^2: S(1) = 0, S(n) = r S(n-1) - (a step >= 0)",
            Recursion(n, 1, 0, q**2, -step, excess, "=="), Recursion(n, 1, 0, q**2, -step, 0),
            Relation(
                (N - 1) * y, "<=", sharp.distances(CONSTANTS, PARAMETERS) ** 2,
                upper=((y, N * second(N - 1) / 2),),
            ),
        ),
        sharp_step(
            r, r,
            "||e_k|| <= (1+x)^N (L d_N + alpha rho (1+x)^(N-1) (N (N-1)/2)^(1/2) d_(N-1) E ||grad l_i||)",
            "(30): P c - Q a = (P - Q) a + P (c - a); E ||grad l_i|| by the sharp Lemma 15",
            Split(
                P * c - Q * a,
                (((P - Q, alpha * rho * q ** (N - 1) * y), (a, q**N * e)), ((P, q**N), (c - a, L * z))),
                sharp.bias(CONSTANTS, PARAMETERS, e, z, y),
            ),
        ),
        sharp_step(
            f"{r}.attained", r, "||e_k|| = (1+x) L alpha sigma_g/sqrt(S) at N = 1",
            "curvature -L at w; at w~_1 it jumps to L, so noise of constant size adds L ||w_1 - w~_1||",
            Relation(q**2 * (L * jump) ** 2, "==", value.subs(N, 1) ** 2),
        ),
    )  # fmt: skip


def _second_moment() -> tuple[Step, ...]:
    r = "estimator-second-moment"
    a, c = operators("a c")
    value = sharp.estimator_second_moment(CONSTANTS, PARAMETERS, OBSERVED)
    jump = alpha * sigma_g / root_S
    return (
        sharp_step(
            f"{r}.factor", r, "E ||(I - alpha H(w_j; D_j)) v||^2 <= ((1+x)^2 + alpha^2 sigma_H^2/D) ||v||^2",
            "the vectors (H_D - H) v have mean zero and are independent over D", independent_sum(),
            Relation(
                u**2 + alpha**2 * v, "<=", h * y**2, upper=((u, q * y), (v, sigma_H**2 * y**2 / D)),
            ),
        ),
        sharp_step(
            f"{r}.factors", r, "E ||prod_j (I - alpha H(w_j; D_j)) v||^2 <= (...)^N E ||v||^2",
            "independent batches, the outermost factor first", Recursion(n, 1, h * y, h, 0, h**n * y, "=="),
        ),
        sharp_step(
            f"{r}.outer", r, "E ||grad l_i(w_N; T)||^2 <= E ||grad l_i(w_N)||^2 + sigma_g^2/T",
            "independent draws", independent_sum(),
        ),
        sharp_step(
            f"{r}.gradient", r, "e <= (t m + (m^2 + (1-t^2) sigma^2)^(1/2))/(1-t^2), e^2 = E ||grad l_i||^2",
            "sharp Lemma 15",
            gradients(sharp.solved(CONSTANTS, PARAMETERS, G)[1], shrunk, mean=False), unique(),
        ),
        sharp_step(
            f"{r}.path", r,
            "(E ||grad l_i(w_N)||^2)^(1/2) <= (1+x)^N e + L d",
            "Minkowski in L2, d^2 = E ||w_N - w~_N||^2; Lemma 12",
            Split(c, (((a, q**N * e),), ((c - a, L * z),)), q**N * e + L * z),
        ),
        sharp_step(
            r, r,
            "E ||G_i||^2 <= ((1+x)^2 + alpha^2 sigma_H^2/D)^N (((1+x)^N e + L d)^2 + sigma_g^2/T)",
            "e by the sharp Lemma 15, d by the sharp second moment of the path",
            Relation(
                u * (v**2 + y), "<=", sharp.second_moment(CONSTANTS, PARAMETERS, e, z),
                upper=((u, h**N), (v, q**N * e + L * z), (y, sigma_g**2 / T)),
            ),
        ),
        sharp_step(
            f"{r}.attained", r, "E ||G_i||^2 = (1+x)^(2N) (L^2 E ||w_N - w~_N||^2 + sigma_g^2/T)",
            "a stationary point of every task, curvature -L, noise of variance sigma_g^2 everywhere",
            Recursion(n, 1, second(1), q**2, second(1), second(n), "=="),
            Relation(
                q ** (2 * N) * (L**2 * (q ** (2 * N) - 1) / (q**2 - 1) * jump**2 + sigma_g**2 / T), "==",
                value.subs({G: 0, sigma: 0, sigma_H: 0}),
            ),
        ),
    )  # fmt: skip


def steps() -> tuple[Step, ...]:
    """Bias, then second moment."""
    return (*_bias(), *_second_moment())
