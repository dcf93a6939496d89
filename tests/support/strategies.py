"""Hypothesis strategies that build settings inside the assumptions, without filtering."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from maml_verify.claims import Claim, find_claim
from maml_verify.claims.base import STEP_SIZE
from maml_verify.claims.fallah.conditions import UP_TO_1
from maml_verify.claims.fallah.second_moment import RANGE
from maml_verify.settings import Setting, setting
from maml_verify.theory.conditions import range_edge
from problems import FAMILIES, Ridge, plateau
from problems.known import Known

# Largest alpha L of the one-step statements that have one.
RANGES = {UP_TO_1: Fraction(1), find_claim("fallah/second-moment").assumptions["derived"][1]: RANGE}
SIZES = st.sampled_from([Fraction(0), Fraction(1, 64), Fraction(1), Fraction(8)])


@st.composite
def families(draw: Any, name: str) -> Ridge:
    """A family of one link: dimension, tasks, atoms, noise and its kind, differences, p(T)."""
    kinds = ["additive"] if name == "quadratic" else ["additive", "hessian"]
    tasks = draw(st.integers(1, 3))
    weights = draw(st.lists(st.integers(1, 5), min_size=tasks, max_size=tasks))
    if name == "cubic-well" and draw(st.booleans()):
        return plateau(d=draw(st.integers(1, 2)), tasks=tasks, rng=draw(st.integers(0, 2**16)))
    return FAMILIES[name](
        d=draw(st.integers(1, 3)),
        tasks=tasks,
        atoms=draw(st.integers(1, 3)),
        noise=draw(SIZES),
        spread=draw(SIZES),
        scale=draw(st.sampled_from([Fraction(1, 4), Fraction(1), Fraction(3)])),
        features=draw(st.sampled_from(["axes", "random"])),
        noise_kind=draw(st.sampled_from(kinds)),
        task_weights=[Fraction(k, sum(weights)) for k in weights],
        rng=draw(st.integers(0, 2**16)),
    )


@st.composite
def settings_of(draw: Any, claim: Claim, edition: str, name: str) -> tuple[Setting, Known]:
    """A setting that meets every assumption of an edition of a claim."""
    family = draw(families(name))
    known = claim.known(family)
    steps = draw(st.integers(0, 4) if claim.steps is None else st.sampled_from(claim.steps))
    shares = [Fraction(1, 100), Fraction(1, 2), Fraction(999, 1000)]
    if STEP_SIZE not in claim.assumptions[edition]:
        shares += [Fraction(3, 2), Fraction(10)]
    edge = range_edge(steps)
    for limit in (one for one in claim.assumptions[edition] if one in RANGES):
        shares = [share for share in shares if share * edge <= RANGES[limit]]
    alpha = draw(st.sampled_from(shares)) * edge / Fraction(known.L.value)
    w, u = (
        np.array(draw(st.lists(st.integers(-256, 256), min_size=family.d, max_size=family.d))) / 64
        for _ in range(2)
    )
    S, D, T = (draw(st.integers(1, 2)) for _ in range(3))
    return setting(family, alpha=alpha, steps=steps, w=w, u=u, S=S, D=D, T=T), known
