"""Editions ``sharp``: each bound is valid, and somewhere attained.

At curvature exactly -L one inner step multiplies distances and gradients by q = 1 + alpha L, a factor of the
meta gradient is I - alpha Hess = q I, and noise orthogonal to the distance adds its variance, so that the
recursions behind the bounds are equalities.  Where a bound is the printed or the derived one, its proof is
that entry's; the steps here say that it is attained.
"""

from __future__ import annotations

from typing import Any

from maml_verify.theory import derived, sharp
from maml_verify.theory import printed as bounds
from proofs_check.goals import Goal, Gram, Recursion, Relation, Step, relation
from proofs_check.symbols import (  # fmt: skip
    CONSTANTS,
    OBSERVED,
    PARAMETERS,
    L,
    N,
    S,
    alpha,
    b,
    d,
    g,
    g_S,
    j,
    n,
    q,
    rho,
    sigma_g,
    x,
)

__all__ = ["steps"]

WHERE = "sharp edition"
NOISE = alpha**2 * sigma_g**2 / S


def _value(bound: Any) -> Any:
    return bound(CONSTANTS, PARAMETERS, OBSERVED)


def _attained(claim: str, said: str, reason: str, *goals: Goal) -> Step:
    return relation(f"sharp/{claim}.attained", claim, WHERE, said, reason, *goals, audit="derived")


def _levels(bound: Any) -> Recursion:
    """One inner step more multiplies the distance by 1 + x, and so does its factor of the meta gradient."""
    return Recursion(n, 1, q * (L * (q * d)), q * q, 0, bound.subs(N, n), "==")


def _paths() -> tuple[Step, ...]:
    """Of the path and of the gradients on it, at curvature -L."""
    stability, gradient = _value(sharp.path_stability), _value(sharp.path_gradient)
    meta = "curvature -L, with gradients that point one way"
    return (
        _attained(
            "path-stability", "||w_j - u_j|| = (1+x)^j ||w - u||", "curvature -L: a step multiplies by 1 + x",
            Recursion(n, 1, q * d, q, 0, stability.subs(j, n), "=="),
        ),
        _attained(
            "path-gradient", "||grad l_i(w_j)|| = (1+x)^j ||grad l_i(w)||", "curvature -L",
            Recursion(n, 1, q * g, q, 0, gradient.subs(j, n), "=="),
        ),
        _attained(
            "product-deviation", "||I - prod (I - alpha V_j)|| = (1+x)^(m+1) - 1", "V_j = -L I",
            Recursion(n, 1, x, q, x, _value(sharp.product_deviation).subs(N, n), "=="),
        ),
        _attained(
            "task-gradient-gap", "||grad l_i - grad L_i|| = ((1+x)^(2N) - 1) ||grad l_i||",
            "grad L_i(w) = (1+x)^N grad l_i(w_N), grad l_i(w_N) = (1+x)^N grad l_i(w)",
            Recursion(n, 1, q * g, q, 0, q**n * g, "=="),
            Relation(q**N * (q**N * g) - g, "==", _value(sharp.task_gradient_gap)),
        ),
        _attained(
            "support-path-gradient", "||grad l_Si(w_j)|| = (1+x)^j ||grad l_Si(w)||", "curvature -L",
            Recursion(n, 1, q * g, q, 0, gradient.subs(j, n), "=="),
        ),
        _attained(
            "finite-sum-gradient-gap", "||grad l_Ti - grad L_i|| equals the bound of Lemma 18", meta,
            Recursion(n, 1, g + x * g_S, 1, x * q ** (n - 1) * g_S, g + (q**n - 1) * g_S, "=="),
            Relation(q**N * (g + (q**N - 1) * g_S) - g, "==", _value(sharp.finite_sum_gradient_gap)),
        ),
    )  # fmt: skip


