"""Lemma 16 (Appendix C), (67)-(72): moments of beta_k = 1/(C_beta L-hat).

L-tilde = 4 L-hat/(1+x)^(2N) = 4 L + X, X = 4 C_L/(1+x)^(2N) times a mean of norms with mean mu and variance
var. C stands for C_L, w for (1+x)^(2N), g for E ||grad l_i(w_k)||, so L_w = w L + C g.
"""

from __future__ import annotations

import sympy as sp

from proofs_check.goals import Gram, Reading, Relation, Step, readings, relation
from proofs_check.lemmas.quadratic_forms import mean_of_draws, norm2
from proofs_check.lemmas.reciprocal_moment import reciprocal_moment, variance_of_norm
from proofs_check.symbols import C_beta, L, g, sigma, sigma_g, u, v, y, z

__all__ = ["steps"]

C, w, mean, spread, extra, more = sp.symbols("C w mean spread extra more", positive=True)
lift, size = sp.symbols("lift size", nonnegative=True)
L_w = w * L + C * g
#: |D_Lk| is its lower bound times 1 + extra, |B'_k| likewise (and at least 1).
batch_D = 64 * sigma_g**2 * C**2 / (w**2 * L**2) * (1 + extra)
batch_B = 4 * C**2 * sigma**2 / (3 * w**2 * L**2) * (1 + more)
true_mean = 4 * C * g / w
square = 16 / w**2 * L_w**2

RESULT, WHERE = "stepsize-moments", "proof of Lemma 16"
bound_67 = (spread / (4 * L) ** 2 + mean**2 / (mean + 4 * L) ** 2) / (spread + mean**2)
loose_67 = (spread / (4 * L) ** 2 + 1) / (spread + mean**2)
bound_69 = (mean**2 * (sp.Rational(25, 16) + spread / (8 * L**2)) + 25 * spread / 8) / (spread + mean**2)
after_67 = [Relation((mean + 5 * L) ** 2 * b67, "<=", bound_69) for b67 in (bound_67, loose_67)]
# Distance of E ||grad l_i(w; D)|| from g is at most sigma_g / sqrt(|D|) = wL / (8 C sqrt(1 + extra)).
root = w * L / (8 * C)
shift = Relation(sigma_g**2 / batch_D, "<", root**2)
upper = [
    Relation(factor * C * (g + lift) / w, "<=", right, given=(root - lift, w - 1))
    for factor, right in ((4, C * g / w + L), (4, 4 * C * g / w + L))
]
repaired = Relation(1 / (5 * L_w), "<=", 1 / (w * (4 * L + 4 * C * g / w + L)))


def _eq_67() -> tuple[Step, ...]:
    return (
        readings(
            "eq-67", RESULT, f"{WHERE}, (67)",
            "E 1/L~^2 <= (var/(4L)^2 + mu^2/(mu)^2) / (var + mu^2)", "as in earlier work",
            Reading((*reciprocal_moment(), Relation(bound_67, "<=", loose_67)), "(mu_beta)^2"),
            Reading(reciprocal_moment(), "(mu_beta + 4 L)^2"),
        ),
    )  # fmt: skip


def _eq_68() -> tuple[Step, ...]:
    lower = [Relation(right, "<=", 4 * C * (g + size) / w) for right in (C * g / w - L, 4 * C * g / w - L)]
    return (
        readings(
            "eq-68.lower", RESULT, f"{WHERE}, (68)", "C_L/(1+x)^(2N) E ||grad l_i|| - L <= mu",
            "|D_Lk| > 64 sigma_g^2 C_L^2 / ((1+x)^(4N) L^2)",
            Reading((shift, Relation(C * g / w - L, "<=", 4 * C * (g + lift) / w), lower[0],
                     Relation(C * g / w - L, "<=", 4 * C * g / w - 4 * C * lift / w, given=(root - lift,))),
                    "no factor 4"),
            Reading((shift, Relation(4 * C * g / w - L, "<=", 4 * C * (g - lift) / w, given=(root - lift,))),
                    "factor 4"),
        ),
        readings(
            "eq-68.upper", RESULT, f"{WHERE}, (68)", "mu <= C_L/(1+x)^(2N) E ||grad l_i|| + L",
            "|D_Lk| > 64 sigma_g^2 C_L^2 / ((1+x)^(4N) L^2)",
            Reading((shift, upper[0]), "no factor 4"), Reading((shift, upper[1]), "factor 4"),
            why="mu_beta is the mean of 4 C_L/(1+x)^(2N) ||.||; without the factor 4 the bound fails for"
            " large gradients, with it (72)(i) fails.", consequence="(72)(i)", correction="factor 4 on"
            " both sides",
        ),
    )  # fmt: skip


