"""Rounding margins hold at every scale, and are as large as they are because errors are."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F
from functools import lru_cache

import numpy as np
import pytest
from flint import arb
from small_families import small

from maml_verify.arithmetic.domains import lift
from maml_verify.arithmetic.precision import arb_precision
from maml_verify.checks import check, rounding
from maml_verify.checks.both_sides import evaluate, sides
from maml_verify.checks.case import prepare
from maml_verify.checks.certify import lifted_setting
from maml_verify.checks.check import check_setting
from maml_verify.claims import CLAIMS, Interval, find_claim
from maml_verify.left_sides.quantities import gradient_norm
from maml_verify.meta_gradients.objective import meta_losses
from maml_verify.meta_gradients.roles import population
from maml_verify.settings import setting
from maml_verify.studies.grid import constants_of
from maml_verify.theory import coefficients as k
from maml_verify.theory import printed
from maml_verify.theory.symbols import Constants, Observed, Parameters
from problems import LINKS, ridge

# Where no error is known, float64 decides nothing.
SIMPLE = [c for c in CLAIMS if not c.enclosed and c.unit != "any"]
EDITIONS = [(claim, edition) for claim in SIMPLE for edition in claim.editions]


def errors_of(case):
    """Errors of both sides in float64 against balls, and the margins for them."""
    both = sides(case)
    assert not both.estimated
    with arb_precision(300):
        lhs, rhs, *_ = evaluate(replace(case, setting=lifted_setting(case.setting, "arb", 300)))
        lhs = lhs.low if isinstance(lhs, Interval) else lhs
        wrong = [
            np.array(
                [
                    float((arb(float(x)) - ball).abs_upper())
                    for x, ball in zip(found.ravel(), true.ravel(), strict=True)
                ]
            )
            for found, true in ((both.low, lhs), (both.rhs, rhs))
        ]
    return wrong, (both.margin.ravel(), both.slack.ravel()), both


def shared(link, seed):
    """A family in which every constant is finite: tasks share features, atoms share coefficients."""
    f = small(link, n=2, m=2, d=2, K=2, seed=seed)
    q, A = (
        np.repeat(f.exact.features[:1], 2, 0),
        np.abs(np.repeat(f.exact.coefficients[:, :1], 2, 1)) + F(1, 4),
    )
    A = np.repeat(A[:1], 2, 0)
    xi = f.exact.linear - f.exact.linear + (f.exact.linear @ np.swapaxes(q, 1, 2)) @ q / 8
    e = f.exact
    return ridge(link, q, e.offsets, A, xi, probabilities=e.probabilities, support=e.support, query=e.query)


def scaled(family, loss, length):
    """The family with its loss times ``loss`` and its parameters times ``length``, exactly."""
    e = family.exact
    return ridge(
        family.link.name, e.features / length, e.offsets, e.coefficients * loss, e.linear * loss / length,
        probabilities=e.probabilities, support=e.support, query=e.query, task_weights=e.task_weights,
    )  # fmt: skip


SCALES = ((F(1), F(1)), (F(10) ** -12, F(10) ** 12), (F(10) ** 12, F(3) ** -20))


@lru_cache(maxsize=32)
def instance(link, seed, loss, length):
    return scaled(shared(link, seed), loss, length)


@pytest.mark.parametrize(("claim", "edition"), EDITIONS, ids=[f"{c.id}-{e}" for c, e in EDITIONS])
def test_no_error_exceeds_its_margin(claim, edition):
    rng = np.random.default_rng(5)
    compared = 0
    for seed, link in enumerate(LINKS):
        for loss, length in SCALES:
            family = instance(link, seed, loss, length)
            known = constants_of(claim.known, family)
            w, u = (lift(rng.integers(-64, 65, (1, 2)) / 16, "exact") for _ in range(2))
            w, u = (np.array([[F(int(x.p), int(x.q)) * length for x in row] for row in v]) for v in (w, u))
            N = 1 + seed % 2 if claim.steps is None else claim.steps[0]
            s = setting(family, alpha=F(1, 8 * N) / F(known.L.value), steps=N, w=w, u=u)
            case = prepare(claim, s, edition, known)
            if case.reasons:
                continue
            if claim.over == "item" and claim.paths and claim.paths(case.setting) > 200:
                case = case.but(B_prime=1, D_L=1)
            (left, right), (margin, slack), both = errors_of(case)
            # At j = 0 both sides are one number, which nothing tells apart.
            rounds = margin > 0
            assert (left <= margin)[rounds].all(), (link, loss, left[rounds] / margin[rounds])
            assert (right <= slack)[rounds].all(), (link, loss, right[rounds] / slack[rounds])
            # No margin is so wide that float64 decides nothing, but where both sides are 0: a tie for others.
            scale = (np.abs(both.low) + np.abs(both.rhs)).max()
            assert not both.rhs.any() or (margin <= 1e-6 * scale + 1e-300).all()
            compared += left.size
    assert compared >= 9


def far(link="quadratic", noise=F(0), link_size=F(1)):
    """A family with its minimum far from the origin: gradients near it are differences of large numbers."""
    third = F(1, 3)
    return ridge(
        link,
        [[[third, F(1, 7)], [F(1, 5), third]]],
        [[F(10**6, 3), F(10**6, 7)]],
        [[[link_size, link_size]] * 2],
        [[[noise, F(0)], [-noise, noise]]],
    )


MINIMUM = np.linalg.solve([[1 / 3, 1 / 7], [1 / 5, 1 / 3]], [10**6 / 3, 10**6 / 7])
# Where the error is more than the relative part of a margin: statement, family, alpha L.
EDGES = {
    "length": ("path-stability", far("cubic"), F(1, 4)),
    "length^2": ("path-second-moment", far(noise=F(1, 10**9)), F(1, 4)),
    "gradient": ("path-gradient", far(), F(1, 4)),
    "meta gradient": ("task-gradient-gap", far(), F(1, 4)),
    "product": ("product-deviation", far(), F(1, 10**9)),
    "step size": ("stepsize-moments", far("steep-well"), F(1, 8)),
}


def at_an_edge(unit):
    name, family, alpha_L = EDGES[unit]
    claim = find_claim(name)
    known = constants_of(claim.known, family)
    rng = np.random.default_rng(1)
    for _ in range(6):
        w = MINIMUM + rng.normal(size=2) * (0.1 if unit != "step size" else 1e-3)
        s = setting(
            family,
            alpha=alpha_L / F(known.L.value),
            steps=2,
            w=w,
            u=w + rng.normal(size=2) * 1e-6,
            B_prime=1,
            D_L=1,
        )
        (left, _), (margin, _), both = errors_of(prepare(claim, s, "printed", known))
        yield left, margin, both.low.ravel()


@pytest.mark.parametrize("unit", EDGES)
def test_an_error_comes_near_its_margin(unit):
    assert find_claim(EDGES[unit][0]).unit == unit
    near, beyond = 0.0, False
    for left, margin, low in at_an_edge(unit):
        assert (left <= margin)[margin > 0].all()
        near = max(near, (left[margin > 0] / margin[margin > 0]).max())
        beyond |= (left > 2e-10 * np.abs(low)).any()
    assert beyond, "the relative part of the margin suffices here"
    assert near > 2.0**-20


@pytest.mark.parametrize("unit", EDGES)
def test_a_margin_planted_too_small_is_exceeded(unit, monkeypatch):
    monkeypatch.setattr(rounding, "UNIT", 2.0**-76)
    assert any((left > margin)[margin > 0].any() for left, margin, _ in at_an_edge(unit))


def right_edges():
    """What is observed, and a setting where its error is most of the right side's."""
    third = np.array([[F(10**6, 3), F(10**6, 7)]])
    yield "distance", "path-stability", far("cubic"), third, third + F(1, 10**7)
    for name, claim in (("gradient", "task-gradient-gap"), ("meta_gradient", "mean-gradient")):
        w = MINIMUM[None] + np.array([[0.01, -0.02]])
        yield name, claim, far(), w, w


