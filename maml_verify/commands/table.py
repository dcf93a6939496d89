"""``maml-verify table``: the main job, empirical left sides against the bounds."""

from __future__ import annotations

import argparse

from maml_verify.commands.console.faults import Ending
from maml_verify.commands.console.files import folder
from maml_verify.commands.console.options import (
    detect_option,
    editions,
    families,
    grid_options,
    sweep_arguments,
    sweep_options,
)
from maml_verify.commands.console.output import finish, progress_bar
from maml_verify.record import Record
from maml_verify.studies.grid import STEPS
from maml_verify.studies.sweep import sweep


def add(parser: argparse.ArgumentParser) -> None:
    """Statements and the grid."""
    parser.add_argument("ids", metavar="ID", nargs="*", help="statement ids, default: all")
    grid_options(parser)
    sweep_options(parser)
    detect_option(parser)
    parser.add_argument("--witnesses", metavar="DIR", help="store the counterexamples found there")


def run(arguments: argparse.Namespace) -> int:
    """Sweep the grid; an interruption keeps and shows what is done."""
    steps = STEPS if arguments.steps is None else (arguments.steps,)
    chosen = families(arguments)
    folder("witnesses", arguments.witnesses)
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
    ending = Ending("cells")
    with ending.keeps(found), progress_bar("cells") as progress:
        for number, record in sweep(
            arguments.ids,
            chosen,
            editions(arguments),
            steps=steps,
            alpha=arguments.alpha,
            alpha_L=arguments.alpha_L,
            detect=arguments.detect,
            **sweep_arguments(arguments),
            witnesses=arguments.witnesses,
            progress=progress,
        ):
            found[number] = record
    records = [found[number] for number in sorted(found)]
    return ending.code(lambda: finish(records, arguments, complete and ending.early is None))
