"""The record of one check: what was compared, where, and how the verdict was reached."""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from typing import Any

__all__ = ["LISTENERS", "VERDICTS", "Record", "severity", "told"]

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
        Which kind of numbers decided: ``float``, ``arb`` or ``exact``.
    setting : dict
        Parameters, points and case (task, step j) of the worst case; ``variant``, which family of a link's
        column it is (None: one drawn from the seed), or ``data``, the options that name the data;
        ``repeat``, what else `maml_verify.check` needs to do it again (`arguments`).
    checked : int
        Comparisons made, each of which has the verdict ``holds`` where the record says so.
    reason : str
        Why a verdict is vacuous or undecided.
    witness : str or None
        File with the stored counterexample.
    confidence : float or None
        Probability that a Monte Carlo interval covers, for the whole record.
    false_alarm : float or None
        Of an estimate: the largest probability that it calls a true statement violated, 1 - confidence.
    detects : float or None
        Of an estimate: the smallest lhs/rhs above 1 that would have been shown with probability 0.99 in any
        of its comparisons, with values spread as those sampled; None where no ratio would.
    drawn : int or None
        Of an estimate: the replicates after which it had decided, or that it was given.
    attained : str
        Of an edition sharp or beyond: where its bound is attained or approached, and with which of its terms.
    relative_to : str
        ``claimed constants`` where a constant that the statement needs was only claimed.
    seconds : float
        Time it took.

    Examples
    --------
    >>> from maml_verify import check
    >>> record = check("path-stability", "quadratic", alpha_L=0.1, steps=2)
    >>> record.verdict, record.decided_by, round(record.ratio, 6)
    ('holds', 'float', 0.857955)
    >>> again = check(record.claim, record.family, **record.arguments())
    >>> again.ratio == record.ratio
    True
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
    relative_to: str = ""
    false_alarm: float | None = None
    detects: float | None = None
    drawn: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """A dictionary of JSON types."""
        values = asdict(self)
        for key in ("lhs", "rhs"):
            if values[key] is not None:
                values[key] = [v if math.isfinite(v) else None for v in values[key]]
        if self.ratio is not None and not math.isfinite(self.ratio):
            values["ratio"] = None
        if self.confidence is None:
            for name in ("confidence", "false_alarm", "detects", "drawn"):
                del values[name]
        for name in ("attained", "relative_to"):
            if not values[name]:
                del values[name]
        if command := self.command():
            values["repeat"] = command
        return values

    def arguments(self) -> dict[str, Any]:
        """What `maml_verify.check`, given the claim and the family, needs besides to repeat the record."""
        setting = self.setting
        names = ("steps", "K", "C_beta", "B_prime", "D_L", "runs", "variant")
        given = {name: setting[name] for name in names if name in setting}
        return {"edition": self.edition, **given, **setting["sizes"], **_exact(setting["repeat"])}

    def command(self) -> str:
        """The command line that repeats the record; "" where it can't name the family."""
        if "repeat" not in self.setting or not {"variant", "data"} & self.setting.keys():
            return ""
        words = ["maml-verify", "check", self.claim, *self.setting.get("data", ["--family", self.family])]
        given = {name: value for name, value in self.arguments().items() if value is not None}
        for name, value in given.items():
            option = f"--{name.replace('_', '-')}"
            if name in ("w", "u"):
                words += [f"{option}={','.join(map(str, point))}" for point in value]
            else:
                words += [option, str(value)]
        return shlex.join(words)

    def ratio_in_words(self) -> str:
        """What a ratio does not tell: a right side that is not positive, a left side that is negative."""
        if self.lhs is None or self.rhs is None:
            return "" if self.ratio is not None else "no ratio"
        if self.rhs[1] < 0:
            return "right side < 0"
        if self.ratio is None:
            return "both sides 0" if self.lhs[0] <= 0 <= self.lhs[1] else "right side = 0"
        return "left side < 0" if self.lhs[1] < 0 else ""

    def error_rates(self) -> str:
        """What an estimate could have got wrong, in words."""
        seen = "no ratio" if self.detects is None else f"lhs/rhs >= {self.detects:.4g}"
        return f"false alarm <= {self.false_alarm:.1g}, would have shown {seen}"

    def shown_ratio(self) -> float | None:
        """The ratio, and 0 for a left side that is 0 up to rounding.

        Its enclosure then reaches from -error to about error, which is little beside the right side.
        """
        if self.lhs is None or self.rhs is None or self.method == "monte-carlo":
            return self.ratio
        low, high = self.lhs
        return 0.0 if low <= 0 <= high < ROUNDING * self.rhs[0] else self.ratio

    def __str__(self) -> str:
        head = f"{self.paper or self.claim} ({self.edition}) on {self.family}: {self.verdict}"
        if self.verdict == "vacuous":
            return f"{head}: {self.reason}"
        ratio = self.ratio_in_words() or f"lhs/rhs = {self.shown_ratio():.6g}"
        case = ", ".join(f"{k}={v}" for k, v in self.setting.items() if k in _SHORT and v is not None)
        text = f"{head}, {ratio} [{self.decided_by}; {case}; {self.checked} comparisons]"
        if self.confidence is not None:
            text = f"{text}, {self.error_rates()}"
        if self.relative_to:
            text = f"{text}, relative to {self.relative_to}"
        return f"{text}: {self.reason}" if self.reason else text


_SHORT = ("steps", "alpha_L", "j", "task", "variant")
# A left side whose enclosure holds 0 and is shorter than this share of the right side is the rounding of 0.
ROUNDING = 1e-3


def _exact(values: dict[str, Any]) -> dict[str, Any]:
    """Numbers that JSON keeps as text, such as 1/3, as the rationals they are."""
    return {
        name: _read(value) if name in ("alpha", "C_beta", "w", "u") else value
        for name, value in values.items()
    }


def _read(value: Any) -> Any:
    return [_read(part) for part in value] if isinstance(value, list) else Fraction(value)


# Who is told of each record of a check, such as a run of tests that counts them.
LISTENERS: list[Callable[[Record], None]] = []


def told(record: Record) -> Record:
    """The record, of which the listeners are told."""
    for listener in LISTENERS:
        listener(record)
    return record


def severity(record: Record) -> tuple[int, float]:
    """Sort key: the worse the verdict and the nearer to (or further beyond) the bound, the larger."""
    rank = {"vacuous": 0, "holds": 1, "undecided": 2, "violated": 3}[record.verdict]
    if record.lhs is None or record.rhs is None:
        return rank, -math.inf
    beyond = record.rhs[1] <= 0 < record.lhs[0]
    return rank, math.inf if beyond else (-math.inf if record.ratio is None else record.ratio)