def _lemma_16_mu() -> tuple[Step, ...]:
    return (
        readings(
            "lemma-16/mu", RESULT, WHERE, "mu + 5 L >= 4 L_w / (1+x)^(2N)", "(68)",
            Reading((Relation(4 * L_w / w, "<=", 5 * L + (C * g / w - L), given=(w - 1,)),), "from (68)"
            " without factor 4"),
            Reading((Relation(4 * L_w / w, "<=", 5 * L + (4 * C * g / w - L) + u),),
                    "from (68) with factor 4"),
        ),
    )  # fmt: skip


def _eq_69() -> tuple[Step, ...]:
    mean_ = true_mean + u
    return (
        readings(
            "eq-69", RESULT, f"{WHERE}, (69)",
            "16/(1+x)^(4N) L_w^2 E 1/L~^2 <= (mu^2 (25/16 + var/(8L^2)) + 25 var/8) / (var + mu^2)",
            "(67), mu + 5L >= 4 L_w/(1+x)^(2N), (a+b)^2 <= 2a^2 + 2b^2",
            Reading((after_67[1],), "(67) with (mu_beta)^2"),
            Reading((after_67[0], Relation(square, "<=", (mean_ + 5 * L) ** 2)), "(67) with (mu_beta + 4"
            " L)^2"),
        ),
    )  # fmt: skip


def _eq_70() -> tuple[Step, ...]:
    noise_70 = 16 * C**2 / w**2
    return (
        relation(
            "eq-70.a", RESULT, f"{WHERE}, (70)", "var = 16 C_L^2/((1+x)^(4N) |B'|) Var ||grad l_i(w; D)||",
            "independent tasks; one more, for any |B'|",
            Gram(("z",), norm2(z=4 * C / w), {("z", "z"): noise_70}, rel="=="), *mean_of_draws(v),
        ),
        relation(
            "eq-70.b", RESULT, f"{WHERE}, (70)",
            "... <= 16 C_L^2/((1+x)^(4N) |B'|) (sigma^2 + sigma_g^2/|D|)",
            "Assumptions 2, 3", *variance_of_norm(),
            Relation(noise_70 / batch_B * v, "<=", noise_70 / batch_B * (sigma**2 + sigma_g**2 / batch_D),
                     upper=((v, sigma**2 + sigma_g**2 / batch_D),)),
        ),
        relation(
            "eq-70.c", RESULT, f"{WHERE}, (70)", "... <= 16 C_L^2 sigma^2/((1+x)^(4N) |B'|) + L^2/(4 |B'|)",
            "(i) |D_Lk|",
            Relation(noise_70 / y * (sigma**2 + sigma_g**2 / batch_D), "<=",
                     noise_70 * sigma**2 / y + L**2 / (4 * y), given=(y,)),
        ),
        relation(
            "eq-70.d", RESULT, f"{WHERE}, (70)", "... <= 12 L^2 + L^2/4", "(ii) |B'_k|, and |B'_k| >= 1",
            Relation(noise_70 * sigma**2 / batch_B, "<=", 12 * L**2),
            Relation(L**2 / (4 * (1 + z)), "<=", L**2 / 4),
        ),
    )  # fmt: skip


def _lemma_16_25_8() -> tuple[Step, ...]:
    more = sp.Symbol("more", positive=True)
    at_70 = bound_69.subs(spread, (12 + sp.Rational(1, 4)) * L**2 / (1 + z))
    return (
        readings(
            "lemma-16/25-8", RESULT, WHERE, "16/(1+x)^(4N) L_w^2 E 1/L~^2 <= ?/8 (only the 8 is legible)",
            "(69), (70)",
            *(Reading((Relation(at_70, "<=", size),), label)
              for size, label in ((sp.Rational(25, 8) + y, "25/8 or more"),
                                  (25 / (8 * (1 + more)), "below 25/8"))),
            why="(69) is 25/8 where mu = 0.", correction="25/8",
        ),
    )  # fmt: skip


