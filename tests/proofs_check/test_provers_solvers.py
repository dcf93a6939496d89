"""The two SMT solvers alone, on constraints that can barely hold together or barely not."""

from __future__ import annotations

import pytest
import sympy as sp

from proofs_check.engine.decide import _constraints
from proofs_check.engine.provers import solvers
from proofs_check.engine.provers.normal_form import rational_function
from proofs_check.goals import Relation
from proofs_check.symbols import B, N, k, q, s, x, y, z

pytest.importorskip("z3")
pytest.importorskip("cvc5")
R = sp.Rational
r = sp.Symbol("r", real=True)
EDGE = R(1, 10**9)


@pytest.mark.parametrize(
    ("constraints", "answer"),
    [
        ([(2 * y * z - y**2 - z**2, True)], "unsat"),
        ([(2 * y * z - y**2 - z**2, False)], "sat"),
        ([(2 * y * z - y**2 - z**2 + EDGE, True)], "sat"),
        ([(y - 1, False), (1 - y, False)], "sat"),
        ([(y - 1, True), (1 - y, False)], "unsat"),
        ([(y - 1, False), (1 - EDGE - y, False)], "unsat"),
        ([(2 - y**2, True), (y - R(14142, 10000), False)], "sat"),
        ([(2 - y**2, True), (y - R(14143, 10000), False)], "unsat"),
    ],
)
def test_what_can_hold_together(constraints: list, answer: str) -> None:
    assert solvers.refute(constraints) == answer


def test_two_symbols_of_one_name_are_two_unknowns() -> None:
    first, second = sp.Symbol("same", positive=True), sp.Symbol("same", real=True)
    assert solvers.refute([(first - second - 1, False)]) == "sat"


def test_what_is_no_polynomial_is_an_error() -> None:
    with pytest.raises(ValueError, match="not a polynomial"):
        solvers.refute([(1 / y, True)])


def _solved(left, rel, right, **more) -> bool:  # type: ignore[no-untyped-def]
    goal = Relation(left, rel, right, **more)
    form = rational_function(sp.sympify(right) - left)
    assert form.denominator.is_number
    negation = (-form.numerator, goal.rel == "<=")
    return solvers.refute([negation, *_constraints(goal, form, form.numerator)]) == "unsat"


def test_near_truths_are_proved() -> None:
    assert _solved(2 * y * z + y, "<", 3 * y**2 + z**2 + 1)
    assert _solved(2 * y * z, "<=", y**2 + z**2)
    assert _solved(1 + N * x, "<=", q**N)
    assert _solved(s, "<", 2, admissible=True)
    assert _solved(y**2, "<=", R(1, 4), given=(R(1, 2) - y,))
    assert _solved(2 * r, "<=", r**2 + 1)


def test_near_misses_are_not() -> None:
    assert not _solved(2 * y * z, "<", y**2 + z**2)
    assert not _solved(2 * y * z, "<=", y**2 + (1 - EDGE) * z**2)
    assert not _solved((1 + EDGE) * N * x + 1, "<=", q**N)
    assert not _solved(s, "<", 2)
    assert not _solved(s, "<", 2 - EDGE, admissible=True)
    assert not _solved(y**2, "<=", R(1, 4) - EDGE, given=(R(1, 2) - y,))


def test_a_symbol_of_unknown_sign_may_be_negative() -> None:
    assert not _solved(-r, "<=", r**2)
    assert _solved(-y, "<=", y**2)


def test_bernoulli_is_not_used_for_a_base_that_may_be_negative() -> None:
    # False at y = 4, N = 2 k + 1: (-3)^N < 1 - 4 N for N = 3.
    assert not _solved(1 - N * y, "<=", (1 - y) ** N)


@pytest.mark.parametrize("admissible", [False, True])
def test_what_is_asked_holds_all_that_is_known_of_the_symbols(admissible: bool) -> None:
    goal = Relation(q**N + y * z, "<=", 2 * B + s**2 + k, (y - z,), admissible=admissible)
    form = rational_function(goal.right - goal.left)
    asked = {(-form.numerator, goal.rel == "<="), *_constraints(goal, form, form.numerator)}
    (generator,) = form.generators
    X, U = generator.base - 1, generator.symbol
    known = {(B - 1, False), (N - 1, False), (k, False), (y, False), (z, False), (y - z, True)}
    known |= {(U - 1 - N * X, False), (-form.numerator, True)}
    assert known - asked == set()
    # The edge of the range of step sizes is a hypothesis where that range is meant, and only there.
    assert ((2 - U**2, True) in asked) == admissible
