"""``python -m proofs_check.certificates DIR``: check every certificate in a folder."""

import json
import sys
from pathlib import Path

from proofs_check.certificates.checker.goals import check


def main(folder: str) -> int:
    """Print what is refused, and the counts; 0 where all is accepted, 1 else, 2 where nothing was there."""
    steps = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(Path(folder).glob("*.json"))]
    goals, refused = [(step["step"], part) for step in steps for part in step["parts"]], 0
    for name, part in goals:
        try:
            check(part)
        except Exception as error:  # whatever is wrong with a certificate, it is refused
            refused += 1
            print(f"{name} refused: {error}")
    print(f"{len(steps)} steps, {len(goals)} goals checked, {refused} refused")
    return 2 if not goals else int(refused > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
