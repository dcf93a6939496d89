"""The one-step constants: formulas worked out by hand, what is proved of them, and what is measured."""

from __future__ import annotations

from fractions import Fraction as F
from itertools import pairwise

import numpy as np
import pytest
from small_families import points, small

from maml_verify import check
from maml_verify.arithmetic.norms import norm
from maml_verify.checks.witness import read_witness, shipped
from maml_verify.claims import CLAIMS, find_claim
from maml_verify.claims.fallah.conditions import up_to
from maml_verify.claims.fallah.second_moment import RANGE
from maml_verify.commands.console.options import editions
from maml_verify.meta_gradients import first_order, hessian_free
from maml_verify.meta_gradients.inner_path import inner_path
from maml_verify.meta_gradients.maml import meta_gradient
from maml_verify.meta_gradients.roles import population
from maml_verify.studies.one_step_floors import floors
from maml_verify.studies.sweep import cells
from maml_verify.theory import one_step
from maml_verify.theory.symbols import Constants, Observed, Parameters
from problems import cosine

C = Constants(L=F(2), rho=F(3), sigma=F(5), sigma_g=F(7), sigma_H=F(11))
P = Parameters(F(1, 10), 1, S=4, B_prime=3, D_L=2)
O = Observed(distance=F(2), gradient=F(1, 2), meta_gradient=F(3))
ONE_STEP = [claim for claim in CLAIMS if claim.id.startswith("fallah/")]


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        (one_step.smoothness, (8 + F(3, 10)) * 2),
        (one_step.second_moment, 40 * 9 + 14 * 25),
        (one_step.hessian_free_error, 12),
        (one_step.sharper_hessian_free_error, 6),
    ],
)
def test_a_bound_is_the_one_worked_out(formula, value):
    assert formula(C, P, O) == value


def test_the_biases_are_those_worked_out():
    assert one_step.inner_bias(C, P, O) == pytest.approx(0.2 * 7 / 2)
    assert one_step.mean_bias(C, P, O) == pytest.approx(2 * 0.2 * 7 / 2 + 0.2 * 0.1 * 11 * 7 / 4)


def test_the_step_size_is_the_one_worked_out():
    L_w = F(83, 10)
    first, second = one_step.stepsize_moments(C, P, O)
    assert first == L_w / F(4, 5)
    assert second == F(3125, 1000) / L_w**2
    assert one_step.B_prime(C, P) == F(3 * 5, 20) ** 2 / 2
    assert one_step.D_L(C, P) == F(2 * 3 * 7, 20) ** 2
    assert one_step.least_D(C, P) == 2 * F(11, 10) ** 2


def test_the_floors_are_those_worked_out():
    # V = (25 + 49/2)/20 + 49/4 at B = 20, T = 2, S = 4; 1 + rho alpha sigma/L = 7/4, rho alpha/L = 3/20.
    p = P._replace(B=20, T=2)
    V = (25 + 24.5) / 20 + 12.25
    assert one_step.maml_floor(C, p, O) == pytest.approx(max((61 * 1.75 * V) ** 0.5, 61 * 0.15 * V))
    V += 20 * (0.2 * 5) ** 2
    assert one_step.first_order_floor(C, p, O) == pytest.approx(max((14 * 1.75 * V) ** 0.5, 14 * 0.15 * V))
    small = C._replace(sigma=F(1, 100), sigma_g=F(1, 100))
    V = 1e-4 * (1 + 0.5) / 20 + 1e-4 / 4
    assert one_step.maml_floor(small, p, O) == pytest.approx((61 * 1.0015 * V) ** 0.5)


def test_first_order_maml_stays_above_what_maml_reaches():
    rows = floors(cosine(d=2, tasks=2, rng=0), steps=(0.1,), K=300, runs=8)
    maml, first = rows
    assert (maml["method"], first["method"]) == ("maml", "first-order")
    assert maml["reached"] + 4 * maml["error"] < first["reached"] - 4 * first["error"]
    assert all(0 < row["ratio"] < 1 for row in rows)


def forms(x):
    """40 F^2 + 14 s^2 - (1 + x)^4 ((F + k s)^2/(1 - k)^2 + s^2), as a matrix over (F, s)."""
    k = 2 * x + x * x
    a = (1 + x) ** 4 / (1 - k) ** 2
    return 40 - a, -a * k, 14 - a * k * k - (1 + x) ** 4


