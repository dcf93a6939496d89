"""``maml-verify list``: statements, editions and families, with where they are printed."""

from __future__ import annotations

import argparse
import json
from importlib import resources

from maml_verify.commands.console.claims import own_rows
from maml_verify.commands.console.files import write
from maml_verify.reports.rows import Row, render_rows

# Kept by maml_verify.commands.registry, so that a list is there before NumPy could be imported.
REGISTRY = resources.files("maml_verify") / "registry.json"


def add(parser: argparse.ArgumentParser) -> None:
    """No options of its own."""


def run(arguments: argparse.Namespace) -> int:
    """Print the registry, and the claims that were added."""
    registry = json.loads(REGISTRY.read_text(encoding="utf-8"))
    registry["statements"] += own_rows(bool(arguments.claims))
    statements, families = registry["statements"], registry["families"]
    if arguments.format == "json":
        text = json.dumps(registry, indent=1) + "\n"
    elif arguments.format == "text":
        text = _text(statements, families)
    else:
        text = render_rows(_rows(statements, families), arguments.format)
    write(text, arguments.output, arguments.format)
    return 0


def _rows(statements: list[dict], families: list[dict]) -> list[Row]:
    rows: list[Row] = []
    for r in statements:
        says = r["text"] + "".join(f"; {edition}: {text}" for edition, text in _attained(r))
        head = {"id": r["claim"], "where": r["paper"], "editions": ", ".join(r["editions"])}
        rows.append({**head, "says": says})
    for row in families:
        low, high = row["curvature"]
        says = f"phi'' in [{low:g}, {high:g}]"
        rows.append({"id": row["family"], "where": "family", "editions": "", "says": says})
    return rows


def _attained(row: dict) -> list[tuple[str, str]]:
    """Editions of a statement, and where each is attained."""
    both = ("sharp", row["attained"]), ("beyond", row["beyond"])
    return [(edition, text) for edition, text in both if text]


def _text(statements: list[dict], families: list[dict]) -> str:
    lines = ["statements (a = alpha)"]
    for row in statements:
        lines.append(f"  {row['paper']:<15} {row['claim']:<28} {', '.join(row['editions'])}")
        lines.append(f"  {'':<15} {row['text']}")
        lines += [f"  {'':<15} {edition}: {text}" for edition, text in _attained(row)]
    lines.append("families")
    for row in families:
        low, high = row["curvature"]
        exact = "exact arithmetic" if row["rational"] else "Arb balls"
        lines.append(f"  {row['family']:<15} phi'' in [{low:g}, {high:g}], {exact}")
    return "\n".join(lines) + "\n"
