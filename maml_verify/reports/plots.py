"""Plots of rows and records made elsewhere.  Needs the extra ``plot`` (matplotlib); computes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from importlib.util import find_spec
from math import nan
from typing import Any

from maml_verify.record import Record
from maml_verify.reports.rows import Row

__all__ = [
    "needs_plots",
    "own_style",
    "plot_constants",
    "plot_exponent",
    "plot_history",
    "plot_insight",
    "plot_ratios",
]

Figure = Any


def needs_plots() -> None:
    """Refuse to start what would end in a plot where there is no matplotlib."""
    if find_spec("matplotlib") is None:
        raise ValueError("plots: matplotlib is missing; rule: pip install maml-verify[plot]")


def own_style(draw: Callable[..., Any]) -> Callable[..., Any]:
    """The function under matplotlib's own settings: those of the user may ask for a TeX that is not there."""

    @wraps(draw)
    def drawn(*arguments: Any, **options: Any) -> Any:
        needs_plots()
        import matplotlib

        with matplotlib.rc_context():
            matplotlib.rcdefaults()
            return draw(*arguments, **options)

    return drawn


def _figure(columns: int, lines: int = 1) -> tuple[Figure, Any]:
    from matplotlib.figure import Figure as Canvas

    figure = Canvas(figsize=(4 * columns, 3.2 * lines), layout="constrained")
    return figure, figure.subplots(lines, columns, squeeze=False).ravel()


@own_style
def plot_insight(rows: Sequence[Row]) -> Figure:
    """Smoothness, bias and second moment against N for both step sizes (rows of `step_size_insight`).

    A value is a mark, an estimate a bar from end to end of its interval; an axis with a zero on it is linear
    near 0.
    """
    quantities = ("smoothness", "bias", "second_moment")
    figure, axes = _figure(len(quantities))
    for axis, name in zip(axes, quantities, strict=True):
        ends = ("smoothness",) * 2 if name == "smoothness" else (f"{name}_low", f"{name}_high")
        for choice, colour in (("fixed", "C3"), ("1/(8NL)", "C0")):
            chosen = [row for row in rows if row["step_size"] == choice]
            steps = [row["N"] for row in chosen]
            exact = [name == "smoothness" or row["method"] == "exact" for row in chosen]
            marks = [row[ends[0]] if known else nan for row, known in zip(chosen, exact, strict=True)]
            axis.plot(steps, marks, "o-", color=colour, label=f"{choice}, measured")
            bars = [row for row, known in zip(chosen, exact, strict=True) if not known]
            low, high = ([row[end] for row in bars] for end in ends)
            reach = [[0.0] * len(bars), [b - a for a, b in zip(low, high, strict=True)]]
            axis.errorbar([row["N"] for row in bars], low, reach, fmt="none", capsize=4, color=colour)
            theory = [row[f"{name}_theory"] for row in chosen]
            axis.plot(steps, theory, "--", marker=".", color=colour, label=f"{choice}, theory")
        axis.set(xlabel="N", title=name.replace("_", " "))
        axis.set_xticks(sorted({row["N"] for row in rows}))
        shown = [row[key] for row in rows for key in (*ends, f"{name}_theory")]
        positive = [value for value in shown if value > 0]
        if any(value == 0 for value in shown):
            near = min(positive, default=1.0)
            axis.set_yscale("symlog", linthresh=near)
            axis.set_ylim(bottom=-near / 2)
        else:
            axis.set_yscale("log")
    axes[0].legend(fontsize="small")
    return figure


@own_style
def plot_constants(rows: Sequence[Row]) -> Figure:
    """Right side of the one-step paper over that of this one, against alpha L (rows of `comparison`)."""
    names = list(dict.fromkeys(row["constant"] for row in rows))
    figure, axes = _figure(len(names))
    for axis, name in zip(axes, names, strict=True):
        for gradient in dict.fromkeys(row["gradient"] for row in rows):
            own = [row for row in rows if (row["constant"], row["gradient"]) == (name, gradient)]
            ratios = [row["one_step"] / row["multi_step"] for row in own]
            axis.plot([row["alpha_L"] for row in own], ratios, "o-", label=f"gradient {gradient:g}")
        axis.axhline(1, color="0.5", linestyle="--")
        axis.set(title=name, xlabel="alpha L", yscale="log")
    axes[0].set_ylabel("one-step / multi-step at N = 1")
    axes[0].legend()
    return figure


