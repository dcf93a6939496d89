"""Writes the witness files of `maml_verify.studies.extremal.EXTREMAL`."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from maml_verify.checks.check import check_setting
from maml_verify.checks.witness import SHIPPED, witness, write_witness
from maml_verify.claims import find_claim
from maml_verify.studies.extremal import EXTREMAL

__all__ = ["write"]


def write(folder: Path) -> None:
    """One file an instance, certified."""
    for name, instance in EXTREMAL.items():
        claim_id, _, edition = name.partition(".")[0].rpartition("-")
        claim, s = find_claim(claim_id), instance()
        known = claim.known(s.family)
        record = check_setting(claim, s, edition, known, certified=True)
        write_witness(folder / f"{name.replace('/', '-')}.json", witness(claim, s, record, known))
        print(record)


if __name__ == "__main__":
    write(Path(str(resources.files("maml_verify"))) / SHIPPED)
