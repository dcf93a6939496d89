"""What is written from the claims and families there are: what ``maml-verify list`` reads, and `statements`.

After a change of either, ``python -m maml_verify.commands.registry`` writes both anew; a test compares.
"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

from maml_verify.claims import CLAIMS
from maml_verify.commands.console.claims import statement_row
from maml_verify.commands.list import REGISTRY
from problems import FAMILIES, LINKS

__all__ = ["STATEMENTS", "functions", "registry"]

STATEMENTS = resources.files("maml_verify") / "statements.py"
WRITTEN = "# Written by python -m maml_verify.commands.registry:\n"


def registry() -> dict[str, list[dict[str, Any]]]:
    """Statements with place, editions, text, where they are attained; families with the range of phi''."""
    return {
        "statements": [statement_row(c) for c in CLAIMS],
        "families": [
            {
                "family": name,
                "curvature": [float(x) for x in LINKS[name].curvature],
                "rational": LINKS[name].rational,
            }
            for name in FAMILIES
        ],
    }


def functions() -> str:
    """`maml_verify.statements` with one function a claim."""
    head, mark, _ = STATEMENTS.read_text(encoding="utf-8").partition(WRITTEN)
    return head + mark + "".join(f'{c.name} = _statement(check, "{c.id}")\n' for c in CLAIMS)


def main() -> None:
    """Write both."""
    Path(str(REGISTRY)).write_text(json.dumps(registry(), indent=1) + "\n", encoding="utf-8")
    Path(str(STATEMENTS)).write_text(functions(), encoding="utf-8")


if __name__ == "__main__":
    main()
