"""The record of one check: what was compared, where, and how the verdict was reached."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["VERDICTS", "Record", "severity"]

VERDICTS = ("holds", "violated", "undecided", "vacuous")


@dataclass(frozen=True)
class Record:
    """One verdict with everything needed to repeat it.

    Attributes
    ----------
    claim, paper, edition, family : str
        Statement id, where it is printed, which edition of the bound, on which family.
    verdict : str
        ``holds``, ``violated``, ``undecided`` or ``vacuous``.
    ratio : float or None
        lhs / rhs of the worst case (None where rhs = 0 or nothing was checked); it is negative where
        the right side is.
    lhs, rhs : [low, high]
        Enclosures of both sides of the worst case.
    method : str
        ``exact`` (finite expectation enumerated), ``closed-form`` or ``monte-carlo``.
    decided_by : str
        Stage of the cascade: ``float``, ``arb`` or ``exact``.
    setting : dict
        Parameters, points and case (task, step j) of the worst case.
    checked : int
        Comparisons made, each of which has the verdict ``holds`` where the record says so.
    reason : str
        Why a verdict is vacuous or undecided.
    witness : str or None
        File with the stored counterexample.
    confidence : float or None
        Probability that a Monte Carlo interval covers, for the whole record.
    attained : str
        Of a sharp edition: where its bound is attained or approached, and with which of its terms.
    """

    claim: str
    paper: str
    edition: str
    family: str
    verdict: str
    ratio: float | None = None
    lhs: tuple[float, float] | None = None
    rhs: tuple[float, float] | None = None
    method: str = "exact"
    decided_by: str = "float"
    setting: dict[str, Any] = field(default_factory=dict)
    witness: str | None = None
    seconds: float = 0.0
    checked: int = 0
    reason: str = ""
    confidence: float | None = None
    attained: str = ""

    def to_dict(self) -> dict[str, Any]:
        """A dictionary of JSON types."""
        values = asdict(self)
        for key in ("lhs", "rhs"):
            if values[key] is not None:
                values[key] = [v if math.isfinite(v) else None for v in values[key]]
        if self.ratio is not None and not math.isfinite(self.ratio):
            values["ratio"] = None
        if self.confidence is None:
            del values["confidence"]
        if not self.attained:
            del values["attained"]
        return values

    def __str__(self) -> str:
        head = f"{self.paper} ({self.edition}) on {self.family}: {self.verdict}"
        if self.verdict == "vacuous":
            return f"{head}: {self.reason}"
        ratio = "n/a" if self.ratio is None else f"{self.ratio:.6g}"
        case = ", ".join(f"{k}={v}" for k, v in self.setting.items() if k in _SHORT)
        text = f"{head}, lhs/rhs = {ratio} [{self.decided_by}; {case}; {self.checked} comparisons]"
        return f"{text}: {self.reason}" if self.reason else text


_SHORT = ("steps", "alpha_L", "j", "task")


def severity(record: Record) -> tuple[int, float]:
    """Sort key: the worse the verdict and the nearer to (or further beyond) the bound, the larger."""
    rank = {"vacuous": 0, "holds": 1, "undecided": 2, "violated": 3}[record.verdict]
    if record.lhs is None or record.rhs is None:
        return rank, -math.inf
    beyond = record.rhs[1] <= 0 < record.lhs[0]
    return rank, math.inf if beyond else (-math.inf if record.ratio is None else record.ratio)