@pytest.mark.parametrize(
    ("name", "claim", "family", "w", "u"), list(right_edges()), ids=lambda v: v if isinstance(v, str) else ""
)
def test_an_error_of_what_is_observed_is_in_the_margin(name, claim, family, w, u):
    found = find_claim(claim)
    known = constants_of(found.known, family)
    s = setting(family, alpha=F(1, 16) / F(known.L.value), steps=2, w=w, u=u)
    (_, right), (_, slack), both = errors_of(prepare(found, s, "printed", known))
    assert getattr(found.observe(s), name) is not None
    assert (right <= slack)[slack > 0].all()
    assert (right > 2e-10 * np.abs(both.rhs.ravel())).any(), "the relative part of the margin suffices here"


IN_UNIT = Constants(1.0, rho=0.5, sigma=1.0, b=2.0)
RATE = max(rate(IN_UNIT, Parameters(0.5, 2)) for rate in (k.C_L, k.C_b_7, k.C_b_7_b))
BY_HAND = {
    # Both points of a difference, 3 off each.
    "length": 2 * 3,
    # |(a + e)^2 - a^2| = e (2 a + e) of a length a = 5.
    "length^2": 6 * (2 * 5 + 6),
    "gradient": 2 * 7,
    "meta gradient": 2 * 11,
    # Each of d^2 entries of a second moment of a vector of length 13.
    "meta gradient^2": 2 * 4**2 * 11 * (13 + 11),
    # N + 1 factors of d rows, times what the others make of an error.
    "product": 2 * 4 * (2 + 1) * 17 * 19,
    # 4 e/L of each estimate 25, times the largest rate of the three constants in them.
    "step size": 4 * 25 * 23 * RATE / 1,
    "any": 0,
}


