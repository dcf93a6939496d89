"""Propositions 1 and 7 where Hessians lie between -l I and L I: r = 1 + alpha l takes the place of q."""

from __future__ import annotations

from typing import Any

import sympy as sp

from maml_verify.theory import beyond
from maml_verify.theory.symbols import Constants
from proofs_check.goals import Recursion, Relation, Split, Step
from proofs_check.lemmas.quadratic_forms import mean_norm
from proofs_check.lemmas.weakly_convex import CONVEX, CURVED, beyond_step, low, r
from proofs_check.symbols import (
    OBSERVED,
    PARAMETERS,
    L,
    N,
    alpha,
    b,
    d,
    g,
    m,
    n,
    operators,
    rho,
    u,
    v,
    x,
    y,
    z,
)

__all__ = ["steps"]


def _of(formula: Any, c: Constants) -> Any:
    return formula(c, PARAMETERS)


def _value(bound: Any, c: Constants) -> Any:
    return bound(c, PARAMETERS, OBSERVED)


#: 1 + r + ... + r^(n-1).
powers = (r**n - 1) / low


def _products() -> tuple[Step, ...]:
    """Products of factors along two paths."""
    claim = "meta-smoothness"
    P, Q, A, C = operators("P Q A C")
    late = alpha * rho * d * r ** (n - 1) * r ** (n - 1)
    return (
        beyond_step(
            f"{claim}.factor",
            claim,
            "V(m) <= r^(m-1) alpha rho ||w_(m-1) - u_(m-1)|| + r V(m-1)",
            "P A - Q C = P (A - C) + (P - Q) C; Lemma 11 (beyond): factors are at most r",
            Split(
                P * A - Q * C,
                (((P, r ** (m - 1)), (A - C, alpha * rho * z)), ((P - Q, v), (C, r))),
                r ** (m - 1) * alpha * rho * z + r * v,
            ),
            Relation(
                r ** (m - 1) * alpha * rho * z + r * v,
                "<=",
                r ** (m - 1) * alpha * rho * r ** (m - 1) * d + r * v,
                upper=((z, r ** (m - 1) * d),),
            ),
        ),
        beyond_step(
            f"{claim}.products",
            claim,
            "V(N) <= alpha rho r^(N-1) (1 + r + ... + r^(N-1)) ||w - u||",
            "unrolled; N alpha rho ||w - u|| for convex losses",
            Recursion(n, 1, alpha * rho * d, r, late, alpha * rho * d * r ** (n - 1) * powers, "=="),
            Recursion(n, 1, alpha * rho * d, 1, alpha * rho * d, n * alpha * rho * d, "=="),
        ),
    )


def _meta() -> tuple[Step, ...]:
    claim = "meta-smoothness"
    P, Q, a, c = operators("P Q a c")

    def entered(constants: Constants, grown: Any, many: Any) -> Split:
        terms = (
            ((P - Q, alpha * rho * d * grown ** (N - 1) * many), (a, grown**N * g)),
            ((Q, grown**N), (a - c, L * grown**N * d)),
        )
        return Split(P * a - Q * c, terms, _value(beyond.meta_smoothness, constants))

    return (
        *_products(),
        beyond_step(
            claim,
            claim,
            "||grad L(w) - grad L(u)|| <= (r^(2N) L + C_L E ||grad l_i(w)||) ||w - u||",
            "P a - Q c = (P - Q) a + Q (a - c); Lemmas 11, 12 (beyond); Jensen over i",
            entered(CURVED, r, (r**N - 1) / low),
            entered(CONVEX, sp.Integer(1), N),
            mean_norm(),
        ),
    )


def _finite_sum() -> tuple[Step, ...]:
    claim = "finite-sum-meta-smoothness"
    P, Q, a, c, A, e = operators("P Q a c A e")

    def entered(constants: Constants, grown: Any, many: Any) -> Split:
        last = grown**N * g + _of(beyond.drift, constants) * b
        terms = (
            ((P - Q, alpha * rho * d * grown ** (N - 1) * many), (a, last)),
            ((Q, grown**N), (a - c, L * grown**N * d)),
        )
        return Split(P * a - Q * c, terms, _value(beyond.finite_sum_meta_smoothness, constants))

    drift, even = _of(beyond.drift, CURVED).subs(N, n), _of(beyond.drift, CONVEX).subs(N, n)
    return (
        beyond_step(
            f"{claim}.query",
            claim,
            "||grad l_Ti(w_(j+1))|| <= r ||grad l_Ti(w_j)|| + alpha L b_i",
            "grad l_Ti(w_(j+1)) = (I - alpha M) grad l_Ti(w_j) - alpha M (grad l_Si - grad l_Ti)(w_j)",
            Split(
                A * a - alpha * c * e, (((A, r), (a, u)), ((-alpha * c, alpha * L), (e, y))), r * u + x * y
            ),
        ),
        beyond_step(
            f"{claim}.drift",
            claim,
            "||grad l_Ti(w_N)|| <= r^N ||grad l_Ti(w)|| + alpha L (1 + ... + r^(N-1)) b_i",
            "unrolled",
            Recursion(n, 1, r * g + x * b, r, x * b, r**n * g + drift * b, "=="),
            Recursion(n, 1, g + x * b, 1, x * b, g + even * b, "=="),
        ),
        beyond_step(
            claim,
            claim,
            "||grad L(w) - grad L(u)|| <= (r^(2N) L + C_b b + C_L E ||grad l_Ti(w)||) ||w - u||",
            "as Proposition 1, with the gradient at the end of the path; mean over i",
            entered(CURVED, r, (r**N - 1) / low),
            entered(CONVEX, sp.Integer(1), N),
            mean_norm(),
        ),
    )


def steps() -> tuple[Step, ...]:
    """Both propositions."""
    return (*_meta(), *_finite_sum())
