"""Lemmas 15 and 19 and Proposition 8 where Hessians lie between -l I and L I.

grad L_i comes from g = grad l_i(w) by 2N factors between (1 - alpha L) I and r I, r = 1 + alpha l, N of mean
Hessians along the path and N of Hessians.  Divided by 1 - alpha L or by r they telescope as in the sharp
edition, with t = 2N alpha (L + l)/(2 - alpha (L - l)) in place of 2N alpha L.
"""

from __future__ import annotations

from maml_verify.theory import beyond
from proofs_check.goals import Recursion, Relation, Split, Step
from proofs_check.lemmas.means import variance_of_means
from proofs_check.lemmas.quadratic_forms import mean_norm
from proofs_check.lemmas.telescoping import (
    ball,
    gradients,
    m_,
    root,
    spread,
    telescoped,
    unique,
    with_root,
)
from proofs_check.lemmas.weakly_convex import CONVEX, CURVED, beyond_step, low, r, reached, shifted
from proofs_check.symbols import (
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
    sigma,
    v,
    x,
    y,
    z,
)

__all__ = ["size_of", "steps", "t"]

t = beyond.reach(CURVED, PARAMETERS)
drift = beyond.support_drift(CURVED, PARAMETERS)


def size_of(meta_gradient, reach=t):  # type: ignore[no-untyped-def]
    """m = (1 - t) ||grad L||/(1 - alpha L)^(2N)."""
    return (1 - reach) * meta_gradient / (1 - x) ** (2 * N)


def _mean_gradient() -> tuple[Step, ...]:
    claim = "mean-gradient"
    a, c = operators("a c")
    value = beyond.mean_gradient(CURVED, PARAMETERS, OBSERVED)
    even = beyond.mean_gradient(CONVEX, PARAMETERS, OBSERVED)
    curved = (1 - x) ** (2 * N)
    return (
        beyond_step(
            f"{claim}.factor",
            claim,
            "(1 - alpha L) b = (I - alpha M) a gives ||b - a||^2 <= t (||b||^2 - ||a||^2)",
            "-l I <= M <= L I, alpha (L - l) < 2",
            *shifted(1),
        ),
        beyond_step(
            f"{claim}.range",
            claim,
            "t = 2N alpha (L + l)/(2 - alpha (L - l)) < 1",
            "2N factors; RANGE",
            *reached(),
        ),
        beyond_step(
            f"{claim}.telescoped",
            claim,
            "||y - g||^2 <= t (||y||^2 - ||g||^2), y = grad L_i/(1 - alpha L)^(2N)",
            "induction; then (1-t) y is in the ball of radius t ||g|| around g",
            telescoped(1),
            ball(),
        ),
        beyond_step(
            f"{claim}.mean",
            claim,
            "||grad l|| <= (1-t) ||grad L||/(1 - alpha L)^(2N) + t (E ||grad l_i||^2)^(1/2)",
            "E g = (1-t) E y + E (g - (1-t) y); Jensen; Assumption 2",
            Split(c, ((((1 - t) * a, m_),), ((c - (1 - t) * a, t * e),)), m_ + t * e),
            mean_norm(),
            variance_of_means(),
        ),
        beyond_step(
            claim,
            claim,
            "||grad l|| <= (m + t (m^2 + (1-t^2) sigma^2)^(1/2))/(1-t^2)",
            "m = (1-t) ||grad L||/(1 - alpha L)^(2N); a larger value contradicts the two",
            unique(),
            gradients(value, size_of(G), mean=True, t=t),
            gradients(even, size_of(G, 2 * N * x / (2 - x)), mean=True, t=2 * N * x / (2 - x)),
        ),
        beyond_step(
            f"{claim}.attained",
            claim,
            "||grad l|| = ||grad L||/(1 - alpha L)^(2N)",
            "one task of curvature L: root = m",
            Relation(with_root(value, size_of(G)).subs(G, curved * g), "==", g),
        ),
    )


