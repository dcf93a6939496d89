"""Lemmas 13, 14 and 18 where Hessians lie between -l I and L I.

z = product v/r^k, a product of k factors I - alpha M: with t = k alpha (L + l)/(2 - alpha (L - l)) the steps
telescope to ||z - v||^2 <= t (||v||^2 - ||z||^2), so that (1 + t) z is in a ball around v.
"""

from __future__ import annotations

from maml_verify.theory import beyond
from proofs_check.goals import Recursion, Relation, Split, Step
from proofs_check.lemmas.telescoping import telescoped
from proofs_check.lemmas.weakly_convex import (
    CURVED,
    TAU,
    at_spectrum,
    ball_around,
    beyond_step,
    low,
    r,
    shifted,
)
from proofs_check.symbols import OBSERVED, PARAMETERS, L, N, alpha, g, g_S, n, operators, x, y, z

__all__ = ["steps"]


def _ball() -> tuple[Step, ...]:
    claim = "product-deviation"
    place = at_spectrum(CURVED)
    wide = (place.L + place.convexity) * alpha / beyond.shape(place, PARAMETERS)
    return (
        beyond_step(
            f"{claim}.factor",
            claim,
            "(1 + alpha l) b = (I - alpha M) a gives ||b - a||^2 <= t (||a||^2 - ||b||^2)",
            "-l I <= M <= L I, alpha (L - l) < 2; t = alpha (L + l)/(2 - alpha (L - l))",
            *shifted(-1),
            Relation(TAU, "==", wide),
        ),
        beyond_step(
            f"{claim}.telescoped",
            claim,
            "||z_k - v||^2 <= k t (||v||^2 - ||z_k||^2)",
            "induction",
            telescoped(-1),
        ),
        beyond_step(
            f"{claim}.ball",
            claim,
            "||(1 + t) z - v|| <= t ||v||",
            "completed square",
            ball_around(),
        ),
    )


def _deviation() -> tuple[Step, ...]:
    """r^k z - v = r^k ((1 + t) z - v)/(1 + t) + (r^k/(1 + t) - 1) v, whichever of r^k and 1 + t is larger."""
    claim = "product-deviation"
    c, e = operators("c e")

    def entered(rest, t):  # type: ignore[no-untyped-def]
        grown = (1 + rest) / (1 + t)
        left_over = (rest - t) / (1 + t)
        size = left_over if left_over.is_nonnegative else -left_over
        terms = (((grown, grown), (c, t * g)), ((left_over, size), (e, g)))
        return Split(grown * c + left_over * e, terms, beyond.deviation(rest, t) * g)

    return (
        beyond_step(
            claim,
            claim,
            "||product v - v|| <= (s t + |s - 1 - t|)/(1 + t) ||v||, s = r^k",
            "c = (1 + t) z - v, in two cases: s - 1 = t + y and t = s - 1 + y",
            entered(z + y, z),
            entered(z, z + y),
        ),
    )


def _claims() -> tuple[Step, ...]:
    K, M, a, c = operators("K M a c")
    value = beyond.finite_sum_gradient_gap(CURVED, PARAMETERS, OBSERVED)
    near, drift = beyond.gap(CURVED, PARAMETERS, N), beyond.drift(CURVED, PARAMETERS)
    wide = beyond.shape(CURVED, PARAMETERS)
    powers, t = (r**n - 1) / low, beyond.reach(CURVED, PARAMETERS)
    return (
        beyond_step(
            "task-gradient-gap",
            "task-gradient-gap",
            "||grad L_i - grad l_i|| <= (s t + |s - 1 - t|)/(1 + t) ||grad l_i||, s = r^(2N)",
            "grad l_i(w_(j+1)) = (I - alpha M) grad l_i(w_j): 2N factors",
            Split(
                K * a - a,
                (((K - 1, beyond.deviation(r ** (2 * N) - 1, t)), (a, g)),),
                beyond.task_gradient_gap(CURVED, PARAMETERS, OBSERVED),
                given=(wide,),
            ),
        ),
        beyond_step(
            "finite-sum-gradient-gap.path",
            "finite-sum-gradient-gap",
            "||sum_(j<N) grad l_Si(w_j)|| <= (1 + r + ... + r^(N-1)) ||grad l_Si||",
            "Lemma 17 (beyond)",
            Recursion(n, 1, g_S, 1, r ** (n - 1) * g_S, powers * g_S, "=="),
        ),
        beyond_step(
            "finite-sum-gradient-gap",
            "finite-sum-gradient-gap",
            "||grad L_i - grad l_Ti|| <= gap(N) ||grad l_Ti|| + alpha L r^N (1 + ... + r^(N-1)) "
            "||grad l_Si||",
            "grad l_Ti(w_N) = grad l_Ti - alpha M sum_(j<N) grad l_Si(w_j), N factors",
            Split(
                K * (a - alpha * M * c) - a,
                (((K - 1, near), (a, g)), ((-alpha * K, alpha * r**N), (M, L), (c, drift / x * g_S))),
                value,
                given=(wide,),
            ),
        ),
    )


def steps() -> tuple[Step, ...]:
    """The ball, the deviation, and the lemmas."""
    return (*_ball(), *_deviation(), *_claims())
