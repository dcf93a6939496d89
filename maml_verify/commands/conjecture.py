"""``maml-verify conjecture "LEFT <= RIGHT"``: a bound typed in, its worst case, verdict and witness."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from maml_verify.checks.witness import write_witness
from maml_verify.checks.witness_reading import case_of
from maml_verify.claims import Claim, add_claims
from maml_verify.claims.conjectures.build import conjecture
from maml_verify.claims.own import for_now
from maml_verify.commands.console.faults import Ending
from maml_verify.commands.console.files import folder, write
from maml_verify.commands.console.options import fraction
from maml_verify.commands.console.output import progress_bar, write_rows
from maml_verify.record import Record
from maml_verify.reports.rows import Row
from maml_verify.reports.tables import counts
from maml_verify.studies.power import Power, power
from maml_verify.studies.search.search import Found, search


def add(parser: argparse.ArgumentParser) -> None:
    """The bound, its conditions, and the budget."""
    parser.add_argument("bound", metavar="BOUND", help='such as "norm(dl(w) - dl(u)) <= L*norm(w - u)"')
    parser.add_argument(
        "--where", action="append", default=[], metavar="CONDITION", help='such as "alpha*L <= 1"; repeatable'
    )
    what = "constants that must be finite, default: those that the bound names"
    parser.add_argument("--needs", nargs="+", metavar="NAME", help=what)
    parser.add_argument("--id", help="in records and files, default: conjecture")
    parser.add_argument("--steps", type=int, metavar="N", help="inner steps, default: searched over")
    parser.add_argument("--alpha-L", type=fraction, metavar="X", help="inner step size times L")
    parser.add_argument(
        "--seconds", type=float, default=20.0, metavar="T", help="time of the search, default: 20"
    )
    parser.add_argument(
        "--evaluations", type=int, metavar="E", help="in place of most of the time: the same on every machine"
    )
    what = "evaluations of the search that each planted error gets, default: 1500"
    parser.add_argument("--planted", type=int, default=1500, metavar="E", help=what)
    parser.add_argument("--witnesses", metavar="DIR", help="store the worst case found there")


def run(arguments: argparse.Namespace) -> int:
    """Search for the worst case, then plant errors; 1 where the bound is refuted, or left undecided."""
    claim = conjecture(arguments.bound, where=arguments.where, needs=arguments.needs, id=arguments.id)
    folder("witnesses", arguments.witnesses)
    ending = Ending("searches")
    with for_now():
        add_claims(claim)
        found = _searched(claim, arguments)
        if early := KeyboardInterrupt() if found.interrupted else found.fault:
            ending.ends(early, f"the worst case of {found.evaluations} evaluations is shown")
        record, strength = _stored(claim, found, arguments), Power()
        if record.verdict == "holds" and ending.early is None:
            with ending.keeps([record]):
                strength = _strength(claim, found, arguments)
    return ending.code(lambda: _shown(claim, record, strength, found, arguments))


def _searched(claim: Claim, arguments: argparse.Namespace) -> Found:
    names = ("seconds", "evaluations", "rng", "jobs", "steps", "alpha_L")
    options = {name: getattr(arguments, name) for name in names}
    with progress_bar("worst case") as progress:
        return search(claim, **options, progress=progress)


def _stored(claim: Claim, found: Found, arguments: argparse.Namespace) -> Record:
    """The record, with the file of its witness where one is asked for."""
    if arguments.witnesses is None or found.witness is None:
        return found.record
    path = Path(arguments.witnesses) / f"{claim.id.replace('/', '-')}.json"
    write_witness(path, found.witness)
    return replace(found.record, witness=str(path))


def _strength(claim: Claim, found: Found, arguments: argparse.Namespace) -> Power:
    assert found.witness is not None
    cases = [case_of("the worst case", found.witness)[2]]
    options = {"evaluations": arguments.planted, "rng": arguments.rng, "jobs": arguments.jobs}
    with progress_bar("planted errors") as progress:
        return power(claim.id, "printed", cases, seconds=arguments.seconds, **options, progress=progress)


def _shown(claim: Claim, record: Record, strength: Power, found: Found, arguments: argparse.Namespace) -> int:
    """Write what was found; the exit code."""
    typed = {"bound": claim.text, "where": ", ".join(claim.typed["where"])}
    said = (
        str(strength)
        if record.verdict == "holds"
        else "planted errors: none, as the bound is not known to hold"
    )
    if arguments.format == "json":
        parts: dict[str, Any] = {**typed, "where": claim.typed["where"], "units": claim.units}
        parts |= {"instances": found.evaluations, "planted": vars(strength)}
        write(json.dumps([{**record.to_dict(), **parts}], indent=1) + "\n", arguments.output)
    elif arguments.format == "text":
        write("\n".join(_lines(claim, record, said, found)) + "\n", arguments.output, "text")
    else:
        write_rows([{**typed, **_row(record), "units": claim.units or "agree", "power": said}], arguments)
    return 0 if record.verdict == "holds" else 1


def _row(record: Record) -> Row:
    worst = {"N": record.setting["steps"], "aL": record.setting["alpha_L"]}
    kept = {"witness": record.witness or "-", "decided by": record.decided_by}
    return {"verdict": record.verdict, "worst lhs/rhs": record.ratio, **worst, **kept}


def _lines(claim: Claim, record: Record, said: str, found: Found) -> list[str]:
    where = claim.typed["where"]
    ratio = record.ratio_in_words() or f"lhs/rhs = {record.shown_ratio():.10g}"
    place = f"N = {record.setting['steps']}, alpha L = {record.setting['alpha_L']:.6g}"
    lines = [claim.text, *([f"where {', '.join(where)}"] if where else [])]
    seen = f"the worst of {found.evaluations} instances has {ratio} at {place}"
    lines.append(f"{record.verdict}: {seen}; decided by {record.decided_by}")
    # What is amiss with the units has a line of its own.
    lines += [part for part in (record.reason.removesuffix(claim.units).removesuffix("; "),) if part]
    if record.verdict == "violated":
        lines.append(f"witness: {record.witness or 'stored by --witnesses DIR'}")
    lines.append(f"units: {claim.units or 'the two sides agree'}")
    return [*lines, said, counts([record])]
