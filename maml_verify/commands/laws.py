"""``maml-verify laws FAMILY``: is a family what it says: derivatives, sampling, constants."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from maml_verify.checks.family import FamilyCheck, check_families, check_names
from maml_verify.commands.console.data import data_options
from maml_verify.commands.console.families import WHAT, one_family
from maml_verify.commands.console.faults import Ending, say
from maml_verify.commands.console.files import write
from maml_verify.commands.console.options import fraction
from maml_verify.commands.console.output import progress_bar, write_rows
from maml_verify.reports.rows import Row
from problems import Family, Known, claimed
from problems.names import unknown

# Constants that a user may claim.
CLAIMED = tuple(name for name in Known._fields if name not in ("lower_bounded", "b_i"))


def add(parser: argparse.ArgumentParser) -> None:
    """The family, what is claimed of it, and the time."""
    parser.add_argument("family", metavar="FAMILY", nargs="*", help=f"{WHAT}; or --data FILE")
    what = f"constants that the family does not tell itself, such as L=0.5: {', '.join(CLAIMED)}"
    parser.add_argument("--constants", nargs="+", default=[], metavar="NAME=X", help=what)
    what = "a check that is expected to fail, with the reason; repeatable"
    parser.add_argument("--expect", action="append", default=[], metavar="CHECK=REASON", help=what)
    parser.add_argument("--seconds", type=float, default=30.0, metavar="T", help="time, default: 30")
    data_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Put the family to the test; 1 where a check fails."""
    family = one_family(arguments)
    constants = _constants(arguments.constants)
    expected = dict(text.partition("=")[::2] for text in arguments.expect)
    found: list[FamilyCheck] = []
    ending = Ending("checks")
    with ending.keeps(found), progress_bar("checks") as progress:
        for result in check_families(family, constants, expected, arguments.seconds, arguments.rng):
            found.append(result)
            progress(len(found), len(check_names()))
    if all(result.status == "skipped" for result in found):
        raise ValueError(f"nothing was tested ({found[0].why}); rule: at least one check")
    return ending.code(lambda: _shown(family, found, arguments))


def _constants(texts: Sequence[str]) -> Known | None:
    given: dict[str, Any] = {}
    for text in texts:
        name, _, value = text.partition("=")
        if name not in CLAIMED:
            raise unknown("constants", name, CLAIMED)
        try:
            given[name] = fraction(value)
        except argparse.ArgumentTypeError as error:
            raise ValueError(f"constants: {name} = {error}") from None
    return claimed(**given) if given else None


def _shown(family: Family, found: Sequence[FamilyCheck], arguments: argparse.Namespace) -> int:
    rows = [_row(result) for result in found]
    count: Counter[str] = Counter(result.status for result in found)
    done = len(found) - count["skipped"]
    names = ("passed", "failed", "expected", "skipped")
    counts = f"{done} run: " + ", ".join(f"{count[name]} {name}" for name in names)
    failed = [result for result in found if result.status == "failed"]
    if arguments.format == "text":
        lines = [f"{result.check}: {result.why}\n  at {_point(result)}\n" for result in failed]
        write_rows(
            [_brief(row) for row in rows],
            arguments,
            {"family": family.name},
            "\n" + "".join(lines) + counts + "\n",
        )
    elif arguments.format == "json":
        head = {"family": family.name, "run": done, **{name: count[name] for name in names}}
        results = [
            {**row} | {"counterexample": result.counterexample}
            for row, result in zip(rows, found, strict=True)
        ]
        write(json.dumps(head | {"rows": results}, indent=1) + "\n", arguments.output)
    else:
        write_rows(rows, arguments, {"family": family.name})
    if arguments.format != "text" or arguments.output is not None:
        say(counts)
    return 1 if failed else 0


def _row(result: FamilyCheck) -> Row:
    point = "" if result.counterexample is None else _point(result)
    words = {"check": result.check, "status": result.status, "why": result.why, "counterexample": point}
    return {**words, "seconds": round(result.seconds, 3)}


def _brief(row: Row) -> Row:
    """What a line of text has room for."""
    why = row["why"]
    return {
        "check": row["check"],
        "status": row["status"],
        "why": why if len(why) <= 90 else f"{why[:87]}...",
    }


def _point(result: FamilyCheck) -> str:
    return json.dumps(result.counterexample, default=str)