def _eq_71() -> tuple[Step, ...]:
    return (
        relation(
            "eq-71.a", RESULT, f"{WHERE}, (71)", "E beta^2 = 16/(C_beta^2 (1+x)^(4N)) E 1/L~^2", "definition",
            # L-hat = w L + C y, y a mean of norms, and L~ = 4 L + 4 C y/w.
            Relation((1 / (C_beta * (w * L + C * y))) ** 2, "==",
                     16 / (C_beta**2 * w**2) / (4 * L + 4 * C * y / w) ** 2),
        ),
        relation(
            "eq-71.b", RESULT, f"{WHERE}, (71)",
            "... (<= 25/(8 C_beta^2 L_w^2)) < 4/(C_beta^2 L_w^2)", "25/8 < 4",
            Relation(sp.Rational(25, 8) / (C_beta**2 * L_w**2), "<", 4 / (C_beta**2 * L_w**2)),
        ),
    )  # fmt: skip


def _eq_72() -> tuple[Step, ...]:
    return (
        relation(
            "eq-72.a", RESULT, f"{WHERE}, (72)", "E beta = 4/(C_beta (1+x)^(2N)) E 1/L~ >= 4/(C_beta"
            " (1+x)^(2N)) 1/E L~",
            "definition, Jensen",
            Relation(1 / (C_beta * (w * L + C * y)), "==", 4 / (C_beta * w) / (4 * L + 4 * C * y / w)),
            # Convexity of 1/y: the tangent at m lies below.
            Relation(1 / mean - (y - mean) / mean**2, "<=", 1 / y, given=(y,)),
        ),
        relation(
            "eq-72.b", RESULT, f"{WHERE}, (72)", "... = 4/(C_beta (1+x)^(2N)) 1/(4 L + mu)",
            "definition of L~ = 4 L + X",
            # A mean is the inner product with the constant 1 in L2.
            Gram(("one", "X"), {("one", (("one", 4 * L), ("X", 1))): 1},
                 {("one", "one"): 4 * L, ("one", "X"): 1}, rel="=="),
        ),
        relation(
            "eq-72.c", RESULT, f"{WHERE}, (72)",
            "4/(C_beta (1+x)^(2N)) 1/(4 L + mu) >= (4/C_beta) 1/(4 L (1+x)^(2N) + L_w)", "(i) (68)",
            # No noise in D_Lk is one admissible instance, where mu = 4 C_L g / (1+x)^(2N) exactly.
            Relation(1 / (4 * L * w + L_w), "<=", 1 / (w * (4 * L + true_mean)), given=(w - 1,)),
            why="It needs (1+x)^(2N) mu <= L_w, but mu is about 4 C_L E ||grad l_i||/(1+x)^(2N), so it"
            " fails once 3 C_L E ||grad l_i|| > (1+x)^(2N) L.",
            consequence="Lemma 16 survives: the last member of (72) is right.",
            correction="(1+x)^(2N) (4 L + mu) <= 5 (1+x)^(2N) L + 4 C_L E ||grad l_i|| <= 5 L_w", weight=55,
            repair=(repaired,), repaired="(68) with the factor 4 gives 5 L_w at once",
        ),
        relation(
            "eq-72.d", RESULT, f"{WHERE}, (72)",
            "(4/C_beta) 1/(4 L (1+x)^(2N) + L_w) >= (4/C_beta) 1/(5 L_w)",
            "(ii) L_w > (1+x)^(2N) L", Relation(1 / (5 * L_w), "<=", 1 / (4 * L * w + L_w)),
        ),
    )  # fmt: skip


def _lemma_16_statement() -> tuple[Step, ...]:
    return (
        relation(
            "lemma-16/statement", RESULT, "Lemma 16",
            "E beta >= 4/(5 C_beta L_w), E beta^2 <= 4/(C_beta^2 L_w^2)",
            "(69)-(72), with (72) repaired",
            *reciprocal_moment(), after_67[0], shift, upper[1], repaired,
            Relation(sp.Rational(25, 8) / (C_beta**2 * L_w**2), "<=", 4 / (C_beta**2 * L_w**2)),
            tags=("statement",),
        ),
    )  # fmt: skip


def steps() -> tuple[Step, ...]:
    """(67)-(72) and the statement, with the repair of (72)."""
    return (
        *_eq_67(),
        *_eq_68(),
        *_lemma_16_mu(),
        *_eq_69(),
        *_eq_70(),
        *_lemma_16_25_8(),
        *_eq_71(),
        *_eq_72(),
        *_lemma_16_statement(),
    )
