"""Renderings of the audit: text, Markdown (which is ``docs/errata.md``), LaTeX and JSON."""

from __future__ import annotations

import json
from typing import Any

from proofs_check import goals
from proofs_check.audit import DEPENDS, errata, summary
from proofs_check.engine.degenerate import undefined
from proofs_check.pages.typeset import escape, typeset

__all__ = ["FORMATS", "render"]

FORMATS = ("text", "markdown", "latex", "json")
Records = list[dict[str, Any]]
TITLE = "Errata of 'Theoretical Convergence of Multi-Step Model-Agnostic Meta-Learning' (JMLR 23, 2022)"
INTRO = (
    "Every entry is a printed relation that a machine refuted; each counterexample is exact and was"
    " confirmed by a second route. x stands for alpha L. An entry of kind 'mismatch' is a statement that"
    " is true, or undecided, but is not what its proof arrives at. An entry that follows from another is the"
    " same error at work in a later place."
)
UNITS = "Checks of units (none is a proof: the formula scales as its meaning says)"
KINDS = {"step": "false", "statement": "mismatch", "units": "units", "hypothesis": "hypothesis"}


def _kind(record: dict[str, Any]) -> str:
    return KINDS.get(record["audit"], record["audit"])


def _number(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:18]}...{text[-8:]}"


def _case(record: dict[str, Any]) -> str:
    found = record["counterexample"] or {}
    point = ", ".join(f"{k} = {v}" for k, v in found.get("point", {}).items())
    sides = ""
    if "left_float" in found:
        sides = f": left {found['left_float']:.6g}, right {found['right_float']:.6g}"
    elif "left" in found:
        sides = f": left {_number(found['left'])}, right {_number(found['right'])}"
    loss = f" ({found['loss']})" if "loss" in found else ""
    return f"{point}{sides}{loss}"


def _fields(record: dict[str, Any]) -> list[tuple[str, str]]:
    """What is said of one erratum, in order."""
    fields = [
        ("printed", record["printed"]),
        ("why it fails", record["why"]),
        ("counterexample", _case(record)),
        ("consequence", record["consequence"]),
        ("correction", record["correction"] or ""),
    ]
    if record["readings"]:
        fields.append(("readings", "; ".join(f"{r['reading']}: {r['verdict']}" for r in record["readings"])))
    if record["root"]:
        fields.append(("follows from", record["root"]))
    if record["repair"]:
        fields.append(("repair", f"{record['repair']['how']} ({record['repair']['verdict']})"))
    return [(name, value) for name, value in fields if value]


def _counts(records: Records) -> str:
    return ", ".join(f"{name}: {count}" for name, count in summary(records).items())


def _text(records: Records) -> str:
    width = max((len(r["step"]) for r in records), default=0)
    line = "{step:<{width}}  {verdict:<22}  {scope}"
    lines = [line.format(width=width, **r) for r in records if r["kind"] != "units"]
    units = [line.format(width=width, **r) for r in records if r["kind"] == "units"]
    lines += ["", UNITS, *units] if units else []
    lines += ["", _counts(records), "", "Errata, most important first"]
    for number, record in enumerate(errata(records), 1):
        lines += ["", f"{number}. {record['step']} ({record['paper']}; {_kind(record)})"]
        lines += [f"   {name}: {value}" for name, value in _fields(record)]
    depends = [r for r in records if r["verdict"] == DEPENDS]
    lines += ["", "Depends on the reading of the glyphs"] if depends else []
    for record in depends:
        lines += ["", f"- {record['step']} ({record['paper']})"]
        lines += [f"   {name}: {value}" for name, value in _fields(record)]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _markdown(records: Records) -> str:
    lines = [f"# {TITLE}", "", INTRO, "", f"Counts: {_counts(records)}.", "", "## Errata", ""]
    for number, record in enumerate(errata(records), 1):
        lines += [f"### {number}. {record['step']} ({record['paper']}; {_kind(record)})", ""]
        lines += [f"- **{name}**: `{value}`" if name in ("printed", "counterexample") else f"- **{name}**:"
                  f" {value}" for name, value in _fields(record)] + [""]  # fmt: skip
    lines += ["## Depends on the reading of the glyphs", ""]
    for record in (r for r in records if r["verdict"] == DEPENDS):
        lines += [f"### {record['step']} ({record['paper']})", ""]
        lines += [f"- **{n}**: `{v}`" if n == "printed" else f"- **{n}**: {v}" for n, v in _fields(record)]
        lines += [""]
    lines += ["## The numbered results as printed", "", "| result | statement | verdict |", "|---|---|---|"]
    for r in (r for r in records if r["statement"]):
        lines.append(f"| {_cell(r['paper'])} | `{_cell(r['printed'])}` | {r['verdict']} |")
    lines += ["", "## Degenerate cases (no errata: the paper assumes positive constants)", ""]
    lines += [f"- {name} divides by zero at {', '.join(cases)}" for name, cases in undefined().items()]
    lines += [f"- {r['step']}: {', '.join(r['degenerate'])}" for r in records if r["degenerate"]]
    lines += ["", "## Not decided for all N, or not legible", ""]
    open_ = [r for r in records if r["verdict"] in (goals.SUPPORTED, "not legible")]
    lines += [f"- {r['step']} ({r['verdict']}): {_cell(r['reason'])}" for r in open_]
    lines += ["", "## Ledger", "", "| step | where | verdict | scope | method |", "|---|---|---|---|---|"]
    for r in (r for r in records if r["kind"] != "units"):
        row = (r["step"], r["paper"], r["verdict"], r["scope"], r["method"])
        lines.append("| " + " | ".join(_cell(v) for v in row) + " |")
    lines += ["", f"## {UNITS}", "", "| formula | where | verdict |", "|---|---|---|"]
    for r in (r for r in records if r["kind"] == "units"):
        lines.append("| " + " | ".join(_cell(r[k]) for k in ("step", "paper", "verdict")) + " |")
    return "\n".join(lines) + "\n"


