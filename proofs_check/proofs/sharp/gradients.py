"""Editions ``sharp`` of Lemmas 15 and 19 and Proposition 8.

grad L_i comes from g = grad l_i(w) by 2N factors I + E with ||E|| <= x: N mean Hessians along the path, then
N Hessians. A factor divided by 1 - x takes a to b with ||b - a||^2 <= x (||b||^2 - ||a||^2), divided by 1 + x
to b with ||b - a||^2 <= x (||a||^2 - ||b||^2), and such inequalities add up: with t = 2 N x,

    ||y - g||^2 <= t (||y||^2 - ||g||^2)  for y = grad L_i/(1-x)^(2N),
    ||z - g||^2 <= t (||g||^2 - ||z||^2)  for z = grad L_i/(1+x)^(2N).

Here x and t, which are below 1, are written u/(1+u). In the finite-sum case the steps of the path also add
E_j beta_j, ||beta_j|| <= b_i; by linearity that is the chain above and one that starts from 0.
"""

from __future__ import annotations

from maml_verify.theory import sharp
from proofs_check.goals import Recursion, Relation, Split, Step
from proofs_check.lemmas.means import variance_of_means
from proofs_check.lemmas.quadratic_forms import mean_norm
from proofs_check.lemmas.telescoping import (
    ball,
    below_1,
    drift,
    factor,
    gradients,
    m_,
    root,
    sharp_step,
    shrunk,
    spread,
    t,
    telescoped,
    unique,
    with_root,
)
from proofs_check.symbols import (  # fmt: skip
    CONSTANTS,
    OBSERVED,
    PARAMETERS,
    G,
    N,
    b,
    b2,
    e,
    g,
    n,
    operators,
    q,
    sigma,
    v,
    x,
    y,
    z,
)

__all__ = [
    "steps",
]


def _telescoping() -> tuple[Step, ...]:
    r = "mean-gradient"
    return (
        sharp_step(
            f"{r}.range", r, "t = 2 N x < 1", "Bernoulli: 1 + 2 N x <= (1+x)^(2N) < 2",
            Relation(t, "<=", q ** (2 * N) - 1), Relation(q ** (2 * N) - 1, "<", 1, admissible=True),
        ),
        sharp_step(
            f"{r}.factor", r, "(1-x) b = (I + E) a gives ||b - a||^2 <= x (||b||^2 - ||a||^2)",
            "||E|| <= x < 1: E = -alpha H at a point, or the mean of H along a step of the path", factor(1),
        ),
        sharp_step(
            f"{r}.telescoped", r, "||y_k - g||^2 <= k x (||y_k||^2 - ||g||^2)",
            "induction: ||a + c||^2 <= (1 + 1/k) ||a||^2 + (k+1) ||c||^2", telescoped(1),
        ),
        sharp_step(f"{r}.ball", r, "||(1-t) y - g|| <= t ||g||", "completed square", ball()),
    )  # fmt: skip


def _mean_gradient() -> tuple[Step, ...]:
    r = "mean-gradient"
    a, c = operators("a c")
    value = sharp.mean_gradient(CONSTANTS, PARAMETERS, OBSERVED)
    curved = (1 - x) ** (2 * N)
    return (
        sharp_step(
            f"{r}.mean", r, "||grad l|| <= (1-t) ||grad L||/(1-x)^(2N) + t (E ||grad l_i||^2)^(1/2)",
            "E g = (1-t) E y + E (g - (1-t) y); Jensen",
            Split(c, ((((1 - t) * a, m_),), ((c - (1 - t) * a, t * e),)), m_ + t * e), mean_norm(),
        ),
        sharp_step(
            f"{r}.variance", r, "E ||grad l_i||^2 <= ||grad l||^2 + sigma^2", "Assumption 2",
            variance_of_means(),
        ),
        sharp_step(
            f"{r}.solved", r, "so (1-t^2) (E ||grad l_i||^2)^(1/2) <= t m + (m^2 + (1-t^2) sigma^2)^(1/2)",
            "a larger value contradicts the two", unique(),
        ),
        sharp_step(
            r, r, "||grad l|| <= (m + t (m^2 + (1-t^2) sigma^2)^(1/2))/(1-t^2)",
            "m = (1-t) ||grad L||/(1-x)^(2N) put in", gradients(value, shrunk, mean=True),
        ),
        sharp_step(
            f"{r}.attained", r, "||grad l|| = ||grad L||/(1-x)^(2N)", "one task of curvature L: root = m",
            Recursion(n, 1, (1 - below_1) * g, 1 - below_1, 0, (1 - below_1) ** n * g, "=="),
            Relation(with_root(value, shrunk).subs(G, curved * g), "==", g),
        ),
    )  # fmt: skip


