"""What the statements of the one-step paper have in common: where they are found, N = 1, ranges of alpha."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from maml_verify.claims.base import Assumption
from maml_verify.settings import Setting, setting
from problems.family import Family
from problems.known import Known

__all__ = ["ONE_STEP", "PAPER", "STEPS", "UP_TO_1", "stepsize_grid", "up_to"]

PAPER = "Fallah et al. (2020)"
STEPS = (1,)
ONE_STEP = Assumption("N = 1", lambda c, p: 1 if p.N == 1 else -1)
SHARES = (Fraction(1, 2), Fraction(1))


def up_to(share: Fraction) -> Assumption:
    """alpha <= share/L."""
    text = "1" if share == 1 else f"{share.numerator}/{share.denominator}" if share.denominator > 1 else "0"
    name = f"alpha <= {text}/L" if share == 1 else f"alpha L <= {text}"
    return Assumption(name, lambda c, p: 1 if p.alpha * c.L * share.denominator <= share.numerator else -1)


UP_TO_1 = up_to(Fraction(1))


def stepsize_grid(
    family: Family, known: Known, edition: str, steps: Sequence[int], alpha: Any, alpha_L: Any
) -> Iterator[Setting]:
    """The least batches that the conditions allow."""
    L = Fraction(known.L.value)
    alphas = [x / L for x in SHARES] if alpha_L is None else [alpha_L / L]
    for a in alphas if alpha is None else [alpha]:
        for N in steps if len(steps) == 1 else STEPS:
            yield setting(family, alpha=a, steps=N, points=3, rng=N, replicates=4000, budget=3000)
