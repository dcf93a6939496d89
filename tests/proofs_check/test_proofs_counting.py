"""Counts of gradients and Hessians: the loops run, their formula, and what the algorithms report agree."""

from __future__ import annotations

from fractions import Fraction

import pytest
from spoilt_steps import spoil

from maml_verify.algorithms import estimated, finite_sum, resampling, run
from maml_verify.theory import derived_corollaries as formulas
from maml_verify.theory.derived_corollaries import Sizes
from problems import cubic
from proofs_check.engine.decide import decide
from proofs_check.lemmas.counting import (
    FINITE_SUM,
    GRADIENT,
    HESSIAN,
    RESAMPLING,
    SIZES,
    Loop,
    Use,
    counted,
    executed,
    used,
)
from proofs_check.symbols import N

SMALL = [
    Sizes(K=1, B=2, B_prime=3, S=4, T=5, D=6, D_L=7),
    Sizes(K=1, B=1, B_prime=1, S=1, T=1, D=1, D_L=1),
    Sizes(K=1, B=3, B_prime=2, S=2, T=7, D=2, D_L=7),
]


@pytest.mark.parametrize("sizes", SMALL)
@pytest.mark.parametrize("steps", [1, 2, 5])
@pytest.mark.parametrize("algorithm", [RESAMPLING, FINITE_SUM])
@pytest.mark.parametrize("kind", [GRADIENT, HESSIAN])
def test_the_formula_is_what_the_loops_use(algorithm, kind: str, steps: int, sizes: Sizes) -> None:  # type: ignore[no-untyped-def]
    by_formula = used(algorithm(SIZES), kind).subs([*zip(SIZES, sizes, strict=True), (N, steps)])
    assert executed(algorithm(sizes, steps), kind) == by_formula


@pytest.mark.parametrize("sizes", SMALL)
def test_the_derived_corollaries_count_what_the_loops_use(sizes: Sizes) -> None:
    for steps in (1, 3):
        assert formulas.gradients(sizes, steps) == executed(RESAMPLING(sizes, steps), GRADIENT)
        assert formulas.hessians(sizes, steps) == executed(RESAMPLING(sizes, steps), HESSIAN)
        # In the finite-sum case D is S, the support set, and D_L is T, the query set.
        same = sizes._replace(D=sizes.S, D_L=sizes.T)
        assert formulas.gradients(same, steps) == executed(FINITE_SUM(same, steps), GRADIENT)
        assert formulas.hessians(same, steps) == executed(FINITE_SUM(same, steps), HESSIAN)


def test_algorithm_1_reports_what_the_loops_use() -> None:
    sizes = SMALL[0]
    family = cubic(tasks=3, atoms=3, rng=0)
    rule = estimated(
        family, smoothness=lambda g: 2 + 0.5 * g, C_beta=2.0, B_prime=sizes.B_prime, D_L=sizes.D_L
    )
    given = {"B": sizes.B, "S": sizes.S, "D": sizes.D, "T": sizes.T}
    h = run(resampling(family, alpha=Fraction(1, 16), steps=3, beta=rule, **given), family, [1, 1], 2)
    assert (h.gradients + h.stepsize_gradients == executed(RESAMPLING(sizes, 3), GRADIENT)).all()
    assert (h.hessians == executed(RESAMPLING(sizes, 3), HESSIAN)).all()


def test_algorithm_2_reports_what_the_loops_use() -> None:
    family = cubic(atoms=5, rng=0)
    support, query = ((weights != 0).sum(1)[0] for weights in (family.support, family.query))
    sizes = Sizes(K=1, B=2, B_prime=3, S=int(support), T=int(query))
    rule = estimated(family, smoothness=lambda g: 2 + 0.5 * g, C_beta=2.0, B_prime=3, query=True)
    h = run(finite_sum(family, alpha=Fraction(1, 16), steps=3, beta=rule, B=2), family, [1, 1], 2)
    assert (h.gradients + h.stepsize_gradients == executed(FINITE_SUM(sizes, 3), GRADIENT)).all()
    assert (h.hessians == executed(FINITE_SUM(sizes, 3), HESSIAN)).all()


def test_by_hand() -> None:
    # B = 2 tasks, N = 3 steps of S = 4 gradients and D = 6 Hessians, T = 5; then 3 tasks of 7 gradients.
    sizes = SMALL[0]
    assert executed(RESAMPLING(sizes, 3), GRADIENT) == 2 * (3 * 4 + 5) + 3 * 7 == 55
    assert executed(RESAMPLING(sizes, 3), HESSIAN) == 2 * 3 * 6 == 36
    assert executed(FINITE_SUM(sizes, 3), GRADIENT) == 2 * (3 * 4 + 5) + 3 * 5 == 49
    assert executed(FINITE_SUM(sizes, 3), HESSIAN) == 2 * 3 * 4 == 24


def test_each_loop_is_an_induction_that_a_planted_error_breaks() -> None:
    for algorithm in (RESAMPLING, FINITE_SUM):
        goals = [goal for kind in (GRADIENT, HESSIAN) for goal in counted(algorithm(SIZES), kind)[1]]
        assert len(goals) == 5
        for goal in goals:
            assert decide(goal).verdict == "proved"
            spoilt = spoil(goal, "times 0.9")
            assert spoilt is not None
            assert decide(spoilt).verdict == "refuted"


def test_a_line_of_the_other_kind_counts_nothing() -> None:
    assert counted((Loop(5, (Use(HESSIAN, 2),)),), GRADIENT) == (0, ())
