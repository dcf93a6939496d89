"""``maml-verify report``: one page with tables and plots, as HTML that needs no other file."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from html import escape

import numpy as np

from maml_verify.commands.console.faults import Ending, say
from maml_verify.commands.console.files import write
from maml_verify.commands.console.options import (
    detect_option,
    editions,
    families,
    grid_options,
    sweep_arguments,
    sweep_options,
)
from maml_verify.commands.console.output import progress_bar, unexpected
from maml_verify.left_sides.intervals import share
from maml_verify.record import Record
from maml_verify.reports.escape import visible
from maml_verify.reports.html import Section, figure_html, lines_html, page, records_html, rows_html
from maml_verify.reports.plots import needs_plots, plot_constants, plot_insight, plot_ratios
from maml_verify.reports.rows import Row
from maml_verify.studies.grid import STEPS
from maml_verify.studies.inner_step_size import step_size_insight
from maml_verify.studies.one_step_constants import comparison, meta_gradient_errors, verdicts
from maml_verify.studies.one_step_floors import floors
from maml_verify.studies.sweep import cells, run_cells, worst
from maml_verify.studies.tightness import tightness
from problems import cosine
from problems.ridge_sums.tilted import tilted_plateau

FORMATS = ("html",)
TITLE = "Convergence theory of multi-step MAML: empirical against theoretical"


def add(parser: argparse.ArgumentParser) -> None:
    """Statements and the grid; every edition unless told otherwise."""
    parser.add_argument("ids", metavar="ID", nargs="*", help="statement ids, default: all")
    grid_options(parser, edition="all")
    sweep_options(parser)
    detect_option(parser)


def run(arguments: argparse.Namespace) -> int:
    """Sweep the grid, each N in cells of its own, and put tables, plots and errata on a page."""
    steps = STEPS if arguments.steps is None else (arguments.steps,)
    grid = {"alpha": arguments.alpha, "alpha_L": arguments.alpha_L, "delta": share(1e-3, len(steps))}
    grid["detect"] = arguments.detect
    chosen = (arguments.ids, families(arguments), editions(arguments))
    todo = [cell for N in steps for cell in cells(*chosen, steps=(N,), **grid)]
    done: dict[int, Record] = {}
    needs_plots()
    ending = Ending(f"of {len(todo)} cells")
    with ending.keeps(done), progress_bar("cells") as progress:
        for number, record in run_cells(todo, **sweep_arguments(arguments), progress=progress):
            done[number] = record
    found = [done[number] for number in sorted(done)]
    summary = _summary(found)
    if not any(r.verdict != "vacuous" for r in summary):
        raise ValueError("nothing was checked; rule: at least one comparison")
    partial = bool(arguments.data or arguments.ids or ending.early is not None)
    write(page(TITLE, _sections(found, summary, partial, ending)), arguments.output)
    wrong = unexpected(summary)
    for line in wrong:
        say(line)
    return ending.code(lambda: 1 if wrong else 0)


def _summary(found: list[Record]) -> list[Record]:
    keys = dict.fromkeys((r.claim, r.edition, r.family) for r in found)
    return [worst([r for r in found if (r.claim, r.edition, r.family) == key]) for key in keys]


def _sections(found: list[Record], summary: list[Record], partial: bool, ending: Ending) -> list[Section]:
    def made(body: Callable[[], str]) -> str:
        """A part that takes more than the records; where it fails, the page is there without it."""
        try:
            return body()
        except Exception as error:
            ending.ends(error, "a part of the page is missing")
            return f"<p>Missing: {escape(visible(str(error)))}</p>"

    parts = [
        Section(
            "Verdicts",
            "Worst ratio of left to right side, and where it was seen: N inner steps, aL = alpha L, step j of"
            " the path. Then how the left side was found and, where float64 could not tell, what decided.",
            records_html(summary),
        ),
        Section(
            "Violated, undecided, vacuous",
            "Each with its setting, and the witness where one is stored.",
            lines_html(summary),
        ),
        Section(
            "How loose, as N grows",
            "The worst ratio over families, step sizes and points. A line above 1 is a counterexample;"
            " far below 1, none of these families comes near the bound. Nothing is drawn where the right side"
            " is negative.",
            made(lambda: figure_html(plot_ratios(found))),
        ),
    ]
    if partial:
        return parts

    def insight() -> str:
        return figure_html(plot_insight(step_size_insight(tilted_plateau(), w=[[1 / 64]])))

    return [
        *parts,
        Section("Tightness", "The best instance known of each bound.", made(lambda: rows_html(tightness()))),
        Section(
            "The step size",
            "On a plateau whose curvature, about -L, changes along it: smoothness, bias and second moment"
            " with alpha L fixed and with alpha = 1/(8NL). All are exact; a theory is drawn where its"
            " condition on alpha is met.",
            made(insight),
        ),
        Section(
            "A second paper, at N = 1",
            "The one-step constants of Fallah, Mokhtari and Ozdaglar (2020), as reported: whether they hold,"
            " beside those of this paper; how far the cheaper meta gradients are from the exact one; and"
            " how far down the methods get, beside the floors reported for them.",
            made(_second_paper),
        ),
        Section("Errata", "Printed relations that a machine refuted, most important first.", made(_errata)),
    ]


def _second_paper() -> str:
    family = cosine(d=2, tasks=2, rng=0)
    errors = meta_gradient_errors(family, np.array([[0.5, -1.0]]))
    figure = figure_html(plot_constants(comparison()))
    return rows_html(verdicts()) + figure + rows_html(errors) + rows_html(floors(family))


def _errata() -> str:
    # sympy takes longer to import than the other commands to run.
    from proofs_check.audit import audit, errata

    keys = {
        "step": "step",
        "paper": "where",
        "printed": "printed",
        "why": "why it fails",
        "correction": "correction",
    }
    rows: list[Row] = [{shown: r[key] or "" for key, shown in keys.items()} for r in errata(audit())]
    return rows_html(rows)
