"""Records as text, Markdown, LaTeX, CSV and JSON.  Nothing here computes or prints."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from maml_verify.record import VERDICTS, Record

__all__ = ["FORMATS", "counts", "grid", "render", "worst_cases"]

FORMATS = ("text", "markdown", "latex", "csv", "json")
_MARKS = {"holds": "holds", "violated": "VIOLATED", "undecided": "undecided", "vacuous": "vacuous"}


def counts(records: Sequence[Record]) -> str:
    """The line that ends every run."""
    found = {verdict: sum(r.verdict == verdict for r in records) for verdict in VERDICTS}
    decided = len(records) - found["vacuous"]
    comparisons = sum(r.checked for r in records)
    rest = ", ".join(f"{found[v]} {v}" for v in ("violated", "undecided", "vacuous"))
    return f"{decided} checked ({comparisons:,} comparisons), {rest}"


def number(ratio: float | None) -> str:
    """A ratio with the digits that matter near 1."""
    if ratio is None:
        return "n/a"
    return f"{ratio:.4f}" if 0.001 <= abs(ratio) < 1000 else f"{ratio:.2e}"


def where(record: Record) -> str:
    """The setting of the worst case, short."""
    keys = {"steps": "N", "alpha_L": "aL", "j": "j"}
    shown = [f"{short}={record.setting[k]:.4g}" for k, short in keys.items() if k in record.setting]
    return " ".join(shown)


def cell(record: Record | None) -> str:
    """Verdict, worst ratio, method and setting in one line."""
    if record is None:
        return ""
    if record.verdict == "vacuous":
        return _MARKS["vacuous"]
    how = record.method if record.decided_by == "float" else f"{record.method}/{record.decided_by}"
    return f"{_MARKS[record.verdict]} {number(record.ratio)} ({how}, {where(record)})"


def grid(records: Sequence[Record]) -> tuple[list[str], list[list[str]]]:
    """Header and rows: a row a statement and edition, a column a family."""
    families = list(dict.fromkeys(r.family for r in records))
    rows = []
    for key in dict.fromkeys((r.claim, r.paper, r.edition) for r in records):
        cells = {r.family: cell(r) for r in records if (r.claim, r.paper, r.edition) == key}
        rows.append([f"{key[1]}, {key[0]} ({key[2]})", *(cells.get(f, "") for f in families)])
    return ["statement", *families], rows


def worst_cases(records: Sequence[Record]) -> list[str]:
    """One line for each statement that is violated, with its witness, and each one left undecided."""
    lines = []
    for r in records:
        if r.verdict == "violated":
            lines.append(f"{r}; witness {r.witness}" if r.witness else str(r))
        elif r.verdict in ("undecided", "vacuous"):
            lines.append(str(r))
    return lines


def render(records: Sequence[Record], style: str) -> str:
    """The records in one of `FORMATS`."""
    return {"text": _text, "markdown": _markdown, "latex": _latex, "csv": _csv, "json": _json}[style](records)


def _text(records: Sequence[Record]) -> str:
    header, rows = grid(records)
    body = []
    for row in rows:
        body.append(row[0])
        body += [f"  {name:<14} {text}" for name, text in zip(header[1:], row[1:], strict=True) if text]
    return "\n".join([*body, "", *worst_cases(records), counts(records)]) + "\n"


def _markdown(records: Sequence[Record]) -> str:
    header, rows = grid(records)
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    for row in rows:
        cells = [f"**{c}**" if c.startswith("VIOLATED") else c for c in row]
        lines.append("| " + " | ".join(cells) + " |")
    notes = [f"- {line}" for line in worst_cases(records)]
    return "\n".join([*lines, "", *notes, "", counts(records)]) + "\n"


def _escape(text: str) -> str:
    for plain, safe in (
        ("_", r"\_"),
        ("%", r"\%"),
        ("^", r"\^{}"),
        ("<", r"$<$"),
        (">", r"$>$"),
        ("~", r"\~{}"),
    ):
        text = text.replace(plain, safe)
    return text


def _latex(records: Sequence[Record]) -> str:
    header, rows = grid(records)
    spec = "l" + "p{3.2cm}" * (len(header) - 1)
    lines = [rf"\begin{{tabular}}{{{spec}}}", r"\hline"]
    for k, row in enumerate([header, *rows]):
        cells = [_escape(c) for c in row]
        cells = [rf"\textbf{{{c}}}" if c.startswith("VIOLATED") else c for c in cells]
        lines.append(" & ".join(cells) + r" \\" + (r" \hline" if k == 0 else ""))
    return "\n".join([*lines, r"\hline", r"\end{tabular}", f"% {counts(records)}"]) + "\n"


def _csv(records: Sequence[Record]) -> str:
    buffer = io.StringIO()
    rows = [r.to_dict() for r in records]
    names = list(dict.fromkeys(key for row in rows for key in row))
    writer = csv.DictWriter(buffer, names, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({k: json.dumps(v) if isinstance(v, dict | list) else v for k, v in row.items()})
    return buffer.getvalue()


def _json(records: Sequence[Record]) -> str:
    return json.dumps([r.to_dict() for r in records], indent=1, allow_nan=False) + "\n"
