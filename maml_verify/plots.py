"""Plots of rows that other modules return.  Needs the extra ``plot`` (matplotlib); computes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from maml_verify.rows import Row

__all__ = ["plot_exponent", "plot_history", "plot_insight"]

Figure = Any


def _figure(columns: int) -> tuple[Figure, Any]:
    try:
        from matplotlib.figure import Figure as Canvas
    except ImportError:
        raise ValueError("plots: matplotlib is missing; rule: pip install maml-verify[plot]") from None
    figure = Canvas(figsize=(4 * columns, 3.2), layout="constrained")
    return figure, figure.subplots(1, columns, squeeze=False)[0]


def plot_insight(rows: Sequence[Row]) -> Figure:
    """Smoothness, bias and second moment against N for both step sizes (rows of `step_size_insight`)."""
    quantities = ("smoothness", "bias", "second_moment")
    figure, axes = _figure(len(quantities))
    for axis, name in zip(axes, quantities, strict=True):
        for choice, colour in (("fixed", "C3"), ("1/(8NL)", "C0")):
            chosen = [row for row in rows if row["step_size"] == choice]
            steps = [row["N"] for row in chosen]
            axis.plot(steps, [row[name] for row in chosen], "o-", color=colour, label=f"{choice}, measured")
            theory = [row[f"{name}_theory"] for row in chosen]
            axis.plot(steps, theory, "--", color=colour, label=f"{choice}, theory")
        axis.set(xlabel="N", title=name.replace("_", " "), xscale="log", yscale="log")
    axes[0].legend(fontsize="small")
    return figure


def plot_exponent(rows: Sequence[Row]) -> Figure:
    """The norm against one size, with the slope of the theory (rows of `maml_verify.exponents.exponent`)."""
    figure, axes = _figure(1)
    name = next(iter(rows[0]))
    sizes, norms = [row[name] for row in rows], [row["norm"] for row in rows]
    axes[0].errorbar(sizes, norms, [3 * row["error"] for row in rows], fmt="o", label="measured, 3 errors")
    line = [norms[0] * (size / sizes[0]) ** rows[0]["theory"] for size in sizes]
    axes[0].plot(sizes, line, "--", label=f"slope {rows[0]['theory']}")
    axes[0].set(xlabel=name, ylabel="norm of the meta gradient", xscale="log", yscale="log")
    axes[0].set_title(f"slope {rows[0]['slope']:.3f}")
    axes[0].legend(fontsize="small")
    return figure


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
