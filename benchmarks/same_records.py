"""Do two trees of the project give the same records?  A change of structure alone must not change one.

Run ``python -m benchmarks.same_records OLD NEW`` with the folders of two checkouts: every command below runs
in both, its JSON is compared without times, and what differs is printed.  Exit code 1 where something does.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

COMMANDS = {
    "table": ("table", "--edition", "all", "--format", "json"),
    "audit": ("audit", "--format", "json"),
    "tightness": ("tightness", "--format", "json"),
    "replay": ("replay", "--format", "json", "{witnesses}"),
}
TIMES = {"seconds", "wall", "versions"}


def without_times(value: Any) -> Any:
    """The value without what a clock says."""
    if isinstance(value, dict):
        return {key: without_times(v) for key, v in value.items() if key not in TIMES}
    return [without_times(v) for v in value] if isinstance(value, list) else value


def records(tree: Path, words: Sequence[str]) -> Any:
    """What a command prints in a tree."""
    witnesses = sorted(
        str(path.relative_to(tree)) for path in (tree / "maml_verify").rglob("witnesses/*.json")
    )
    command = [word for part in words for word in (witnesses if part == "{witnesses}" else [part])]
    run = subprocess.run(
        [sys.executable, "-m", "maml_verify", *command], cwd=tree, capture_output=True, text=True, check=False
    )
    if run.returncode not in (0, 1):
        raise RuntimeError(f"{tree}: {' '.join(words)}: {run.stderr.strip()}")
    return without_times(json.loads(run.stdout))


def differences(old: Any, new: Any, at: str = "") -> list[str]:
    """Paths at which two JSON values differ, with both."""
    if isinstance(old, dict) and isinstance(new, dict):
        keys = [*old, *(key for key in new if key not in old)]
        return [d for key in keys for d in differences(old.get(key), new.get(key), f"{at}.{key}")]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [
            d for k, pair in enumerate(zip(old, new, strict=True)) for d in differences(*pair, f"{at}[{k}]")
        ]
    return [] if old == new else [f"{at}: {old!r} -> {new!r}"]


def main(argv: Sequence[str] | None = None) -> int:
    """Compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--commands", nargs="+", default=list(COMMANDS), choices=list(COMMANDS))
    given = parser.parse_args(argv)
    found = 0
    for name in given.commands:
        old, new = (records(tree.resolve(), COMMANDS[name]) for tree in (given.old, given.new))
        different = differences(old, new)
        found += len(different)
        print(f"{name}: {len(old)} records, {len(different)} differences", flush=True)
        for line in different[:20]:
            print(f"  {line[:200]}")
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
