"""Records as text, Markdown, LaTeX, CSV and JSON.  Nothing here computes or prints."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from maml_verify.record import VERDICTS, Record
from maml_verify.reports.escape import csv_cell, latex, markdown, visible

__all__ = ["FORMATS", "counts", "csv_table", "grid", "legend", "notes", "render", "worst_cases"]

FORMATS = ("text", "markdown", "latex", "csv", "json")
# Of a setting: the letter in a cell, and what it is.
_LETTERS = {
    "steps": ("N", "inner steps"),
    "alpha_L": ("aL", "alpha L"),
    "j": ("j", "step of the path"),
    "variant": ("v", "which family of the column"),
}
_METHODS = {
    "exact": "an expectation summed over all batches",
    "closed-form": "a formula",
    "monte-carlo": "an interval",
}
_STAGES = {"arb": "balls", "exact": "rationals"}
_MARKS = {"holds": "holds", "violated": "VIOLATED", "undecided": "undecided", "vacuous": "vacuous"}


def counts(records: Sequence[Record]) -> str:
    """The line that ends every run."""
    found = {verdict: sum(r.verdict == verdict for r in records) for verdict in VERDICTS}
    decided = len(records) - found["vacuous"]
    comparisons = sum(r.checked for r in records)
    rest = ", ".join(f"{found[v]} {v}" for v in ("violated", "undecided", "vacuous"))
    return f"{decided} checked ({comparisons:,} comparisons), {rest}"


def number(record: Record) -> str:
    """A ratio with the digits that matter near 1, or what it would hide."""
    ratio = record.shown_ratio()
    if words := record.ratio_in_words() or ("0" if ratio == 0 else ""):
        return words
    assert ratio is not None
    return f"{ratio:.4f}" if 0.001 <= abs(ratio) < 1000 else f"{ratio:.2e}"


def where(record: Record) -> str:
    """The setting of the worst case, short."""
    found = {k: record.setting.get(k) for k in _LETTERS}
    return " ".join(f"{_LETTERS[k][0]}={value:.4g}" for k, value in found.items() if value is not None)


def cell(record: Record | None) -> tuple[str, ...]:
    """Verdict and worst ratio, setting of the worst case, method (and the stage that decided)."""
    if record is None:
        return ()
    if record.verdict == "vacuous":
        return ("vacuous",)
    how = record.method if record.decided_by == "float" else f"{record.method}, {record.decided_by}"
    return (f"{_MARKS[record.verdict]} {number(record)}", where(record), how)


def legend(records: Sequence[Record]) -> str:
    """What the cells of these records say, in a line; "" where they say nothing but that they are vacuous."""
    shown = [r for r in records if r.verdict != "vacuous"]
    if not shown:
        return ""
    letters = [
        f"{short} {text}" for k, (short, text) in _LETTERS.items() if any(k in r.setting for r in shown)
    ]
    left = {r.method for r in shown}
    decided = {r.decided_by for r in shown} - {"float"}
    lines = ["In a cell: the verdict and the worst lhs/rhs"]
    if letters:
        lines.append(f"where it was seen ({', '.join(letters)})")
    lines.append(f"how the left side was found ({_words(_METHODS, left)})")
    if decided:
        lines.append(f"what decided where float64 could not tell ({_words(_STAGES, decided)})")
    return "; ".join(lines) + "."


def _words(meaning: dict[str, str], found: set[str]) -> str:
    return ", ".join(f"{name}: {text}" for name, text in meaning.items() if name in found)


def grid(records: Sequence[Record]) -> tuple[list[str], list[list[tuple[str, ...]]]]:
    """Header and rows of cells, each of up to three lines: a row a statement, a column a family."""
    families = list(dict.fromkeys(r.family for r in records))
    rows = []
    for key in dict.fromkeys((r.paper, r.claim, r.edition) for r in records):
        cells = {r.family: cell(r) for r in records if (r.paper, r.claim, r.edition) == key}
        rows.append([tuple(filter(None, key)), *(cells.get(family, ()) for family in families)])
    # A family is named after its file, which may have any name.
    return ["statement", *map(visible, families)], rows


def worst_cases(records: Sequence[Record]) -> list[str]:
    """One line for each statement that is violated, with its witness, and each one left undecided."""
    lines = []
    for r in records:
        if r.verdict == "violated":
            lines.append(f"{r}; witness {r.witness}" if r.witness else str(r))
        elif r.verdict in ("undecided", "vacuous"):
            lines.append(str(r))
    return [visible(line) for line in lines]


def notes(records: Sequence[Record]) -> list[str]:
    """The lines below a table: what its words say, the worst cases, where each sharp edition is attained."""
    sharp = {f"{r.claim} ({r.edition})": r.attained for r in records if r.attained}
    return [
        *filter(None, [legend(records)]),
        *worst_cases(records),
        *(f"{name}: {text}" for name, text in sharp.items()),
    ]


def render(records: Sequence[Record], style: str) -> str:
    """The records in one of `FORMATS`."""
    return {"text": _text, "markdown": _markdown, "latex": _latex, "csv": _csv, "json": _json}[style](records)


def _text(records: Sequence[Record]) -> str:
    header, rows = grid(records)
    columns = zip(header, *rows, strict=True)
    widths = [
        max(len(column[0]), *(len(line) for entry in column[1:] for line in entry)) for column in columns
    ]
    body = ["  ".join(name.ljust(width) for name, width in zip(header, widths, strict=True)).rstrip()]
    for row in rows:
        body.append("")
        for k in range(max(map(len, row))):
            lines = [entry[k] if k < len(entry) else "" for entry in row]
            body.append("  ".join(t.ljust(width) for t, width in zip(lines, widths, strict=True)).rstrip())
    return "\n".join([*body, "", *notes(records), counts(records)]) + "\n"


def _markdown(records: Sequence[Record]) -> str:
    header, rows = grid(records)
    header = [markdown(name) for name in header]
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    for row in rows:
        cells = [", ".join(entry) for entry in row]
        cells = [f"**{c}**" if c.startswith("VIOLATED") else c for c in cells]
        lines.append("| " + " | ".join(cells) + " |")
    below = [f"- {markdown(line)}" for line in notes(records)]
    return "\n".join([*lines, "", *below, "", counts(records)]) + "\n"


def _latex(records: Sequence[Record]) -> str:
    """A table over as many pages as it takes, as wide as the text it is put into."""
    header, rows = grid(records)
    width = f"{(1 - 0.018 * len(header)) / len(header):.3f}"
    column = rf">{{\raggedright\arraybackslash}}p{{{width}\linewidth}}"
    lines = [r"% needs \usepackage{array,longtable}", r"\begingroup\footnotesize\setlength{\tabcolsep}{3pt}"]
    lines += [rf"\begin{{longtable}}{{*{{{len(header)}}}{{{column}}}}}", r"\hline"]
    lines.append(" & ".join(map(latex, header)) + r" \\ \hline \endhead")
    for row in rows:
        cells = [r" \newline ".join(_line(line) for line in entry) for entry in row]
        lines.append(" & ".join(cells) + r" \\ \noalign{\vskip 4pt}")
    below = [rf"\par\noindent {latex(line)}" for line in notes(records) if line not in worst_cases(records)]
    lines += [r"\hline", r"\end{longtable}", r"\endgroup", *below, f"% {counts(records)}"]
    return "\n".join(lines) + "\n"


def _line(text: str) -> str:
    shown = latex(text).replace("aL=", r"$\alpha L$=").replace("VIOLATED", r"\textbf{VIOLATED}")
    # An id has no spaces to be broken at.
    return shown if " " in text else shown.replace("-", r"-\allowbreak ")


def _csv(records: Sequence[Record]) -> str:
    return csv_table([r.to_dict() for r in records])


def csv_table(rows: Sequence[dict[str, Any]]) -> str:
    """Dictionaries of JSON types as CSV; a list or dictionary in a cell is JSON."""
    buffer = io.StringIO()
    names = list(dict.fromkeys(key for row in rows for key in row))
    writer = csv.DictWriter(buffer, names, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {k: json.dumps(v) if isinstance(v, dict | list) else csv_cell(v) for k, v in row.items()}
        )
    return buffer.getvalue()


def _json(records: Sequence[Record]) -> str:
    return json.dumps([r.to_dict() for r in records], indent=1, allow_nan=False) + "\n"
