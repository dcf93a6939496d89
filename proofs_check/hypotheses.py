"""Hypotheses: laws and conditions that one place states and another place uses."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from proofs_check.estimator_second_moment import variance_of_means
from proofs_check.model import ALL, Reading, Step, Witness, readings

__all__ = ["steps"]


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
        "left": str(left), "right": str(right), "left_float": float(left), "right_float": float(right),
        "routes": ["mean squared deviation", "second moment minus squared mean"],
        "hypotheses": ["losses w^2/2 shifted: every task satisfies Assumption 1"],
    }  # fmt: skip
    return (found if left > right else None), 1


def steps() -> tuple[Step, ...]:
    """Assumption 2 against its uses."""
    return (
        readings(
            "assumption-2/law", "mean-gradient", "Assumption 2",
            "E_(i~p) ||grad l_i - grad l||^2 <= sigma^2, as Lemma 15 and (36) use it",
            "Assumption 2 says i is drawn uniformly, the objective (2) says i ~ p(T)",
            Reading((variance_of_means(),), "p(T) uniform, or the variance meant under p(T)"),
            Reading((Witness(other_law, ALL),), "uniform law, p(T) not uniform"),
            why="A variance bound under the uniform law does not bound the variance under p(T).",
            correction="i ~ p(T) in Assumption 2", audit="hypothesis",
        ),
    )  # fmt: skip
