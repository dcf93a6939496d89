"""The deciders, each on relations whose truth is known."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import flint
import pytest
import sympy as sp

from proofs_check.engine import decide as decide_module
from proofs_check.engine.decide import decide
from proofs_check.engine.evaluate import exact
from proofs_check.engine.provers import solvers
from proofs_check.engine.provers.normal_form import rational_function
from proofs_check.engine.provers.small_steps import positive_up_to, sturm_count
from proofs_check.engine.provers.subdivision import cover, log1p_ratio
from proofs_check.goals import Gram, Product, Recursion, Relation, Split, Step
from proofs_check.ledger import ledger
from proofs_check.symbols import L, N, alpha, j, m, n, operators, q, rho, s, sigma, x, y, z

TRUE = (
    Relation(q ** (2 * N) - 1, "==", (q**N - 1) * (q**N + 1)),
    Relation(1 + N * x, "<=", q**N),
    Relation(x * (N - 1), "<=", q ** (N - 1) - 1),
    Relation(q**j, "<=", q ** (j + 1)),
    Relation(1, "<", q**N),
    Relation(s, "<", 2, admissible=True),
    Relation(q**N, "<", sp.Rational(3, 2), admissible=True),
    Relation(2 * y * z, "<=", y**2 + z**2),
    Relation(sigma, "<=", sigma * q**m),
    Relation(s, "<", sp.Rational(3, 2), at=1 / (8 * N * L)),
    Relation(q**N, "<", sp.Rational(6, 5), at=1 / (8 * N * L)),
)
FALSE = (
    Relation(q ** (2 * N) - 1, "==", (q**N - 1) * (q**N + 2)),
    Relation(q**N, "<=", 1 + N * x),
    Relation(x * (N - 1), "<", q ** (N - 1) - 1),
    Relation(s, "<", 2),
    Relation(s, "<", sp.Rational(3, 2), admissible=True),
    Relation(s, "<", sp.Rational(5, 4), at=1 / (8 * N * L)),
    Relation(3 * y * z, "<=", y**2 + z**2),
    Relation(rho * q**N, "<=", sigma * q**N),
)


@pytest.mark.parametrize("goal", TRUE, ids=str)
def test_true_relations_are_proved(goal: Relation) -> None:
    assert decide(goal).verdict == "proved"


@pytest.mark.parametrize("goal", FALSE, ids=str)
def test_false_relations_are_refuted_by_an_exact_point(goal: Relation) -> None:
    outcome = decide(goal)
    assert outcome.verdict == "refuted"
    assert outcome.counterexample is not None
    assert outcome.counterexample["routes"] == ["exact rationals", "Arb balls"]


def test_what_no_decider_reaches_is_supported_and_not_proved() -> None:
    # True for every real x, but neither polynomial nor decided by sampling.
    assert decide(Relation(0, "<", sp.exp(y) - y)).verdict == "supported"


def test_a_bound_that_holds_only_beyond_sixteen_steps_is_not_proved() -> None:
    goal = Relation(sp.Rational(1284, 1000), "<", s, at=1 / (8 * N * L))
    assert decide(goal).verdict == "refuted"


def test_a_recursion_is_proved_for_all_lengths_or_unrolled_to_a_failure() -> None:
    assert decide(Recursion(n, 1, 1, q, 1, (q**n - 1) / x)).verdict == "proved"
    assert decide(Recursion(n, 1, 1, q, 1, (q**n - 1) / x - 1)).verdict == "refuted"


def test_a_split_must_add_up() -> None:
    P, Q, a = operators("P Q a")
    with pytest.raises(ValueError, match="add up"):
        decide(Split(P * a - Q * a, (((P, 1), (a, y)),), y))


def test_the_gram_form_knows_young_and_rejects_half_of_it() -> None:
    cross, squares = {("a", "b"): 2}, {("a", "a"): 1, ("b", "b"): 1}
    halves = {pair: sp.Rational(1, 2) for pair in squares}
    assert decide(Gram(("a", "b"), cross, squares)).verdict == "proved"
    assert decide(Gram(("a", "b"), cross, halves)).verdict == "refuted"


def test_the_order_of_a_product_matters() -> None:
    A, B = operators("A B")
    assert decide(Product(((A * (B + 1), A + A * B),))).verdict == "proved"
    assert decide(Product(((A * (B + 1), A + B * A),))).verdict == "refuted"


def test_both_solvers_agree_on_a_square() -> None:
    pytest.importorskip("z3")
    pytest.importorskip("cvc5")
    assert solvers.refute([(-((y - z) ** 2), True)]) == "unsat"
    assert solvers.refute([(y * z - 1, False)]) == "sat"


def test_powers_become_independent_generators() -> None:
    form = rational_function(q ** (2 * N - 1) - q ** (N + 3))
    assert len(form.generators) == 1
    assert form.generators[0].exponent == N
    assert not form.numerator.has(N)


@pytest.mark.parametrize("value", ["1/1000", "1/10", "1/2", "1"])
def test_enclosures_contain_the_values(value: str) -> None:
    p, r = (int(v) for v in [*value.split("/"), "1"][:2])
    point = flint.arb(flint.fmpq(p, r))
    # A ball around the point is wide, so the series branch is used.
    wide = point.union(point * flint.arb("1.01"))
    assert log1p_ratio(wide).contains((1 + point).log() / point)


def test_subdivision_shows_positivity_and_refuses_a_sign_change() -> None:
    box = ((flint.fmpq(0), flint.fmpq(1)),)
    assert cover(lambda t: t**2 - t + flint.arb("0.26"), box) is not None
    assert cover(lambda t: t - flint.arb("0.5"), box) is None


def test_a_step_size_of_a_corollary_is_put_in_everywhere() -> None:
    assert decide(Relation(alpha * L * N, "==", sp.Rational(1, 8), at=1 / (8 * N * L))).verdict == "proved"


def test_polynomials_are_decided_one_N_at_a_time_where_asked() -> None:
    form = rational_function(q**N - 1 - N * x)
    assert positive_up_to(rational_function(q ** (2 * N) - 1).numerator, form.generators, False, top=8)
    assert not positive_up_to(rational_function(2 - q ** (3 * N)).numerator, form.generators, True, top=4)
    assert positive_up_to(rational_function(3 - q ** (2 * N)).numerator, form.generators, True, top=16)


def test_the_sturm_chain_counts_roots() -> None:
    poly = flint.fmpq_poly([6, -5, 1])
    assert sturm_count(poly, flint.fmpq(0), flint.fmpq(10)) == 2
    assert sturm_count(poly, flint.fmpq(0), flint.fmpq(5, 2)) == 1
    assert sturm_count(flint.fmpq_poly([1, 0, 1]), flint.fmpq(-5), flint.fmpq(5)) == 0


def _proved(step: Step, verdicts: dict[str, str]) -> list[Relation]:
    """Relations of a step that are proved; a step is if all of its goals are."""
    goals = [g for g in step.readings[0].goals if isinstance(g, Relation) and g.lemma is None]
    return [g for g in goals if verdicts[step.id] == "proved" or decide(g).verdict == "proved"]


SHARES = 4


@pytest.mark.parametrize("share", range(SHARES))
def test_proved_relations_survive_exact_values_up_to_sixty_four_steps(
    share: int, records: list[dict[str, Any]]
) -> None:
    rng = random.Random(64 + share)
    checked = 0
    verdicts = {record["step"]: record["verdict"] for record in records}
    steps = [s_ for s_ in ledger() if len(s_.readings) == 1][share::SHARES]
    for goal in (g for s_ in steps for g in _proved(s_, verdicts)):
        sides = [goal.left, goal.right, *goal.given, *[bound for _, bound in goal.upper]]
        symbols = set().union(*[sp.sympify(side).free_symbols for side in sides]) | {N, L}
        for count in (1, 2, 7, 64):
            point = {
                v: Fraction(rng.randint(1, 9), 1 if v.is_integer else rng.randint(1, 9)) for v in symbols
            }
            point[N] = Fraction(count)
            point[alpha] = Fraction(1, 8 * count) / point[L]
            if any((value := exact(h, point)) is None or value <= 0 for h in goal.given):
                continue
            # Symbols that an earlier step bounds take the bound, or a third of it.
            part = Fraction(1, rng.choice((1, 3)))
            bounds = {symbol: exact(part * bound, point) for symbol, bound in goal.upper}
            point |= {s: Fraction(int(v.p), int(v.q)) for s, v in bounds.items() if v is not None}
            left, right = exact(goal.left, point), exact(goal.right, point)
            if left is None or right is None:
                continue
            checked += 1
            assert {"<=": left <= right, "<": left < right, "==": left == right}[goal.rel], goal
    assert checked > 100


def test_without_the_solvers_nothing_more_is_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(solvers, "import_module", absent)
    # A square with an irrational minimiser: no certificate by signs of coefficients.  Not from what is kept.
    outcome = decide_module.relation.__wrapped__(Relation(2 * y * z + y, "<=", 3 * y**2 + z**2 + 1))
    assert outcome.verdict == "supported"
    assert outcome.note == solvers.MISSING


def test_disagreeing_solvers_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("z3")
    pytest.importorskip("cvc5")
    monkeypatch.setattr(solvers._Cvc5, "check", lambda self: "sat")
    with pytest.raises(solvers.Disagreement, match="cvc5 says sat"):
        solvers.refute([(-((y - z) ** 2), True)])
