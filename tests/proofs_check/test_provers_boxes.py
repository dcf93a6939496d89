"""Arb subdivision, on the admissible range and at the step size of a corollary, alone and near its limits."""

from __future__ import annotations

import flint
import pytest
import sympy as sp

from proofs_check.engine.decide import _by_boxes, _lemma
from proofs_check.engine.provers import every_step
from proofs_check.engine.provers.every_step import for_all_steps
from proofs_check.engine.provers.normal_form import Generator, rational_function
from proofs_check.engine.provers.positivity import sign
from proofs_check.engine.provers.subdivision import cover, log1p_ratio
from proofs_check.goals import Relation
from proofs_check.symbols import L, N, alpha, k, m, q, s, x, y, z

R = sp.Rational
AT = 1 / (8 * N * L)
t = sp.Symbol("t", positive=True)
a = sp.Symbol("a", positive=True)


def _boxes(gap) -> bool:  # type: ignore[no-untyped-def]
    """Whether the boxes alone show 0 <= gap."""
    goal = Relation(0, "<=", gap, admissible=True)
    form = rational_function(gap)
    below = sign(form.denominator, form.generators, True)
    return _by_boxes(goal, form, sp.expand((below or 0) * form.numerator)) is not None


@pytest.mark.parametrize(
    "gap",
    [
        R(1415, 1000) - q**N,  # 2^(1/2) = 1.41421...
        R(2002, 1000) - q ** (2 * N),
        (R(42, 100) - x) * q**N,
        (R(1415, 1000) - q**N) * (q**N - 1),
        (R(1415, 1000) - q**N) * (q**N - 1) / q,
        (R(2002, 1000) - s) * x**2 + x**2 * (q**N - 1),
        (q**N - R(6, 5)) ** 2 + R(1, 10),
    ],
    ids=str,
)
def test_boxes_show_what_is_true_by_little(gap: sp.Expr) -> None:
    assert _boxes(gap)


@pytest.mark.parametrize(
    "gap",
    [
        R(1414, 1000) - q**N,
        R(141, 100) - q**N,
        R(139, 100) - q**N,
        R(135, 100) - q**N,
        R(1999, 1000) - q ** (2 * N),
        (R(414, 1000) - x) * q**N,
        (R(1414, 1000) - q**N) * (q**N - 1),
        (q**N - R(6, 5)) ** 2 - R(1, 10**6),
        (q**N - R(6, 5)) ** 2,
        R(1, 10**6) - (q**N - 1 - x),
    ],
    ids=str,
)
def test_boxes_refuse_what_is_false_by_little(gap: sp.Expr) -> None:
    assert not _boxes(gap)


def test_boxes_decide_nothing_off_their_range() -> None:
    gap = R(1415, 1000) - q**N
    form = rational_function(gap)
    assert _by_boxes(Relation(0, "<=", gap), form, form.numerator) is None, "not admissible"
    for other in (gap * N, gap + y, gap + (1 + 2 * x) ** N, gap + q**m):
        assert not _boxes(other)


