"""``python -m benchmarks.kernel``: one table, all in one run; ``--toy`` takes seconds."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.kernel import expectation, machine, memory, timing, tricks
from benchmarks.kernel.in_numpy import OURS
from benchmarks.kernel.problem import PRESETS, SWEEPS, TOY, Problem
from benchmarks.kernel.table import Table, rows

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


def main(argv: list[str] | None = None) -> None:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kernel", description=__doc__)
    parser.add_argument("--toy", action="store_true", help="small sizes and NumPy alone, to keep it alive")
    parser.add_argument("--preset", action="append", choices=PRESETS, help="repeatable; default all")
    parser.add_argument("--only", action="append", choices=PARTS, help="repeatable; default all")
    parser.add_argument("--link", default="cosine", choices=("cosine", "logistic"))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--csv", type=Path, help="keep the numbers in this file, as they come")
    parser.add_argument("--plot", type=Path, help="cost against N, d and replicates, as an image")
    options = parser.parse_args(argv)
    parts = options.only or [part for part in PARTS if not (options.toy and part == "sweeps")]
    number = 3 if options.toy else options.rounds
    libraries = modules(MODULES[:1] if options.toy else MODULES)
    presets = TOY if options.toy else {k: v for k, v in PRESETS.items() if k in (options.preset or PRESETS)}

    print(machine.description())
    limits = machine.Limits()
    print(limits)
    table = Table(options.csv)

    def add(part: str, name: str, sizes: tuple[int, ...]) -> None:
        p = Problem(*sizes, link=options.link)
        table.add(rows(part, name, p, measured(p, libraries, number, part), limits.seconds(p)))

    for part in ("presets", "sampling"):
        for name, sizes in presets.items() if part in parts else ():
            add(part, name, sizes)
    for name, problems in SWEEPS.items() if "sweeps" in parts else ():
        for sizes in problems:
            add("sweeps", name, sizes)
        table.show_growth(name)
    if options.plot and "sweeps" in parts:
        from benchmarks.kernel.plots import plot

        plot(table, options.plot)
    if "expectation" in parts:
        expectation.main(options.toy)
    if "tricks" in parts:
        tricks.main(number, options.toy)
    if "memory" in parts:
        memory.in_a_process(20_000 if options.toy else 10**7)


if __name__ == "__main__":
    main()
