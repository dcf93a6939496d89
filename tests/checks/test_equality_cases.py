"""At least 10^5 random comparisons at equality: a true statement is never called violated."""

from fractions import Fraction as F

import numpy as np

from maml_verify.checks.check import check_setting
from maml_verify.claims import find_claim
from maml_verify.settings import setting
from problems import plateau

CASES = {
    "path-stability": 3,
    "path-gradient": 3,
    "support-path-gradient": 3,
    "task-gradient-gap": 1,
    "product-deviation": 1,
}
POINTS = 400


def test_true_statements_survive_at_equality(record_property):
    checked = dict.fromkeys(CASES, 0)
    for name, per_point in CASES.items():
        claim = find_claim(name)
        seed = 0
        while checked[name] < 100_000 / len(CASES):
            rng = np.random.default_rng([seed, per_point])
            steps = int(rng.integers(1, 4))
            family = plateau(d=1, tasks=2, rng=seed)
            w = rng.integers(-(2**20), 2**20, (POINTS, 1)) / 2**24
            u = rng.integers(-(2**20), 2**20, (POINTS, 1)) / 2**24
            alpha = F(int(rng.integers(1, 2**10)), 2**10)
            record = check_setting(claim, setting(family, alpha=alpha, steps=steps, w=w, u=u))
            assert record.verdict in ("holds", "undecided"), record
            checked[name] += record.checked
            seed += 1
    record_property("counted", f"{sum(checked.values()):,} comparisons at equality, none violated")
    assert sum(checked.values()) >= 100_000