@pytest.mark.parametrize("point", ["1/3", "1/2", "2/3"])
def test_subdivision_sees_a_dip_wherever_it_is(point: str) -> None:
    p, r = (int(v) for v in point.split("/"))
    at, box = flint.arb(flint.fmpq(p, r)), ((flint.fmpq(0), flint.fmpq(1)),)
    tiny = flint.arb(flint.fmpq(1, 1000))
    assert cover(lambda v: (v - at) ** 2 + tiny, box) is not None
    assert cover(lambda v: (v - at) ** 2 - tiny, box) is None
    assert cover(lambda v: (v - at) ** 2, box) is None
    # Half as many pieces as it takes: refused, not shown.
    pieces = 2 * len(cover(lambda v: (v - at) ** 2 + tiny, box) or ()) - 1
    assert pieces is not None
    assert cover(lambda v: (v - at) ** 2 + tiny, box, pieces=pieces // 2) is None


def test_subdivision_in_two_variables_sees_one_corner() -> None:
    box = ((flint.fmpq(0), flint.fmpq(1)),) * 2
    assert cover(lambda v, w: flint.arb("2.01") - v - w, box) is not None
    assert cover(lambda v, w: flint.arb("1.99") - v - w, box) is None
    assert cover(lambda v, w: 2 - v - w, box) is None


@pytest.mark.parametrize("low", ["0.05", "0.3", "0.5", "0.9"])
def test_the_ratio_of_the_logarithm_is_enclosed_on_wide_balls(low: str) -> None:
    left = flint.arb(low)
    right = left + flint.arb("0.01")
    both = log1p_ratio(left.union(right))
    for point in (left, (left + right) / 2, right):
        value = (1 + point).log() / point
        assert both.contains(value.mid())


def test_at_zero_the_ratio_of_the_logarithm_is_1_and_no_less() -> None:
    around = flint.arb(0).union(flint.arb("0.001"))
    assert log1p_ratio(around).contains(1)
    assert log1p_ratio(around) > flint.arb("0.999")
    assert log1p_ratio(around) < flint.arb("1.001")


@pytest.mark.parametrize(
    "goal",
    [
        # The limit of (1 + 1/(8 N))^N is e^(1/8) = 1.1331..., from below.
        Relation(q**N, "<", R(11332, 10000), at=AT),
        Relation(s, "<", R(12841, 10000), at=AT),
        Relation(R(9, 8), "<=", q**N, at=AT),
        Relation(R(1124, 1000), "<", q**N, at=AT),
        Relation(y * q**N, "<=", R(11332, 10000) * y, at=AT),
        Relation(y * q**N + z, "<=", R(1134, 1000) * y + 2 * z, at=AT),
        Relation(alpha * L * N, "==", R(1, 8), at=AT),
        Relation((1 + 2 * x + 2 * x**2) ** N, "<", R(133, 100), at=AT),
        Relation(N + 1, "<", R(201, 100) * N * q**N, at=AT),
        Relation(1, "<=", N**2 - N / 3 + R(1, 3), at=AT),
    ],
    ids=str,
)
def test_at_a_step_size_what_is_true_by_little_is_proved(goal: Relation) -> None:
    assert for_all_steps(goal).verdict == "proved"


@pytest.mark.parametrize(
    "goal",
    [
        Relation(q**N, "<", R(11331, 10000), at=AT),  # false from about N = 300 on
        Relation(s, "<", R(12840, 10000), at=AT),
        Relation(R(1126, 1000), "<=", q**N, at=AT),  # false at N = 1
        Relation(R(1129, 1000), "<=", q**N, at=AT),
        Relation(R(9, 8), "<", q**N, at=AT),
        Relation(y * q**N, "<", R(12, 10) * y, at=AT),  # 0 < 0 at y = 0
        Relation(y * q**N + z, "<=", R(1134, 1000) * y + R(99, 100) * z, at=AT),
        Relation(q**k, "<=", q**N, at=AT),
        Relation(1, "<=", (N - 20) ** 2, at=AT),  # false at N = 20 alone
        Relation(N, "<=", 100, at=AT),  # false from N = 101 on
        Relation(N * q**N, "<=", 10**6 - N**2 / 10**4, at=AT),
        Relation(1, "<=", (N - 17) ** 2, at=AT),
        Relation(1, "<=", q**N - 1 + k, at=AT),  # false at k = 0
        Relation(alpha * L * N, "==", R(1, 8) + R(1, 10**9), at=AT),
        Relation(sp.Symbol("r", real=True), "<=", q**N, at=AT),
    ],
    ids=str,
)
def test_at_a_step_size_what_is_false_by_little_is_refused(goal: Relation) -> None:
    """The counterexample search is not asked; some of these it would not find."""
    assert for_all_steps(goal).verdict != "proved"


def test_a_hypothesis_counts_at_the_step_size_and_only_with_the_sign_it_has() -> None:
    gap = R(1, 2) * y - y * z
    assert for_all_steps(Relation(y * z, "<=", y / 2, (R(1, 2) - z,), at=AT)).verdict != "proved"
    assert every_step._numerator(gap, AT, 3) is not None
    # 1/(z - 1) > 0 gives z > 1; its numerator 1 must not be taken for a hypothesis.
    assert every_step._numerator(1 / (z - 1), AT, 3) is None
    assert every_step._numerator(alpha * L - R(1, 24), AT, 3) == 0


def _sign(expr: sp.Expr, generators: tuple[Generator, ...], strict: bool) -> int | None:
    found = every_step._tail(expr, generators, strict)
    return found.sign if found is not None else None


def test_beyond_the_small_N_other_symbols_keep_their_least_values() -> None:
    form = rational_function(R(12, 10) - q**N, AT)
    gap = form.numerator
    assert _sign(gap, form.generators, True) == 1
    assert _sign(gap * a, form.generators, True) == 1
    assert _sign(gap * y, form.generators, False) == 1
    assert every_step._tail(gap * y, form.generators, True) is None, "y may be 0"
    assert every_step._tail(gap * (k - R(1, 2)), form.generators, False) is None, "k may be 0"
    assert _sign(gap * (m - R(1, 2)), form.generators, False) == 1, "m is at least 1"
    assert every_step._tail(gap * (m - R(3, 2)), form.generators, False) is None, "m may be 1"


def test_a_power_of_another_integer_is_no_power_of_N() -> None:
    form = rational_function(3 - q**k, AT)
    assert every_step._tail(form.numerator, form.generators, True) is None


@pytest.mark.parametrize("factor", [1, 2, R(1, 3)])
def test_the_lemma_wants_f_to_vanish_at_0_and_to_rise(factor: sp.Expr) -> None:
    f = factor * (t - sp.log(1 + t))
    assert _lemma(Relation(0, "<", f, lemma=(f, t))) is not None
    for wrong in (f - R(1, 10**6), -f, f - t / 100, f + R(1, 10**6), factor * sp.log(1 + t) - t / 2):
        assert _lemma(Relation(0, "<", wrong, lemma=(wrong, t))) is None, wrong


def test_the_lemma_is_about_its_own_relation() -> None:
    f = t - sp.log(1 + t)
    assert _lemma(Relation(0, "<", sp.log(1 + t) - t, lemma=(f, t))) is None
    assert _lemma(Relation(0, "==", f, lemma=(f, t))) is None
    # The slope 1/(1 + t) - 1/2 changes its sign at 1.
    g = sp.log(1 + t) - t / 2
    assert _lemma(Relation(0, "<", g, lemma=(g, t))) is None


@pytest.mark.parametrize("low", [R(k, 20) for k in (0, 1, 2, 5, 8, 12, 20, 30, 60)])
def test_a_wide_ball_of_the_logarithm_holds_the_values_in_it(low: sp.Rational) -> None:
    for width in (R(1, 250), R(1, 100), R(1, 20), R(1, 2)):
        ends = [flint.arb(flint.fmpq(int(v.p), int(v.q))) for v in (low, low + width)]
        found = log1p_ratio(ends[0].union(ends[1]))
        for share in range(17):
            y = ends[0] + (ends[1] - ends[0]) * share / 16
            assert found.overlaps((1 + y).log() / y if y != 0 else flint.arb(1)), (width, share)
        # No wider than what y/2 and its square vary by, and the first term left out.
        assert found.rad() <= width + float((low + width) ** 3) / 4 + float(low + width) * float(width)


@pytest.mark.parametrize("power", range(6))
def test_pieces_are_counted_as_often_as_a_function_is_tried_on_one(power: int) -> None:
    tried = []

    def function(y: flint.arb) -> flint.arb:
        if y.rad() > 0:
            tried.append(y)
        # Positive, and seen to be on pieces of at most 2^-power alone.
        return flint.arb(1) - y.rad() * 2**power * flint.arb(1.5) if y.rad() > 0 else flint.arb(1)

    found = cover(function, ((flint.fmpq(0), flint.fmpq(1)),))
    assert found is not None
    assert 2 * len(found) - 1 == len(tried) == 2 ** (power + 1) - 1


@pytest.mark.parametrize("low", [0, 1, 5])
def test_a_box_is_given_up_only_where_the_function_is_negative_in_its_middle(low: int) -> None:
    top = flint.arb(low) + flint.arb(5) / 4

    def function(y: flint.arb) -> flint.arb:
        # Positive on the box and negative soon beyond; twice y - y widens it, so that it has to be halved.
        return top - y + 2 * (y - y)

    def mirrored(y: flint.arb) -> flint.arb:
        return function(2 * low + 1 - y)

    for one in (function, mirrored):
        assert cover(one, ((flint.fmpq(low), flint.fmpq(low + 1)),)) is not None
        assert cover(one, ((flint.fmpq(low - 1), flint.fmpq(low + 2)),)) is None


@pytest.mark.parametrize("k", range(4, 29))
def test_a_ball_barely_wide_enough_for_the_series_holds_the_values_in_it(k: int) -> None:
    # The series is used where log(1 + y)/y is known to no better than 1e-3; it may not be too high there.
    low = flint.arb(k) / 100
    widths = [low * m / 10_000 for m in (10.5, 11, 12, 14)]
    width = next(w for w in widths if ((1 + low.union(low + w)).log() / low.union(low + w)).rad() >= 1e-3)
    found = log1p_ratio(low.union(low + width))
    for value in (low, low + width / 2, low + width):
        assert found.overlaps((1 + value).log() / value)
