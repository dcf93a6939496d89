"""The statements and families there are, as the file that ``maml-verify list`` reads.

After a change of either, ``python -m maml_verify.commands.registry`` writes it anew; a test compares.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from maml_verify.claims import CLAIMS
from maml_verify.commands.list import REGISTRY
from problems import FAMILIES, LINKS

__all__ = ["registry"]


def registry() -> dict[str, list[dict[str, Any]]]:
    """Statements with place, editions, text, where they are attained; families with the range of phi''."""
    return {
        "statements": [
            {
                "claim": c.id,
                "paper": c.paper,
                "editions": list(c.editions),
                "text": c.text,
                "attained": c.attained,
            }
            for c in CLAIMS
        ],
        "families": [
            {
                "family": name,
                "curvature": [float(x) for x in LINKS[name].curvature],
                "rational": LINKS[name].rational,
            }
            for name in FAMILIES
        ],
    }


if __name__ == "__main__":
    Path(str(REGISTRY)).write_text(json.dumps(registry(), indent=1) + "\n", encoding="utf-8")