HEAD = r"""\documentclass{article}
\usepackage[margin=2.5cm]{geometry}
\usepackage{array,longtable}
\emergencystretch=4em
\newcolumntype{C}[1]{>{\raggedright\arraybackslash}p{#1\linewidth}}
\date{}
\begin{document}"""


def _broken(id_: str) -> str:
    """An id, which may be broken where its words end."""
    return escape(id_).replace("/", r"/\allowbreak ").replace(".", r".\allowbreak ")


def _list(records: Records, kind: str) -> list[str]:
    """Errata, each with its fields."""
    if not records:
        return ["None among the steps chosen."]
    lines = [rf"\begin{{{kind}}}"]
    for record in records:
        what = f"({record['paper']}; {_kind(record)})" if record["verdict"] == goals.REFUTED else ""
        where = typeset(what or f"({record['paper']})")
        lines += [rf"\item \textbf{{{_broken(record['step'])}}} {where}", r"\begin{description}"]
        for name, value in _fields(record):
            shown = _broken(value) if name == "follows from" else typeset(value)
            lines.append(rf"\item[{name}] {shown}")
        lines.append(r"\end{description}")
    return [*lines, rf"\end{{{kind}}}"]


def _row(record: dict[str, Any]) -> str:
    cells = (_broken(record["step"]), typeset(record["printed"]), record["verdict"], typeset(record["scope"]))
    return " & ".join(cells) + r" \\"


def _latex(records: Records) -> str:
    """A whole document."""
    lines = [
        HEAD,
        rf"\title{{{escape(TITLE)}}}",
        r"\maketitle",
        typeset(INTRO),
        "",
        f"Counts: {_counts(records)}.",
    ]
    lines += [r"\section*{Errata, most important first}", *_list(errata(records), "enumerate")]
    lines += [r"\section*{Depends on the reading of the glyphs}"]
    lines += _list([r for r in records if r["verdict"] == DEPENDS], "itemize")
    lines += [
        r"\section*{Ledger}", r"\footnotesize", r"\renewcommand{\arraystretch}{1.2}",
        r"\begin{longtable}{C{0.22}C{0.39}C{0.12}C{0.16}}",
        r"step & printed & verdict & scope \\ \hline \endhead",
    ]  # fmt: skip
    # The checks of units come last, under a heading of their own.
    rows = [(r["kind"] == "units", _row(r)) for r in records]
    lines += [row for units, row in rows if not units]
    if any(units for units, _ in rows):
        lines.append(rf"\multicolumn{{4}}{{l}}{{\textbf{{{escape(UNITS)}}}}} \\")
    lines += [row for units, row in rows if units]
    return "\n".join([*lines, r"\end{longtable}", r"\end{document}", ""])


def render(records: Records, style: str = "text") -> str:
    """Records as text, markdown, latex or json.

    Raises
    ------
    ValueError
        If ``style`` is none of them.
    """
    if style == "json":
        return json.dumps(records, indent=2) + "\n"
    styles = {"text": _text, "markdown": _markdown, "latex": _latex}
    if style not in styles:
        raise ValueError(f"style = {style!r}; rule: one of {', '.join(FORMATS)}")
    return styles[style](records)
