"""What the provers and the search do at the edge of their ranges, each part alone."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import flint
import pytest
import sympy as sp

from proofs_check.certificates.scalar import Bounded
from proofs_check.engine import counterexample as search
from proofs_check.engine.counterexample import _confirmed, _fails, counterexample
from proofs_check.engine.decide import _by_boxes, _nonnegative, decide
from proofs_check.engine.norm_calculus import unrolled
from proofs_check.engine.provers import every_step, small_steps
from proofs_check.engine.provers.normal_form import X, rational_function
from proofs_check.engine.provers.positivity import certificate, sign
from proofs_check.engine.provers.subdivision import log1p_ratio
from proofs_check.engine.segment import mean_step
from proofs_check.engine.triviality import trivial
from proofs_check.goals import Gram, Recursion, Relation
from proofs_check.symbols import B, L, N, alpha, j, n, q, y, z

F = Fraction
b = sp.Symbol("b", positive=True)


@pytest.mark.parametrize("top", [flint.fmpq(1, 100), flint.fmpq(1, 16), flint.fmpq(1, 4)])
def test_around_zero_the_ratio_of_the_logarithm_is_enclosed_to_second_order(top: flint.fmpq) -> None:
    found = log1p_ratio(flint.arb(0).union(flint.arb(top)))
    h = flint.arb(top)
    assert found.contains(1)
    assert found.contains(((1 + h).log() / h).mid())
    assert found > 1 - h / 2 - h**2 / 4
    assert found < 1 + h**2 / 2


@pytest.mark.parametrize(("low", "high"), [("0.1", "0.2"), ("0.05", "0.15"), ("0.2", "0.5")])
def test_away_from_zero_a_wide_ball_is_enclosed_with_both_ends(low: str, high: str) -> None:
    found = log1p_ratio(flint.arb(low).union(flint.arb(high)))
    for end in (flint.arb(low), flint.arb(high)):
        assert found.contains(((1 + end).log() / end).mid())
    assert found < 1


def test_a_power_of_another_exponent_leaves_the_start_of_N_as_it_is() -> None:
    generators = rational_function(q**N + q**j).generators
    gap = sp.expand((N - 1) * (N - 2))
    assert {g.exponent for g in generators} == {N, j}
    shown = certificate(gap, generators, strict=False)
    assert shown is not None
    assert shown.label == "start 2"
    assert certificate(gap - sp.Rational(1, 100), generators, strict=False) is None


def test_a_number_of_steps_and_its_power_start_together() -> None:
    """(1 + x)^N <= 1 + N x is false from N = 2 on, whatever other power stands beside it."""
    form = rational_function(1 + N * X - (1 + X) ** N + 0 * (1 + X) ** j)
    other = rational_function((1 + X) ** N + (1 + X) ** j).generators
    assert certificate(form.numerator, other, strict=False) is None


def test_zero_is_not_positive() -> None:
    assert sign(sp.Integer(0), ()) != 1
    assert decide(Relation(0, "<", sp.Integer(0))).verdict != "proved"
    assert decide(Relation(y * z, "<", z * y)).verdict != "proved"


@pytest.mark.parametrize("scale", [F(1), F(3), F(1, 7)])
@pytest.mark.parametrize(
    ("steps", "inside", "outside"), [(1, F(41, 100), F(42, 100)), (2, F(189, 1000), F(19, 100))]
)
def test_the_admissible_range_ends_where_it_says(
    steps: int, inside: Fraction, outside: Fraction, scale: Fraction
) -> None:
    """(1 + alpha L)^(2N) < 2: alpha L < 0.41421 for one step, < 0.18920 for two."""
    false = Relation(1, "<=", 0, admissible=True)
    point = {L: scale, N: F(steps)}
    assert _fails(false, point | {alpha: inside / scale})
    assert not _fails(false, point | {alpha: outside / scale})


@pytest.mark.parametrize(("left", "right"), [(1, b), (1 - b, 0), (1 / b, 50), (y + 1, b + y)])
def test_a_counterexample_keeps_the_sorts_of_its_symbols(left: sp.Expr, right: sp.Expr) -> None:
    found = counterexample(Relation(left, "<=", right))
    assert found is not None
    assert Fraction(found.record["point"]["b"]) > 0


@pytest.mark.parametrize(("left", "right"), [(y, 2 * y), (2 * y, y), (b, b + 1), (b + 1, b)])
def test_an_equation_fails_on_either_side(left: sp.Expr, right: sp.Expr) -> None:
    point = {s: F(1) for s in (y, b)}
    assert _fails(Relation(left, "==", right), point)
    assert _confirmed(Relation(left, "==", right), point)
    assert decide(Relation(left, "==", right)).verdict == "refuted"
    assert not _confirmed(Relation(left, "==", left), point)


def test_a_strict_bound_fails_at_equality_and_the_other_does_not() -> None:
    point = {y: F(1), b: F(2)}
    for rel, fails in (("<", True), ("<=", False), ("==", False)):
        assert _fails(Relation(2 * y, rel, b), point) is fails


def test_a_recursion_without_a_rational_value_is_an_error() -> None:
    with pytest.raises(ArithmeticError, match="no rational value"):
        unrolled(Recursion(n, 1, sp.sqrt(2) * y, 1, 0, 2 * y))


@pytest.mark.parametrize("start", [0, 1, 2])
def test_an_induction_goes_from_its_own_start(start: int) -> None:
    """V(n) = V(n - 1) + n from V(start) = start (start + 1)/2 on is n (n + 1)/2."""
    closed = n * (n + 1) / 2
    goal = Recursion(n, start, sp.Integer(start * (start + 1) // 2), 1, n, closed, rel="==")
    assert decide(goal).verdict == "proved"
    assert decide(Recursion(n, start, goal.first, 1, n + 1, closed, rel="==")).verdict == "refuted"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({("a", "a"): 1, ("b", "b"): 1, ("a", "b"): 2}, {("a", "a"): 1, ("b", "b"): 1}),
        ({("a", "b"): 1}, {("a", "b"): -1}),
        ({("a", "a"): 1}, {("a", "a"): 1, ("b", "b"): y}),
    ],
)
def test_vectors_that_refute_an_equation_of_forms_break_it(left: dict, right: dict) -> None:
    goal = Gram(("a", "b"), left, right, rel="==")
    found = decide(goal)
    assert found.verdict == "refuted"
    assert found.counterexample is not None
    assert Fraction(found.counterexample["gap"]) != 0
    # Where products may vanish on average, vectors taken freely refute nothing.
    assert decide(replace(goal, orthogonal=(("c", "d"),))).verdict == "supported"


@pytest.mark.parametrize(
    ("coefficients", "edge", "expected"),
    [
        ([1, -1], flint.fmpq(1, 2), [1, flint.fmpq(1, 2)]),  # (1 + w) - w/2
        ([1, -1], flint.fmpq(1), [1]),
        ([2, 0, -1], flint.fmpq(1), [2, 4, 1]),  # 2 (1 + w)^2 - w^2
        ([0, 3, 1], flint.fmpq(2), [0, 6, 10]),  # 6 w (1 + w) + 4 w^2
    ],
)
def test_a_range_is_mapped_to_the_half_line(coefficients: list, edge: flint.fmpq, expected: list) -> None:
    assert small_steps._mobius(flint.fmpq_poly(coefficients), edge) == flint.fmpq_poly(expected)


@pytest.mark.parametrize("right", [2 * z, z + y, z + 1])
def test_more_than_an_earlier_bound_is_not_that_bound(right: sp.Expr) -> None:
    assert trivial(Relation(y, "<=", z, upper=((y, z),)))
    assert not trivial(Relation(y, "<=", right, upper=((y, z),)))
    assert not trivial(Relation(y / 2, "<=", z, upper=((y, z),)))


@pytest.mark.parametrize(
    ("base", "shape"),
    [
        (1 + 1 / N, [1]),
        (1 + 1 / (8 * N) + 3 / N**2, [flint.fmpq(1, 8), 3]),
        (2 + 1 / N, None),
        (1 + y / N, None),
        (1 - 1 / N, None),
        (1 + 1 / N - 1 / N**2, None),
    ],
)
def test_a_base_near_1_is_taken_and_no_other(base: sp.Expr, shape: list | None) -> None:
    assert every_step._shape(base) == shape


@pytest.mark.parametrize(
    ("gap", "found"), [(2 * B - 1, 1), (2 * B - 3, None), (1 - 2 * B, -1), (B * y + N, 1)]
)
def test_beyond_the_small_N_a_count_starts_at_1(gap: sp.Expr, found: int | None) -> None:
    shown = every_step._tail(gap, (), True)
    assert (shown.sign if shown is not None else None) == found


@pytest.mark.parametrize("share", [sp.Rational(1, 2), sp.Rational(2, 3), sp.Rational(9, 10)])
def test_boxes_look_at_every_number_of_steps(share: sp.Expr) -> None:
    """1/10 + x >= share ((1 + x)^N - 1) holds for one step, for share < 1, and not for many."""
    gap = sp.Rational(1, 10) + X - share * ((1 + X) ** N - 1)
    goal = Relation(0, "<=", gap, admissible=True)
    assert _by_boxes(goal, rational_function(gap), sp.expand(rational_function(gap).numerator)) is None
    one = sp.Rational(1, 10) + X + (1 - share) * ((1 + X) ** N - 1)
    assert _by_boxes(goal, rational_function(one), sp.expand(rational_function(one).numerator)) is not None


@pytest.mark.parametrize("bias", [True, False])
def test_the_mean_of_a_step_leaves_out_the_centred_part_and_no_other(bias: bool) -> None:
    along, mean = mean_step(bias)
    assert decide(along).verdict == "proved"
    assert decide(mean).verdict == "proved"
    assert decide(replace(mean, orthogonal=())).verdict == "refuted"
    assert decide(replace(mean, orthogonal=(("z", "z"),))).verdict == "supported"


def test_a_power_of_a_real_base_is_real() -> None:
    for base, positive in ((1 - y, None), (1 + y, True), (y - 2, None)):
        (generator,) = rational_function(base**N).generators
        assert generator.symbol.is_real
        assert generator.symbol.is_positive is positive


@pytest.mark.parametrize("name", ["POSITIVE", "INTEGERS", "ROOTS", "STEP_SIZES"])
def test_values_drawn_are_apart_and_the_least_ones_are_among_them(name: str) -> None:
    values = getattr(search, name)
    assert len(set(values)) == len(values)
    assert min(values) > 0
    if name in ("INTEGERS", "ROOTS"):
        assert {1, 2, 3} <= set(values)


@pytest.mark.parametrize("admissible", [False, True])
def test_step_sizes_drawn_are_within_the_range_where_that_is_meant_and_beyond_it_elsewhere(
    admissible: bool,
) -> None:
    goal = Relation(q**N, "<=", 2 + B * y, admissible=admissible)
    points = list(search._points(goal, sorted({N, L, alpha, B, y}, key=str)))
    for value, point in enumerate(points[:3], 1):
        assert point == {N: value, B: value, L: 1, y: 1, alpha: F(1, 8 * value)}
    shares = {point[alpha] * point[L] * point[N] for point in points[3:]}
    assert set(search.STEP_SIZES) <= shares
    # Of the larger ones the longest is three times 1/L, whatever N.
    assert (max(shares) > max(search.STEP_SIZES)) != admissible


def test_a_relation_of_bounded_symbols_is_certified_with_what_is_put_for_them() -> None:
    goal = Relation(y + z, "<=", 3 + z, upper=((y, sp.Integer(2)),))
    out = decide(goal)
    assert out.verdict == "proved"
    assert isinstance(out.certificate, Bounded)
    assert decide(replace(goal, upper=((y, sp.Integer(4)),))).verdict != "proved"


@pytest.mark.parametrize("gap", [-1 - y, -(q**N), y * -(1 + z) - b, -b * q**N * (1 + y), 1 - q**N], ids=str)
def test_what_is_negative_has_no_certificate_that_it_is_not(gap: sp.Expr) -> None:
    for rel in ("<=", "<"):
        form = rational_function(gap)
        assert _nonnegative(Relation(0, rel, gap), form, sp.expand(form.numerator)) is None
        assert _nonnegative(Relation(0, rel, -gap + b), form, sp.expand(-form.numerator) + b) is not None