def _finite_sum() -> tuple[Step, ...]:
    claim = "finite-sum-mean-gradient"
    A, a, c = operators("A a c")
    value = beyond.finite_sum_mean_gradient(CURVED, PARAMETERS, OBSERVED)
    size = size_of(G + drift * b)
    added, even = (beyond.drift(k, PARAMETERS).subs(N, n) for k in (CURVED, CONVEX))
    return (
        beyond_step(
            f"{claim}.drift",
            claim,
            "what beta_j adds to grad l_Ti(w_N) is at most alpha L (1 + ... + r^(N-1)) b_i",
            "delta_(j+1) = (I - alpha M_j) delta_j - alpha M_j beta_j, delta_0 = 0",
            Recursion(n, 1, x * b, r, x * b, added * b, "=="),
            Recursion(n, 1, x * b, 1, x * b, even * b, "=="),
        ),
        beyond_step(
            f"{claim}.product",
            claim,
            "and to grad L_i at most r^N times that",
            "N factors",
            Split(A * a, (((A, r**N), (a, x * (r**N - 1) / low * b)),), drift * b),
        ),
        beyond_step(
            claim,
            claim,
            "Lemma 15 (beyond) with that times b added to ||grad L||",
            "y is the chain without beta_j",
            Split(a + c, (((a, G),), ((c, drift * b),)), G + drift * b),
            gradients(value, size, mean=True, t=t),
        ),
        beyond_step(
            f"{claim}.attained",
            claim,
            "||grad l_T|| = ||grad L||/(1 - alpha L)^(2N)",
            "curvature L, b = 0",
            Relation(with_root(value, size).subs({b: 0, G: (1 - x) ** (2 * N) * g}), "==", g),
        ),
    )


def _second_moment() -> tuple[Step, ...]:
    claim, s = "finite-sum-second-moment", r ** (2 * N)
    a, c = operators("a c")
    value = beyond.finite_sum_second_moment(CURVED, PARAMETERS, OBSERVED).subs(b2, y**2)
    return (
        beyond_step(
            f"{claim}.factor",
            claim,
            "r b = (I - alpha M) a gives ||b - a||^2 <= t (||a||^2 - ||b||^2)",
            "-l I <= M <= L I; 2N such factors, z = grad L_i/r^(2N)",
            *shifted(-1),
            telescoped(-1),
        ),
        beyond_step(
            f"{claim}.tasks",
            claim,
            "(1+t) (E ||z - E z||^2)^(1/2) <= sigma + t (sigma^2 + (1+t)/(1-t) ||E z||^2)^(1/2)",
            "mean over tasks, in L2",
            spread(),
            Split(a + c, (((a, sigma),), ((c, t * v),)), sigma + t * v),
        ),
        beyond_step(
            f"{claim}.deviation",
            claim,
            "E ||grad L_i||^2 = ||grad L||^2 + E ||grad L_i - grad L||^2",
            "the chain and what beta_j adds, a deviation being at most its vector in L2",
            variance_of_means(),
            Split(a + c, (((a, s * z),), ((c, drift * y),)), s * z + drift * y),
        ),
        beyond_step(
            claim,
            claim,
            "E ||G_i||^2 <= ||grad L||^2 + (r^(2N) (...) + drift (E b_i^2)^(1/2))^2",
            "put in",
            Relation(
                G**2 + (s * (sigma + t * root / s) / (1 + t) + drift * y) ** 2, "==", with_root(value, root)
            ),
        ),
        beyond_step(
            f"{claim}.attained",
            claim,
            "E ||G_i||^2 = r^(4N) sigma^2",
            "curvature -l, task gradients of mean zero, b = 0: root = r^(2N) sigma",
            Relation((s * sigma) ** 2, "==", with_root(value, s * sigma).subs({G: 0, b: 0, y: 0})),
        ),
    )


def steps() -> tuple[Step, ...]:
    """Means, then the second moment."""
    return (*_mean_gradient(), *_finite_sum(), *_second_moment())
