"""Writes the witness files of `maml_verify.extremal.EXTREMAL`."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from maml_verify.checking import check_setting
from maml_verify.claims import find_claim
from maml_verify.extremal import EXTREMAL
from maml_verify.witness import SHIPPED, witness, write_witness

__all__ = ["write"]


def write(folder: Path) -> None:
    """One file an instance, certified."""
    for name, instance in EXTREMAL.items():
        claim_id, _, edition = name.partition(".")[0].rpartition("-")
        claim, s = find_claim(claim_id), instance()
        known = claim.known(s.family)
        record = check_setting(claim, s, edition, known, certified=True)
        write_witness(folder / f"{name}.json", witness(claim, s, record, known))
        print(record)


if __name__ == "__main__":
    write(Path(str(resources.files("maml_verify"))) / SHIPPED)
