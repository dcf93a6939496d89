"""10^5 cells, each a statement on one family at one number of steps and one step size.

    python examples/hundred_thousand_cells.py sweep.db [--jobs J | --scheduler ADDRESS]

Killed at any moment, the same command goes on from the store.  It prints how many cells of each statement
hold, and the worst ratio of left to right side; a violated cell is a counterexample, certified.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Iterator
from fractions import Fraction

from maml_verify.checks.columns import column
from maml_verify.commands.console.output import progress_bar
from maml_verify.record import VERDICTS, Record, severity
from maml_verify.studies.sweep import Cell, run_cells
from maml_verify.theory.conditions import range_edge
from problems import FAMILIES

STATEMENTS = (
    "meta-smoothness",
    "finite-sum-meta-smoothness",
    "finite-sum-second-moment",
    "path-stability",
    "path-gradient",
    "task-gradient-gap",
    "support-path-gradient",
    "finite-sum-gradient-gap",
    "finite-sum-mean-gradient",
)
STEPS = range(1, 11)
SHARES = [Fraction(k, 35) for k in range(1, 35)]


def cells() -> Iterator[Cell]:
    """Every statement on every family of its columns, for N = 1..10 and 34 places of the range of alpha L."""
    for statement, name in itertools.product(STATEMENTS, FAMILIES):
        for member, _ in enumerate(column(statement, name)):
            for N, part in itertools.product(STEPS, SHARES):
                yield Cell(statement, "printed", name, (N,), alpha_L=part * range_edge(N), member=member)


def main() -> None:
    """Run or go on, and summarise."""
    parser = argparse.ArgumentParser(description="10^5 cells, which go on where they were.")
    parser.add_argument("store", help="file that keeps what is done")
    parser.add_argument("--jobs", type=int, help="worker processes, default: all cores")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="use the workers of this Dask scheduler")
    how = vars(parser.parse_args())
    todo, start = list(cells()), time.monotonic()
    found: dict[str, Record] = {}
    counts = {statement: dict.fromkeys(VERDICTS, 0) for statement in STATEMENTS}
    with progress_bar("cells") as progress:
        for _, record in run_cells(todo, **how, progress=progress):
            counts[record.claim][record.verdict] += 1
            found[record.claim] = max(found.get(record.claim, record), record, key=severity)
    for statement, verdicts in counts.items():
        numbers = ", ".join(f"{verdicts[name]:6,} {name}" for name in VERDICTS)
        print(f"{statement:<28}{numbers}; worst: {found[statement]}")
    print(f"{len(todo):,} cells in {time.monotonic() - start:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
