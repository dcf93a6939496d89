"""Margins of right sides where these are ill-conditioned: at a step size next to the end of its range."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
from test_rounding import errors_of, instance

from maml_verify.checks.case import prepare
from maml_verify.claims import CLAIMS
from maml_verify.claims.base import STEP_SIZE
from maml_verify.settings import setting
from maml_verify.studies.grid import constants_of

EDITIONS = [
    (claim, edition)
    for claim in CLAIMS
    for edition in claim.editions
    if not claim.enclosed and STEP_SIZE in claim.assumptions[edition]
]


@pytest.mark.parametrize(("claim", "edition"), EDITIONS, ids=[f"{c.id}-{e}" for c, e in EDITIONS])
def test_no_error_of_a_right_side_exceeds_its_margin_near_the_edge(claim, edition):
    family = instance("cubic", 1, F(3), F(1, 7))
    known = constants_of(claim.known, family)
    largest = 0.0
    for N in (1, 3):
        for k in (8, 20, 30):
            # What rounding makes of alpha L grows by 2^k.
            alpha = F(2 ** (1 / (2 * N)) - 1) * (1 - F(1, 3 * 2**k)) / F(known.L.value)
            s = setting(family, alpha=alpha, steps=N, w=[[F(1, 3), F(2)]], u=[[F(1), F(1, 9)]])
            case = prepare(claim, s, edition, known)
            if claim.paths and claim.paths(case.setting) > 3000:
                continue
            (_, right), (_, slack), both = errors_of(case)
            assert (right <= slack).all(), (N, k, right / slack)
            largest = max(largest, (right / abs(both.rhs.ravel())).max())
    # Far above what rounding makes of a bound that is well-conditioned; the sharp ones divide by nothing.
    assert (largest > 1e-8) == (edition != "sharp")
