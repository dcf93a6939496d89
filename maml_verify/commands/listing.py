"""``maml-verify list``: statements, editions and families, with where they are printed."""

from __future__ import annotations

import argparse
import json

from maml_verify.claims import CLAIMS
from maml_verify.commands.output import write
from maml_verify.rows import Row, render_rows
from problems import FAMILIES, LINKS


def add(parser: argparse.ArgumentParser) -> None:
    """No options of its own."""


def run(arguments: argparse.Namespace) -> int:
    """Print the registry."""
    statements = [
        {"claim": c.id, "paper": c.paper, "editions": list(c.editions), "text": c.text} for c in CLAIMS
    ]
    families = [
        {
            "family": name,
            "curvature": [float(x) for x in LINKS[name].curvature],
            "rational": LINKS[name].rational,
        }
        for name in FAMILIES
    ]
    if arguments.format == "json":
        text = json.dumps({"statements": statements, "families": families}, indent=1) + "\n"
    elif arguments.format == "text":
        text = _text(statements, families)
    else:
        text = render_rows(_rows(statements, families), arguments.format)
    write(text, arguments.output)
    return 0


def _rows(statements: list[dict], families: list[dict]) -> list[Row]:
    rows: list[Row] = [
        {"id": r["claim"], "where": r["paper"], "editions": ", ".join(r["editions"]), "says": r["text"]}
        for r in statements
    ]
    for row in families:
        low, high = row["curvature"]
        says = f"phi'' in [{low:g}, {high:g}]"
        rows.append({"id": row["family"], "where": "family", "editions": "", "says": says})
    return rows


def _text(statements: list[dict], families: list[dict]) -> str:
    lines = ["statements (a = alpha)"]
    for row in statements:
        lines.append(f"  {row['paper']:<15} {row['claim']:<28} {', '.join(row['editions'])}")
        lines.append(f"  {'':<15} {row['text']}")
    lines.append("families")
    for row in families:
        low, high = row["curvature"]
        exact = "exact arithmetic" if row["rational"] else "Arb balls"
        lines.append(f"  {row['family']:<15} phi'' in [{low:g}, {high:g}], {exact}")
    return "\n".join(lines) + "\n"
