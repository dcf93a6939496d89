"""Certificates that ship with the project, one file a step, and how a decision is held to the checker."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from proofs_check.certificates.base import Certificate
from proofs_check.certificates.checker.algebra import Refused
from proofs_check.certificates.checker.goals import check
from proofs_check.certificates.export import part
from proofs_check.certificates.plain import plain

__all__ = ["FORMAT", "Checked", "checked", "file_name", "kept"]

FORMAT = "maml-verify-certificate/1"


@dataclass(frozen=True)
class Checked(Certificate):
    """What the checker accepted, as JSON, and how it had been found."""

    part: dict[str, Any]
    text: str

    @property
    def method(self) -> str:
        """In the words of the decision."""
        return self.text


def file_name(step: str) -> str:
    """The file of a step; its id may hold a slash."""
    return step.replace("/", "--") + ".json"


@cache
def _shipped(step: str) -> tuple[dict[str, Any], ...]:
    file = files("proofs_check.certificates").joinpath("steps", file_name(step))
    return tuple(json.loads(file.read_text(encoding="utf-8"))["parts"]) if file.is_file() else ()


def kept(step: str, goal: Any) -> dict[str, Any] | None:
    """The shipped part that shows a goal, accepted by the checker; None where there is none."""
    said = None
    for shipped in _shipped(step):
        said = said or plain({"goal": goal})["goal"]
        if shipped["goal"] == said:
            try:
                check(shipped)
            except Refused:
                return None
            return shipped
    return None


def checked(goal: Any, certificate: Certificate) -> Checked | None:
    """The certificate as the checker accepted it; None where it did not, or has no rule for it."""
    try:
        out = json.loads(json.dumps(part(goal, certificate)))
        check(out)
    except (Refused, TypeError):
        return None
    return Checked(out, certificate.method)
