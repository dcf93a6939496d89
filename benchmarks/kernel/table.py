"""The rows of the benchmark: shown, and kept in a file, as soon as a problem is measured."""

from __future__ import annotations

import csv
import sys
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.kernel import timing
from benchmarks.kernel.in_numpy import ALONE, OURS
from benchmarks.kernel.problem import Problem

RATIOS = {"ours/theirs": OURS, "NumPy alone/theirs": ALONE}


def rows(
    part: str, name: str, p: Problem, times: dict[str, timing.Times], limit: float
) -> list[dict[str, Any]]:
    """One row a contestant; ``limit`` in seconds."""
    return [
        {
            "part": part,
            "name": name,
            **asdict(p),
            "contestant": contestant,
            "milliseconds": 1e3 * median(own.wall),
            "CPU milliseconds": 1e3 * median(own.cpu),
            **{
                ratio: timing.ratio(times, ours, contestant)
                for ratio, ours in RATIOS.items()
                if ours in times
            },
            "time/limits": median(own.wall) / limit,
        }
        for contestant, own in times.items()
    ]


class Table:
    """All rows of one run, in ``path`` too where one is given."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.rows: list[dict[str, Any]] = []

    def add(self, part: list[dict[str, Any]]) -> None:
        """Show the rows of one problem and keep them."""
        if self.path:
            with self.path.open("a" if self.rows else "w", newline="") as file:
                writer = csv.DictWriter(file, list(part[0]))
                if not self.rows:
                    writer.writeheader()
                writer.writerows(part)
        self.rows += part
        first = part[0]
        sizes = ", ".join(f"{key} {first[key]}" for key in ("tasks", "d", "K", "N", "R", "S"))
        columns = [
            "milliseconds",
            "CPU milliseconds",
            *(key for key in RATIOS if key in first),
            "time/limits",
        ]
        print(f"\n{first['part']} {first['name']} ({first['link']}; {sizes})")
        print(f"  {'contestant':26}" + "".join(f"{column:>20}" for column in columns))
        for row in part:
            print(f"  {row['contestant']:26}" + "".join(f"{row[column]:20.3f}" for column in columns))
        sys.stdout.flush()

    def of_sweep(self, name: str) -> list[dict[str, Any]]:
        """The rows of one sweep."""
        return [row for row in self.rows if (row["part"], row["name"]) == ("sweeps", name)]

    def show_growth(self, name: str) -> None:
        """Fitted exponents of our times over one sweep; over N, of the time beyond that of N = 0."""
        for ours in (OURS, ALONE):
            own = [row for row in self.of_sweep(name) if row["contestant"] == ours]
            costs = [[row[name], row["milliseconds"], row["CPU milliseconds"]] for row in own]
            if costs and costs[0][0] == 0:
                (_, *least), *costs = costs
                costs = [[N, *(t - t_0 for t, t_0 in zip(times, least, strict=True))] for N, *times in costs]
            if costs:
                wall, cpu = timing.exponents(costs)
                print(f"  {ours}: time grows like {name}^{wall:.2f}, CPU {name}^{cpu:.2f}")