@own_style
def plot_exponent(rows: Sequence[Row]) -> Figure:
    """The norm against one size, with the slope of the theory (rows of `measured_rates.exponent`)."""
    figure, axes = _figure(1)
    name = next(iter(rows[0]))
    sizes, norms = [row[name] for row in rows], [row["norm"] for row in rows]
    axes[0].errorbar(
        sizes, norms, [3 * row["error"] for row in rows], fmt="o", label="measured, 3 standard errors"
    )
    line = [norms[0] * (size / sizes[0]) ** rows[0]["theory"] for size in sizes]
    axes[0].plot(sizes, line, "--", label=f"slope {rows[0]['theory']}")
    axes[0].set(xlabel=name, ylabel="norm of the meta gradient", xscale="log", yscale="log")
    axes[0].set_title(f"slope {rows[0]['slope']:.3f}")
    axes[0].legend(fontsize="small")
    return figure


@own_style
def plot_history(rows: Sequence[Row]) -> Figure:
    """Loss and meta gradient along a run (rows of ``maml-verify run``)."""
    figure, axes = _figure(2)
    steps = [row["k"] for row in rows]
    axes[0].plot(steps, [row["loss"] for row in rows])
    axes[0].set(xlabel="k", title="meta loss")
    axes[1].fill_between(steps, [row["least"] for row in rows], [row["largest"] for row in rows], alpha=0.3)
    axes[1].plot(steps, [row["norm"] for row in rows])
    axes[1].set(xlabel="k", title="norm of the meta gradient", yscale="log")
    return figure


@own_style
def plot_ratios(records: Sequence[Record]) -> Figure:
    """The worst ratio of left to right side against N, a panel a statement, a line an edition.

    Parameters
    ----------
    records : those whose setting names N, as of `maml_verify.studies.sweep.sweep` with one N at a time
    """
    seen = [r for r in records if r.ratio is not None and r.ratio > 0 and "steps" in r.setting]
    papers = list(dict.fromkeys((r.paper, r.claim) for r in seen))
    figure, axes = _figure(4, max(1, -(-len(papers) // 4)))
    if not papers:
        figure.suptitle("No ratio is positive: there is nothing to draw.")
    # Editions often have the same ratios: a line under another shows through its gaps.
    lines = {"printed": ("C3", "-"), "printed-b": ("C1", "-"), "derived": ("C0", "--"), "sharp": ("C2", ":")}
    lines["beyond"] = ("C4", "-.")
    for axis in axes[len(papers) :]:
        axis.set_visible(False)
    for axis, (paper, claim) in zip(axes, papers, strict=False):
        chosen = [r for r in seen if r.claim == claim]
        for edition in dict.fromkeys(r.edition for r in chosen):
            largest: dict[int, float] = {}
            for r in (r for r in chosen if r.edition == edition):
                N = r.setting["steps"]
                largest[N] = max(largest.get(N, 0.0), r.ratio or 0.0)
            steps = sorted(largest)
            colour, dashes = lines[edition]
            style = dict(color=colour, linestyle=dashes, linewidth=2, label=edition)
            axis.plot(steps, [largest[N] for N in steps], marker="o", markersize=4, **style)
        axis.axhline(1, color="k", linewidth=0.8)
        axis.set(title=f"{paper}\n{claim}", xlabel="N", xscale="log")
        ratios = [r.ratio for r in chosen if r.ratio]
        if min(ratios) < 0.1:
            axis.set(yscale="log")
        else:
            axis.set(ylim=(0, 1.1 * max(1, *ratios)))
        axis.set_xticks(sorted({r.setting["steps"] for r in chosen}), minor=False)
        axis.xaxis.set_major_formatter("{x:g}")
        axis.xaxis.set_minor_formatter("")
        axis.title.set_fontsize("small")
        axis.legend(fontsize="x-small")
    return figure