@pytest.mark.parametrize("unit", BY_HAND)
def test_the_absolute_part_of_a_margin_is_that_of_its_unit(unit):
    e = rounding.Errors(
        0, 23, point=3, path_gradient=7, meta_gradient=11, largest=13, factor=19, gap=0, growth=17
    )
    s = setting(
        ridge("quadratic", [[[F(k == m) for m in range(4)] for k in range(4)]]), alpha=F(1, 2), steps=2
    )
    found = rounding.left_margin(unit, s, IN_UNIT, Parameters(0.5, 2), e, np.array([25.0]))
    absolute = float(found[0]) - rounding._relative(2) * 25
    assert BY_HAND[unit] <= absolute * (1 + 1e-12) <= 1.5 * BY_HAND[unit]


def test_an_error_grows_along_a_path():
    # Where paths spread by up to 1 + alpha L = 21 a step, so do rounding errors, also of a bounded link.
    claim, family = find_claim("path-stability"), ridge("cosine", [[[F(1, 3)]]])
    known = claim.known(family)
    rng = np.random.default_rng(2)
    beyond = False
    for _ in range(8):
        w = rng.uniform(900, 1100, (1, 1))
        s = setting(family, alpha=20 / F(known.L.value), steps=8, w=w, u=w + 1e-9)
        (left, _), (margin, _), both = errors_of(prepare(claim, s, "printed", known))
        assert (left <= margin)[margin > 0].all()
        beyond |= (left > 32 * rounding.UNIT * 1100 + 1e-10 * np.abs(both.low.ravel())).any()
    assert beyond


