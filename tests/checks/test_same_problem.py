"""The same problem said differently gives the same constants and the same verdicts.

300 random families in the short profile, 10,000 in the deep one (HYPOTHESIS_PROFILE=deep).
"""

from __future__ import annotations

import math
import os
from fractions import Fraction as F

import numpy as np
import pytest
from problem_families import measures
from same_problem import WAYS, family, points

from maml_verify.checks.check import check_setting
from maml_verify.claims import CLAIMS
from maml_verify.settings import setting
from problems import LINKS, finite_sum_constants, resampling_constants

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
FAMILIES = 10_000 if DEEP else 300
PARTS = 50 if DEEP else 20
# loss^a length^b is the unit of a constant.
UNITS = {
    "L": (1, -2),
    "rho": (1, -3),
    "sigma": (1, -1),
    "sigma_g": (1, -1),
    "sigma_H": (1, -2),
    "b": (1, -1),
    "b2": (2, -2),
    "convexity": (1, -2),
}
CASES = [(claim, edition) for claim in CLAIMS if not claim.enclosed for edition in claim.editions]
# (23) and (24) as printed have (1 + alpha)^(4N), alpha without its L: in other units another statement.
UNITLESS = {
    (name, edition)
    for name in ("finite-sum-second-moment", "finite-sum-complexity")
    for edition in ("printed", "printed-b")
}
# Suprema in one variable are found to a relative 1e-8, eigenvalues to 1e-12; each is rounded up.
CLOSE = 1e-7


def same_constants(first, second, said, original):
    """Values and flags of what is exact; bounds that stay bounds."""
    assert bool(first.lower_bounded.value) == bool(second.lower_bounded.value), "lower_bounded"
    for name, (a, b) in UNITS.items():
        x, y = getattr(first, name), getattr(second, name)
        assert x.flag == y.flag, (name, x, y)
        if x.flag == "none":
            continue
        unit = said.loss**a * said.length**b
        assert (x.value == 0) == (y.value == 0), (name, x, y)
        if x.flag == "exact":
            assert abs(F(y.value) - unit * F(x.value)) <= CLOSE * unit * F(x.value), (name, x, y)


def still_bounds(known, said, case, w):
    """No constant is below what it bounds at some points."""
    for name, measure in measures(said.family)[case].items():
        if name == "rho" or name.startswith("b_"):
            continue
        value = getattr(known, name).value
        if math.isfinite(value):
            found = measure(w)
            assert (found <= float(value) * (1 + 1e-9) + 1e-12).all(), name


def way_of(seed):
    """The number of a way: another one each time the cases are through, so that every pair occurs."""
    return (seed % len(CASES) + 5 * (seed // len(CASES))) % len(WAYS)


@pytest.mark.parametrize("part", range(PARTS))
def test_the_same_problem_has_the_same_answer(part):
    ways = list(WAYS)
    for seed in range(part, FAMILIES, PARTS):
        (claim, edition), way = CASES[seed % len(CASES)], ways[way_of(seed)]
        f = family(seed)
        said = WAYS[way](f, np.random.default_rng([seed, 9]))
        where = f"seed {seed}: {f.link.name} {way} {claim.id} {edition}"
        known, other = claim.known(f), claim.known(said.family)
        try:
            same_constants(known, other, said, f)
            w = points(f, seed)
            case = "finite-sum" if claim.known is finite_sum_constants else "resampling"
            if said.loss == said.length == 1 and way != "task_padded":
                still_bounds(other, said, case, said.point(w).astype(np.float64))
            verdicts_agree(claim, edition, f, said, known, other, w, seed)
        except Exception as error:
            error.add_note(where)
            raise


def verdicts_agree(claim, edition, f, said, known, other, w, seed):
    N = seed % 3 + (claim.over == "item")
    share = F(1, 8 * N) if claim.over == "item" else [F(1, 16), F(3, 2)][seed // 2 % 2] / max(N, 1)
    alpha = share / F(known.L.value)
    unit = said.length**2 / said.loss
    if known.L.value == 1 and known.L.flag == "upper":  # every Hessian is zero: the number is not a curvature
        return
    if unit != 1 and (claim.id, edition) in UNITLESS:
        return
    options = {"steps": N, "S": 1 + seed % 2, "rng": 0}
    u = np.roll(w, 1, axis=0)
    first = check_setting(claim, setting(f, alpha=alpha, w=w, u=u, **options), edition, known)
    there = setting(said.family, alpha=alpha * unit, w=said.point(w), u=said.point(u), **options)
    second = check_setting(claim, there, edition, other)
    assert first.verdict == second.verdict, (first, second)
    sampled = "monte-carlo" in (first.method, second.method)
    if not (first.ratio is None or second.ratio is None or sampled) and known.L.flag == "exact":
        # The rounding of 0 over a small right side is shown as 0.
        shown = pytest.approx(first.shown_ratio(), rel=1e-5, abs=1e-9)
        assert second.shown_ratio() == shown, (first, second)


def test_the_ways_and_cases_all_occur():
    pairs = {(way_of(seed), seed % len(CASES)) for seed in range(FAMILIES)}
    assert len(pairs) == min(FAMILIES, len(WAYS) * len(CASES))
    ways = {(way_of(seed), family(seed).link.name) for seed in range(300)}
    assert len(ways) == len(WAYS) * len(LINKS)
    assert {resampling_constants, finite_sum_constants} == {claim.known for claim, _ in CASES}
