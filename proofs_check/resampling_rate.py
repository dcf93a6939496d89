"""Theorem 5 (Section 5.1), (37)-(44): convergence of Algorithm 1.

i stands for 1/L_w; Eb for E beta_k, Eb2 for E beta_k^2.  "Applying Lemma 16" multiplies |<grad L, e_k>| by
the lower
bound of E beta_k where an upper bound is needed; the repair takes E beta_k <= (E beta_k^2)^(1/2) <=
2/(C_beta L_w).
"""

from __future__ import annotations

import sympy as sp

from maml_verify import constants, derived
from maml_verify.constants import C_err_1, C_err_2, C_err_2_b
from proofs_check.instances import bias_against_gradient
from proofs_check.model import (
    Gram,
    Reading,
    Recursion,
    Relation,
    Step,
    Witness,
    definition,
    readings,
    relation,
)  # fmt: skip
from proofs_check.symbols import (
    CONSTANTS as c,
)  # fmt: skip
from proofs_check.symbols import (
    PARAMETERS as p,
)
from proofs_check.symbols import (
    B,
    C_beta,
    G,
    K,
    L,
    S,
    e,
    g,
    n,
    s,
    sigma,
    u,
    v,
    y,
    z,
)

__all__ = ["steps"]

i = sp.Symbol("i", positive=True)
E_G, m_G = sp.symbols("E_G m_G", nonnegative=True)  # E ||G_i||^2, ||E G_i||^2
delta, height = sp.symbols("delta height", positive=True)
C_L, c_1, c_2 = sp.symbols("C_L C_1 C_2", positive=True)
error_1, error_2, squ_3, noise = sp.symbols("C_err1 C_err2 C_squ3 noise", nonnegative=True)
fifth = sp.Rational(1, 5)
errors = error_1**2 / S + error_2**2 / S * G**2 + error_2**2 * sigma**2 / S


def bracket(three: sp.Expr) -> sp.Expr:
    """The last bracket of theta with 3/5 (printed) or 3/2 (repaired) for ``three``."""
    return fifth - (three + 6 / C_beta) * error_2**2 / S - squ_3 / (C_beta * B) - 2 / C_beta


def descent(share: sp.Expr, square: sp.Expr) -> sp.Expr:
    """Right side of (38), first line, minus L(w_k); ``share`` multiplies ||e_k||^2 i / C_beta in (37)."""
    second = 2 / C_beta**2 * i / B * square
    return (
        -2 * i / (5 * C_beta) * G**2
        + second
        + 4 / C_beta**2 * i * G**2
        + (3 * share / C_beta + 12 / C_beta**2) * i * errors
    )


def collected(share: sp.Expr, square: sp.Expr) -> sp.Expr:
    """Right side of (38), second line, minus L(w_k)."""
    return (
        -2 * i / C_beta * bracket(3 * share / 2) * G**2
        + 6 * i / (C_beta * S) * (share / 2 + 2 / C_beta) * (error_1**2 + error_2**2 * sigma**2)
        + 2 * i / (C_beta**2 * B) * square
    )


def recentred() -> Relation:
    """From (40) to theta and chi: both sides of the last term agree, for any bracket."""
    C_l = constants.C_l(c, p)
    left = 2 / C_beta * y / (s * L + C_L * sigma / (1 - C_l) + C_L / (1 - C_l) * G) * G**2
    theta = 2 * (2 - s) / (C_beta * C_L) * y
    chi = (2 - s) * s * L / C_L + sigma
    return Relation(left, "==", theta * G**2 / (chi + G))


