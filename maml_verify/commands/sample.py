"""``maml-verify sample [ID ...]``: random instances with exact left sides, until a number of comparisons."""

from __future__ import annotations

import argparse

from maml_verify.claims import all_claims
from maml_verify.commands.console.faults import Ending
from maml_verify.commands.console.options import detect_option, editions
from maml_verify.commands.console.output import finish, progress_bar
from maml_verify.record import Record
from maml_verify.studies.random_checks import sample


def add(parser: argparse.ArgumentParser) -> None:
    """Statements, edition and how many comparisons."""
    known = sorted({edition for claim in all_claims() for edition in claim.editions})
    parser.add_argument("ids", metavar="ID", nargs="*", help="statement ids, default: all")
    parser.add_argument(
        "--edition", choices=[*known, "all"], help="default: derived, and sharp for a statement that has none"
    )
    parser.add_argument(
        "--checks", type=int, default=100_000, metavar="M", help="comparisons an edition, default: 100000"
    )
    detect_option(parser)


def run(arguments: argparse.Namespace) -> int:
    """Sample every edition asked for; a row a statement, a column a link."""
    options = {"checks": arguments.checks, "rng": arguments.rng, "jobs": arguments.jobs}
    options["detect"] = arguments.detect
    wanted = None if arguments.edition is None else editions(arguments)
    found: list[Record] = []
    ending = Ending("columns of statements")
    with ending.keeps(found), progress_bar("random instances") as progress:
        for record in sample(arguments.ids, wanted, **options, progress=progress):
            found.append(record)
    order = [claim.id for claim in all_claims()]
    found.sort(key=lambda r: (order.index(r.claim), r.edition, r.family))
    return ending.code(lambda: finish(found, arguments))