def not_negative(x):
    first, mixed, last = forms(x)
    return first >= 0 and last >= 0 and first * last >= mixed * mixed


def test_the_range_of_the_second_moment_is_proved_and_nearly_the_largest_of_its_proof():
    # Every entry gets worse as x grows, so that the end of the range is its worst point.
    assert not_negative(RANGE)
    assert not not_negative(F(27, 100))
    ends = [forms(RANGE * share / 8) for share in range(9)]
    assert all(b[0] <= a[0] and b[1] <= a[1] and b[2] <= a[2] for a, b in pairwise(ends))


def test_the_reported_second_moment_is_false_at_the_end_of_its_range():
    claim, _, s = read_witness(shipped("fallah/second-moment", "reported"))
    record = check(claim, s.family, alpha=s.alpha, steps=1, w=s.w)
    assert (record.edition, record.verdict) == ("reported", "violated")
    assert record.decided_by in ("arb", "exact")
    inside = check(claim, s.family, alpha=s.alpha * RANGE, steps=1, w=s.w, edition="derived")
    assert inside.verdict == "holds"


def test_a_range_is_closed():
    L = Constants(L=F(2))
    assumption = up_to(F(1, 4))
    assert assumption.margin(L, Parameters(F(1, 8), 1)) > 0
    assert not assumption.margin(L, Parameters(F(1, 8) + F(1, 10**30), 1)) > 0


@pytest.mark.parametrize("claim", ONE_STEP, ids=lambda claim: claim.id)
def test_a_one_step_statement_says_nothing_of_more_steps(claim):
    record = check(claim, "cubic", alpha_L=F(1, 8), steps=2, points=1)
    assert (record.edition, record.verdict) == ("reported", "vacuous")
    assert "N = 1" in record.reason


@pytest.mark.parametrize("claim", ["fallah/inner-bias", "fallah/mean-bias"])
def test_an_estimated_bias_agrees_with_the_exact_one(claim):
    at = {"alpha_L": F(1, 2), "steps": 1, "points": 1, "rng": 2}
    exact = check(claim, "cubic", **at)
    estimate = check(claim, "cubic", budget=0, detect=1.2, **at)
    assert (exact.method, estimate.method) == ("exact", "monte-carlo")
    assert exact.verdict == estimate.verdict == "holds"
    assert estimate.lhs[0] <= exact.lhs[1]
    assert exact.lhs[0] <= estimate.lhs[1]


def test_the_second_paper_is_shown_where_it_is_asked_for():
    class Arguments:
        edition = None
        ids = ()

    arguments = Arguments()
    assert editions(arguments) == ("printed",)
    arguments.ids = ["fallah/smoothness"]
    assert "reported" in editions(arguments)
    assert {cell.edition for cell in cells(["fallah/smoothness"])} == {"reported"}
    assert {cell.edition for cell in cells()} == {"printed"}
    assert all(claim.usual == "reported" for claim in ONE_STEP)
    assert find_claim("meta-smoothness").usual == "printed"


@pytest.mark.parametrize("link", ["quadratic", "cubic", "cosine"])
def test_other_meta_gradients_are_the_loops_written_out(link):
    family = small(link)
    w = points(family, 2, "float")
    roles, c = population(family, 2), family.probabilities[:, None, :]
    path = [w]
    for _ in range(2):
        path.append(path[-1] - 0.2 * family.grad(path[-1], c))
    np.testing.assert_allclose(first_order.estimator(family, w, 0.2, roles), family.grad(path[-1], c))
    g = family.grad(path[-1], c)
    for v in (path[1], path[0]):
        g = g - 0.2 * (family.grad(v + 0.01 * g, c) - family.grad(v - 0.01 * g, c)) / 0.02
    np.testing.assert_allclose(hessian_free.estimator(family, w, 0.2, roles, 0.01), g)


def test_differences_come_near_the_hessian_as_their_width_shrinks():
    family = small("cosine")
    w, roles = points(family, 2, "float"), population(family, 2)
    right = meta_gradient(family, inner_path(family, w, 0.2, roles.inner), 0.2, roles.hessian, roles.outer)
    gaps = [norm(hessian_free.estimator(family, w, 0.2, roles, width) - right).max() for width in (0.1, 0.05)]
    # Central differences of a smooth function: a quarter at half the width.
    assert gaps[1] == pytest.approx(gaps[0] / 4, rel=0.05)
    assert gaps[1] < 0.01 * norm(right).max()
