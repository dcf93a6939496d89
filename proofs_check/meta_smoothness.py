"""Proposition 1 (Section 5.1), (26)-(28): the meta gradient is Lipschitz with the constant of (13).

V(m) is the norm of the difference of the products of the first m factors I - alpha H along two paths.
"""

from __future__ import annotations

from maml_verify.bounds import meta_smoothness
from proofs_check.forms import mean_norm
from proofs_check.model import Recursion, Relation, Split, Step, definition, relation
from proofs_check.symbols import (
    CONSTANTS,
    OBSERVED,
    PARAMETERS,
    L,
    N,
    alpha,
    d,
    g,
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

__all__ = ["bracket", "product_steps", "steps"]


def bracket(size):  # type: ignore[no-untyped-def]
    """The bracket of (28) and (50)."""
    return q ** (size - 1) * alpha * rho + rho / L * q**size * (q ** (size - 1) - 1)


def terms(count):  # type: ignore[no-untyped-def]
    """The first ``count`` terms of the sum in (28), a geometric series."""
    return alpha * rho * d * q ** (2 * N - 1) * (1 - q ** (-count)) / (alpha * L)


def product_steps(first: str, second: str, result: str, where: str, name: str) -> tuple[Step, ...]:
    """(27), (28), which (50) repeats: y stands for the distance of the paths, v for the norm so far."""
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


def steps() -> tuple[Step, ...]:
    """(13), (14), (26)-(28) and the statement."""
    r, where = "meta-smoothness", "proof of Proposition 1"
    P, Q, a, c = operators("P Q a c")
    first = Split(P * a - Q * c, (((P - Q, v), (a, u)), ((Q, q**N), (a - c, z))), v * u + q**N * z)
    arrived = bracket(N) * d * q**N * g + q ** (2 * N) * L * d
    return (
        definition("eq-13", r, "Proposition 1, (13)", "C_L = ((1+x)^(N-1) alpha rho + ...) (1+x)^N"),
        definition("eq-14", r, "Section 3, (14)", "estimate of the smoothness from B'_k and D_Lk"),
        relation(
            "eq-26.a", r, f"{where}, (26)",
            "||grad L_i(w) - grad L_i(u)|| <= ||P - Q|| ||a|| + (1+x)^N ||a - c||",
            "P a - Q c = (P - Q) a + Q (a - c), N factors of norm <= 1 + x", first,
        ),
        relation(
            "eq-26.b", r, f"{where}, (26)",
            "... <= ||P - Q|| (1+x)^N ||grad l_i(w)|| + (1+x)^N L ||w_N - u_N||",
            "(i) Lemma 12, Lipschitz gradient",
            Relation(
                v * u + q**N * y, "<=", v * q**N * g + q**N * L * z, upper=((u, q**N * g), (y, L * z)),
            ),
        ),
        relation(
            "eq-26.c", r, f"{where}, (26)",
            "... <= V(N) (1+x)^N ||grad l_i(w)|| + (1+x)^(2N) L ||w - u||",
            "(ii) Lemma 11",
            Relation(
                v * q**N * g + q**N * L * z, "<=", v * q**N * g + q ** (2 * N) * L * d,
                upper=((z, q**N * d),),
            ),
        ),
        *product_steps("eq-27", "eq-28", r, f"{where}, (27)-(28)", "V"),
        relation(
            "proposition-1/statement", r, "Proposition 1",
            "||grad L(w) - grad L(u)|| <= ((1+x)^(2N) L + C_L E ||grad l_i(w)||) ||w - u||",
            "(26), (28), Jensen over i",
            Relation(arrived, "==", meta_smoothness(CONSTANTS, PARAMETERS, OBSERVED)),
            mean_norm(),
            tags=("statement",),
        ),
    )  # fmt: skip
