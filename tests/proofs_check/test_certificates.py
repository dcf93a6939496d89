"""What a decision leaves behind is enough to check it again, by plain substitution and other code."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
import sympy as sp
from certificates_again import recheck

from proofs_check.certificates.base import Certificate, Named, Together
from proofs_check.certificates.scalar import Coefficients, Counterexample, Identity, Positive
from proofs_check.engine.decide import decide
from proofs_check.goals import Goal, Gram, Outcome, Product, Recursion, Relation, Split
from proofs_check.ledger import ledger
from proofs_check.symbols import L, N, n, operators, q, rho, sigma, x, y, z

A, B = operators("A B")
R = sp.Rational
EXAMPLES: dict[str, Goal] = {
    "identity in symbolic N": Relation(q ** (2 * N) - 1, "==", (q**N - 1) * (q**N + 1)),
    "substitution": Relation(1 + N * x, "<=", q**N),
    "substitution, one count first": Relation(3 * N * q**N, "<=", (N**2 + 2) * q**N),
    "admissible range": Relation(q**N, "<", R(3, 2), admissible=True),
    "factors": Relation(2 * y * z, "<=", y**2 + z**2),
    "parts": Relation(sigma * x, "<=", sigma * x * q**N + y * q),
    "hypothesis": Relation(y * (1 - z), "<=", 2 * y, given=(1 - z,)),
    "boxes": Relation(0, "<=", R(1415, 1000) - q**N, admissible=True),
    "solvers": Relation(2 * y * z + y, "<=", 3 * y**2 + z**2 + 1),
    "an earlier bound": Relation(L * y, "<=", L * q * z, upper=((y, z),)),
    "induction": Recursion(n, 1, 1, q, 1, (q**n - 1) / x),
    "norms": Split(A + B, (((A, y),), ((B, z),)), y + 2 * z),
    "semidefinite": Gram(("a", "b"), {("a", "b"): 2}, {("a", "a"): 1, ("b", "b"): 1}),
    "identity of Gram matrices": Gram(
        ("a", "b"), {((("a", 1), ("b", L)),) * 2: 1},
        {("a", "a"): 1, ("a", "b"): 2 * L, ("b", "b"): L**2}, rel="==",
    ),
    "expansion": Product(((A * (B + 1), A + A * B),)),
    "counterexample": Relation(rho * q**N, "<=", sigma * q**N),
    "counterexample on the admissible range": Relation(q ** (2 * N), "<", R(3, 2), admissible=True),
}  # fmt: skip
SOLVED = {"solvers"}


def found(name: str) -> Any:
    if name in SOLVED:
        pytest.importorskip("z3")
        pytest.importorskip("cvc5")
    return decide(EXAMPLES[name]).certificate


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_kind_is_enough_for_a_second_check(name: str) -> None:
    recheck(found(name))


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_certificate_is_json_with_exact_numbers_and_a_sort_for_each_name(name: str) -> None:
    out = found(name).to_dict()
    text = json.dumps(out)
    assert json.loads(text) == out
    assert not re.search(r"\d\.\d|e[+-]\d\d", text.replace("exact rationals", ""))
    assert out["method"] == found(name).method
    assert set(out["symbols"].values()) <= {
        "integer >= 1", "integer >= 0", "real > 0", "real >= 0", "real", "operator or vector",
        "root of an integer >= 1",
    }  # fmt: skip


def test_two_symbols_of_one_name_get_two_names() -> None:
    one, other = sp.Dummy("v", positive=True), sp.Dummy("v", real=True)
    out = Identity(one + other + sp.Symbol("v"), 0, (), ()).to_dict()
    assert sorted(out["symbols"]) == ["v", "v_2", "v_3"]
    assert sorted(out["symbols"].values()) == ["real", "real", "real > 0"]


def _goals() -> list[Goal]:
    return [g for step in ledger() for r in step.readings for g in (*r.goals, *step.repair)]


def test_decisions_of_the_ledger_are_checked_again(record_property: Any) -> None:
    counts = {"checked": 0, "named": 0}
    for goal in _goals()[::15]:
        outcome = decide(goal)
        if isinstance(outcome.certificate, Named):
            counts["named"] += 1
            continue
        recheck(outcome.certificate)
        counts["checked"] += 1
    record_property("counted", f"certificates: {counts['checked']} checked, {counts['named']} by name alone")
    assert counts["checked"] >= 35
    assert counts["named"] <= 0.25 * sum(counts.values())


def test_what_is_only_named_cannot_be_checked_and_says_so() -> None:
    outcome = decide(Relation(q**N, "<", R(6, 5), at=1 / (8 * N * L)))
    assert isinstance(outcome.certificate, Named)
    assert outcome.certificate.to_dict()["kind"] == "Named"
    with pytest.raises(AssertionError, match="nothing to check"):
        recheck(outcome.certificate)


def test_the_words_of_a_record_are_made_of_the_objects() -> None:
    parts = tuple(found(name) for name in ("identity in symbolic N", "norms", "identity in symbolic N"))
    norms = "norm calculus; coefficients of one sign, part by part"
    assert Together(parts).method == f"identity in symbolic N (FLINT); {norms}"
    assert Outcome("proved", Together(parts), "all N").method == Together(parts).method


def _coefficient(shown: Positive) -> Positive:
    above = shown.above
    assert isinstance(above, Coefficients)
    last = above.parts[-1]
    (powers, c), *rest = last.top.terms
    top = replace(last.top, terms=((powers, c + 1), *rest))
    return replace(shown, above=replace(above, parts=(*above.parts[:-1], replace(last, top=top))))


def _point(shown: Counterexample) -> Counterexample:
    (symbol, value), *rest = shown.point
    return replace(shown, point=((symbol, value + 1), *rest))


def _above(shown: Positive, **changes: Any) -> Positive:
    return replace(shown, above=replace(shown.above, **changes))


ALTERED: dict[str, tuple[str, Any]] = {
    "a side of an identity": ("identity in symbolic N", lambda c: replace(c, right=c.right + 1)),
    "a coefficient": ("substitution", _coefficient),
    "a substitution left out": (
        "substitution",
        lambda c: _above(c, parts=tuple(replace(p, substitution=()) for p in c.above.parts)),
    ),
    "a small count left out": ("substitution, one count first", lambda c: _above(c, parts=c.above.parts[1:])),
    "the sign of the denominator": ("factors", lambda c: replace(c, below=replace(c.below, sign=-1))),
    "a factor": ("factors", lambda c: _above(c, factors=c.above.factors[1:])),
    "a part of a sum": ("parts", lambda c: _above(c, parts=c.above.parts[1:])),
    "a box": ("boxes", lambda c: _above(c, boxes=c.above.boxes[1:])),
    "the negation": ("solvers", lambda c: _above(c, constraints=c.above.constraints[1:])),
    "a bound of a norm": ("norms", lambda c: replace(c, terms=((c.terms[0][0],),))),
    "a minor": ("semidefinite", lambda c: replace(c, minors=c.minors[1:])),
    "an entry": (
        "semidefinite",
        lambda c: replace(c, matrix=((c.matrix[0][0] - 1, *c.matrix[0][1:]), *c.matrix[1:])),
    ),
    "an expansion": ("expansion", lambda c: replace(c, pairs=((A * (B + 1), A + B * A),))),
    "a point": ("counterexample", _point),
    "the induction step": ("induction", lambda c: replace(c, step=replace(c.step, right=c.step.right + 1))),
}


@pytest.mark.parametrize("name", ALTERED)
def test_an_altered_certificate_is_refused(name: str) -> None:
    kind, alter = ALTERED[name]
    certificate: Certificate = alter(found(kind))
    with pytest.raises(AssertionError):
        recheck(certificate)
