"""Outcomes of a minibatch and their probabilities; random minibatches."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_families import in_field, sequences, small

from maml_verify.arithmetic.domains import lift
from maml_verify.meta_gradients.batches import active_atoms, weights_of
from maml_verify.meta_gradients.draws import (
    _tickets,
    as_generator,
    outcome_count,
    outcomes,
    sample,
    spawn,
)
from problems import Family
from problems.arrays import Array
from problems.ridge_sums.ridge import ridge

SIZES = [(1, 1), (1, 4), (2, 1), (2, 3), (3, 2), (4, 3)]


def minibatches(family: Family, size: int, replicates: int, rng: Any = None) -> Array:
    """What is drawn, as weight vectors (tasks, replicates, atoms)."""
    return weights_of(sample(family, size, replicates, rng), family.atoms)


@pytest.mark.parametrize(("m", "S"), SIZES)
def test_outcomes_are_the_grouped_sequences(m: int, S: int) -> None:
    family = in_field(small("quadratic", m=m), "exact")
    weights, chances = outcomes(family.probabilities, S)
    assert weights.shape == (2, outcome_count(m, S), m)
    assert chances.shape == (2, math.comb(S + m - 1, m - 1))
    expected: dict[tuple, object] = {}
    every, probability = sequences(family, S)
    for task in range(2):
        expected.clear()
        for row, q in zip(every[task], probability[task], strict=True):
            expected[tuple(row)] = expected.get(tuple(row), 0) + q
        found = {tuple(row): q for row, q in zip(weights[task], chances[task], strict=True)}
        assert found == expected


@given(counts=st.lists(st.integers(0, 9), min_size=1, max_size=5).filter(any), S=st.integers(1, 5))
@settings(max_examples=40, deadline=None)
def test_outcomes_have_total_one_and_mean_p(counts: list[int], S: int) -> None:
    p = np.array([[Fraction(k, sum(counts)) for k in counts]], dtype=object)
    weights, chances = outcomes(p, S)
    assert (chances > 0).all()
    assert chances.sum() == 1
    assert ((chances[..., None] * weights).sum(1) == p).all()
    # Covariance of a mean of S independent draws.
    spread = ((chances[..., None] * weights**2).sum(1) - p**2) * S
    assert (spread == p * (1 - p)).all()


@pytest.mark.parametrize("field", ["float", "arb"])
def test_outcomes_agree_over_fields(field: str) -> None:
    exact = in_field(small("quadratic", m=3), "exact").probabilities
    weights, chances = outcomes(exact, 4)
    w, q = outcomes(lift(exact, field), 4)
    if field == "float":
        assert q.dtype == w.dtype == np.float64
        np.testing.assert_allclose(q, lift(chances, "float"), rtol=1e-14)
        np.testing.assert_allclose(w, lift(weights, "float"), rtol=1e-15)
    else:
        for a, b in ((w, weights), (q, chances)):
            assert all(x.contains(y) for x, y in zip(a.ravel(), b.ravel(), strict=True))


def test_padding_does_not_multiply_outcomes() -> None:
    p = np.array([[0.5, 0.0, 0.5, 0.0], [0.25, 0.0, 0.75, 0.0]])
    weights, chances = outcomes(p, 3)
    assert active_atoms(p) == [0, 2]
    assert weights.shape == (2, 4, 4)
    assert (weights[:, :, [1, 3]] == 0).all()
    np.testing.assert_allclose(chances.sum(1), 1)
    # Atoms of different tasks: mixed outcomes are impossible for both, and go.
    weights, chances = outcomes(np.array([[1.0, 0.0], [0.0, 1.0]]), 5)
    assert weights.shape == (2, 2, 2)
    assert (chances == [[0, 1], [1, 0]]).all()


def test_a_sure_atom_has_one_outcome() -> None:
    weights, chances = outcomes(np.array([[0.0, 1.0, 0.0]]), 1000)
    assert (weights == [[[0, 1, 0]]]).all()
    assert (chances == [[1]]).all()


@pytest.mark.parametrize("size", [0, -1])
def test_empty_minibatches_are_errors(size: int) -> None:
    with pytest.raises(ValueError, match=f"size = {size}; rule: at least 1"):
        outcomes(np.array([[1.0]]), size)
    with pytest.raises(TypeError, match=r"size = 1\.5"):
        sample(small("quadratic"), 1.5, 3)  # type: ignore[arg-type]


def test_minibatches_have_the_law_that_outcomes_states() -> None:
    family = small("quadratic", m=3)
    weights, chances = outcomes(family.probabilities, 2)
    R = 40_000
    drawn = minibatches(family, 2, R, 7)
    assert drawn.shape == (2, R, 3)
    for task in range(2):
        hits = [(drawn[task] == row).all(1).mean() for row in weights[task]]
        error = 5 * np.sqrt(chances[task] * (1 - chances[task]) / R)
        assert (np.abs(hits - chances[task]) <= error).all()


# Probabilities drawn by a table for all tasks, by one a task, and by the inverse of the distribution.
TABLES = {
    "shared": ([[Fraction(1, 3)] * 3] * 2, (1, 3)),
    "own": ([[Fraction(1, 2), Fraction(1, 2), 0], [0, Fraction(1, 4), Fraction(3, 4)]], (2, 4)),
    "none": ([[0.1, 0.9, 0.0], [0.0, 0.3, 0.7]], None),
}


@pytest.mark.parametrize("size", [1, 2, 24, 25])
@pytest.mark.parametrize("kind", TABLES)
def test_every_way_to_draw_has_the_law(kind: str, size: int) -> None:
    p, shape = TABLES[kind]
    family = ridge("quadratic", [[[1.0]]] * 2, probabilities=p)
    table = _tickets(family)
    assert (table is None) if shape is None else table.shape == shape
    R = 60_000
    drawn = sample(family, size, R, 5)
    # Weights are drawn at once where a batch is much larger than the table of atoms.
    assert drawn.dtype == (np.float64 if size > 24 else np.int64)
    weights = weights_of(drawn, 3)
    assert (np.rint(weights * size).sum(2) == size).all()
    assert (weights == minibatches(family, size, R, 5)).all()
    q = family.probabilities
    assert (weights[:, :, q[0] == 0][0] == 0).all()
    assert (weights[:, :, q[1] == 0][1] == 0).all()
    error = 5 * np.sqrt(q * (1 - q) / (size * R))
    assert (np.abs(weights.mean(1) - q) <= error + 1e-15).all()
    # The covariance of a mean of independent draws, whose own error is of order 1/sqrt(R).
    gap = weights - q[:, None]
    covariance = size * np.einsum("nra,nrb->nab", gap, gap) / R
    expected = q[:, :, None] * (np.eye(3) - q[:, None])
    assert (np.abs(covariance - expected) <= 5 / math.sqrt(R)).all()


def test_minibatches_are_independent_over_tasks_and_replicates() -> None:
    drawn = minibatches(small("quadratic"), 3, 40_000, 3)[..., 0]
    limit = 5 / math.sqrt(drawn.shape[1])
    assert abs(np.corrcoef(drawn[0], drawn[1])[0, 1]) < limit
    assert abs(np.corrcoef(drawn[0, 1:], drawn[0, :-1])[0, 1]) < limit


def test_minibatches_repeat_with_their_seed() -> None:
    family = small("quadratic")
    first = minibatches(family, 3, 50, 5)
    assert (first == minibatches(family, 3, 50, np.random.SeedSequence(5))).all()
    assert (first == minibatches(family, 3, 50, np.random.default_rng(5))).all()
    assert (first != minibatches(family, 3, 50, 6)).any()


def test_roles_draw_from_streams_of_their_own() -> None:
    generator = np.random.default_rng(0)
    assert as_generator(generator) is generator
    a, b = (minibatches(small("quadratic"), 3, 40_000, g)[0, :, 0] for g in spawn(1, 2))
    assert abs(np.corrcoef(a, b)[0, 1]) < 5 / math.sqrt(len(a))


@pytest.mark.parametrize("size", [1, 7, 200, 1029, 1100, 4000])
def test_chances_of_many_draws_neither_overflow_nor_underflow(size):
    p = [Fraction(3, 10), Fraction(7, 10)]
    weights, chances = outcomes(np.array([p]).astype(np.float64), size)
    assert chances.shape[1] <= size + 1  # without those below 1e-323
    assert chances.sum() == pytest.approx(1, abs=1e-11)
    k = round(0.7 * size)
    found = chances[0, np.rint(weights[0, :, 1] * size) == k][0]
    p = [Fraction(float(x)) for x in p]
    assert found == pytest.approx(float(math.comb(size, k) * p[0] ** (size - k) * p[1] ** k), rel=1e-11)
