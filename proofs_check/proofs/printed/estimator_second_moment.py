"""Proposition 4 (Section 5.1), (33)-(36): second moment of the meta gradient estimator.

(34) is false in the spectral norm, which the paper uses: E ||A + Z||^2 can exceed ||A||^2 + E ||Z||^2, and
the mean of D independent noises can have E ||.||^2 > sigma_H^2/D. The repair never takes norms of random
matrices: E[(A+Z) P (A+Z)] = A P A + E[Z P Z] and E[Z_D^2] = E[Z^2]/D as matrices, so g^T E[...] g <=
((1+x)^2 + alpha^2 sigma_H^2/D)^N g^T g.
"""

from __future__ import annotations

import sympy as sp

from maml_verify.theory import coefficients
from maml_verify.theory.printed import estimator_second_moment
from proofs_check.goals import (  # fmt: skip
    Induction,
    Product,
    Reading,
    Relation,
    Split,
    Step,
    Witness,
    definition,
    readings,
    relation,
)
from proofs_check.instances.vectors import spectral_batch, spectral_shift
from proofs_check.lemmas.means import C_l, variance_of_means
from proofs_check.lemmas.path_growth import arrived
from proofs_check.lemmas.quadratic_forms import independent_products, sum_of_squares
from proofs_check.symbols import (  # fmt: skip
    CONSTANTS,
    E2,
    OBSERVED,
    PARAMETERS,
    D,
    G,
    L,
    N,
    S,
    T,
    alpha,
    g,
    operators,
    q,
    sigma,
    sigma_g,
    sigma_H,
    u,
    v,
    x,
    y,
    z,
)

__all__ = [
    "lemma_15_squared",
    "steps",
]

h = alpha**2 * sigma_H**2 / D + q**2
n2 = sp.Symbol("n2", nonnegative=True)  # ||grad l(w_k)||^2


def matrix_recursion() -> tuple[Product | Induction | Split, ...]:
    """Cross terms vanish for noise Z of mean 0; D draws divide E[Z P Z] by D; norms multiply.

    From D draws to D + 1: the sum of the first D is T, with E[T P T] = D E[Z P Z].
    """
    A, P, Z, T_, square = operators("A P Z T square")
    TPT = operators("TPT,")[0]
    return (
        Product((((A + Z) * P * (A + Z), A * P * A + Z * P * Z),), (Z,)),
        Product((((T_ + Z) * P * (T_ + Z), T_ * P * T_ + Z * P * Z),), (T_, Z)),
        Induction((square, square), ((TPT + square) / (D + 1) ** 2, square / (D + 1)), ((TPT, D * square),)),
        Split(
            A * P * A + Z * P * Z,
            (((A, q), (P, y), (A, q)), ((Z * P * Z, y * alpha**2 * sigma_H**2 / D),)),
            h * y,
        ),
    )


def lemma_15_squared(n_squared) -> sp.Expr:  # type: ignore[no-untyped-def]
    """2/(1-C_l)^2 ||grad L||^2 + 2 C_l^2/(1-C_l)^2 sigma^2 with ``n_squared`` for the first factor."""
    return 2 / (1 - C_l) ** 2 * n_squared + 2 * C_l**2 / (1 - C_l) ** 2 * sigma**2


RESULT, WHERE = "estimator-second-moment", "proof of Proposition 4"
P, a = operators("P a")
c_squ_1 = coefficients.C_squ_1(CONSTANTS, PARAMETERS)
c_squ_2 = coefficients.C_squ_2(CONSTANTS, PARAMETERS)
noise_terms = c_squ_1 / T + c_squ_2 / S
line_36 = 3 * q ** (2 * N) * h**N * (n2 + sigma**2) + noise_terms


def _eq_17() -> tuple[Step, ...]:
    return (
        definition("eq-17", RESULT, "Proposition 4, (17)", "C_squ1, C_squ2, C_squ3"),
    )  # fmt: skip


def _eq_33() -> tuple[Step, ...]:
    return (
        relation(
            "eq-33.a", RESULT, f"{WHERE}, (33)", "E ||G_i||^2 <= E ||prod||^2 ||grad l_i(w_N; T)||^2",
            "submultiplicativity", Split(P * a, (((P, u), (a, v)),), u * v),
        ),
        relation(
            "eq-33.b", RESULT, f"{WHERE}, (33)", "... <= E prod_j E ||I - alpha H(w_j; D_j)||^2 E ||grad||^2",
            "norm of a product; independent batches", *independent_products(),
            Split(P * a, (((P, u), (a, v)),), u * v),
        ),
    )  # fmt: skip


