"""One self-contained HTML page from records, rows and figures.  Nothing here computes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple

from maml_verify.record import Record
from maml_verify.reports.escape import visible
from maml_verify.reports.plots import own_style
from maml_verify.reports.rows import Row, short
from maml_verify.reports.tables import counts, grid, worst_cases

__all__ = ["Section", "figure_html", "lines_html", "page", "records_html", "rows_html"]

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #222;
       margin: 2rem auto; max-width: 78rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; border-bottom: 1px solid #ccc; }
.wide { overflow-x: auto; } svg { max-width: 100%; height: auto; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid #ddd; padding: .3rem .6rem; text-align: left; vertical-align: top; }
td.number { text-align: right; } small { color: #666; }
.holds { color: #17692f; } .VIOLATED { color: #b00020; font-weight: 600; } .undecided { color: #8a5a00; }
.vacuous { color: #777; } code { font-size: 12px; overflow-wrap: anywhere; }
"""


class Section(NamedTuple):
    """A part of the page: its title, what it says in a sentence, and HTML made by the functions here."""

    title: str
    text: str
    body: str


def records_html(records: Sequence[Record]) -> str:
    """A row a statement and edition, a column a family, and the line of counts."""
    header, rows = grid(records)
    lines = ["<tr>" + "".join(f"<th>{escape(name)}</th>" for name in header) + "</tr>"]
    for (paper, claim, edition), *cells in rows:
        head = f"<td>{escape(paper)}, {escape(edition)}<br><small>{escape(claim)}</small></td>"
        lines.append("<tr>" + head + "".join(map(_cell, cells)) + "</tr>")
    return f'<div class="wide"><table>{"".join(lines)}</table></div><p>{escape(counts(records))}</p>'


def _cell(entry: tuple[str, ...]) -> str:
    if not entry:
        return "<td></td>"
    mark, *rest = entry
    small = "".join(f"<br><small>{escape(line)}</small>" for line in rest)
    return f'<td><span class="{escape(mark.partition(" ")[0])}">{escape(mark)}</span>{small}</td>'


def rows_html(rows: Sequence[Row]) -> str:
    """Rows of numbers as a table."""
    if not rows:
        return "<p>None.</p>"
    names = list(rows[0])
    lines = ["<tr>" + "".join(f"<th>{escape(name)}</th>" for name in names) + "</tr>"]
    for row in rows:
        cells = [(row[name], "number" if isinstance(row[name], int | float) else "text") for name in names]
        lines.append(
            "<tr>"
            + "".join(f'<td class="{kind}">{escape(visible(short(v)))}</td>' for v, kind in cells)
            + "</tr>"
        )
    return f'<div class="wide"><table>{"".join(lines)}</table></div>'


def lines_html(records: Sequence[Record]) -> str:
    """The violated, undecided and vacuous statements, a line each."""
    lines = worst_cases(records)
    return (
        "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>" if lines else "<p>None.</p>"
    )


def figure_html(figure: Any) -> str:
    """A matplotlib figure, inline."""
    buffer = io.StringIO()
    own_style(figure.savefig)(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()[buffer.getvalue().index("<svg") :]


def page(title: str, sections: Sequence[Section]) -> str:
    """The whole page."""
    parts = [f"<h2>{escape(s.title)}</h2><p>{escape(s.text)}</p>{s.body}" for s in sections]
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
    body = f"<h1>{escape(title)}</h1>" + "\n".join(parts)
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>{body}</body></html>\n'
