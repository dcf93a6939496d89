"""The counterexample to Theorem 9: stored, moving as certified, and without limit; lower bounds on losses."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from importlib import resources

import numpy as np
import pytest
from rate_settings import rate_setting

from maml_verify import settings
from maml_verify.algorithms import run
from maml_verify.arithmetic.domains import lift
from maml_verify.arithmetic.precision import arb_precision
from maml_verify.checks.check import check_setting
from maml_verify.checks.witness import replay
from maml_verify.left_sides import runs
from maml_verify.left_sides.optimality_gap import gap, lower_bound
from maml_verify.meta_gradients.objective import meta_losses
from maml_verify.meta_gradients.roles import split
from maml_verify.theory import coefficients, printed
from maml_verify.theory.symbols import Constants
from problems import FAMILIES
from problems.ridge_sums.opposed import opposed

WITNESSES = resources.files("maml_verify") / "witnesses"
F = Fraction


@pytest.mark.parametrize("edition", ["printed", "printed-b"])
def test_theorem_9_is_violated_by_the_stored_witness(edition):
    path = WITNESSES / f"finite-sum-rate-{edition}.json"
    record = replay(str(path))
    stored = json.loads(path.read_text())
    assert record.verdict == stored["verdict"] == "violated"
    assert record.decided_by == "arb"
    assert record.ratio > 3
    assert record.lhs[0] == pytest.approx(stored["lhs"][0], rel=1e-9)
    assert record.rhs[1] < record.lhs[0]


def test_the_witness_moves_as_its_certificate_says():
    # The enclosure says that E ||grad L(w_zeta)|| exceeds the bound; runs at a size that can be drawn agree.
    found, s = rate_setting(
        "finite-sum-rate", opposed(), alpha=F(1, 8), w=[8], points=1, K=200, C_beta=2, B=10**16
    )
    h = run(runs.finite_sum_run(s), s.family, [8.0], 200, runs=20, rng=0, record=("meta_gradient",))
    record = check_setting(found, replace(s, runs=2))
    assert h.meta_gradient[:-1].mean() > record.lhs[0] > record.rhs[1]


def test_ten_times_the_bound_is_exceeded_with_the_corollary_s_own_choices():
    # alpha = 1/(8NL), C_beta = 80: by longer runs and larger pull the ratio grows without limit.
    found, s = rate_setting(
        "finite-sum-rate", opposed(2**17), alpha=F(1, 8), w=[8], points=1, K=40_000, C_beta=80, B=10**18
    )
    with arb_precision(128):
        low = runs.finite_sum_norm(in_balls(s)).low[0]
        c = Constants(*(None if v is None else lift(v, "arb") for v in s.constants))
        p = settings.lifted(in_balls(s))[1]
        o = found.observe(in_balls(s))
        assert low > 10 * printed.finite_sum_rate(c, p, o)[0]
        # With sigma restored to xi, as (59) has it, the bound holds.
        r = (o.gap[0] / p.K + coefficients.phi_9(c, p) / p.B) / coefficients.theta_9(c, p)
        xi = coefficients.xi_9(c, p) + c.sigma
        assert r / 2 + (xi * r + (r / 2) ** 2).sqrt() > 8


def in_balls(s):
    family = s.family.cast(lambda v: lift(v, "arb"))
    return replace(
        s, family=family, alpha=lift(s.alpha, "arb"), w=lift(s.w, "arb"), u=lift(s.u, "arb"), field="arb"
    )


def test_lower_bounds_on_the_meta_loss_are_below_it_and_near_it():
    family = opposed(8)
    w = np.linspace(-12, 12, 4001)[:, None]
    for N in (1, 2):
        least = meta_losses(family, w, 0.1, N, split).min()
        with arb_precision(128):
            balls = family.cast(lambda v: lift(v, "arb"))
            bottom = float(lower_bound(balls, lift(F(1, 10), "arb"), N, split, 1e-3))
        assert least - 5e-3 < bottom <= least
        start = np.array([[5.0]])
        assert gap(family, start, 0.1, N, split)[0] <= meta_losses(family, start, 0.1, N, split)[0] - bottom


def test_no_lower_bound_is_claimed_where_none_is_proved():
    family = FAMILIES["cubic-well"](d=1, rng=0).cast(lambda v: lift(v, "arb"))
    assert lower_bound(family, lift(F(1, 10), "arb"), 1, split, 1e-3) is None
