"""Normal forms, values, vectors, quadratic forms and reciprocal moments, each alone and near its limits."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import flint
import pytest
import sympy as sp

from proofs_check.engine import degenerate, norm_calculus
from proofs_check.engine.evaluate import ball, exact, names
from proofs_check.engine.provers.normal_form import rational_function
from proofs_check.engine.segment import descent, segment
from proofs_check.goals import Gram, Product, Recursion, Relation, Segment, Split, relation
from proofs_check.lemmas import quadratic_forms
from proofs_check.lemmas.rate_forms import mean_square, telescoped, young
from proofs_check.lemmas.reciprocal_moment import parabola, reciprocal_moment, two_points, variance_of_norm
from proofs_check.symbols import (
    B,
    L,
    N,
    alpha,
    b,
    k,
    m,
    n,
    operators,
    q,
    rho,
    s,
    sigma,
    sigma_g,
    u,
    v,
    x,
    y,
    z,
)

R = sp.Rational
F = Fraction
a = sp.Symbol("a", positive=True)


# Normal form.


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (q ** (2 * N) - 1, (q**N - 1) * (q**N + 1)),
        (q ** (N - 1) * q, q**N),
        (q ** (N + k) * q ** (N - k), s),
        ((q**N) ** 3, q ** (3 * N)),
        (1 / q ** (2 * N - 1), q / s),
        ((1 + 2 * x + x**2) ** N, (1 + alpha * L) ** (2 * N) + (1 + 2 * x + x**2) ** N - s),
    ],
)
def test_equal_expressions_have_difference_zero(left: sp.Expr, right: sp.Expr) -> None:
    assert rational_function(left - right).numerator == 0


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (q ** (2 * N) - 1, (q**N - 1) * (q**N + 1) + R(1, 10**9)),
        (q ** (N - 1), q**N),
        (q**N, (1 + alpha) ** N),
        (q**N * q**k, q ** (N + k + 1)),
        (q**N, 1 + N * x),
    ],
)
def test_unequal_ones_do_not(left: sp.Expr, right: sp.Expr) -> None:
    assert rational_function(left - right).numerator != 0


def test_an_exponent_that_is_not_linear_is_an_error() -> None:
    with pytest.raises(ValueError, match="not linear"):
        rational_function(q ** (N * k))
    with pytest.raises(ValueError, match="not linear"):
        rational_function(q ** (N / 2))


def test_a_power_of_a_base_that_may_be_negative_has_no_sign() -> None:
    (generator,) = rational_function((1 - x) ** N).generators
    assert generator.symbol.is_positive is None
    (generator,) = rational_function((1 + x) ** N).generators
    assert generator.symbol.is_positive


def test_a_relation_and_its_hypothesis_share_a_power_only_where_base_and_exponent_agree() -> None:
    one, same = rational_function(q**N), rational_function(2 - q**N)
    assert one.generators == same.generators
    for other in ((1 + 2 * x) ** N, q**m):
        assert rational_function(other).generators[0].symbol != one.generators[0].symbol


# Values.


def test_values_by_hand() -> None:
    point = {N: F(3), L: F(2), alpha: F(1, 4)}
    assert exact(q ** (2 * N) - 1, point) == flint.fmpq(729, 64) - 1
    assert exact(q ** (N - 5), point) == flint.fmpq(4, 9)
    assert exact(1 / (q - R(3, 2)), point) is None
    assert exact(sp.sqrt(L), point) is None
    assert abs(float(ball(sp.sqrt(L), point)) - 2**0.5) < 1e-15
    assert abs(float(ball(sp.exp(L) - sp.log(L), point)) - 6.6959089183) < 1e-9
    assert names({L: F(1, 3), N: F(2)}) == {"L": "1/3", "N": "2"}


@pytest.mark.parametrize("gap", [F(1, 10**40), F(-1, 10**40), F(1, 10**55)])
def test_a_ball_tells_numbers_apart_that_floats_do_not(gap: Fraction) -> None:
    value = ball(q**N - 1 - x, {N: F(1), L: F(1), alpha: F(1, 3)})
    moved = ball(a, {a: 1 + gap}) - ball(a, {a: F(1)})
    assert value.contains(0)
    assert bool(moved > 0) == (gap > 0)
    assert not moved.contains(0)


def test_a_ball_does_not_decide_what_is_equal() -> None:
    third = ball(a / 3, {a: F(1)})
    assert not third * 3 > 1
    assert not third * 3 < 1


# Splits and recursions.


def test_a_split_leaves_its_sum_of_products() -> None:
    P, Q, c, e = operators("P Q c e")
    goal = Split(P * c - Q * e, (((P - Q, u), (c, v)), ((Q, y), (c - e, z))), u * v + y * z)
    left = norm_calculus.split_relation(goal)
    assert (left.left, left.right) == (u * v + y * z, u * v + y * z)
    swapped = (((c, v), (P - Q, u)), ((Q, y), (c - e, z)))
    with pytest.raises(ValueError, match="add up"):
        norm_calculus.split_relation(replace(goal, terms=swapped))


CLOSED = (q**n - 1) / x


@pytest.mark.parametrize(
    "goal",
    [
        Recursion(n, 1, 1, q, 1, CLOSED),
        Recursion(n, 1, 1, q, 1, CLOSED, "=="),
        Recursion(n, 0, 0, 1, n, n * (n + 1) / 2, "=="),
        Recursion(n, 1, 1, n, 0, sp.Integer(1), "=="),
    ],
)
def test_a_closed_form_is_unrolled_without_a_failure_where_it_is_right(goal: Recursion) -> None:
    found = norm_calculus.unrolled(goal)
    assert (found is None) == (goal.factor != n)


@pytest.mark.parametrize(
    ("closed", "rel"),
    [
        (CLOSED - R(1, 10**9), "<="),
        (CLOSED + R(1, 10**9), "=="),
        ((q ** (n - 1) - 1) / x + 1, "<="),
        (L * CLOSED, "<="),  # true for L >= 1
        (CLOSED / L, "<="),  # true for L <= 1
        (CLOSED * R(999, 1000), "<="),
        (n + alpha * n * (n - 1) / 2, "<="),
    ],
)
def test_a_closed_form_that_is_too_small_by_little_fails_when_unrolled(closed: sp.Expr, rel: str) -> None:
    found = norm_calculus.unrolled(Recursion(n, 1, 1, q, 1, closed, rel))
    assert found is not None
    assert found["hypotheses"]


def test_the_induction_step_uses_factor_and_term_of_its_own_index() -> None:
    base, step, factor = norm_calculus.recursion_relations(Recursion(n, 1, 1, n, 1, n**2))
    assert (base.left, base.right) == (1, 1)
    # V(n+1) = (n+1) V(n) + 1 from V(n) <= n^2.
    assert sp.expand(step.left - ((n + 1) * n**2 + 1)) == 0
    assert sp.expand(step.right - (n + 1) ** 2) == 0
    assert factor.right == n + 1


# Quadratic forms.


def _gram(left, right, *facts, orthogonal=(), rel="<="):  # type: ignore[no-untyped-def]
    return norm_calculus.gram(Gram(("a", "b"), left, right, facts, orthogonal, rel)).verdict == "proved"


AA, AB, BB = ("a", "a"), ("a", "b"), ("b", "b")


@pytest.mark.parametrize("t", [R(1, 1000), R(1), R(1000)])
def test_young_at_its_edge(t: sp.Rational) -> None:
    squares = {AA: t, BB: 1 / t}
    for sign in (2, -2):
        assert _gram({AB: sign}, squares)
        assert not _gram({AB: sign * R(1000001, 1000000)}, squares)
    assert not _gram({AB: 2}, {AA: t, BB: R(999999, 1000000) / t})


def test_every_principal_minor_counts_and_not_the_leading_ones_alone() -> None:
    # Leading minors of diag(0, -1): 0, 0.
    assert not _gram({}, {AA: 0, BB: -1})
    assert not _gram({BB: 1}, {})
    assert not _gram({}, {AA: 1, AB: 2 * R(1001, 1000), BB: 1})


def test_what_is_orthogonal_on_average_is_left_out_and_nothing_else() -> None:
    assert _gram({AB: 100}, {}, orthogonal=(AB,))
    assert _gram({AB: 100}, {}, orthogonal=(("b", "a"),))
    assert not _gram({AB: 100}, {}, orthogonal=())
    assert _gram({AA: 1, AB: 2, BB: 1}, {AA: 1, BB: 1}, orthogonal=(AB,), rel="==")
    assert not _gram({AA: 1, AB: 2, BB: 1}, {AA: 1, BB: R(1001, 1000)}, orthogonal=(AB,), rel="==")


def test_a_fact_is_used_with_its_weight_and_no_more() -> None:
    lipschitz = {AA: L**2, BB: -1}  # ||b|| <= L ||a||
    assert _gram({AB: 1}, {AA: L}, (1 / (2 * L), lipschitz))
    assert not _gram({AB: 1}, {AA: L * R(99, 100)}, (1 / (2 * L), lipschitz))
    assert not _gram({AB: 1}, {AA: L}, (1 / (3 * L), lipschitz))
    with pytest.raises(ValueError, match="weight"):
        _gram({BB: 1}, {}, (-1, lipschitz))
    with pytest.raises(ValueError, match="weight"):
        _gram({BB: 1}, {}, (y - z, lipschitz))


def test_a_coefficient_of_unknown_sign_proves_nothing() -> None:
    r = sp.Symbol("r", real=True)
    assert not _gram({}, {AA: r})
    assert _gram({}, {AA: r**2 + 1})


def test_a_product_is_compared_word_by_word() -> None:
    A, C = operators("A C")
    assert norm_calculus.product(Product((((A + C) ** 2, A**2 + A * C + C * A + C**2),))).verdict == "proved"
    assert norm_calculus.product(Product((((A + C) ** 2, A**2 + 2 * A * C + C**2),))).verdict == "refuted"


# The integral form along a segment.

move = sp.Symbol("step", positive=True)


@pytest.mark.parametrize("step", [sp.Integer(1), -move, 3 * move])
def test_the_descent_lemma_and_nothing_below_it(step: sp.Expr) -> None:
    goal = descent(step, "v")
    assert segment(goal).verdict == "proved"
    last = ("v", "v")
    for factor in (R(999, 1000), R(1, 2), R(0)):
        assert (
            segment(replace(goal, right=goal.right | {last: factor * goal.right[last]})).verdict
            == "supported"
        )
    other_sign = goal.right | {("grad", "v"): -goal.right[("grad", "v")]}
    assert segment(replace(goal, right=other_sign)).verdict == "supported"


def test_a_wrong_bound_of_the_integrand_shows_nothing_even_where_the_integral_is_large() -> None:
    goal = descent(sp.Integer(1), "v")
    low = {pair: value / 2 if pair == ("v", "v") else value for pair, value in goal.pointwise.right.items()}
    wrong = replace(goal, pointwise=replace(goal.pointwise, right=low))
    assert segment(wrong).verdict == "supported"
    without = replace(goal, pointwise=replace(goal.pointwise, facts=()))
    assert segment(without).verdict == "supported"


def test_a_bound_that_is_no_polynomial_in_t_is_an_error() -> None:
    at = sp.Symbol("t", positive=True)
    form = {("v", "v"): 1 / at}
    with pytest.raises(ValueError, match="polynomial in t"):
        segment(Segment(at, Gram(("v",), {}, form), {("v", "v"): 2}))


def test_the_integral_is_exact() -> None:
    at = sp.Symbol("t", positive=True)
    form = {("v", "v"): 3 * at**2 + 2 * at + 1}
    for total, verdict in ((3, "proved"), (R(2999, 1000), "supported")):
        assert segment(Segment(at, Gram(("v",), {}, form), {("v", "v"): total})).verdict == verdict


# Forms and moments that several proofs use.


def _true(goal) -> bool:  # type: ignore[no-untyped-def]
    from proofs_check.engine.decide import decide

    return decide(goal).verdict == "proved"


@pytest.mark.parametrize("factor", [sp.Integer(1), 4 / (5 * a)])
def test_young_holds_with_either_sign_and_is_sharp(factor: sp.Expr) -> None:
    for goal in young(factor):
        assert _true(goal)
        assert not _true(replace(goal, right={p: R(999, 1000) * c for p, c in goal.right.items()}))


@pytest.mark.parametrize("vectors_", ["ab", "abc"])
def test_the_sum_of_squares_needs_its_factor(vectors_: str) -> None:
    goal = quadratic_forms.sum_of_squares(vectors_)
    assert _true(goal)
    assert not _true(replace(goal, right={p: R(999, 1000) * c for p, c in goal.right.items()}))


def test_the_mean_square_is_no_smaller_than_the_squared_mean() -> None:
    goal = mean_square()
    assert _true(goal)
    assert not _true(replace(goal, right={("b", "b"): R(999, 1000)}))


def test_a_telescoping_sum_leaves_its_ends() -> None:
    for goal in telescoped(z):
        assert _true(goal)
        assert not _true(replace(goal, right=goal.right - R(1, 1000)))


def test_draws_share_the_variance() -> None:
    assert all(_true(goal) for goal in quadratic_forms.mean_of_draws())
    _, recursion = quadratic_forms.mean_of_draws()
    for closed in (sigma_g**2 / n**2, sigma_g**2 / (n + 1), R(999, 1000) * sigma_g**2 / n):
        assert not _true(replace(recursion, closed=closed))


@pytest.mark.parametrize("values", [(1, 1, 2), (3, F(1, 2), 5), (F(1, 10), 7, F(1, 3))])
def test_the_parabola_touches_where_it_should_and_lies_above(values: tuple) -> None:
    X, k0, c = sp.symbols("X k0 c", positive=True)
    put = {k0: R(values[0]), c: R(values[1])}
    Q, f = parabola().subs(put), (1 / (X + k0) ** 2).subs(put)
    assert Q.subs(X, 0) == f.subs(X, 0)
    assert Q.subs(X, put[c]) == f.subs(X, put[c])
    for point in (R(values[2]), put[c] + R(1, 1000), put[c] * R(999, 1000), R(1, 1000), R(1000)):
        assert (Q - f).subs(X, point) > 0


def test_reciprocal_moments_hold_and_are_attained_by_two_points() -> None:
    above, average, last = reciprocal_moment()
    for goal in (above, average, last, *variance_of_norm()):
        assert _true(goal)
    for goal in (above, average, last):
        assert not _true(replace(goal, right=R(999, 1000) * goal.right))
    # By hand: X is 0 or 2 with equal chance, k = 1: E 1/(1 + X)^2 = (1 + 1/9)/2, mean 1, variance 1.
    assert two_points(sp.Integer(1), sp.Integer(1), sp.Integer(1)) == R(5, 9)


def test_degenerate_cases_are_found_at_equality_and_not_beside_it() -> None:
    def cases(left, right):  # type: ignore[no-untyped-def]
        return degenerate.equalities(relation("s", "r", "w", "p", "", Relation(left, "<", right)))

    assert cases(x * (N - 1), q ** (N - 1) - 1) == ["N = 1: equality", "N = 2: equality"]
    assert cases(sigma, sigma + b) == ["b = 0: equality"]
    assert cases(y, y + rho + b) == []
    assert cases(y, y + rho + R(1, 10**9)) == []
    assert degenerate.equalities(relation("s", "r", "w", "p", "", Relation(sigma, "<=", sigma + b))) == []


def test_formulas_that_divide_by_zero_are_named() -> None:
    found = degenerate.undefined()
    assert found["chi_5"] == ["rho = 0"]
    assert "C_squ_3" not in found, "its sigma_g cancels"


def test_a_batch_size_of_half_is_no_batch_size() -> None:
    assert _true(Relation(1, "<=", B))
    assert not _true(Relation(R(3, 2), "<=", B))


@pytest.mark.parametrize("factor", [R(5, 2), 3, 100])
def test_a_form_is_refuted_at_vectors_where_it_is_negative(factor: sp.Expr) -> None:
    # ||a||^2 + ||b||^2 - factor <a, b> is positive at most of the vectors tried first.
    forms = {("a", "b"): factor}, {("a", "a"): sp.Integer(1), ("b", "b"): sp.Integer(1)}
    for sign in (1, -1):
        turned = {("a", "b"): sign * factor}
        out = norm_calculus.gram(Gram(("a", "b"), turned, forms[1]))
        assert out.verdict == "refuted"
        assert out.counterexample is not None
        found = {name: F(value) for name, value in out.counterexample["point"].items() if name in ("a", "b")}
        value = found["a"] ** 2 + found["b"] ** 2 - sign * F(str(factor)) * found["a"] * found["b"]
        assert F(out.counterexample["gap"]) == value < 0
    assert norm_calculus.gram(Gram(("a", "b"), {("a", "b"): R(2)}, forms[1])).verdict == "proved"