def test_an_error_of_the_gap_is_in_its_margin():
    family = far("cubic")
    w = MINIMUM[None] + np.array([[0.3, 0.2], [-1.0, 0.5]])
    s = setting(family, alpha=F(1, 4), steps=2, w=w, u=w)
    with arb_precision(300):
        there = lifted_setting(s, "arb", 300)
        truth = meta_losses(there.family, there.w, there.alpha, 2, population)
    found = meta_losses(family, w, 0.25, 2, population)
    error = abs(float(found[0] - found[1]) - float(truth[0] - truth[1]))
    assert 2e-10 * abs(float(truth[0] - truth[1])) < error <= rounding.errors(s).gap
    none = rounding.Errors(*[0.0] * len(rounding.Errors._fields))._replace(gap=0.5)
    margin = rounding.right_margin(
        lambda c, p, o: o.gap * 3, Constants(1.0), Parameters(1.0, 1), Observed(gap=2.0), none, 6.0
    )
    assert margin >= 1.5


def test_the_relative_part_covers_a_formula_of_constants_alone():
    none = rounding.Errors(*[0.0] * len(rounding.Errors._fields))
    bound = lambda c, p, o: c.sigma * c.b / c.L / p.S  # noqa: E731
    for x in np.random.default_rng(0).uniform(1, 2, (20, 3)):
        c, p = Constants(float(x[0]), sigma=float(x[1]), b=float(x[2])), Parameters(0.5, 0, S=3.0)
        exact = F(c.sigma) * F(c.b) / F(c.L) / 3
        margin = rounding.right_margin(bound, c, p, Observed(), none, np.asarray(bound(c, p, None)))
        assert abs(F(bound(c, p, None)) - exact) <= F(float(margin))


@pytest.mark.parametrize(("N", "beyond"), [(1, False), (10**4, False), (10**6, True), (10**8, True)])
def test_the_relative_part_covers_powers_of_a_rounded_number(N, beyond):
    """Powers up to 4N, as bounds have them, of 1 + alpha L with N alpha L of the size of 1."""
    largest = 0.0
    with arb_precision(300):
        for k in range(1, 16):
            exact = (1 + arb(k) / (7 * N)) ** (4 * N)
            largest = max(largest, float(abs((1 + k / (7 * N)) ** (4 * N) / exact - 1).upper()))
    assert largest <= rounding._relative(N)
    # The part that does not grow with N is too small from here on.
    assert (largest > rounding.RELATIVE) == beyond


def rate_near_its_pole(digits):
    """Theorem 9 where theta of (24) is a difference of near numbers."""
    c = Constants(1.0, 0.5, 0.25, b=0.125, b2=0.0625)
    p = Parameters(F(1, 8), 2, B=1)
    exact = Constants(*(x if x is None else F(x) for x in c))
    C_beta = 1 + k.A_squ_1(exact, p) + F(1, 10**digits)
    return c, p._replace(alpha=1 / 8, C_beta=float(C_beta)), Observed(gap=1.0)


def lemma_15_near_its_pole(digits):
    """(1 + alpha L)^(2N) just below 2."""
    alpha = (2**0.25 - 1) * (1 - 10.0**-digits) / 3
    return Constants(3.0, sigma=1.0), Parameters(alpha, 2), Observed(meta_gradient=0.0)


@pytest.mark.parametrize(
    ("bound", "where"),
    [(printed.finite_sum_rate, rate_near_its_pole), (printed.mean_gradient, lemma_15_near_its_pole)],
)
def test_a_right_side_near_its_pole_has_a_wide_margin(bound, where):
    none = rounding.Errors(*[0.0] * len(rounding.Errors._fields))
    beyond = False
    for digits in (2, 4, 6, 8, 10):
        c, p, o = where(digits)
        found = bound(c, p, o)
        with arb_precision(300):
            lifted = [
                type(part)(*(x if x is None or isinstance(x, int) else lift(x, "arb") for x in part))
                for part in (c, p, o)
            ]
            error = float(abs(bound(*lifted) - arb(float(found))).upper())
        margin = float(rounding.right_margin(bound, c, p, o, none, np.asarray(found)))
        assert error <= margin
        beyond |= error > 2e-10 * abs(found)
    assert beyond


