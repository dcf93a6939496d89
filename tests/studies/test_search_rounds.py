"""The rounds of a search: a look at every space, climbs on the best; and what simplicity may cost."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from maml_verify.claims import find_claim
from maml_verify.studies.search import search as searching
from maml_verify.studies.search.encoding import decode, length, starts
from maml_verify.studies.search.instance import Space
from maml_verify.studies.search.optimise import Best, Budget
from maml_verify.studies.search.simplify import simplify
from maml_verify.studies.search.spaces import spaces


def test_all_shapes_are_looked_at_then_the_best_six_and_the_best_two(monkeypatch):
    places = spaces(find_claim("path-stability"), (2,))
    rounds = defaultdict(list)

    def run(attempt):
        _, round_, k = attempt.seed
        rounds[round_].append((k, attempt))
        # The later the better; a climb gains nothing.
        return Best(np.zeros(length(attempt.space)), 0.1 + k / 1000, 1)

    monkeypatch.setattr(searching, "run_attempt", run)
    told = []
    searching.search(
        "path-stability",
        jobs=1,
        steps=2,
        evaluations=10_000,
        seconds=1,
        progress=lambda *done: told.append(done),
    )
    assert [k for k, _ in rounds[0]] == list(range(len(places)))
    assert [k for k, _ in rounds[1]] == list(range(len(places)))[-6:][::-1]
    assert [k for k, _ in rounds[2]] == list(range(len(places)))[-2:][::-1]
    assert told[-1] == (len(places) + 8, len(places) + 8)
    # Of the evaluations each round has its share, of which its spaces have the same.
    for _, attempt in rounds[0]:
        assert (attempt.vector, attempt.evaluations) == (None, len(starts(attempt.space)))
    for round_, share in ((1, 0.3), (2, 0.2)):
        quotas = [attempt.evaluations for _, attempt in rounds[round_]]
        assert quotas == pytest.approx([10_000 * share / len(quotas)] * len(quotas))
        assert all(attempt.vector is not None for _, attempt in rounds[round_])


def test_a_look_takes_no_more_than_its_share_of_the_evaluations(monkeypatch):
    looked = []

    def run(attempt):
        looked.append(attempt)
        return Best(np.zeros(length(attempt.space)), 0.5, 1)

    monkeypatch.setattr(searching, "run_attempt", run)
    searching.search("path-stability", jobs=1, steps=2, evaluations=100, seconds=1)
    first = [attempt for attempt in looked if attempt.seed[1] == 0]
    assert sum(attempt.evaluations for attempt in first) <= 35
    assert len(first) < len(spaces(find_claim("path-stability"), (2,)))


@pytest.mark.parametrize(
    ("best", "cost"),
    [(0.5, 0.5e-6), (-2.0, 2e-6), (1e-5, 1e-9), (0.0, 1e-9), (1.0, 1e-6), (1.5, 0.05), (1.0 + 1e-4, 1e-5)],
)
def test_what_is_simpler_may_cost_a_millionth_of_a_ratio_and_a_tenth_of_a_refutation(best, cost):
    space = Space("quadratic", 1, 2, 1, 1)
    instance = decode(space, np.random.default_rng(0).uniform(0.1, 0.9, length(space)), 0.5)
    for share, tasks in ((0.9, 1), (1.1, 2)):

        def score(one, share=share):
            return best - cost * share * (len(one.weights) < 2)

        assert len(simplify(instance, score, Budget()).weights) == tasks
