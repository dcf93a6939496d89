"""``python -m benchmarks.kernel``: one table, all in one run; ``--toy`` takes seconds."""

from __future__ import annotations

import argparse
import csv
import importlib
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.kernel import expectation, machine, memory, timing, tricks
from benchmarks.kernel.in_numpy import FAST, OURS
from benchmarks.kernel.problem import PRESETS, SWEEPS, TOY, Problem

MODULES = ("in_numpy", "in_jax", "in_torch")
PARTS = ("presets", "sampling", "sweeps", "expectation", "tricks", "memory")


def modules(only: Iterable[str]) -> list[Any]:
    """Those whose library is installed; the others are named with the reason."""
    found = []
    for name in only:
        try:
            found.append(importlib.import_module(f"benchmarks.kernel.{name}"))
        except ImportError as error:
            print(f"skipped: {name} ({error})")
    return found


def measured(p: Problem, libraries: list[Any], number: int, part: str) -> dict[str, timing.Times]:
    """Times of every contestant in every round, after they were seen to agree."""
    calls: dict[str, list[timing.Call]] = {}
    for library in libraries:
        calls |= library.samplers(p) if part == "sampling" else library.contestants(p, part == "presets")
    if part == "sampling":
        timing.agree_in_mean(calls, OURS)
    else:
        timing.agree(calls, OURS)
    return timing.rounds({name: timing.best_of(ways) for name, ways in calls.items()}, number)


def rows(
    part: str, name: str, p: Problem, times: dict[str, timing.Times], limit: float
) -> list[dict[str, Any]]:
    """One row a contestant."""
    return [
        {
            "part": part,
            "name": name,
            **asdict(p),
            "contestant": contestant,
            "milliseconds": 1e3 * median(own.wall),
            "CPU milliseconds": 1e3 * median(own.cpu),
            **{
                f"{ours}/theirs": timing.ratio(times, name, contestant)
                for ours, name in (("ours", OURS), ("numba", FAST))
                if name in times
            },
            "time/limits": median(own.wall) / limit,
        }
        for contestant, own in times.items()
    ]


def show(table: list[dict[str, Any]]) -> None:
    """The rows of one problem."""
    first = table[0]
    sizes = ", ".join(f"{key} {first[key]}" for key in ("tasks", "d", "K", "N", "R", "S"))
    ratios = [key for key in first if key.endswith("/theirs")]
    columns = ["milliseconds", "CPU milliseconds", *ratios, "time/limits"]
    print(f"\n{first['part']} {first['name']} ({first['link']}; {sizes})")
    print(f"  {'contestant':24}" + "".join(f"{column:>18}" for column in columns))
    for row in table:
        print(f"  {row['contestant']:24}" + "".join(f"{row[column]:18.3f}" for column in columns))
    sys.stdout.flush()


def main(argv: list[str] | None = None) -> None:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kernel", description=__doc__)
    parser.add_argument("--toy", action="store_true", help="small sizes and NumPy alone, to keep it alive")
    parser.add_argument("--preset", action="append", choices=PRESETS, help="repeatable; default all")
    parser.add_argument("--only", action="append", choices=PARTS, help="repeatable; default all")
    parser.add_argument("--link", default="cosine", choices=("cosine", "logistic"))
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--csv", type=Path, help="keep the numbers in this file")
    parser.add_argument("--plot", type=Path, help="cost against N, d and replicates, as an image")
    options = parser.parse_args(argv)
    parts = options.only or PARTS
    number = 3 if options.toy else options.rounds
    libraries = modules(MODULES[:1] if options.toy else MODULES)
    presets = TOY if options.toy else {k: v for k, v in PRESETS.items() if k in (options.preset or PRESETS)}

    print(machine.description())
    limits = machine.Limits()
    print(limits)
    table: list[dict[str, Any]] = []
    for part in ("presets", "sampling"):
        for name, sizes in presets.items() if part in parts else ():
            p = Problem(*sizes, link=options.link)
            table += rows(part, name, p, measured(p, libraries, number, part), limits.seconds(p))
            show([row for row in table if (row["part"], row["name"]) == (part, name)])
    if "sweeps" in parts and not options.toy:
        table += sweeps(libraries, options.link, limits, min(number, 7))
    if "expectation" in parts:
        expectation.main(options.toy)
    if "tricks" in parts:
        tricks.main(number, options.toy)
    if "memory" in parts:
        memory.in_a_process(20_000 if options.toy else 10**7)
    if options.csv and table:
        with options.csv.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(table[0]))
            writer.writeheader()
            writer.writerows(table)
    if options.plot and "sweeps" in parts and not options.toy:
        from benchmarks.kernel.plots import plot

        plot([row for row in table if row["part"] == "sweeps"], options.plot)


def sweeps(libraries: list[Any], link: str, limits: machine.Limits, number: int) -> list[dict[str, Any]]:
    """Cost against N, d and replicates; the fitted exponents of this project's times."""
    table: list[dict[str, Any]] = []
    for name, problems in SWEEPS.items():
        for sizes in problems:
            p = Problem(*sizes, link=link)
            part = rows("sweeps", name, p, measured(p, libraries, number, "sweeps"), limits.seconds(p))
            show(part)
            table += part
        show_growth([row for row in table if row["name"] == name])
    return table


def show_growth(table: list[dict[str, Any]]) -> None:
    """Fitted exponents of this project's times over one sweep."""
    name = table[0]["name"]
    # N steps take N + 1 gradients.
    sizes = {name: 0, "(N + 1)": 1} if name == "N" else {name: 0}
    for ours in (OURS, FAST):
        own = [row for row in table if row["contestant"] == ours]
        for size, add in sizes.items() if own else ():
            costs = [[row[name] + add, row["milliseconds"], row["CPU milliseconds"]] for row in own]
            wall, cpu = timing.exponents(costs)
            print(f"  {ours}: time grows like {size}^{wall:.2f}, CPU {size}^{cpu:.2f}")


if __name__ == "__main__":
    main()
