"""``maml-verify table``: the main job, empirical left sides against the bounds."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from maml_verify.commands.common import editions, grid_options, sweep_arguments, sweep_options
from maml_verify.commands.output import finish, progress_bar
from maml_verify.grid import STEPS
from maml_verify.record import Record
from maml_verify.sweep import sweep
from problems import Ridge, from_data, read_table


def add(parser: argparse.ArgumentParser) -> None:
    """Statements and the grid."""
    parser.add_argument("ids", metavar="ID", nargs="*", help="statement ids, default: all")
    grid_options(parser)
    sweep_options(parser)
    parser.add_argument("--witnesses", metavar="DIR", help="store the counterexamples found there")


def data_family(arguments: argparse.Namespace) -> Ridge:
    """The family of ``--data``."""
    for name in ("label", "task"):
        if getattr(arguments, name) is None:
            raise ValueError(f"{name}: missing; rule: --data FILE needs --label COL and --task COL")
    X, y, task = read_table(arguments.data, arguments.label, arguments.task)
    return from_data(X, y, task, link=arguments.link, rng=arguments.rng, name=Path(arguments.data).stem)


def run(arguments: argparse.Namespace) -> int:
    """Sweep the grid; an interruption keeps and shows what is done."""
    steps = STEPS if arguments.steps is None else (arguments.steps,)
    families = [data_family(arguments)] if arguments.data else arguments.family
    given = (
        arguments.ids,
        arguments.family,
        arguments.steps,
        arguments.alpha,
        arguments.alpha_L,
        arguments.data,
    )
    complete = not any(given)
    found: dict[int, Record] = {}
    with progress_bar("cells") as progress:
        try:
            for place, record in sweep(
                arguments.ids,
                families,
                editions(arguments),
                steps=steps,
                alpha=arguments.alpha,
                alpha_L=arguments.alpha_L,
                **sweep_arguments(arguments),
                witnesses=arguments.witnesses,
                progress=progress,
            ):
                found[place] = record
        except KeyboardInterrupt:
            print(f"interrupted: {len(found)} cells are done and shown", file=sys.stderr)
            complete = False
    return finish([found[place] for place in sorted(found)], arguments, complete)