def _eq_34() -> tuple[Step, ...]:
    return (
        relation(
            "eq-34.a", RESULT, f"{WHERE}, (34)",
            "E ||I - alpha H(w; D)||^2 = Var(I - alpha H(w; D)) + ||I - alpha H(w)||^2 (spectral norm)",
            "none given", Witness(spectral_shift, "spectral norm, d >= 2"),
            why="The identity holds in the Frobenius norm, not in the spectral norm: Hessian noise"
            " +-sigma_H e e^T around curvature -L gives ((1+x+alpha sigma_H)^2 + (1+x)^2)/2, which is"
            " larger; so the whole of (34) fails, however Var is read.",
            consequence="Proposition 4 survives with the same constants.",
            correction="E[(A+Z) P (A+Z)] = A P A + E[Z P Z] <= (||A||^2 + ||E Z^2||) ||P||",
            weight=70, repair=matrix_recursion(), repaired="matrix recursion instead of norms",
        ),
        relation(
            "eq-34.b", RESULT, f"{WHERE}, (34)",
            "Var(I - alpha H(w; D)) <= alpha^2 sigma_H^2 / D (spectral norm)",
            "independent draws", Witness(spectral_batch, "spectral norm, d >= 2"),
            why="The variance of a mean is the mean of the variances only in a Hilbert norm; with two"
            " draws of +-diag(1, 1), +-diag(1, -1) it is 3/4 and not 1/2.",
            consequence="Proposition 4 survives.", correction="||E Z_D^2|| <= sigma_H^2 / D (matrix inside)",
            weight=65, repair=matrix_recursion(), repaired="E[Z_D P Z_D] = E[Z P Z]/D as matrices",
        ),
        relation(
            "eq-34.c", RESULT, f"{WHERE}, (34)", "||I - alpha H(w)||^2 <= (1+x)^2", "bounded Hessian",
            Split(1 - alpha * P, (((sp.Integer(1), 1),), ((-alpha * P, alpha * L),)), q),
            Relation(z**2, "<=", (1 + x) ** 2, upper=((z, q),)),
        ),
    )  # fmt: skip


def _eq_35() -> tuple[Step, ...]:
    return (
        relation(
            "eq-35.a", RESULT, f"{WHERE}, (35)", "E ||grad l_i(w_N; T)||^2 <= 3 E ||.||^2 + 3 E ||.||^2 + 3 E"
            " ||.||^2",
            "(i) ||a+b+c||^2 <= 3 (||a||^2 + ||b||^2 + ||c||^2)", sum_of_squares("abc"),
        ),
        relation(
            "eq-35.b", RESULT, f"{WHERE}, (35)",
            "... <= 3 sigma_g^2 / T + 3 L^2 ||w_N - w~_N||^2 + 3 (1+x)^(2N) ||grad l_i(w_k)||^2",
            "(ii) Assumption 3, Lipschitz gradient, Lemma 12",
            Relation(
                3 * y + 3 * u**2 + 3 * v**2, "<=",
                3 * sigma_g**2 / T + 3 * L**2 * z**2 + 3 * q ** (2 * N) * g**2,
                upper=((y, sigma_g**2 / T), (u, L * z), (v, q**N * g)),
            ),
        ),
    )  # fmt: skip


def _proposition_4_collected() -> tuple[Step, ...]:
    return (
        relation(
            "proposition-4/collected", RESULT, WHERE,
            "E ||G_i||^2 <= 3 (...)^N (sigma_g^2/T + L^2 E ||w_N - w~_N||^2 + (1+x)^(2N) E ||grad l_i||^2)",
            "(33)-(35)",
            Relation(
                u * v, "<=", 3 * h**N * (sigma_g**2 / T + L**2 * E2 + q ** (2 * N) * g**2),
                upper=((u, h**N), (v, 3 * sigma_g**2 / T + 3 * L**2 * E2 + 3 * q ** (2 * N) * g**2)),
            ),
        ),
    )  # fmt: skip


def _eq_36() -> tuple[Step, ...]:
    return (
        relation(
            "eq-36", RESULT, f"{WHERE}, (36)",
            "E ||G_i||^2 <= 3 (1+x)^(2N) (...)^N (||grad l||^2 + sigma^2) + C_squ1/T + C_squ2/S",
            "Proposition 2 (bound of its proof), Assumption 2", variance_of_means(),
            Relation(
                3 * h**N * (sigma_g**2 / T + L**2 * E2 + q ** (2 * N) * y), "<=", line_36,
                upper=((E2, arrived(N)), (y, n2 + sigma**2)),
            ),
        ),
    )  # fmt: skip


def _proposition_4_lemma_15_squared() -> tuple[Step, ...]:
    mean_squared = ((G + C_l * sigma) / (1 - C_l)) ** 2
    return (
        readings(
            "proposition-4/lemma-15-squared", RESULT, WHERE,
            "||grad l||^2 <= 2/(1-C_l)^2 ||grad L||^2 + 2 C_l^2/(1-C_l)^2 sigma^2", "Lemma 15",
            Reading((Relation(mean_squared, "<=", lemma_15_squared(G**2), admissible=True),), "||grad L||^2"),
            Reading((Relation(mean_squared, "<=", lemma_15_squared(G), admissible=True),), "||grad L||"),
        ),
        relation(
            "proposition-4/scalar", RESULT, WHERE, "2 x^2/(1-x)^2 + 1 <= 2/(1-x)^2 for 0 <= x < 1", "algebra",
            Relation(2 * y**2 / (1 - y) ** 2 + 1, "<=", 2 / (1 - y) ** 2, given=(1 - y,)),
        ),
    )  # fmt: skip


def _eq_18() -> tuple[Step, ...]:
    return (
        relation(
            "eq-18", RESULT, "Proposition 4, (18)",
            "E ||G_i||^2 <= C_squ1/T + C_squ2/S + C_squ3 (||grad L||^2 + sigma^2)", "(36), Lemma 15 squared",
            Relation(
                line_36.subs(n2, lemma_15_squared(G**2)), "<=",
                estimator_second_moment(CONSTANTS, PARAMETERS, OBSERVED), admissible=True,
            ),
            *matrix_recursion(), tags=("statement",),
        ),
    )  # fmt: skip


def steps() -> tuple[Step, ...]:
    """(17), (18), (33)-(36) and the statement."""
    return (
        *_eq_17(),
        *_eq_33(),
        *_eq_34(),
        *_eq_35(),
        *_proposition_4_collected(),
        *_eq_36(),
        *_proposition_4_lemma_15_squared(),
        *_eq_18(),
    )
