"""Evaluations until a planted error of 1 % is refuted: random sampling, Hypothesis `target`, and the search.

Run ``python benchmarks/search_power.py``; prints medians over seeds, with how many seeds succeeded.  All look
at the same spaces of instances; ``search`` is `maml_verify.studies.search` with its structured starts, and
``evolution`` the same optimiser from random starts alone.  Measured in 4 minutes, medians over the seeds of
10 that succeeded: all, but none of the first two and 3 of `evolution` on the last case, which random draws
rarely reach; at most 1000 evaluations each.

=================== ======== ========== ========= ======
claim               sampling hypothesis evolution search
path-stability      2        4          2         1
task-gradient-gap   3        9          3         1
meta-smoothness     158      96         61        1
path-second-moment  1        3          1         1
estimator-bias      none     none       638       75
=================== ======== ========== ========= ======
"""

from __future__ import annotations

import sys
from dataclasses import replace
from statistics import median

import numpy as np
from hypothesis import HealthCheck, given, seed, settings, target
from hypothesis import strategies as st

from maml_verify.claims import Claim, find_claim
from maml_verify.reports.rows import render_rows
from maml_verify.studies.search.encoding import decode, length
from maml_verify.studies.search.instance import Space
from maml_verify.studies.search.objective import is_split, largest_step, ratio
from maml_verify.studies.search.optimise import Budget, maximise
from maml_verify.studies.search.search import search

# Link and N of the space on which the other methods look, one with an equality case.
CASES = {
    "path-stability": ("cubic-well", 3),
    "task-gradient-gap": ("cubic-well", 3),
    "meta-smoothness": ("cubic-well", 3),
    "path-second-moment": ("cubic-well", 3),
    "estimator-bias": ("steep-well", 1),
}
SEEDS, LIMIT = 10, 1000


def planted(name: str) -> tuple[Claim, str]:
    """The claim with 99 % of a bound that has an equality case."""
    claim = find_claim(name)
    edition = "sharp" if "sharp" in claim.editions else "printed"
    bound = claim.editions[edition]
    wrong = {**claim.editions, edition: lambda c, p, o: bound(c, p, o) * 99 / 100}
    return replace(claim, editions=wrong), edition


class Counter:
    """The ratio on one space, counting calls until it is beyond 1."""

    def __init__(self, name: str) -> None:
        self.claim, self.edition = planted(name)
        link, steps = CASES[name]
        self.space = Space(link, 2, 2, steps, split=is_split(self.claim), pairs=self.claim.pairs)
        self.calls, self.refuted_at = 0, None
        self.size = length(self.space)
        self.largest = largest_step(self.claim, self.edition, steps)

    def __call__(self, vector: np.ndarray) -> float:
        self.calls += 1
        value = ratio(self.claim, self.edition, decode(self.space, np.asarray(vector), self.largest))
        if value > 1 and self.refuted_at is None:
            self.refuted_at = self.calls
        return max(value, -1.0)


def by_sampling(name: str, number: int) -> int | None:
    counter, rng = Counter(name), np.random.default_rng(number)
    while counter.calls < LIMIT and counter.refuted_at is None:
        counter(rng.uniform(-1, 1, counter.size))
    return counter.refuted_at


def by_hypothesis(name: str, number: int) -> int | None:
    counter = Counter(name)
    vectors = st.lists(st.floats(-1, 1), min_size=counter.size, max_size=counter.size)

    @seed(number)
    @settings(max_examples=LIMIT, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(vectors)
    def climb(vector: list[float]) -> None:
        if counter.refuted_at is None and counter.calls < LIMIT:
            target(counter(np.array(vector)))

    climb()
    return counter.refuted_at


def by_evolution(name: str, number: int) -> int | None:
    counter, rng = Counter(name), np.random.default_rng(number)
    starts = [rng.uniform(-1, 1, counter.size) for _ in range(12)]
    maximise(counter, starts, Budget(evaluations=LIMIT, target=1 + 1e-9), rng)
    return counter.refuted_at


def by_search(name: str, number: int) -> int | None:
    claim, edition = planted(name)
    found = search(claim, edition, seconds=60, rng=number, evaluations=LIMIT, target=1 + 1e-9)
    return found.evaluations if found.record.verdict == "violated" else None


METHODS = {
    "sampling": by_sampling,
    "hypothesis": by_hypothesis,
    "evolution": by_evolution,
    "search": by_search,
}


def main() -> None:
    """Print the table."""
    rows = []
    for name in sys.argv[1:] or CASES:
        row = {"claim": name}
        for method, run in METHODS.items():
            found = [n for n in (run(name, number) for number in range(SEEDS)) if n is not None]
            row[method] = f"{median(found):.0f} ({len(found)}/{SEEDS})" if found else f"none (0/{SEEDS})"
        rows.append(row)
    sys.stdout.write(render_rows(rows, "markdown", {"evaluations at most": LIMIT}))


if __name__ == "__main__":
    main()
