"""Comparisons at equality over all scales of float64: how often is a true statement called violated?

Every statement here is attained on the families drawn, whose loss is multiplied by 2^k and whose parameters
by 2^l (k from -1074 to 900, where the numbers can be represented): float64 alone would call many violated.
Prints the count and the upper end of a 95 % interval (Clopper and Pearson) of the rate.

    python -m benchmarks.equality --comparisons 1000000
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from fractions import Fraction as F
from typing import Any

import numpy as np

from maml_verify.checks.check import check_setting
from maml_verify.claims import find_claim
from maml_verify.settings import Setting, setting
from problems import Ridge, plateau, ridge
from problems.known import Known

POINTS = 400
#: Statement and edition, and the largest N at which it is attained on the family drawn.
STATEMENTS = {
    ("path-stability", "printed"): 3,
    ("path-gradient", "printed"): 3,
    ("support-path-gradient", "printed"): 3,
    ("task-gradient-gap", "printed"): 3,
    ("product-deviation", "printed"): 3,
    ("path-second-moment", "derived"): 2,
    ("path-first-moment", "sharp"): 1,
    ("mean-gradient", "sharp"): 3,
    ("finite-sum-gradient-gap", "printed"): 3,
}


def family(claim: str, rng: np.random.Generator) -> Ridge:
    """Curvature -L near the origin (L for Lemma 15), one dimension."""
    if claim == "mean-gradient":
        return ridge("quadratic", [[[F(1)]]] * 2, [[F(0)], [F(0)]], linear=[[[F(1)]], [[F(1)]]])
    if claim.startswith("path-") and claim.endswith("moment"):
        noise = F(int(rng.integers(1, 2**8)), 2**16)
        return ridge("cubic-well", [[[F(1)]]], linear=[[[noise], [-noise]]])
    return plateau(d=1, tasks=2, rng=int(rng.integers(2**20)))


def rescaled(f: Ridge, k: int, l: int) -> Ridge:
    """The loss times 2^k and the parameters times 2^l."""
    loss, length = F(2) ** k, F(2) ** l
    e = f.exact
    return ridge(
        f.link.name, e.features / length, e.offsets, e.coefficients * loss, e.linear * (loss / length),
        probabilities=e.probabilities, support=e.support, query=e.query, task_weights=e.task_weights,
    )  # fmt: skip


def drawn(claim: str, edition: str, rng: np.random.Generator, points: int) -> tuple[Setting, Known] | None:
    """A setting at equality; None where its numbers cannot be represented."""
    k = int(rng.integers(-1074, 901)) if rng.random() < 0.7 else int(rng.integers(-30, 31))
    l = int(rng.integers(-400, 401) if abs(k) > 30 else rng.integers(-30, 31))
    steps = int(rng.integers(1, STATEMENTS[claim, edition] + 1))
    found = find_claim(claim)
    try:
        f = rescaled(family(claim, rng), k, l)
        known = found.known(f)
        alpha = F(int(rng.integers(1, 2**8)), 2**10) / F(known.L.value)
        w, u = (np.ldexp(rng.integers(-(2**20), 2**20, (points, 1)) / 2.0**24, l) for _ in range(2))
        return setting(f, alpha=alpha, steps=steps, w=w, u=u), known
    except (ValueError, OverflowError):
        return None


def compared(
    total: int, seed: int, points: int = POINTS
) -> tuple[Counter[tuple[str, str]], Counter[str], int]:
    """Comparisons by statement and verdict, by the stage that decided, and settings beyond float64."""
    counts: Counter[tuple[str, str]] = Counter()
    stages: Counter[str] = Counter()
    beyond = 0
    rng = np.random.default_rng([seed, 20])
    while counts.total() < total:
        for claim, edition in STATEMENTS:
            made = drawn(claim, edition, rng, points)
            if made is None:
                beyond += 1
                continue
            s, known = made
            try:
                record = check_setting(find_claim(claim), s, edition, known)
            except OverflowError:
                beyond += 1
                continue
            # At j = 0 both sides are one number, which is no comparison.
            steps = s.steps if find_claim(claim).over == "task-step" else 0
            n = record.checked * steps // (steps + 1) if steps else record.checked
            counts[claim, record.verdict] += n
            stages[record.decided_by] += n
    return counts, stages, beyond


def upper_limit(n: int, confidence: float = 0.95) -> float:
    """The rate that n trials without a hit exclude."""
    return float(-np.expm1(np.log1p(-confidence) / n))


def main() -> int:
    parser: Any = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--comparisons", type=int, default=1_000_000)
    parser.add_argument("--rng", type=int, default=0)
    arguments = parser.parse_args()
    start = time.perf_counter()
    counts, stages, beyond = compared(arguments.comparisons, arguments.rng)
    for (claim, verdict), n in sorted(counts.items()):
        print(f"{claim:28s} {verdict:10s} {n:9,}")
    violated = sum(n for (_, verdict), n in counts.items() if verdict == "violated")
    n = counts.total()
    print(f"decided by {dict(stages)}; {beyond} settings beyond float64; {time.perf_counter() - start:.0f} s")
    print(
        f"{n:,} comparisons at equality, {violated} called violated; rate below {upper_limit(n):.2g} (95 %)"
    )
    return int(violated > 0)


if __name__ == "__main__":
    raise SystemExit(main())
