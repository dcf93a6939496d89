"""Rows of numbers (dictionaries with the same keys) as text, Markdown, LaTeX, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from maml_verify.reports.escape import csv_cell, latex, markdown, visible

__all__ = ["Row", "paragraphs", "render_rows", "short"]

Row = Mapping[str, Any]


def short(value: Any) -> str:
    """A value as it is shown in a table."""
    return f"{value:.5g}" if isinstance(value, float) else str(value)


def paragraphs(rows: Sequence[Row], head: Row | None = None) -> str:
    """The rows as running text, a paragraph each, for where a table has no room."""
    parts = [
        ", ".join(f"{name} {visible(short(value))}" for name, value in row.items())
        for row in [head or {}, *rows]
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def render_rows(rows: Sequence[Row], style: str, head: Row | None = None) -> str:
    """The rows in one of `tables.FORMATS`, ``head`` (what they have in common) before them."""
    names = list(rows[0])
    common = dict(head or {})
    if style == "json":
        plain = [{name: _plain(value) for name, value in row.items()} for row in rows]
        return json.dumps({**{k: _plain(v) for k, v in common.items()}, "rows": plain}, indent=1) + "\n"
    if style == "csv":
        buffer = io.StringIO()
        writer = csv.DictWriter(buffer, [*common, *names], lineterminator="\n")
        writer.writeheader()
        writer.writerows({k: csv_cell(v) for k, v in {**common, **row}.items()} for row in rows)
        return buffer.getvalue()
    cells = [[short(row[name]) for name in names] for row in rows]
    words = [any(isinstance(row[name], str) for row in rows) for name in names]
    title = ", ".join(f"{name} {visible(short(value))}" for name, value in common.items())
    if style == "markdown":
        lines = [
            "| " + " | ".join(names) + " |",
            "|" + "".join(" --- |" if word else " ---: |" for word in words),
        ]
        lines += ["| " + " | ".join(map(markdown, row)) + " |" for row in cells]
        return "\n".join([markdown(title), "", *lines] if title else lines) + "\n"
    if style == "latex":
        columns = "".join("l" if word else "r" for word in words)
        lines = [f"% {title}"] if title else []
        lines += [rf"\begin{{tabular}}{{{columns}}}", r"\hline"]
        lines.append(" & ".join(map(latex, names)) + r" \\ \hline")
        lines += [" & ".join(map(latex, row)) + r" \\" for row in cells]
        return "\n".join([*lines, r"\hline", r"\end{tabular}"]) + "\n"
    cells = [list(map(visible, row)) for row in cells]
    widths = [max(len(name), *(len(row[k]) for row in cells)) for k, name in enumerate(names)]
    lines = [
        "  ".join(
            text.ljust(width) if word else text.rjust(width)
            for text, width, word in zip(row, widths, words, strict=True)
        ).rstrip()
        for row in [names, *cells]
    ]
    return "\n".join([title, *lines]) + "\n"
