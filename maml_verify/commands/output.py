"""How results and progress are shown, and what the exit code is."""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from maml_verify.claims import Claim, find_claim
from maml_verify.commands.faults import say
from maml_verify.commands.files import write
from maml_verify.record import Record
from maml_verify.tables import counts, grid, notes, render
from problems import Ridge
from problems.constants import Known

__all__ = ["constants", "duration", "finish", "progress_bar", "unexpected"]


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[..., None]]:
    """A bar with the time spent and left, on a terminal's standard error; silence elsewhere.

    It is told how many are done, how many there are and, where their pace so far would mislead, the seconds
    left (inf: unknown).
    """
    if not sys.stderr.isatty():
        yield lambda done, total, left=None: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        what,
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(what, total=None, left="")
        start = time.monotonic()

        def show(done: int, total: int, left: float | None = None) -> None:
            pace = (time.monotonic() - start) / done if done else math.inf
            left = pace * (total - done) if left is None else left
            progress.update(bar, completed=done, total=total, left=duration(left))

        yield show


def constants(claim: Claim, family: Ridge) -> Known:
    """The constants of a family, which for a large data set take seconds: with a bar."""
    with progress_bar("constants") as progress:
        return claim.known(family, progress=progress)


def duration(seconds: float) -> str:
    """The time left in words; none where it is not known."""
    if not math.isfinite(seconds):
        return ""
    if seconds < 99.5:
        return f"about {seconds:.0f} s left"
    minutes = seconds / 60
    return f"about {minutes:.0f} min left" if minutes < 99.5 else f"about {minutes / 60:.1f} h left"


def unexpected(records: Sequence[Record], complete: bool = False) -> list[str]:
    """Verdicts other than the registered ones.

    A statement expected to hold must hold wherever its assumptions do; one expected to be violated must be
    decided everywhere and, where the run is ``complete``, violated somewhere.
    """
    lines = []
    for key in dict.fromkeys((r.claim, r.edition) for r in records):
        found = [r for r in records if (r.claim, r.edition) == key]
        expected = find_claim(key[0]).expected[key[1]]
        wrong = [r for r in found if r.verdict in ("undecided", "violated") and r.verdict != expected]
        lines += [f"expected {expected}: {r}" for r in wrong]
        if expected == "violated" and complete and all(r.verdict != "violated" for r in found):
            lines.append(f"expected violated, but no counterexample was found: {key[0]} ({key[1]})")
    return lines


def finish(records: Sequence[Record], arguments: argparse.Namespace, complete: bool = False) -> int:
    """Write records in the format asked for; the exit code says whether all was as registered."""
    if not any(r.verdict != "vacuous" for r in records):
        reasons = "; ".join(dict.fromkeys(r.reason for r in records if r.reason))
        raise ValueError(f"nothing was checked ({reasons or 'no cells'}); rule: at least one comparison")
    if arguments.format == "text" and arguments.output is None and sys.stdout.isatty():
        _show(records)
    else:
        write(render(records, arguments.format), arguments.output)
        if arguments.format != "text" or arguments.output is not None:
            say(counts(records))
    wrong = unexpected(records, complete)
    for line in wrong:
        say(line)
    return 1 if wrong else 0


def _show(records: Sequence[Record]) -> None:
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    header, rows = grid(records)
    # In a narrow terminal an id goes on in the next line; it is never cut.
    table = Table(*(Column(name, overflow="fold") for name in header), show_lines=True)
    colours = {"VIOLATED": "bold red", "holds": "green", "undecided": "yellow", "vacuous": "dim"}
    for row in rows:
        first, *rest = ("\n".join(entry) for entry in row)
        table.add_row(first, *(Text(c, style=colours.get(c.partition(" ")[0], "")) for c in rest))
    console = Console()
    console.print(table)
    for line in notes(records):
        console.print(line, highlight=False)
    console.print(counts(records), highlight=False)
