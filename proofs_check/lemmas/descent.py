"""Algebra of the descent behind Theorem 5, for the printed and for the repaired factor of ||e_k||^2.

i stands for 1/L_w, Eb for E beta_k. ``share`` is the factor of ||e_k||^2 i/C_beta in (37): 2/5 as printed,
1 repaired.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from maml_verify.theory import coefficients, derived
from maml_verify.theory.coefficients import C_err_1, C_err_2, C_err_2_b
from proofs_check.goals import Relation
from proofs_check.symbols import CONSTANTS, PARAMETERS, B, C_beta, G, L, S, T, e, s, sigma, y

__all__ = [
    "collected",
    "entered_19",
    "entered_derived",
    "larger_reading",
    "line_38",
    "recentred",
    "repaired",
    "smaller_terms",
]

c, p = CONSTANTS, PARAMETERS
i, Eb, C_L = sp.symbols("i Eb C_L", positive=True)
error_1, error_2, squ_3, noise, square_G = sp.symbols("C_err1 C_err2 C_squ3 noise E2", nonnegative=True)
FIFTH, HALF = sp.Rational(1, 5), sp.Rational(1, 2)
PRINTED, REPAIRED = sp.Rational(2, 5), sp.Integer(1)
errors = error_1**2 / S + error_2**2 / S * G**2 + error_2**2 * sigma**2 / S
#: Proposition 4 with C_squ1/T + C_squ2/S written as one term.
second_moment = squ_3 * (G**2 + sigma**2) + noise


def bracket(three: sp.Expr) -> sp.Expr:
    """The last bracket of theta with 3/5 (printed) or 3/2 (repaired) for ``three``."""
    return FIFTH - (three + 6 / C_beta) * error_2**2 / S - squ_3 / (C_beta * B) - 2 / C_beta


def line_38(share: sp.Expr, square: sp.Expr) -> sp.Expr:
    """Right side of (38), first line, minus L(w_k)."""
    error = (3 * share / C_beta + 12 / C_beta**2) * i * errors
    return -2 * i / (5 * C_beta) * G**2 + 2 / C_beta**2 * i / B * square + 4 / C_beta**2 * i * G**2 + error


def collected(share: sp.Expr, square: sp.Expr) -> sp.Expr:
    """Right side of (38), second line, minus L(w_k)."""
    return (
        -2 * i / C_beta * bracket(3 * share / 2) * G**2
        + 6 * i / (C_beta * S) * (share / 2 + 2 / C_beta) * (error_1**2 + error_2**2 * sigma**2)
        + 2 * i / (C_beta**2 * B) * square
    )


def recentred() -> Relation:
    """From (40) to theta and chi of (19): both sides of the last term agree, for any bracket y."""
    C_l, smooth = coefficients.C_l(c, p), coefficients.C_L(c, p)
    left = 2 / C_beta * y / (s * L + smooth * sigma / (1 - C_l) + smooth / (1 - C_l) * G) * G**2
    theta = coefficients.theta_5(c, p).subs(coefficients.theta_5_bracket(c, p), y)
    return Relation(left, "==", theta * G**2 / (coefficients.chi_5(c, p) + G))


def _entered(share: sp.Expr, put: dict[sp.Symbol, Any], xi: Any, in_bracket: Any) -> Relation:
    """The second line of (38) with its constants put in: xi/S + phi/B, scaled by L/L_w, and the bracket."""
    line = collected(share, squ_3 * sigma**2 + noise)
    by_name = -2 * i / C_beta * in_bracket * G**2 + i * L * (xi / S + coefficients.phi_5(c, p) / B)
    return Relation(line.subs(put), "==", by_name)


def entered_19() -> Relation:
    """xi, phi and the bracket of theta in (19) are what (38) arrives at."""
    put = _constants(C_err_1(c, p), C_err_2(c, p))
    return _entered(PRINTED, put, coefficients.xi_5(c, p), coefficients.theta_5_bracket(c, p))


def entered_derived() -> Relation:
    """The same of the derived edition."""
    put = _constants(derived.C_err_1(c, p), derived.C_err_2(c, p))
    return _entered(REPAIRED, put, derived.xi_5(c, p), derived.theta_5_bracket(c, p))


def _constants(first: Any, second: Any) -> dict[sp.Symbol, Any]:
    squares = coefficients.C_squ_1(c, p) / T + coefficients.C_squ_2(c, p) / S
    return {error_1: first, error_2: second, squ_3: coefficients.C_squ_3(c, p), noise: squares}


def repaired() -> Relation:
    """-(Eb/2) G^2 + (Eb/2) e^2 bounded with 4/(5 C_beta L_w) < Eb < 2/(C_beta L_w)."""
    return Relation(
        -Eb / 2 * G**2 + Eb / 2 * e**2,
        "<=",
        -2 * i / (5 * C_beta) * G**2 + i / C_beta * e**2,
        given=(Eb - 4 * i / (5 * C_beta), 2 * i / C_beta - Eb),
    )


def smaller_terms() -> tuple[Relation, ...]:
    """Repaired factors times the constants of the proof are at most printed factors times those of (15).

    The factor of C_err1^2 and C_err2^2 sigma^2 in xi, and that of C_err2^2 in theta, which is three times
    as large.
    """
    new, old = HALF + 2 / C_beta, FIFTH + 2 / C_beta
    one = Relation(new * derived.C_err_1(c, p) ** 2, "<=", old * C_err_1(c, p) ** 2, admissible=True)
    two, printed = derived.C_err_2(c, p) ** 2, C_err_2(c, p) ** 2
    return (
        one,
        Relation(new * two, "<=", old * printed, admissible=True),
        Relation(3 * new * two, "<=", 3 * old * printed, admissible=True),
    )


def larger_reading() -> Relation:
    """The second reading of C_err2 is the larger one, so what holds with the first holds with it."""
    return Relation(C_err_2(c, p), "<=", C_err_2_b(c, p), admissible=True)
