"""``maml-verify search ID``: the worst case found in a time budget, certified."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from maml_verify.checks.witness import witness_name, write_witness
from maml_verify.claims import all_claims, find_claim
from maml_verify.commands.console.faults import Ending
from maml_verify.commands.console.files import folder
from maml_verify.commands.console.options import data_options, families, fraction
from maml_verify.commands.console.output import finish, progress_bar
from maml_verify.record import Record
from maml_verify.studies.search.on_family import search_families
from maml_verify.studies.search.optimise import OPTIMISERS
from maml_verify.studies.search.search import search


def add(parser: argparse.ArgumentParser) -> None:
    """Statement, budget and what is held fixed."""
    known = sorted({edition for claim in all_claims() for edition in claim.editions})
    parser.add_argument("id", metavar="ID", help="statement id, see list")
    parser.add_argument(
        "--edition", choices=[*known, "all"], help="default: printed; of the one-step paper, reported"
    )
    parser.add_argument(
        "--seconds", type=float, default=20.0, metavar="T", help="time an edition, default: 20"
    )
    parser.add_argument(
        "--evaluations", type=int, metavar="E", help="in place of most of the time: the same on every machine"
    )
    what = "a shipped name, or FILE.py:NAME: the worst points of this family; repeatable"
    parser.add_argument("--family", action="append", default=[], metavar="FAMILY", help=what)
    data_options(parser)
    parser.add_argument("--steps", type=int, metavar="N", help="inner steps, default: searched over")
    parser.add_argument("--alpha-L", type=fraction, metavar="X", help="inner step size times L")
    parser.add_argument(
        "--optimiser",
        choices=sorted(OPTIMISERS),
        default="evolution",
        help="cma is an extra; default: evolution",
    )
    parser.add_argument("--witnesses", metavar="DIR", help="store the worst case found there")


def run(arguments: argparse.Namespace) -> int:
    """Search every edition asked for."""
    claim = find_claim(arguments.id)
    wanted = list(claim.editions) if arguments.edition == "all" else [arguments.edition or claim.usual]
    folder("witnesses", arguments.witnesses)
    records: list[Record] = []
    ending = Ending("editions")
    chosen = families(arguments)
    where = {"steps": arguments.steps, "alpha_L": arguments.alpha_L, "rng": arguments.rng}
    with ending.keeps(records):
        for edition in wanted:
            with progress_bar(f"{claim.id} ({edition})") as progress:
                if chosen:
                    options = {**where, "seconds": arguments.seconds, "progress": progress}
                    records += search_families(claim, edition, chosen, **options)
                    continue
                found = search(
                    claim,
                    edition,
                    seconds=arguments.seconds,
                    evaluations=arguments.evaluations,
                    rng=arguments.rng,
                    jobs=arguments.jobs,
                    steps=arguments.steps,
                    alpha_L=arguments.alpha_L,
                    optimiser=arguments.optimiser,
                    progress=progress,
                )
            records.append(found.record)
            if arguments.witnesses and found.witness:
                path = Path(arguments.witnesses) / f"{witness_name(claim.id, edition)}.json"
                write_witness(path, found.witness)
                records[-1] = replace(found.record, witness=str(path))
            if early := KeyboardInterrupt() if found.interrupted else found.fault:
                ending.ends(early, f"the worst case of {found.evaluations} evaluations is shown")
                break
    return ending.code(lambda: finish(records, arguments))
