"""Suprema over a ball as constants, each with its reason and flag."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from problems.balls.branching import Found
from problems.family import Case, Family
from problems.known import Constant, Flag, Known

__all__ = ["EXACT", "constant", "on_ball"]

# So near to a value taken a bound is called exact.
EXACT = 1e-8


def constant(name: str, found: Found, where: str) -> Constant:
    """One supremum: its flag and reason tell how near it is to a value taken."""
    upper, value = found
    if not math.isfinite(upper):
        return Constant(math.inf, "none", f"{name}: no finite bound on derivatives on {where}")
    if upper <= value * (1 + EXACT):
        return Constant(upper, "exact", f"supremum over {where}, taken")
    near = f"a value of {value:.6g} is taken" + (f", {upper / value - 1:.2%} below" if value > 0 else "")
    return Constant(upper, "upper", f"interval bound over {where}; {near}")


def largest(found: Iterable[Found]) -> Found:
    """The largest of several suprema."""
    parts = [Found(0.0, 0.0), *found]
    return Found(max(part.upper for part in parts), max(part.value for part in parts))


def on_ball(family: Family, known: Known, found: dict[str, Found], case: Case, where: str) -> Known:
    """Constants on a ball; where those for all w are proved and no larger, they stay."""

    def least(name: str, bound: Found) -> Constant:
        mine, own = constant(name, bound, where), getattr(known, name)
        return own if own.flag in ("exact", "upper") and own.value <= mine.value else mine

    other = Constant(math.inf, "none", f"a constant of the {_other(case)} case")
    named = {name: least(name, found[name]) for name in ("L", "convexity", "rho", "sigma")}
    if not named["L"].value:
        named["L"] = Constant(Fraction(1), "upper", "every Hessian is zero: any positive number serves")
    below = Constant(Fraction(1), "exact", f"continuous on {where}")
    if case == "resampling":
        parts = [bound for name, bound in found.items() if name.startswith("sigma_g/")]
        named |= {"sigma_g": least("sigma_g", largest(parts)), "sigma_H": least("sigma_H", found["sigma_H"])}
        return _known(below, named | {"b": other, "b2": other}, ())
    gaps = [constant("b_i", found.get(f"b_i/{i}", Found(0.0, 0.0)), where) for i in range(family.tasks)]
    named |= dict(zip(("b", "b2"), _moments(family, gaps), strict=True))
    return _known(below, named | {"sigma_g": other, "sigma_H": other}, tuple(gaps))


def _known(below: Constant, named: dict[str, Constant], gaps: tuple[Constant, ...]) -> Known:
    fields: dict[str, Any] = {"lower_bounded": below, "b_i": gaps} | named
    return Known(**fields)


def _other(case: Case) -> str:
    return "finite-sum" if case == "resampling" else "resampling"


def _moments(family: Family, gaps: list[Constant]) -> tuple[Constant, Constant]:
    """E b_i and E b_i^2 over the tasks that have a weight, in exact rationals."""
    weights = (family.exact or family).task_weights
    tasks = family.weighted_tasks()
    failed = next((gaps[i] for i in tasks if gaps[i].flag == "none"), None)
    if failed:
        return failed, failed
    flag: Flag = "exact" if all(gaps[i].flag == "exact" for i in tasks) else "upper"
    law = [Fraction(*map(int, weights[i].as_integer_ratio())) for i in tasks]
    total = sum(law)
    b, b2 = (
        sum((p * Fraction(gaps[i].value) ** k for p, i in zip(law, tasks, strict=True)), Fraction(0)) / total
        for k in (1, 2)
    )
    return Constant(b, flag, "mean of b_i under p(T)"), Constant(b2, flag, "mean of b_i^2 under p(T)")
