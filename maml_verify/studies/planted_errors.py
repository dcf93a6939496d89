"""Planted errors: ways to make a bound wrong, and whether what comes out tightens or only loosens it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb

from maml_verify.arithmetic.domains import lift
from maml_verify.checks.case import prepare_with
from maml_verify.claims import Claim
from maml_verify.claims.base import COROLLARY_STEP, edge_of
from maml_verify.settings import Setting
from maml_verify.theory.conditions import corollary_step
from maml_verify.theory.symbols import HALF, Bound, Constants, Observed, Parameters

__all__ = ["DELTAS", "MUTATIONS", "Mutation", "effect", "mutations", "planted", "target_edition"]

# Shares by which a whole bound is changed, in thousandths.
DELTAS = (500, 100, 10, 1)
SAMPLES = 300
SIZES = frozenset(Parameters._fields[3:])


@dataclass(frozen=True)
class Mutation:
    """A change of what a bound is given, or of what it returns; ``delta`` is set where it is a factor.

    A claim's own error, `Claim.errors`, is another bound as a ``whole``.
    """

    name: str
    change: Callable[[Constants, Parameters, Observed], tuple[Constants, Parameters, Observed]] | None = None
    factor: tuple[int, int] = (1, 1)
    delta: float | None = None
    whole: Bound | None = None

    def apply(self, bound: Bound) -> Bound:
        """The bound with the error in it."""
        if self.whole is not None:
            return self.whole

        def wrong(c: Constants, p: Parameters, o: Observed) -> Any:
            given = self.change(c, p, o) if self.change else (c, p, o)
            value = bound(*given)
            return value if self.factor == (1, 1) else value * self.factor[0] / self.factor[1]

        return wrong


def _factors(sign: int) -> tuple[Mutation, ...]:
    word = "less" if sign < 0 else "more"
    return tuple(
        Mutation(f"{k / 10:g}% {word}", factor=(1000 + sign * k, 1000), delta=k / 1000 if sign < 0 else None)
        for k in DELTAS
    )


def _steps(by: Any) -> Callable[..., Any]:
    def change(c: Constants, p: Parameters, o: Observed) -> Any:
        # The number of steps stays one: at j = 0 both sides are known.
        j = p.j if p.j is None else np.maximum(p.j + by, 0)
        N = p.N + by
        # A ball does not mix with a Fraction.
        N = arb(N.numerator) / N.denominator if isinstance(p.alpha, arb) and by == -HALF else N
        return c, p._replace(N=N, j=j), o

    return change


def _constant(name: str, to: Callable[[Any], Any]) -> Callable[..., Any]:
    def change(c: Constants, p: Parameters, o: Observed) -> Any:
        value = getattr(c, name)
        return c if value is None else c._replace(**{name: to(value)}), p, o

    return change


def _observed(name: str) -> Callable[..., Any]:
    def change(c: Constants, p: Parameters, o: Observed) -> Any:
        value = getattr(o, name, None)
        return c, p, o if value is None else o._replace(**{name: value * 0})

    return change


def _size(name: str, to: Callable[[Any], Any]) -> Callable[..., Any]:
    return lambda c, p, o: (c, p._replace(**{name: to(getattr(p, name))}), o)


MUTATIONS: tuple[Mutation, ...] = (
    *_factors(-1),
    Mutation("N -> N - 1", _steps(-1)),
    Mutation("2N -> 2N - 1", _steps(-HALF)),
    Mutation("N -> N + 1", _steps(1)),
    Mutation("L and rho swapped", lambda c, p, o: (c._replace(L=c.rho, rho=c.L), p, o)),
    *(
        Mutation(f"{name} dropped", _constant(name, lambda v: v * 0))
        for name in ("rho", "sigma", "sigma_g", "sigma_H", "b", "b2")
    ),
    *(
        Mutation(f"{name} term dropped", _observed(name))
        for name in ("gradient", "support_gradient", "meta_gradient", "gap")
    ),
    *(
        Mutation(f"square of {name} lost", _constant(name, lambda v: v**HALF))
        for name in ("sigma", "sigma_g", "sigma_H")
    ),
    *(Mutation(f"{name} -> {name}^2", _size(name, lambda v: v * v)) for name in "SDTBK"),
    Mutation("alpha -> alpha/2", lambda c, p, o: (c, p._replace(alpha=p.alpha / 2), o)),
    *_factors(1),
)


def mutations(claim: Claim) -> tuple[Mutation, ...]:
    """The errors that are planted in a claim: those of every bound, then its own."""
    own = (Mutation(name, whole=bound) for name, bound in claim.errors.items())
    return (*MUTATIONS, *own)


def target_edition(claim: Claim) -> str | None:
    """The tightest edition that is expected to hold: the one in which errors are planted."""
    ranked = ("sharp", "beyond", "derived", "printed", "reported")
    true = [e for e in ranked if claim.expected.get(e) == "holds"]
    return true[0] if true else None


def planted(claim: Claim, edition: str, mutation: Mutation) -> Claim:
    """The claim with the error in one edition."""
    return replace(claim, editions={**claim.editions, edition: mutation.apply(claim.editions[edition])})


def effect(claim: Claim, edition: str, mutation: Mutation, rng: int = 0) -> str:
    """What the error does to the bound over random constants that meet the assumptions.

    Returns
    -------
    str
        ``none`` (the bound does not depend on it), ``loosens`` (nowhere smaller) or ``tightens``.
    """
    right, wrong = claim.editions[edition], mutation.apply(claim.editions[edition])
    changed = False
    for c, p, o in _samples(claim, edition, rng):
        with np.errstate(all="ignore"):
            try:
                before, after = np.asarray(right(c, p, o)), np.asarray(wrong(c, p, o))
            except (ArithmeticError, TypeError):
                continue  # a bound of the user's needs not have a value here
        if np.iscomplexobj(before) or not np.isfinite(before.astype(np.float64)).all():
            continue
        if np.iscomplexobj(after):
            return "tightens"  # a root of a negative number bounds nothing
        before, after = before.astype(np.float64), after.astype(np.float64)
        slack = 1e-12 * np.abs(before)
        if (after < before - slack).any():
            return "tightens"
        changed = changed or bool((after > before + slack).any())
    return "loosens" if changed else "none"


def _samples(claim: Claim, edition: str, rng: int) -> tuple[tuple[Constants, Parameters, Observed], ...]:
    # By the conditions alone, which every planted error leaves as they are.
    key = (claim.id, edition, rng)
    if key not in _SAMPLED or _SAMPLED[key][0] is not claim.assumptions[edition]:
        generator = np.random.default_rng(rng)
        drawn = (_sample(claim, edition, generator) for _ in range(SAMPLES))
        _SAMPLED.clear()
        _SAMPLED[key] = (claim.assumptions[edition], tuple(sample for sample in drawn if sample is not None))
    return _SAMPLED[key][1]


_SAMPLED: dict[tuple[str, str, int], tuple[Any, tuple[Any, ...]]] = {}


def _sample(
    claim: Claim, edition: str, rng: np.random.Generator
) -> tuple[Constants, Parameters, Observed] | None:
    """Random constants, parameters and scalars; None where a condition of the statement is not met."""
    c = Constants(*(float(v) for v in 10 ** rng.uniform(-2, 2, len(Constants._fields))))
    c = c._replace(convexity=c.L * min(1.0, c.convexity))
    N = int(rng.integers(1, 5)) if claim.steps is None else int(rng.choice(claim.steps))
    needed = claim.assumptions[edition]
    edge = float(edge_of(needed, N) or 2)
    share = corollary_step(N) if COROLLARY_STEP in needed else Fraction(edge * rng.uniform(0.001, 0.999))
    family: Any = None  # sizes are chosen from constants alone
    s = Setting(family, share / Fraction(c.L), N, family, family, free=SIZES)
    case = prepare_with(claim, s, edition, c)
    p = case.parameters
    p = p._replace(**{name: getattr(p, name) * int(2 ** rng.integers(0, 5)) for name in "SDTBK"}, j=N)
    o: Any = Observed(*(float(v) for v in 10 ** rng.uniform(-2, 2, len(Observed._fields))))
    if claim.observed_at_random is not None:
        o = claim.observed_at_random(rng)
    if replace(case, parameters=p).unmet:
        return None
    alpha, *sizes = (lift(value, "float") for value in (p.alpha, *p[3:]))
    return c, Parameters(alpha, N, N, *sizes), o