def _smoothness() -> tuple[Step, ...]:
    """Of the meta gradient's Lipschitz constant, at curvature -L or near it."""
    spread = (q**N - 1) / x
    powers = Recursion(n, 1, 1, 1, q ** (n - 1), spread.subs(N, n), "==")
    return (
        _attained(
            "meta-smoothness", "||grad L(w) - grad L(u)|| = (1+x)^(2N) L ||w - u||",
            "curvature -L and a stationary point w of every task",
            _levels(_value(sharp.meta_smoothness).subs(g, 0)),
        ),
        relation(
            "sharp/meta-smoothness.approached", "meta-smoothness", WHERE,
            "sum_(j<N) (1+x)^(N-1) alpha rho (1+x)^j (1+x)^N g + (1+x)^(2N) L is the bound over ||w - u||",
            "curvature -L, from which every Hessian of the path of w leaves at rate rho towards that of u",
            powers, Relation(x * rho * q ** (2 * N - 1) * spread * g / L + q ** (2 * N) * L, "==",
                             _value(sharp.meta_smoothness) / d),
            audit="derived",
        ),
        relation(
            "sharp/finite-sum-meta-smoothness.approached", "finite-sum-meta-smoothness", WHERE,
            "the same with (1+x)^N g + ((1+x)^N - 1) b, the gradient at the end of the path, for (1+x)^N g",
            "support gradients exceed query gradients by b along the path",
            powers, Recursion(n, 1, q * g + x * b, q, x * b, q**n * g + (q**n - 1) * b, "=="),
            Relation(
                x * rho * q ** (N - 1) * spread * (q**N * g + (q**N - 1) * b) / L + q ** (2 * N) * L, "==",
                _value(sharp.finite_sum_meta_smoothness) / d,
            ),
            audit="derived",
        ),
        _attained(
            "finite-sum-meta-smoothness", "||grad L(w) - grad L(u)|| = (1+x)^(2N) L ||w - u||",
            "the same with equal sets",
            _levels(_value(sharp.finite_sum_meta_smoothness).subs({g: 0, b: 0})),
        ),
    )  # fmt: skip


def _moments() -> tuple[Step, ...]:
    """The two moments of the path distance."""
    first, r = _value(sharp.path_first_moment), "path-first-moment"
    second = _value(sharp.path_second_moment)
    printed = _value(bounds.path_first_moment)
    whole = (("mean", 1), ("deviation", 1))
    jensen = Gram(
        ("mean", "deviation"),
        {("mean", "mean"): 1},
        {(whole, whole): 1},
        orthogonal=(("mean", "deviation"),),
    )
    return (
        relation(
            "sharp/path-first-moment.jensen", r, WHERE, "(E y)^2 <= E y^2",
            "the deviation from the mean has mean zero", jensen, audit="derived",
        ),
        relation(
            "sharp/path-first-moment", r, WHERE,
            "E ||w_j - w~_j|| <= (((1+x)^(2j) - 1) alpha sigma_g^2 / (L (2+x) S))^(1/2)",
            "Jensen, and the derived second moment",
            Gram(
                ("mean", "deviation", "one"), {("mean", "mean"): 1}, {("one", "one"): first**2},
                facts=((1, {("one", "one"): _value(derived.path_second_moment), (whole, whole): -1}),),
                orthogonal=(("mean", "deviation"),),
            ),
            audit="derived",
        ),
        relation(
            "sharp/path-first-moment.comparison", r, WHERE, "the sharp bound is at most the printed one",
            "the printed one squared bounds the recursion of the second moment",
            Recursion(n, 1, NOISE, q**2, NOISE, printed.subs(j, n) ** 2), audit="derived",
        ),
        _attained(
            "path-second-moment", "E ||w_j - w~_j||^2 equals the derived bound",
            "curvature -L, noise of variance sigma_g^2 everywhere",
            Recursion(n, 1, NOISE, q**2, NOISE, second.subs(j, n), "=="),
        ),
        _attained(
            r, "||w_j - w~_j||^2 = sum_(k<j) (1+x)^(2k) alpha^2 sigma_g^2/S where the noises are orthogonal",
            "curvature -L; noise of constant size, that of step i along e_i",
            Recursion(n, 1, NOISE, q**2, NOISE, (first**2).subs(j, n), "=="),
        ),
    )  # fmt: skip


def steps() -> tuple[Step, ...]:
    """Equality cases of the lemmas, then the two moments of the path distance."""
    return (*_paths(), *_smoothness(), *_moments())
