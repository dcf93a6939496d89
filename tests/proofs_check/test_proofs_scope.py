"""A record speaks of what all its goals speak of; each rule of the engine decides only what it may."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sympy as sp

from proofs_check.audit import audit, judge, summary
from proofs_check.engine.decide import decide
from proofs_check.engine.describe import described
from proofs_check.engine.scope import meet
from proofs_check.goals import (
    ADMISSIBLE,
    ALL,
    Gram,
    Induction,
    Integral,
    Product,
    Reading,
    Recursion,
    Relation,
    Split,
    Units,
    readings,
    relation,
)
from proofs_check.ledger import ledger
from proofs_check.pages.render import render
from proofs_check.proofs import setup
from proofs_check.symbols import B, L, N, S, alpha, j, n, operators, q, s, x, y, z

FIXED = "all N >= 1, alpha = 1/(8 N L)"
A, P, Z, a, c = operators("A P Z a c")
TRUE = Relation(1 + N * x, "<=", q**N)
BOUNDED = Relation(s, "<", 2, admissible=True)
AT = Relation(s, "<", sp.Rational(3, 2), at=1 / (8 * N * L))


@pytest.mark.parametrize(
    ("scopes", "whole"),
    [
        ((), ALL),
        ((ALL, "a number"), ALL),
        ((ALL, "all N >= 1"), ALL),
        ((ALL, ADMISSIBLE), ADMISSIBLE),
        ((ADMISSIBLE, FIXED), FIXED),
        ((ALL, "N <= 64", ADMISSIBLE), "N <= 64, all alpha < (2^(1/2N) - 1)/L"),
        (("N <= 64", "N <= 6"), "N <= 6, all alpha > 0"),
        ((FIXED, "two tasks"), "all N >= 1, alpha = 1/(8 N L), two tasks"),
    ],
)
def test_scopes_meet(scopes: tuple[str, ...], whole: str) -> None:
    assert meet(*scopes) == whole
    assert meet(*scopes[::-1]) == whole


def test_two_step_sizes_have_no_scope_in_common() -> None:
    with pytest.raises(ValueError, match="one step size"):
        meet(FIXED, "all N >= 1, alpha = 1/(4 N L)")


def _judged(*goals: Any) -> dict[str, Any]:
    return judge(relation("planted", "r", "w", "p", "", *goals))


@pytest.mark.parametrize(
    ("goals", "scope"),
    [
        ((TRUE,), ALL),
        ((TRUE, BOUNDED), ADMISSIBLE),
        ((BOUNDED, TRUE), ADMISSIBLE),
        ((BOUNDED, AT), FIXED),
        ((AT, TRUE, BOUNDED), FIXED),
    ],
)
def test_a_record_speaks_of_no_more_than_each_goal(goals: Any, scope: str) -> None:
    record = _judged(*goals)
    assert (record["verdict"], record["scope"]) == ("proved", scope)


def test_a_goal_for_some_steps_alone_narrows_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    few = replace(decide(TRUE), scope="N <= 64")
    monkeypatch.setattr("proofs_check.audit.decide", lambda g: few if g is TRUE else decide(g))
    record = _judged(BOUNDED, TRUE)
    assert record["scope"] == "N <= 64, all alpha < (2^(1/2N) - 1)/L"
    assert summary([record])["decided for all N"] == 0


def test_what_a_proof_rests_on_narrows_the_scope() -> None:
    step = readings("planted", "r", "w", "p", "", Reading((TRUE, BOUNDED), within="B >= 2"))
    assert judge(step)["scope"] == f"{ADMISSIBLE}, B >= 2"


def test_the_order_of_corollary_6_is_shown_for_two_tasks_or_more() -> None:
    steps = {step.id: step for step in ledger(("corollary-6/rate", "corollary-6/batches"))}
    assert judge(steps["corollary-6/rate"])["readings"][0]["scope"] == f"{ALL}, B >= 2"
    assert judge(steps["corollary-6/batches"])["scope"] == f"{ALL}, B >= 2"


def test_all_readings_count_for_the_scope() -> None:
    step = readings("planted", "r", "w", "p", "", Reading((TRUE,), "first"), Reading((BOUNDED,), "second"))
    assert judge(step)["scope"] == ADMISSIBLE


def test_a_list_of_three_says_nothing_of_longer_ones() -> None:
    H = operators("H0 H1 H2")
    g = operators("g,")[0]
    left = sp.expand((1 - alpha * H[1]) * (1 - alpha * H[2]) * g)
    record = _judged(Product((((1 - alpha * H[0]) * left, sp.Mul(*[1 - alpha * h for h in H], g)),)))
    assert (record["verdict"], record["scope"]) == ("supported", "lists of at most 3 operators")
    assert summary([record])["decided for all N"] == 0


def test_no_list_of_fixed_length_is_left_in_the_ledger() -> None:
    goals = [g for step in ledger() for r in step.readings for g in (*r.goals, *step.repair)]
    products = [g for g in goals if isinstance(g, Product)]
    assert products
    assert {decide(g).scope for g in products} == {ALL}


@pytest.mark.parametrize("rel", ["==", ">=", "=", "!="])
def test_norms_are_bounded_from_above_only(rel: str) -> None:
    with pytest.raises(ValueError, match="rel = "):
        Split(a + c, (((a, 4 * L),), ((c, y),)), 4 * L + y, rel)


def test_forms_and_recursions_have_their_relations_too() -> None:
    with pytest.raises(ValueError, match="rel = "):
        Gram(("a",), {("a", "a"): 1}, {("a", "a"): 2}, rel="<")
    with pytest.raises(ValueError, match="rel = "):
        Recursion(n, 1, y, q, 0, q**n * y, "<")
    with pytest.raises(ValueError, match="rel = "):
        Relation(y, ">=", z)
    with pytest.raises(ValueError, match="no bounds"):
        Gram(("a",), {("a", "a"): 1}, {("a", "a"): 2}, facts=((1, {("a", "a"): 1}),), rel="==")


def test_a_fact_is_not_subtracted() -> None:
    # ||a||^2 <= L^2 would follow from ||a||^2 >= L^2 with the multiplier -1.
    facts = ((-1, {("a", "a"): 1, ("o", "o"): -(L**2)}),)
    with pytest.raises(ValueError, match="what is >= 0"):
        decide(Gram(("a", "o"), {("a", "a"): 1}, {("o", "o"): 2 * L**2}, facts=facts))


def test_a_factor_of_a_recursion_may_depend_on_its_index() -> None:
    assert decide(Recursion(n, 1, 1, n / (n - 1), 0, n, "==")).verdict == "proved"
    assert decide(Recursion(n, 1, 1, (n + 1) / n, 0, n, "==")).verdict == "refuted"
    assert decide(Recursion(n, 1, y, ((n - 1) / n) ** 2, y / n**2, y / n, "==")).verdict == "proved"


def test_a_bound_is_put_in_only_under_a_factor_that_is_not_negative() -> None:
    # V = 0, 0, ...: the bound n is true, but V(n) = -V(n - 1) does not carry it from n - 1 to n.
    assert decide(Recursion(n, 1, 0, -1, 0, n)).verdict == "supported"
    assert decide(Recursion(n, 1, 0, 1, 0, n)).verdict == "proved"


def test_the_chain_rule_is_proved_for_any_number_of_steps() -> None:
    goals = setup.chain()
    assert any(isinstance(goal, Induction) for goal in goals)
    assert all((decide(goal).verdict, decide(goal).scope) == ("proved", ALL) for goal in goals)


@pytest.mark.parametrize(
    "goal",
    [
        Induction((A, A), (a - alpha * A * a, (1 - 2 * alpha * A) * c), ((a, c),)),
        Induction((A, 2 * A), (a - alpha * A * a, (1 - alpha * A) * c), ((a, c),)),
        Induction((A, A), (a - alpha * a * A, (1 - alpha * A) * c), ((a, c),)),
    ],
)
def test_an_induction_needs_its_start_and_its_step(goal: Induction) -> None:
    assert decide(goal).verdict == "supported"


def test_an_induction_puts_in_symbols_only() -> None:
    with pytest.raises(ValueError, match="rule: a symbol"):
        decide(Induction((A, A), (a * A, c), ((a * A, A),)))


def test_only_products_with_one_centred_factor_vanish() -> None:
    whole = (A + Z) * P * (A + Z)
    assert decide(Product(((whole, A * P * A + Z * P * Z),), (Z,))).verdict == "proved"
    assert decide(Product(((whole, A * P * A),), (Z,))).verdict == "refuted"
    assert decide(Product(((Z**2 + Z, Z * Z),), (Z,))).verdict == "proved"
    assert decide(Product(((Z**2 + Z, sp.Integer(0)),), (Z,))).verdict == "refuted"
    assert decide(Product(((whole, A * P * A + Z * P * Z),))).verdict == "refuted"


def test_the_integral_form_needs_a_primitive() -> None:
    t = sp.Symbol("t")
    f = sp.Function("f")(t)
    assert decide(Integral(t, f.diff(t, 2), f.diff(t))).verdict == "proved"
    assert decide(Integral(t, f.diff(t, 2), 2 * f.diff(t))).verdict == "supported"


def test_a_check_of_units_is_of_a_kind_of_its_own() -> None:
    c_ = sp.Symbol("scale_c", positive=True)
    right, wrong = Units(q * (c_ * y), c_ * (q * y)), Units((1 + c_ * alpha) * y, (1 + alpha) * y)
    assert decide(right).verdict == "units agree"
    assert decide(wrong).verdict == "refuted"
    # Beside proved goals it still proves nothing, and no count of relations holds it.
    assert _judged(TRUE, right)["verdict"] == "units agree"
    record = judge(relation("planted", "r", "w", "p", "", right, kind="units"))
    assert (record["kind"], record["verdict"]) == ("units", "units agree")
    assert summary([record])["relations"] == 0
    assert summary([record])["decided for all N"] == 0


def test_checks_of_units_are_the_ledgers_steps_of_that_kind() -> None:
    for step in ledger():
        goals = [g for r in step.readings for g in r.goals]
        assert (step.kind == "units") == any(isinstance(g, Units) for g in goals), step.id
        assert step.kind != "units" or all(isinstance(g, Units) for g in goals), step.id


@pytest.mark.parametrize("style", ["text", "markdown", "latex"])
def test_checks_of_units_are_shown_apart(style: str) -> None:
    out = render(audit(("units/C_L", "eq-26.a")), style)
    out = out.replace(r"\allowbreak ", "").replace(r"\_", "_")
    before, after = out.split("Checks of units")
    assert "eq-26.a" in before
    assert "units/C_L" not in before
    assert "units/C_L" in after
    assert "eq-26.a" not in after


def test_a_goal_names_the_sorts_of_its_symbols_and_what_divides() -> None:
    goal = Relation(S * B / (2 - s), "<=", j * z, admissible=True)
    said = described(goal)
    assert said["symbols"] == {
        "B": "integer >= 1", "L": "real > 0", "N": "integer >= 1", "alpha": "real > 0", "j": "integer >= 0",
        "root_S": "root of an integer >= 1", "z": "real >= 0",
    }  # fmt: skip
    assert said["hypotheses"] == ["(1 + alpha L)^(2N) < 2", "2 - (L*alpha + 1)**(2*N) != 0"]
    assert described(Split(A + P, (((A, y),), ((P, z),)), y + z))["symbols"]["A"] == "operator or vector"


def test_a_form_is_shown_with_all_its_terms_and_without_any_as_0() -> None:
    said = described(Gram(("a", "b"), {}, {("a", "a"): y, ("a", "b"): sp.Integer(2)}))
    assert (said["left"], said["right"]) == ("0", "(y) <a, a> + (2) <a, b>")