def test_the_unit_is_the_spacing_of_float64():
    # What a sum of terms can lose is that much of each: with a smaller unit nothing here would be a bound.
    assert np.finfo(np.float64).eps == rounding.UNIT


@pytest.mark.parametrize("exponent", [-190, 190])
def test_within_the_range_float64_decides(exponent):
    family = ridge("cubic", [[[F(1)]]], coefficients=[[[F(2) ** exponent]]])
    s = setting(family, alpha=F(1, 4) / F(2) ** exponent, steps=1, w=[[0.25]], u=[[0.5]])
    assert check_setting(find_claim("path-gradient"), s, "printed").decided_by == "float"


def at(w):
    """Errors of a setting of no steps, where gradients have the size of the point w."""
    family = ridge("quadratic", [[[F(1)]]])
    return rounding.errors(setting(family, alpha=F(1, 2), steps=0, w=[[w]], u=[[w]]))


@pytest.mark.parametrize(("last", "beyond"), [(2.0**200, np.inf), (2.0**-200, 0.0)])
def test_the_range_in_which_float64_decides_has_its_ends_in_it(last, beyond):
    assert np.isfinite(at(last)).all()
    assert np.isinf(at(np.nextafter(last, beyond))).all()


@pytest.mark.parametrize("exponent", [-1020, -700, -201, 201, 900])
def test_beyond_the_range_float64_proves_nothing(exponent):
    family = ridge("cubic-well", [[[F(1)]]], coefficients=[[[F(2) ** exponent]]])
    claim = find_claim("path-gradient")
    s = setting(family, alpha=F(1, 4) / F(2) ** exponent, steps=1, w=[[0.25]], u=[[0.25]])
    known = claim.known(family)
    assert np.isinf(sides(prepare(claim, s, "printed", known)).margin[..., 1:]).all()
    record = check_setting(claim, s, "printed", known)
    assert (record.verdict, record.decided_by) == ("holds", "exact")


@pytest.mark.parametrize("side", ["lhs", "rhs"])
def test_a_comparison_that_leaves_float64_is_told_whichever_of_many_it_is(side):
    far = np.array([1.0, 1.0, np.inf])
    claim = find_claim("task-gradient-gap")
    planted = replace(
        claim,
        editions={"printed": lambda c, p, o: o.gradient * (far if side == "rhs" else 1.0)},
        measure=lambda s: claim.measure(s) * (far if side == "lhs" else 1.0),
    )
    s = setting(ridge("cosine", [[[1.0]]]), alpha=F(1, 2), steps=1, w=np.array([[0.5], [1.0], [1.5]]))
    with pytest.raises(OverflowError):
        sides(prepare(planted, s, "printed", claim.known(s.family)))


def test_a_tie_that_was_not_tried_is_said():
    # cos and sin are irrational, so that nothing decides a tie; one point more than are certified.
    claim = replace(
        find_claim("path-gradient"),
        editions={"printed": lambda c, p, o: o.gradient + 0 * p.alpha},
        measure=lambda s: np.stack([gradient_norm(s)] * 2, -1),
    )
    s = setting(ridge("cosine", [[[1.0]]]), alpha=F(1, 2), steps=1, w=np.linspace(1, 2, 5)[:, None])
    reason = check_setting(claim, s).reason
    assert reason.startswith("both sides agree to every precision tried; ")
    assert "comparisons too close for float64 were not taken further" in reason


def test_cases_beyond_the_limit_are_never_called_holds(monkeypatch):
    monkeypatch.setattr(check, "CERTIFIED", 2)
    claim = find_claim("path-gradient")
    s = setting(ridge("cosine", [[[1.0]]]), alpha=F(1, 2), steps=1, w=np.linspace(1, 2, 9)[:, None])
    record = check_setting(claim, s, certified=True)
    assert record.verdict == "undecided"
    # 18 comparisons, j = 0 among them, of which 2 were certified.
    assert record.reason == "16 comparisons too close for float64 were not taken further"
