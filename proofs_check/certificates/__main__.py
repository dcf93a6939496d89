"""``python -m proofs_check.certificates DIR``: check every certificate in a folder."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from proofs_check.certificates.checker.goals import check


def main(folder: str) -> int:
    """Print what is refused, and the counts; 0 where all is accepted, 1 else, 2 where nothing was there."""
    files, goals, refused = sorted(Path(folder).glob("*.json")), 0, 0
    for file in files:
        step = json.loads(file.read_text(encoding="utf-8"))
        for part in step["parts"]:
            goals += 1
            try:
                check(part)
            except Exception as error:  # whatever is wrong with a certificate, it is refused
                refused += 1
                print(f"{step['step']} refused: {error}")
    print(f"{len(files)} steps, {goals} goals checked, {refused} refused")
    return 2 if not goals else int(refused > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