def steps() -> tuple[Step, ...]:
    """(19), (20), (37)-(44), the unnumbered displays and the derived edition."""
    r, where = "resampling-rate", "proof of Theorem 5"
    inner = sp.Symbol("inner", real=True)
    Eb = sp.Symbol("Eb", positive=True)
    C_l = constants.C_l(c, p)
    three_terms = Gram(
        ("a", "b", "c"),
        {(h, t): (1 if h == t else 2) for h in "abc" for t in "abc" if h <= t},
        {("a", "a"): 3, ("b", "b"): 3, ("c", "c"): 3},
    )
    young = Gram(("a", "b"), {("a", "b"): 1}, {("a", "a"): sp.Rational(1, 2), ("b", "b"): sp.Rational(1, 2)})
    two_terms = Gram(
        ("a", "b"), {("a", "a"): 1, ("a", "b"): 2, ("b", "b"): 1}, {("a", "a"): 2, ("b", "b"): 2}
    )
    batch = Gram(
        ("a", "b"),
        {("a", "a"): 1, ("a", "b"): 2, ("b", "b"): 1},
        {("a", "a"): 1, ("b", "b"): 1},
        orthogonal=(("a", "b"),),
        rel="==",
    )
    mean_square = Relation((E_G - m_G) / B + m_G, "<=", E_G / B + m_G)
    smooth = s * L + C_L * g
    upper_39 = s * L + C_L * sigma / (1 - C_l) + C_L / (1 - C_l) * G
    mean = (G + C_l * sigma) / (1 - C_l) + sigma
    square = squ_3 * (G**2 + sigma**2) + noise
    Z = sp.Symbol("Z", positive=True)
    convex = Z**2 / (delta + Z)
    total = sp.Symbol("total", nonnegative=True)
    root_r, root_chi = sp.symbols("root_r root_chi", nonnegative=True)
    beyond = root_r**2 + root_r * root_chi + delta
    # m = r/2 + h + delta with h^2 = chi r + r^2/4 breaks m^2 <= r (chi + m).
    chi_sharp = (height**2 - u**2 / 4) / u
    above = u / 2 + height + delta
    half = sp.Rational(1, 2)
    one_5 = Relation(
        (half + 2 / C_beta) * derived.C_err_1(c, p) ** 2,
        "<=",
        (fifth + 2 / C_beta) * C_err_1(c, p) ** 2,
        admissible=True,
    )

    two, three = derived.C_err_2(c, p) ** 2, C_err_2(c, p) ** 2
    smaller = (
        one_5,
        Relation((half + 2 / C_beta) * two, "<=", (fifth + 2 / C_beta) * three, admissible=True),
        Relation(3 * (half + 2 / C_beta) * two, "<=", 3 * (fifth + 2 / C_beta) * three, admissible=True),
    )
    # The second reading of C_err2 is the larger one, so what holds with the first holds with it.
    larger = Relation(C_err_2(c, p), "<=", C_err_2_b(c, p), admissible=True)
    repaired = Relation(
        -Eb / 2 * G**2 + Eb / 2 * e**2,
        "<=",
        -2 * i / (5 * C_beta) * G**2 + i / C_beta * e**2,
        given=(Eb - 4 * i / (5 * C_beta) + delta * 0, 2 * i / C_beta - Eb),
    )
    solved = Relation(root_r**2 * (root_chi**2 + beyond), "<", beyond**2)
    survives = (*smaller, repaired, recentred(), solved)
    return (
        definition("eq-19", r, "Theorem 5, (19)", "chi, xi, phi, theta"),
        relation(
            "theorem-5/descent", r, where, "L(w_(k+1)) <= L(w_k) + <grad L, .> + (L_w/2) ||.||^2",
            "Proposition 1 along the segment", Relation(sp.integrate(Z, (Z, 0, 1)) * y, "<=", y / 2),
        ),
        relation(
            "theorem-5/conditional", r, where,
            "E L(w_(k+1)) <= L(w_k) - E beta <grad L, grad L + e> + (L_w E beta^2/2) E ||mean G_i||^2",
            "B'_k independent of B_k", Relation(-Eb * (G**2 + inner), "==", -Eb * G**2 - Eb * inner),
        ),
        relation(
            "theorem-5/batch", r, where, "E ||mean of B G_i||^2 <= E ||G_i||^2 / B + ||E G_i||^2", "i.i.d."
            " tasks",
            batch, mean_square,
        ),
        relation(
            "theorem-5/applying-lemma-16", r, where,
            "... <= L(w_k) - (4/(5 C_beta L_w)) ||grad L||^2 + (4/(5 C_beta L_w)) |<grad L, e>| + ...",
            "Lemma 16", Witness(bias_against_gradient, "all alpha < (2^(1/2N) - 1)/L"),
            why="-E beta <grad L, e> <= E beta |<grad L, e>| needs an upper bound of E beta; the lower"
            " bound 4/(5"
            " C_beta L_w) of Lemma 16 is used. It fails where the bias points against a smaller gradient.",
            consequence="(37)-(40) carry a too small factor of ||e_k||^2; Theorem 5 as printed survives"
            " because C_err1"
            " and C_err2 of (15) are larger than its proof needs.",
            correction="E beta <= 2/(C_beta L_w): 1/C_beta in place of 2/(5 C_beta) at ||e_k||^2 in (37);"
            " 1/2 for 1/5 in"
            " xi, 3/2 for 3/5 in theta, with the constants the proof of Proposition 3 arrives at",
            weight=85, repair=(young, repaired), repaired="E beta <= (E beta^2)^(1/2) <= 2/(C_beta L_w)",
        ),
        relation(
            "eq-37", r, f"{where}, (37)",
            "(4/(5 C_beta)) |<grad L, e>| <= (2/(5 C_beta)) ||grad L||^2 + (2/(5 C_beta)) ||e||^2",
            "Young (from the display before, taken as given)", young,
            Relation(4 * i / (5 * C_beta) * (G**2 + e**2) / 2, "<=",
                     2 * i / (5 * C_beta) * G**2 + 2 * i / (5 * C_beta) * e**2),
        ),
        relation(
            "eq-38.a", r, f"{where}, (38)", "first inequality: collects ||e_k||^2 and inserts Proposition 3",
            "||a+b||^2 <= 2||a||^2+2||b||^2, ||a+b+c||^2 <= 3(...)", two_terms, three_terms,
            Relation(
                -2 * i / (5 * C_beta) * G**2 + 2 * i / (5 * C_beta) * 3 * errors
                + 2 / C_beta**2 * i * (E2_ / B + 2 * G**2 + 2 * 3 * errors),
                "<=", descent(sp.Rational(2, 5), E2_),
            ),
        ),
        relation(
            "eq-38.b", r, f"{where}, (38)", "second inequality: coefficients of ||grad L||^2, xi and phi",
            "Proposition 4", Relation(descent(sp.Rational(2, 5), square), "<=",
                                      collected(sp.Rational(2, 5), squ_3 * sigma**2 + noise)),
        ),
        relation("eq-39.a", r, f"{where}, (39)", "L_w >= L", "definition", Relation(L, "<=", smooth)),
        relation(
            "eq-39.b", r, f"{where}, (39)", "L_w <= (1+x)^(2N) L + C_L sigma/(1-C_l) + C_L ||grad"
            " L||/(1-C_l)",
            "(i) Assumption 2, Lemma 15", Relation(smooth.subs(g, mean), "<=", upper_39, admissible=True),
        ),
        relation(
            "eq-40", r, f"{where}, (40)", "(39) put into (38), bracket positive", "theta > 0",
            Relation(-2 / (C_beta * delta) * u * G**2, "<=", -2 / (C_beta * (delta + v)) * u * G**2),
            Relation(i * z, "<=", z / L, given=(1 / L - i,)),
        ),
        relation(
            "theorem-5/theta-chi", r, where, "... <= L(w_k) + xi/S + phi/B - theta ||grad L||^2/(chi +"
            " ||grad L||)",
            "(19)", recentred(),
            Relation(6 / (C_beta * L) * (fifth + 2 / C_beta) * (C_err_1(c, p) ** 2 + C_err_2(c,
                p) ** 2 * sigma**2),
                     "==", constants.xi_5(c, p)),
            Relation(2 * (2 - s) / (C_beta * constants.C_L(c, p)) * constants.theta_5_bracket(c, p), "==",
                     constants.theta_5(c, p)),
        ),
        relation(
            "eq-41", r, f"{where}, (41)", "(1/K) sum_k E theta ||grad L||^2/(chi + ||grad L||) <= Delta/K"
            " + xi/S + phi/B",
            "telescoping, L >= L*", Recursion(n, 1, u - total, 1, u - total, n * (u - total), "=="),
            Relation((y + K * z) / K, "<=", y / K + z),
        ),
        relation(
            "eq-42", r, f"{where}, (42)", "the mean over k is the mean over uniform zeta", "definition",
            Recursion(n, 1, u / K, 1, u / K, n * u / K, "=="),
        ),
        relation(
            "theorem-5/convex", r, where, "f(x) = x^2/(c + x) has f'' = 2 c^2/(x + c)^3", "differentiation",
            Relation(sp.diff(convex, Z, 2), "==", 2 * delta**2 / (Z + delta) ** 3),
        ),
        relation(
            "eq-43", r, f"{where}, (43)", "theta (E ||.||)^2/(chi + E ||.||) <= Delta/K + xi/S + phi/B",
            "Jensen: f'' > 0", Relation(0, "<", sp.diff(convex, Z, 2)),
        ),
        readings(
            "eq-44", r, f"{where}, (20) = (44)", "E ||grad L|| <= r + sqrt(c chi r), r = (Delta/K + xi/S +"
            " phi/B)/theta",
            "(43) solved; the factor c is not legible",
            # m > r + sqrt(chi r) contradicts m^2 <= r (chi + m).
            Reading((solved,), "c = 1"),
        ),
        readings(
            "eq-20", r, "Theorem 5, (20)", "E ||grad L(w_zeta)|| <= r + sqrt(chi r)", "(37)-(44), repaired",
            Reading(survives, "C_err2 first power"), Reading((*survives, larger), "C_err2 squared"),
            tags=("statement",),
        ),
        relation(
            "derived/resampling-rate.lemma-16", r, "derived edition",
            "-(E beta/2) ||grad L||^2 + (E beta/2) ||e||^2 <= -(2/(5 C_beta L_w)) ||grad L||^2 +"
            " ||e||^2/(C_beta L_w)",
            "4/(5 C_beta L_w) <= E beta <= 2/(C_beta L_w)", young, repaired,
            Relation(y**2, "<=", E2_, given=(E2_ - y**2,)), audit="derived",
        ),
        relation(
            "derived/resampling-rate.collect", r, "derived edition", "coefficients with 1/2 and 3/2",
                "as (38)",
            Relation(descent(sp.Integer(1), square), "<=", collected(sp.Integer(1),
                squ_3 * sigma**2 + noise)),
            recentred(), audit="derived",
        ),
        relation(
            "derived/resampling-rate.solve", r, "derived edition", "E ||grad L|| <= r/2 + sqrt(chi r +"
            " r^2/4)",
            "(43) solved exactly",
            Relation(u * (chi_sharp + above), "<", above**2, given=(u,)), audit="derived",
        ),
        readings(
            "derived/resampling-rate.comparison", r, "derived edition",
            "xi', theta' and the root are at most those printed", "comparison, term by term",
            Reading(smaller, "C_err2 first power"), Reading((*smaller, larger), "C_err2 squared"),
            audit="derived",
        ),
    )  # fmt: skip


E2_ = sp.Symbol("E2", nonnegative=True)
