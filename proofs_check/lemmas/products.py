"""Products of I - alpha H along a path, one factor at a time."""

from __future__ import annotations

from proofs_check.goals import Recursion, Relation, Split, Step, relation
from proofs_check.symbols import (
    L,
    N,
    alpha,
    d,
    k,
    m,
    n,
    operators,
    q,
    rho,
    u,
    v,
    y,
    z,
)

__all__ = ["bracket", "product_steps", "terms"]


def bracket(size):  # type: ignore[no-untyped-def]
    """The bracket of (28) and (50)."""
    return q ** (size - 1) * alpha * rho + rho / L * q**size * (q ** (size - 1) - 1)


def terms(count):  # type: ignore[no-untyped-def]
    """The first ``count`` terms of the sum in (28), a geometric series."""
    return alpha * rho * d * q ** (2 * N - 1) * (1 - q ** (-count)) / (alpha * L)


def product_steps(first: str, second: str, result: str, where: str, name: str) -> tuple[Step, ...]:
    """(27), (28), which (50) repeats: y stands for the distance of the paths, v for the norm so far."""
    return (*_one_factor(first, result, where, name), *_unrolled(second, result, where, name))


def _one_factor(first: str, result: str, where: str, name: str) -> tuple[Step, ...]:
    """(27): from m - 1 factors to m."""
    P, Q, A, B_ = operators("P Q A B")
    split = Split(
        P * A - Q * B_,
        (((P, u), (A - B_, z)), ((P - Q, v), (B_, y))),
        u * z + v * y,
    )
    return (
        relation(
            f"{first}.a", result, where,
            f"{name}(m) <= ||P|| ||alpha H(w) - alpha H(u)|| + {name}(m-1) ||I - alpha H(u)||",
            "P A - Q B = P (A - B) + (P - Q) B", split,
        ),
        relation(
            f"{first}.b", result, where,
            f"... <= (1+x)^(m-1) alpha rho ||w_(m-1) - u_(m-1)|| + (1+x) {name}(m-1)",
            "bounded Hessian, Lipschitz Hessian",
            Split(
                P * A - Q * B_,
                (((P, q ** (m - 1)), (A - B_, alpha * rho * z)), ((P - Q, v), (B_, q))),
                q ** (m - 1) * alpha * rho * z + q * v,
            ),
        ),
        relation(
            f"{first}.c", result, where,
            f"... <= (1+x)^(m-1) alpha rho (1+x)^(m-1) ||w - u|| + (1+x) {name}(m-1)",
            "Lemma 11 with j = m - 1",
            Relation(
                q ** (m - 1) * alpha * rho * z + q * v, "<=",
                q ** (m - 1) * alpha * rho * q ** (m - 1) * d + q * v,
                upper=((z, q ** (m - 1) * d),),
            ),
        ),
    )  # fmt: skip


def _unrolled(second: str, result: str, where: str, name: str) -> tuple[Step, ...]:
    """(28): all N factors."""
    return (
        relation(
            f"{second}.a", result, where,
            f"{name}(N) <= (1+x)^(N-1) {name}(1) + sum_(m=0)^(N-2) alpha rho (1+x)^(2(N-m)-2) (1+x)^m d",
            f"unrolling with {name}(1) <= alpha rho d",
            Recursion(
                n, 1, alpha * rho * d, q, alpha * rho * q ** (2 * n - 2) * d,
                alpha * rho * d * (q ** (n - 1) + q**n * (q ** (n - 1) - 1) / (alpha * L)), "==",
            ),
            # The printed sum, term by term, and that it is what the recursion arrives at.
            Recursion(
                n, 0, 0, 1, alpha * rho * q ** (2 * (N - (n - 1)) - 2) * d * q ** (n - 1), terms(n), "==",
            ),
            Relation(
                q ** (N - 1) * alpha * rho * d + terms(N - 1), "==",
                alpha * rho * d * (q ** (N - 1) + q**N * (q ** (N - 1) - 1) / (alpha * L)),
            ),
        ),
        relation(
            f"{second}.b", result, where,
            "... = (1+x)^(N-1) alpha rho d + alpha rho (1+x)^N sum_(m=0)^(N-2) (1+x)^m d",
            "reindexing m -> N - 2 - m",
            # Term m on the left is term N - 2 - m on the right; N = m + k + 2.
            Relation(
                q ** (2 * (k + 2) - 2) * q**m, "==", q ** (m + k + 2) * q**k,
            ),
        ),
        relation(
            f"{second}.c", result, where,
            "... <= ((1+x)^(N-1) alpha rho + (rho/L) (1+x)^N ((1+x)^(N-1) - 1)) d",
            "geometric sum",
            Recursion(n, 1, 0, 1, q ** (n - 2), (q ** (n - 1) - 1) / (alpha * L), "=="),
            Relation(
                q ** (N - 1) * alpha * rho * d
                + alpha * rho * q**N * (q ** (N - 1) - 1) / (alpha * L) * d,
                "==", bracket(N) * d,
            ),
        ),
    )  # fmt: skip