def _finite_sum() -> tuple[Step, ...]:
    r = "finite-sum-mean-gradient"
    A, a, c = operators("A a c")
    value = sharp.finite_sum_mean_gradient(CONSTANTS, PARAMETERS, OBSERVED)
    size = shrunk.subs(G, G + drift * b)
    return (
        sharp_step(
            f"{r}.drift", r, "what beta_j adds to grad l_Ti(w_N) is at most ((1+x)^N - 1) b_i",
            "delta_(j+1) = (I + E_j) delta_j + E_j beta_j, delta_0 = 0",
            Recursion(n, 1, x * b, q, x * b, (q**n - 1) * b, "=="),
        ),
        sharp_step(
            f"{r}.product", r, "and to grad L_i at most (1+x)^N ((1+x)^N - 1) b_i", "N factors",
            Split(A * a, (((A, q**N), (a, (q**N - 1) * b)),), drift * b),
        ),
        sharp_step(
            f"{r}.mean", r, "||(1-x)^(2N) E y|| <= ||grad L|| + (1+x)^N ((1+x)^N - 1) b", "triangle",
            Split(a + c, (((a, G),), ((c, drift * b),)), G + drift * b),
        ),
        sharp_step(
            r, r, "Lemma 15 (sharp) with ||grad L|| + (1+x)^N ((1+x)^N - 1) b in place of ||grad L||",
            "y is the chain without beta_j", gradients(value, size, mean=True),
        ),
        sharp_step(
            f"{r}.attained", r, "||grad l_T|| = ||grad L||/(1-x)^(2N)", "one task of curvature L, b = 0",
            Relation(with_root(value, size).subs({b: 0, G: (1 - x) ** (2 * N) * g}), "==", g),
        ),
    )  # fmt: skip


def _second_moment() -> tuple[Step, ...]:
    r, s = "finite-sum-second-moment", q ** (2 * N)
    a, c = operators("a c")
    value = sharp.finite_sum_second_moment(CONSTANTS, PARAMETERS, OBSERVED)
    square_b2 = value.subs(b2, y**2)
    return (
        sharp_step(
            f"{r}.factor", r, "(1+x) b = (I + E) a gives ||b - a||^2 <= x (||a||^2 - ||b||^2)", "||E|| <= x",
            factor(-1),
        ),
        sharp_step(f"{r}.telescoped", r, "||z_k - g||^2 <= k x (||g||^2 - ||z_k||^2)", "induction",
              telescoped(-1)),
        sharp_step(
            f"{r}.tasks", r,
            "||(1+t) (z - E z) - (g - E g)||^2 <= t^2 (||g - E g||^2 + (1+t)/(1-t) ||E z||^2) in L2",
            "mean over tasks; largest at E g = E z/(1-t)", spread(),
        ),
        sharp_step(
            f"{r}.spread", r,
            "(1+t) (E ||z - E z||^2)^(1/2) <= sigma + t (sigma^2 + (1+t)/(1-t) ||E z||^2)^(1/2)",
            "triangle in L2", Split(a + c, (((a, sigma),), ((c, t * v),)), sigma + t * v),
        ),
        sharp_step(
            f"{r}.deviation", r, "E ||grad L_i||^2 = ||grad L||^2 + E ||grad L_i - grad L||^2, the latter"
            " at most ((1+x)^(2N) (E ||z - E z||^2)^(1/2) + (1+x)^N ((1+x)^N - 1) (E b_i^2)^(1/2))^2",
            "the chain and the drift of Lemma 19; a deviation is at most its vector in L2",
            variance_of_means(),
            Split(a + c, (((a, s * z),), ((c, drift * y),)), s * z + drift * y),
        ),
        sharp_step(
            r, r, "E ||G_i||^2 <= ||grad L||^2 + (V + (1+x)^N ((1+x)^N - 1) (E b_i^2)^(1/2))^2", "put in",
            Relation(
                G**2 + (s * (sigma + t * root / s) / (1 + t) + drift * y) ** 2, "==",
                with_root(square_b2, root),
            ),
        ),
        sharp_step(
            f"{r}.attained", r, "E ||G_i||^2 = (1+x)^(4N) sigma^2",
            "curvature -L, task gradients of mean zero, b = 0: root = (1+x)^(2N) sigma",
            Relation((s * sigma) ** 2, "==", with_root(square_b2, s * sigma).subs({G: 0, b: 0, y: 0})),
        ),
    )  # fmt: skip


def steps() -> tuple[Step, ...]:
    """The telescoped inequality, then the three statements."""
    return (*_telescoping(), *_mean_gradient(), *_finite_sum(), *_second_moment())
