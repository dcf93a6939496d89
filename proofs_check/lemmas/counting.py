"""What one meta iteration computes, counted by the loops of Algorithms 1 and 2 as printed.

An algorithm is nested loops whose lines use gradients or Hessians of single data points. A loop of n rounds
over a body that uses r of them is counted by induction on n: V(n) = V(n - 1) + r. `executed` runs the same
loops for numbers, round by round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from maml_verify.theory.derived_corollaries import Sizes
from proofs_check.goals import Recursion
from proofs_check.symbols import B, D, K, N, S, T, n

__all__ = [
    "FINITE_SUM",
    "GRADIENT",
    "HESSIAN",
    "RESAMPLING",
    "SIZES",
    "Loop",
    "Use",
    "counted",
    "executed",
    "used",
]

GRADIENT, HESSIAN = "gradient", "Hessian"
SIZES = Sizes(K, B, sp.Symbol("B_prime", integer=True, positive=True), S, T, D,
              sp.Symbol("D_L", integer=True, positive=True))  # fmt: skip


@dataclass(frozen=True)
class Use:
    """A line that uses ``size`` gradients or Hessians of single data points."""

    kind: str
    size: Any


@dataclass(frozen=True)
class Loop:
    """A body that is run ``times`` times."""

    times: Any
    body: tuple[Loop | Use, ...]


def RESAMPLING(z: Any, N: Any = N) -> tuple[Loop, ...]:
    """Algorithm 1: lines 4-8 and 9, then the batches of the step size (14), with the sizes of ``z``."""
    inner = Loop(N, (Use(GRADIENT, z.S),))
    hessians = Loop(N, (Use(HESSIAN, z.D),))
    return Loop(z.B, (inner, hessians, Use(GRADIENT, z.T))), Loop(z.B_prime, (Use(GRADIENT, z.D_L),))


def FINITE_SUM(z: Any, N: Any = N) -> tuple[Loop, ...]:
    """Algorithm 2: whole support sets in each step and each factor, whole query sets, and (22)."""
    inner = Loop(N, (Use(GRADIENT, z.S),))
    hessians = Loop(N, (Use(HESSIAN, z.S),))
    return Loop(z.B, (inner, hessians, Use(GRADIENT, z.T))), Loop(z.B_prime, (Use(GRADIENT, z.T),))


def counted(lines: tuple[Loop | Use, ...], kind: str) -> tuple[Any, tuple[Recursion, ...]]:
    """The number that the lines use, and the induction behind each loop."""
    total: Any = 0
    goals: tuple[Recursion, ...] = ()
    for line in lines:
        if isinstance(line, Use):
            total += line.size if line.kind == kind else 0
            continue
        round_, inside = counted(line.body, kind)
        goals += inside
        if round_ != 0:
            goals += (Recursion(n, 1, round_, 1, round_, n * round_, "=="),)
        total += line.times * round_
    return total, goals


def used(lines: tuple[Loop | Use, ...], kind: str) -> Any:
    """The number that the lines use, as a formula of their sizes."""
    return counted(lines, kind)[0]


def executed(lines: tuple[Loop | Use, ...], kind: str) -> int:
    """The number that the lines use, by running them; the sizes are numbers."""
    used = 0
    for line in lines:
        if isinstance(line, Use):
            used += line.size if line.kind == kind else 0
            continue
        for _ in range(line.times):
            used += executed(line.body, kind)
    return used
