"""The whole audit, made once in a run: its workers each take files of proofs that no other has taken.

A record is written whole before it has its name, so that nobody reads a part of one.
"""

from __future__ import annotations

import pickle
import time
from pathlib import Path
from typing import Any

from proofs_check.audit import judge
from proofs_check.ledger import LEAVES, Leaf

__all__ = ["shared_audit"]

#: No file of proofs takes longer, in seconds; a worker that died would be waited for in vain.
LONGEST = 300


def shared_audit(folder: Path) -> list[dict[str, Any]]:
    """Records of every step, in the ledger's order, those of other workers read from the folder.

    Raises
    ------
    TimeoutError
        If another worker took a file of proofs and never wrote its records.
    """
    folder.mkdir(exist_ok=True)
    found: dict[Leaf, list[dict[str, Any]]] = {}
    last = time.monotonic()
    while len(found) < len(LEAVES):
        before = len(found)
        for leaf in LEAVES:
            if leaf not in found and (records := _records(leaf, folder)) is not None:
                found[leaf] = records
        if len(found) > before:
            last = time.monotonic()
        elif time.monotonic() - last > LONGEST:
            raise TimeoutError(f"no records of {[leaf.module for leaf in LEAVES if leaf not in found]}")
        else:
            time.sleep(0.05)
    return [record for leaf in LEAVES for record in found[leaf]]


def _records(leaf: Leaf, folder: Path) -> list[dict[str, Any]] | None:
    """The records of a file: read where they are written, made where nobody makes them yet."""
    done = folder / f"{leaf.module}.pickle"
    if done.exists():
        records: list[dict[str, Any]] = pickle.loads(done.read_bytes())
        return records
    try:
        (folder / f"{leaf.module}.taken").touch(exist_ok=False)
    except FileExistsError:
        return None
    records = [judge(step) for step in leaf.steps()]
    part = done.with_suffix(".part")
    part.write_bytes(pickle.dumps(records))
    part.rename(done)
    return records
