"""False alarms of `check_family` on right families, and what it sees of wrong ones, over many seeds.

``python -m benchmarks.family_checks --seeds 100`` puts each of the right families of ``tests/support`` to
every law and every attack with each seed, and each wrong one to the check that is for its error.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from right_families import right_families
from wrong_families import wrong_families

from maml_verify.checks.family import CONSTANTS, LAWS, check_families, check_names


def false_alarms(seeds: range, statements: bool, seconds: float) -> Counter[str]:
    """Checks that failed on a right family, by family and check, each told as it is seen."""
    names = check_names() if statements else (*LAWS, *CONSTANTS)
    found: Counter[str] = Counter()
    for name, family in right_families().items():
        start, run = time.perf_counter(), 0
        for seed in seeds:
            results = list(check_families(family, seconds=seconds, rng=seed, only=names))
            run += sum(result.status != "skipped" for result in results)
            for result in results:
                if result.status == "failed":
                    found[f"{name}-{result.check}"] += 1
                    print(
                        f"  {name} seed {seed} {result.check}: {result.why} {result.counterexample}",
                        flush=True,
                    )
        print(f"{name}: {run} checks, {len(seeds)} seeds, {time.perf_counter() - start:.0f} s", flush=True)
    return found


def misses(seeds: range) -> tuple[int, list[str], float]:
    """How many wrong families were tried, which were not seen, and the longest time that one took."""
    tried, missed, longest = 0, [], 0.0
    for name, family in wrong_families():
        for seed in seeds:
            law = "L" if name == "convexity" else name
            (result,) = check_families(family, rng=seed, only=[law])
            tried, longest = tried + 1, max(longest, result.seconds)
            if result.status != "failed":
                missed.append(f"{family.name}-{type(family).__name__}-{name} seed {seed}: {result.why}")
    return tried, missed, longest


def main() -> None:
    """Run both and print what is wrong, and the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=100, help="default: 100")
    parser.add_argument("--first", type=int, default=0, help="the first seed, default: 0")
    parser.add_argument("--statements", action="store_true", help="every statement, too")
    parser.add_argument("--seconds", type=float, default=30, help="of each family and seed, default: 30")
    arguments = parser.parse_args()
    seeds = range(arguments.first, arguments.first + arguments.seeds)
    tried, missed, longest = misses(range(seeds.start, seeds.start + max(len(seeds) // 10, 1)))
    print(
        f"wrong families: {tried - len(missed)} of {tried} seen, at most {longest:.1f} s each",
        *missed,
        sep="\n  ",
    )
    alarms = false_alarms(seeds, arguments.statements, arguments.seconds)
    print(f"false alarms: {sum(alarms.values())}", dict(alarms))


if __name__ == "__main__":
    main()
