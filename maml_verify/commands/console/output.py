"""How results and progress are shown, and what the exit code is."""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from maml_verify.claims import Claim, all_claims
from maml_verify.commands.console.data import data_words
from maml_verify.commands.console.families import file_family, in_file
from maml_verify.commands.console.faults import say
from maml_verify.commands.console.files import write
from maml_verify.commands.console.terminal import columns, show
from maml_verify.record import Record
from maml_verify.reports.rows import Row, paragraphs, render_rows
from maml_verify.reports.tables import counts, render
from problems import Family
from problems.known import Known

__all__ = ["duration", "finish", "known_constants", "progress_bar", "unexpected", "write_rows"]


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

    parts = (
        what,
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Progress(*parts, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(what, total=None, left="")
        start = time.monotonic()

        def show(done: int, total: int, left: float | None = None) -> None:
            pace = (time.monotonic() - start) / done if done else math.inf
            left = pace * (total - done) if left is None else left
            progress.update(bar, completed=done, total=total, left=duration(left))

        yield show


def known_constants(claim: Claim, family: Family) -> Known:
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
    decided everywhere and, where the run is ``complete`` and the paper this one, violated somewhere.
    """
    lines = []
    for key in dict.fromkeys((r.claim, r.edition) for r in records):
        found = [r for r in records if (r.claim, r.edition) == key]
        expected = _expected(*key)
        wrong = [r for r in found if r.verdict in ("undecided", "violated") and r.verdict != expected]
        lines += [f"expected {expected}: {r}" for r in wrong]
        # The columns have the families of this paper; a counterexample to what is reported of another one is
        # its witness, which `replay` recomputes.
        sought = complete and key[1] != "reported"
        if expected == "violated" and sought and all(r.verdict != "violated" for r in found):
            lines.append(f"expected violated, but no counterexample was found: {key[0]} ({key[1]})")
    return lines


def _expected(name: str, edition: str) -> str:
    """The registered verdict; a bound that a witness file brings along is asserted to hold."""
    known = {claim.id: claim for claim in all_claims()}
    return known[name].expected[edition] if name in known else "holds"


def write_rows(
    rows: Sequence[Row], arguments: argparse.Namespace, head: Row | None = None, tail: str = ""
) -> None:
    """Rows in the format asked for, ``tail`` below them; on a terminal too narrow, a paragraph each."""
    style = arguments.format
    text = render_rows(rows, style, head)
    if style == "text" and arguments.output is None and sys.stdout.isatty():
        first = 1 if head else 0
        if max(map(len, text.splitlines()[first:])) > columns():
            text = paragraphs(rows, head)
    write(text + tail, arguments.output, style)


def _with_words(record: Record, arguments: argparse.Namespace) -> Record:
    """The record with the options that name its family, where a name alone does not."""
    words = data_words(arguments)
    if not words and "variant" not in record.setting:
        texts = [text for text in getattr(arguments, "family", ()) if in_file(text)]
        own = [text for text in texts if file_family(text).name == record.family]
        words = ["--family", own[0]] if len(own) == 1 else []
    return replace(record, setting=record.setting | {"data": words}) if words else record


def finish(records: Sequence[Record], arguments: argparse.Namespace, complete: bool = False) -> int:
    """Write records in the format asked for; the exit code says whether all was as registered."""
    records = [_with_words(record, arguments) for record in records]
    if not any(r.verdict != "vacuous" for r in records):
        reasons = "; ".join(dict.fromkeys(r.reason for r in records if r.reason))
        raise ValueError(f"nothing was checked ({reasons or 'no cells'}); rule: at least one comparison")
    if arguments.format == "text" and arguments.output is None and sys.stdout.isatty():
        show(records, columns())
    else:
        write(render(records, arguments.format), arguments.output)
        if arguments.format != "text" or arguments.output is not None:
            say(counts(records))
    wrong = unexpected(records, complete)
    for line in wrong:
        say(line)
    return 1 if wrong else 0
