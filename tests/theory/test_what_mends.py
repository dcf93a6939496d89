"""What is said to mend theta <= 0 mends it, and nothing is named that need not change."""

from __future__ import annotations

import re
from fractions import Fraction as F

import numpy as np

from maml_verify.theory.coefficients import theta_5_terms, theta_9_terms
from maml_verify.theory.conditions import above, at_least, why_theta_5, why_theta_9
from maml_verify.theory.symbols import Constants, Parameters

INFINITE = F(10) ** 60


def followed(p: Parameters, advice: str) -> Parameters:
    """The parameters with what the advice says; where it names no number, as large as can be."""
    sizes = {name: F(value) for name, value in re.findall(r"\b(S|B) >= (\d+)", advice)}
    sizes |= {name: INFINITE for name in re.findall(r"a larger (S|B)", advice)}
    if found := re.search(r"C_beta > ([0-9.e+]+)", advice):
        # Four digits are shown; beyond 10 and 1 it is the other terms that count.
        sizes["C_beta"] = INFINITE if found[1] in ("1", "10") else F(found[1]) * F(1001, 1000)
    return p._replace(**sizes)


def theta_5(c, p):
    return F(1, 5) - sum(map(F, map(str, theta_5_terms(c, p))))


def theta_9(c, p):
    return 1 / p.C_beta - sum(map(F, map(str, theta_9_terms(c, p))))


def drawn(rng):
    """Constants over six orders of magnitude and sizes that are often too small."""
    c = Constants(F(1), *(F(float(x)) for x in 10 ** rng.uniform(-3, 3, 4)), F(1), F(1))
    sizes = {name: F(int(2 ** rng.integers(0, 12))) for name in "SDTB"}
    return c, Parameters(F(1, 100), 2, None, *sizes.values(), K=F(10), C_beta=F(int(rng.integers(1, 40))))


def test_what_mends_theorem_5_mends_it_and_all_of_it_is_needed():
    rng, seen = np.random.default_rng(0), set()
    for _ in range(400):
        c, p = drawn(rng)
        if theta_5(c, p) > 0:
            continue
        advice = why_theta_5(c, p).partition("mended by ")[2]
        assert theta_5(c, followed(p, advice)) > 0, (c, p, advice)
        parts = advice.split(" and ")
        for part in parts if "larger" not in advice else ():
            rest = " and ".join(other for other in parts if other != part)
            assert theta_5(c, followed(p, rest)) <= 0, (advice, part)
        seen.add(re.sub(r"\d+", "", advice))
    assert len(seen) >= 4, seen


def test_what_mends_theorem_9_mends_it_by_either_way():
    rng, seen = np.random.default_rng(0), set()
    for _ in range(400):
        c, p = drawn(rng)
        if theta_9(c, p) > 0:
            continue
        advice = why_theta_9(c, p).partition("mended by ")[2]
        for way in advice.split(" or "):
            assert theta_9(c, followed(p, way)) > 0, (c, p, way)
        # One sample less is too few.
        if found := re.search(r"B >= (\d+)", advice):
            assert theta_9(c, p._replace(B=F(found[1]) - 1)) <= 0
        seen.add("or" in advice)
    assert seen == {True, False}


def test_the_least_sizes_are_the_least_whole_numbers():
    for bound in (F(3), F(7, 2), F(1, 3), F(0)):
        assert above(bound) > bound >= above(bound) - 1
        assert at_least(bound) >= max(bound, 1)
        assert at_least(bound) == 1 or at_least(bound) - 1 < bound
