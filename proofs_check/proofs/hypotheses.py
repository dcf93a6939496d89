"""Hypotheses: laws and conditions that one place states and another place uses."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from maml_verify.theory import coefficients
from proofs_check.goals import ALL, Reading, Relation, Step, Witness, readings, sides
from proofs_check.instances.finite_sum import support_gradient_multiple
from proofs_check.lemmas.means import variance_of_means
from proofs_check.symbols import CONSTANTS, PARAMETERS, G, N, b, q, sigma, u, v, y, z

__all__ = ["steps"]


low = sp.Symbol("low", real=True)


def other_law() -> tuple[dict[str, Any] | None, int]:
    """Three tasks with gradients 0, 0, 1: variance 2/9 under the uniform law, 1/4 under p = (1/4, 1/4,
    1/2).
    """
    values = [Fraction(0), Fraction(0), Fraction(1)]
    laws = {"uniform": [Fraction(1, 3)] * 3, "p": [Fraction(1, 4), Fraction(1, 4), Fraction(1, 2)]}
    variances = {}
    for name, law in laws.items():
        mean = sum((w * v for w, v in zip(law, values, strict=True)), Fraction(0))
        direct = sum((w * (v - mean) ** 2 for w, v in zip(law, values, strict=True)), Fraction(0))
        moment = sum((w * v**2 for w, v in zip(law, values, strict=True)), Fraction(0)) - mean**2
        if direct != moment:
            raise ArithmeticError("two routes to a variance differ")
        variances[name] = direct
    left, right = variances["p"], variances["uniform"]
    found = {
        "point": {"gradients": "0, 0, 1", "p": "1/4, 1/4, 1/2", "sigma^2": str(right)},
        **sides(left, right),
        "routes": ["mean squared deviation", "second moment minus squared mean"],
        "hypotheses": ["losses w^2/2 shifted: every task satisfies Assumption 1"],
    }  # fmt: skip
    return (found if left > right else None), 1


def sinking_mean() -> tuple[dict[str, Any] | None, int]:
    """Losses l_i(w) = -i w^2/(i^2 + w^2) >= -i, p_i = 1/(i (i+1)), i >= 1: their mean has no lower bound.

    Inner steps only go down for w > 0, so L(w) <= E l_i(w) <= -sum_(i <= w) w^2/((i+1)(i^2 + w^2)). That
    sum is at least half of 1/2 + ... + 1/(w+1), which is at least k/2 for w = 2^k.
    """
    exponents = (4, 8)
    for k in exponents:
        w = 2**k
        terms = sum((Fraction(w**2, (i + 1) * (i**2 + w**2)) for i in range(1, w + 1)), Fraction(0))
        halves = sum((Fraction(1, 2 * i) for i in range(2, w + 2)), Fraction(0))
        if not terms >= halves >= Fraction(k, 4):
            return None, len(exponents)
    # With t = w/i the n-th derivative is i^(1-n) times a function of t; it stays strictly within its bound.
    t = sp.Symbol("t")
    for order, bound in enumerate((1, 3, 12), 1):
        slope = sp.diff(-(t**2) / (1 + t**2), t, order)
        for sign in (1, -1):
            numerator, denominator = sp.fraction(sp.cancel(bound + sign * slope))
            if sp.Poly(numerator * denominator, t).count_roots() or (bound + sign * slope).subs(t, 0) <= 0:
                return None, len(exponents)
    return {
        "point": {"p_i": "1/(i (i+1))", "w": "2^(4 M)", "for every": "M >= 1, alpha > 0 and N"},
        "loss": "l_i(w) = -i w^2/(i^2 + w^2), i = 1, 2, ...",
        "left": "-M", "right": "L(w) <= -M",
        "routes": ["terms of the mean, exact, at w = 2^4 and 2^8", "harmonic sum by doubling"],
        "hypotheses": [
            "l_i >= -i", "|l_i''| < 3, |l_i'''| < 12", "|l_i'| < 1, so the variance is below sigma^2 = 1",
            "no noise of data: any sigma_g, sigma_H",
        ],
    }, len(exponents)  # fmt: skip


def larger_constants() -> tuple[Relation, ...]:
    """The chain of Lemma 19 with c_i = multiple: its C_1 is 1 - ((1+x)^N - 1)(1 + c_i (1+x)^N)."""
    multiple, norm = sp.symbols("multiple norm", positive=True)
    U = q**N
    C_1 = 1 - (U - 1) * (1 + multiple * U)
    chain = G + (U - 1) * (norm + sigma) + U * (U - 1) * (multiple * (norm + sigma) + b)
    return (
        Relation(chain, "==", G + (1 - C_1) * (norm + sigma) + U * (U - 1) * b),
        Relation(C_1.subs(multiple, 1), "==", coefficients.C_1(CONSTANTS, PARAMETERS)),
    )


def steps() -> tuple[Step, ...]:
    """Assumptions 1, 2 and 5 against their uses."""
    return (
        readings(
            "assumption-1/bounded-below", "resampling-rate", "Section 3.1, after Assumption 1",
            "item 1 of Assumption 1 implies that L is bounded below, as Delta of Theorem 5 needs",
            "a mean of losses that are bounded below",
            # One task more, of probability v: u and z are how far the sum and its loss are above the bound.
            Reading((Relation((y + v) * low, "<=", (y * low + u) + v * (low + z)),),
                    "finitely many tasks: the least bound serves all"),
            Reading((Witness(sinking_mean, ALL),), "infinitely many tasks"),
            why="The lower bounds of infinitely many losses need have no lower bound, nor need their mean.",
            correction="inf_w L(w) > -infinity, or one lower bound for all tasks", audit="hypothesis",
        ),
        readings(
            "assumption-2/law", "mean-gradient", "Assumption 2",
            "E_(i~p) ||grad l_i - grad l||^2 <= sigma^2, as Lemma 15 and (36) use it",
            "Assumption 2 says i is drawn uniformly, the objective (2) says i ~ p(T)",
            Reading((variance_of_means(),), "p(T) uniform, or the variance meant under p(T)"),
            Reading((Witness(other_law, ALL),), "uniform law, p(T) not uniform"),
            why="A variance bound under the uniform law does not bound the variance under p(T).",
            correction="i ~ p(T) in Assumption 2", audit="hypothesis",
        ),
        readings(
            "assumption-5/without-loss", "finite-sum-mean-gradient", "Section 4.1, after Assumption 5",
            "||grad l_Si|| <= c_i ||grad l_Ti|| + b_i will do, and 'without the loss of generality' c_i = 1",
            "Lemma 19",
            Reading(larger_constants(), "C_1 of (74) and the condition on alpha change with c_i"),
            Reading((Witness(support_gradient_multiple, "one instance"),), "they serve for every c_i"),
            why="c_i cannot be scaled away: both losses share L, and a large c_i lets the inner step reach"
            " where the query gradient is small, so that (73) fails.",
            correction="C_1 = 1 - ((1+x)^N - 1)(1 + c_i (1+x)^N) > 0, a smaller range of alpha",
            audit="hypothesis",
        ),
    )  # fmt: skip
